//! Moving in and out: an app's users, rosters, groups and messages from and to a file of JSON lines.
//!
//! Owns the format (`docs/operations/import-format.md`), what of it is let in, and how far an import has come. Refuses to know how files are
//! stored, what a name may look like (both through [`Neighbours`]), and who asked: the command line does, here or in a running server.
//!
//! Start at [`Transfer::import`] and [`Transfer::export`]. A new kind of line is a record in `format.rs`, its handling in `import/`, and its
//! writing in `export/`. Imported messages go through the log's committer like all others (`storage/src/log/past.rs`).

mod error;
pub mod export;
pub mod format;
mod ids;
pub mod import;
mod lines;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cerulean_delivery::Platform;
use cerulean_types::{AppId, UserId};
use futures::stream::BoxStream;

pub use error::TransferError;
pub use export::{ExportEvent, ExportOptions, ExportReport, Part};
pub use import::{ImportEvent, ImportOptions, ImportReport, Tally};

/// A file on its way out.
pub struct OpenFile {
    /// Its name, without folders.
    pub name: String,
    /// Its content, piece by piece.
    pub content: BoxStream<'static, Result<Bytes, String>>,
}

/// What a transfer asks of other domains.
#[async_trait::async_trait]
pub trait Neighbours: Send + Sync {
    /// Whether a name may be used to sign in; why not.
    fn check_username(&self, name: &str) -> Result<(), String>;

    /// Whether a text looks like an e-mail address.
    fn is_email(&self, text: &str) -> bool;

    /// Opens the file that an address of this server is for; nothing when it is for none of the app.
    async fn open_file(&self, app: AppId, url: &str) -> Result<Option<OpenFile>, String>;

    /// Takes a file in and answers the address it can be fetched from; why not.
    async fn store_file(
        &self,
        app: AppId,
        owner: Option<UserId>,
        file: &Path,
        file_use: format::FileUse,
    ) -> Result<String, String>;
}

/// Imports and exports. Cheap to clone.
#[derive(Clone)]
pub struct Transfer {
    pub(crate) platform: Arc<Platform>,
    pub(crate) neighbours: Arc<dyn Neighbours>,
}

impl Transfer {
    /// Joins the parts.
    pub fn new(platform: Arc<Platform>, neighbours: Arc<dyn Neighbours>) -> Self {
        Self { platform, neighbours }
    }
}
