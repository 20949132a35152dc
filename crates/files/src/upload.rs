//! An upload: bytes stream through the sealer into object storage. At most a chunk is in memory, and an upload that does not finish
//! leaves nothing.

use bytes::Bytes;
use cerulean_blobs::BlobWriter;
use cerulean_delivery::Event;
use cerulean_delivery::event::kind;
use cerulean_pictures::HEAD_BYTES;
use cerulean_storage::StorageError;
use cerulean_storage::file::{FileRow, RandomId, ThumbnailState};
use cerulean_types::{Actor, AppId};
use cerulean_vault::{FileSealer, random_bytes};
use tokio::runtime::Handle;

use crate::files::key_of;
use crate::{FileError, Files, UploadGrant, media, name};

/// What the client says about the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// Name; empty if none is given.
    pub name: String,
    /// Media type; empty if none is given.
    pub content_type: String,
}

/// A file on its way in. Dropped before [`Upload::finish`], it leaves nothing.
pub struct Upload {
    files: Files,
    grant: UploadGrant,
    blob: RandomId,
    name: String,
    declared_type: String,
    content_type: Option<String>,
    head: Vec<u8>,
    /// Taken when the upload ends, one way or the other.
    parts: Option<(BlobWriter, FileSealer)>,
}

impl Files {
    /// Begins an upload under a good grant.
    pub async fn begin_upload(&self, grant: UploadGrant, offer: Offer) -> Result<Upload, FileError> {
        let name = name::check_name(&offer.name)?;
        let (app, blob) = (grant.0.app, random_bytes());
        let sealer = self.platform.vault.file_sealer(app, &blob)?;
        let tx = self.platform.db.begin(app).await?;
        tx.files().begin_upload(&blob, self.platform.clock.now()).await?;
        tx.commit().await?;
        let mut upload = Upload {
            files: self.clone(),
            grant,
            blob,
            name,
            declared_type: media::plain_type(&offer.content_type),
            content_type: None,
            head: Vec::with_capacity(HEAD_BYTES),
            parts: None,
        };
        match self.blobs.writer(&key_of(app, &blob)).await {
            Ok(writer) => upload.parts = Some((writer, sealer)),
            Err(error) => {
                self.forget_upload(app, blob).await?;
                return Err(error.into());
            }
        }
        Ok(upload)
    }

    async fn forget_upload(&self, app: AppId, blob: RandomId) -> Result<(), StorageError> {
        let tx = self.platform.db.begin(app).await?;
        tx.files().end_upload(&blob).await?;
        tx.commit().await
    }

    /// Removes the object of an upload that did not become a file.
    async fn discard(&self, app: AppId, blob: RandomId) -> Result<(), FileError> {
        self.blobs.delete(&key_of(app, &blob)).await?;
        Ok(self.forget_upload(app, blob).await?)
    }

    /// Ends an upload whose object was never committed.
    async fn give_up(&self, app: AppId, blob: RandomId, writer: BlobWriter) -> Result<(), FileError> {
        writer.abort().await?;
        Ok(self.forget_upload(app, blob).await?)
    }
}

impl Upload {
    /// Takes the next bytes. After an error call [`Upload::abort`].
    pub async fn write(&mut self, plain: &[u8]) -> Result<(), FileError> {
        let too_large = self.grant.too_large();
        let most_bytes = self.grant.most_bytes();
        let (_, sealer) = self.parts.as_mut().expect("taken only by what consumes self");
        if sealer.plain_len() + plain.len() as u64 > most_bytes {
            return Err(too_large);
        }
        let mut sealed = Vec::with_capacity(plain.len() + 1024);
        sealer.push(plain, &mut sealed)?;
        self.look_at(plain)?;
        self.store(sealed).await
    }

    /// Ends the upload: from here on the file can be downloaded.
    pub async fn finish(mut self) -> Result<FileRow, FileError> {
        let content_type = self.decide_type()?;
        let (mut writer, sealer) = self.parts.take().expect("taken only by what consumes self");
        let (files, app, blob) = (self.files.clone(), self.grant.0.app, self.blob);
        let row = FileRow {
            id: self.grant.0.file,
            blob,
            owner: self.grant.0.owner,
            purpose: self.grant.0.purpose as i16,
            size: sealer.plain_len(),
            name: std::mem::take(&mut self.name),
            content_type,
            thumbnail: ThumbnailState::Unknown,
            created_at: files.platform.clock.now(),
        };
        // As a task of its own: a client that leaves now must not stop it half way.
        let finishing = async move {
            let mut sealed = Vec::new();
            sealer.finish(&mut sealed)?;
            if let Err(error) = writer.write(Bytes::from(sealed)).await {
                files.give_up(app, blob, writer).await?;
                return Err(error.into());
            }
            if let Err(error) = writer.commit().await {
                files.discard(app, blob).await?;
                return Err(error.into());
            }
            match files.record(app, &row).await {
                Ok(()) => Ok(row),
                Err(error) => {
                    files.discard(app, blob).await?;
                    Err(error)
                }
            }
        };
        self.files.platform.tasks.spawn(finishing).await.map_err(|_| FileError::Task)?
    }

    /// Gives up, and waits until nothing is left.
    pub async fn abort(mut self) -> Result<(), FileError> {
        match self.parts.take() {
            Some((writer, _)) => self.files.give_up(self.grant.0.app, self.blob, writer).await,
            None => Ok(()),
        }
    }

    /// Decides what the file is as soon as its first bytes are there.
    fn look_at(&mut self, plain: &[u8]) -> Result<(), FileError> {
        if self.content_type.is_some() {
            return Ok(());
        }
        let missing = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&plain[..plain.len().min(missing)]);
        if self.head.len() == HEAD_BYTES {
            self.content_type = Some(self.decide_type()?);
        }
        Ok(())
    }

    fn decide_type(&self) -> Result<String, FileError> {
        match &self.content_type {
            Some(decided) => Ok(decided.clone()),
            None => self.grant.0.purpose.content_type(&self.declared_type, &self.head),
        }
    }

    async fn store(&mut self, sealed: Vec<u8>) -> Result<(), FileError> {
        if sealed.is_empty() {
            return Ok(());
        }
        let (writer, _) = self.parts.as_mut().expect("taken only by what consumes self");
        Ok(writer.write(Bytes::from(sealed)).await?)
    }
}

impl Files {
    async fn record(&self, app: AppId, row: &FileRow) -> Result<(), FileError> {
        let mut ctx = self.platform.ctx(app, Actor::System).await?;
        if !ctx.tx.files().end_upload(&row.blob).await? {
            // It took so long that it was cleaned up as abandoned.
            return Err(FileError::GrantExpired);
        }
        ctx.record(uploaded(row));
        match ctx.tx.files().insert(row).await {
            Ok(()) => Ok(ctx.commit().await?),
            Err(error) if error.is_duplicate() => Err(FileError::GrantUsed),
            Err(error) => Err(error.into()),
        }
    }
}

fn uploaded(row: &FileRow) -> Event {
    let order_key = format!("user {}", row.owner);
    Event::in_line(kind::FILE_UPLOADED, order_key)
        .with("owner_id", row.owner)
        .with("name", row.name.as_str())
        .with("content_type", row.content_type.as_str())
        .with("size", row.size)
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some((writer, _)), Ok(runtime)) = (self.parts.take(), Handle::try_current()) else { return };
        let (files, app, blob) = (self.files.clone(), self.grant.0.app, self.blob);
        let clean_up = async move {
            if let Err(error) = files.give_up(app, blob, writer).await {
                tracing::warn!(app.id = app.0, "a broken off upload is cleaned up later: {error}");
            }
        };
        self.files.platform.tasks.spawn_on(clean_up, &runtime);
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("grant", &self.grant).finish_non_exhaustive()
    }
}
