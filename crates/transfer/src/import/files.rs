//! Files beside a dump.

use std::path::{Component, Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use tokio::io::AsyncReadExt;

use super::Run;
use crate::format::FileUse;

/// Bytes read from a file at a time.
const CHUNK_BYTES: usize = 256 << 10;

impl Run<'_> {
    /// Where a file that a line names lies, once its content is what the line says; why not.
    pub(super) async fn file_beside(&self, file: &str, sha256: &str) -> Result<PathBuf, String> {
        let relative = Path::new(file);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("file must be a path below the folder of the dump".into());
        }
        let path = self.folder.join(relative);
        let is_file = tokio::fs::metadata(&path).await.is_ok_and(|about| about.is_file());
        if !is_file {
            return Err(format!("there is no file {file} beside the dump"));
        }
        if !sha256.is_empty() {
            let found = digest_of(&path).await.map_err(|error| format!("{file}: {error}"))?;
            if !found.eq_ignore_ascii_case(sha256) {
                return Err(format!("{file} is damaged: its content is not that of its sha256"));
            }
        }
        Ok(path)
    }
}

impl Run<'_> {
    /// Takes in the picture of a user or a group: its address, nothing where none is named, nothing is to be written, or whoever it shows
    /// is there already; why not.
    pub(super) async fn take_in_picture(
        &self,
        (file, sha256): (&str, &str),
        file_use: FileUse,
        is_known: bool,
    ) -> Result<Option<String>, String> {
        if file.is_empty() || is_known {
            return Ok(None);
        }
        let path = self.file_beside(file, sha256).await?;
        if self.options.is_dry {
            return Ok(None);
        }
        let stored = self.transfer.neighbours.store_file(self.app, None, &path, file_use).await;
        stored.map(Some).map_err(|reason| format!("{file}: {reason}"))
    }
}

async fn digest_of(path: &Path) -> std::io::Result<String> {
    let mut file = tokio::fs::File::open(path).await?;
    let (mut context, mut chunk) = (Context::new(&SHA256), vec![0; CHUNK_BYTES]);
    loop {
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Ok(hex::encode(context.finish()));
        }
        context.update(&chunk[..read]);
    }
}
