//! Getting objects out.

use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::{Stream, StreamExt};

use crate::{BlobError, BlobKey, Blobs};

/// Bytes of an object as they come in.
pub struct BlobStream {
    inner: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>,
    left: u64,
}

impl Blobs {
    /// A range of an object, in memory.
    pub async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes, BlobError> {
        let wanted = range.end.saturating_sub(range.start);
        if wanted == 0 {
            return Ok(Bytes::new());
        }
        let found = self.operator.read_with(key.as_str()).range(range).await?;
        if found.len() as u64 == wanted { Ok(found.to_bytes()) } else { Err(BlobError::Short) }
    }

    /// A range of an object, piece by piece; fails in the stream when the object is missing or shorter.
    pub async fn stream(&self, key: &BlobKey, range: Range<u64>) -> Result<BlobStream, BlobError> {
        let left = range.end.saturating_sub(range.start);
        if left == 0 {
            return Ok(BlobStream { inner: Box::pin(futures::stream::empty()), left });
        }
        let inner = self.operator.reader(key.as_str()).await?.into_bytes_stream(range).await?;
        Ok(BlobStream { inner: Box::pin(inner), left })
    }
}

impl Stream for BlobStream {
    type Item = Result<Bytes, BlobError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.inner.poll_next_unpin(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(bytes))) => {
                self.left = self.left.saturating_sub(bytes.len() as u64);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.left = 0;
                Poll::Ready(Some(Err(in_stream(error))))
            }
            Poll::Ready(None) if self.left > 0 => {
                self.left = 0;
                Poll::Ready(Some(Err(BlobError::Short)))
            }
            Poll::Ready(None) => Poll::Ready(None),
        }
    }
}

fn in_stream(error: std::io::Error) -> BlobError {
    match error.kind() {
        std::io::ErrorKind::NotFound => BlobError::NotFound,
        std::io::ErrorKind::UnexpectedEof => BlobError::Short,
        _ => BlobError::Folder(error),
    }
}

impl std::fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobStream").field("left", &self.left).finish_non_exhaustive()
    }
}
