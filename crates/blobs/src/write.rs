//! Putting objects in.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::{BlobError, BlobKey, Blobs};

/// An object on its way in. It appears under its key with [`BlobWriter::commit`]; dropped before, it leaves nothing.
pub struct BlobWriter {
    writer: Option<opendal::Writer>,
    folder_to_sync: Option<(PathBuf, PathBuf)>,
    tasks: TaskTracker,
    written: u64,
}

impl Blobs {
    /// Starts an object of yet unknown size.
    pub async fn writer(&self, key: &BlobKey) -> Result<BlobWriter, BlobError> {
        let starting = self.operator.writer_with(key.as_str());
        let writer = match self.part_bytes {
            Some(bytes) => starting.chunk(bytes).await?,
            None => starting.await?,
        };
        let folder_to_sync = self.folder.as_ref().map(|folder| {
            let objects = folder.join(crate::open::OBJECTS);
            let file = objects.join(key.as_str());
            (objects, file)
        });
        Ok(BlobWriter { writer: Some(writer), folder_to_sync, tasks: self.tasks.clone(), written: 0 })
    }

    /// Puts a whole object that is in memory.
    pub async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        let mut writer = self.writer(key).await?;
        writer.write(bytes).await?;
        writer.commit().await.map(|_| ())
    }

    /// Puts a stream, of any length; its first error ends it and leaves nothing.
    pub async fn put_stream<E: From<BlobError>>(
        &self,
        key: &BlobKey,
        stream: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<u64, E> {
        let mut writer = self.writer(key).await?;
        let mut stream = std::pin::pin!(stream);
        while let Some(bytes) = stream.next().await {
            match bytes {
                Ok(bytes) => writer.write(bytes).await?,
                Err(error) => {
                    writer.abort().await?;
                    return Err(error);
                }
            }
        }
        Ok(writer.commit().await?)
    }
}

impl BlobWriter {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.written += bytes.len() as u64;
        self.inner().write(bytes).await?;
        Ok(())
    }

    /// Makes the object durable and visible; answers its size.
    pub async fn commit(mut self) -> Result<u64, BlobError> {
        self.inner().close().await?;
        self.writer = None;
        if let Some((objects, file)) = self.folder_to_sync.take() {
            tokio::task::spawn_blocking(move || sync_folders(&objects, &file))
                .await
                .map_err(|error| BlobError::Folder(std::io::Error::other(error)))??;
        }
        Ok(self.written)
    }

    /// Gives up.
    pub async fn abort(mut self) -> Result<(), BlobError> {
        match self.writer.take() {
            Some(mut writer) => Ok(writer.abort().await?),
            None => Ok(()),
        }
    }

    fn inner(&mut self) -> &mut opendal::Writer {
        self.writer.as_mut().expect("taken only by what consumes self")
    }
}

impl std::fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobWriter").field("written", &self.written).finish_non_exhaustive()
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        let (Some(mut writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) else { return };
        let clean_up = async move {
            if let Err(error) = writer.abort().await {
                tracing::warn!("a broken off upload could not be cleaned up: {error}");
            }
        };
        self.tasks.spawn_on(clean_up, &runtime);
    }
}

/// A new name in a folder is durable only once the folder is; the same goes for the folders above that the write may have made.
fn sync_folders(objects: &Path, file: &Path) -> std::io::Result<()> {
    for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(objects)) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
