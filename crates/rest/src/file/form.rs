//! The body of an upload, paced so that reading the form never holds more than a frame or two, however fast the client sends.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Multipart, Request};
use bytes::Bytes;
use cerulean_files::FileError;
use futures::{Stream, StreamExt};

/// Bytes of the form that are no content of the file: heads of parts, and fields of other clients' conventions.
pub const FORM_BYTES: u64 = 1 << 20;

/// Counts what came in and was not yet claimed as content of the file.
#[derive(Debug, Clone, Default)]
pub struct Unclaimed(Arc<AtomicU64>);

impl Unclaimed {
    /// Content of the file came out of the form.
    pub fn claim(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Opens the form of a request.
pub async fn open(request: Request) -> Result<(Multipart, Unclaimed), FileError> {
    let unclaimed = Unclaimed::default();
    let (parts, body) = request.into_parts();
    let paced = Paced { inner: body.into_data_stream(), is_pausing: false, unclaimed: unclaimed.clone() };
    let request = Request::from_parts(parts, Body::from_stream(paced));
    let form = Multipart::from_request(request, &())
        .await
        .map_err(|_| FileError::BadForm("expected multipart/form-data with a field named file".into()))?;
    Ok((form, unclaimed))
}

/// Takes what a refused client still sends, up to a bound, so that it reads the answer instead of a broken connection.
pub async fn drain(mut body: BodyDataStream) {
    const MOST: usize = 32 << 20;
    let mut taken = 0;
    while let Some(Ok(bytes)) = body.next().await {
        taken += bytes.len();
        if taken > MOST {
            return;
        }
    }
}

/// Gives out one frame, then pauses once: the form reader takes all it can get at a time.
struct Paced {
    inner: BodyDataStream,
    is_pausing: bool,
    unclaimed: Unclaimed,
}

impl Stream for Paced {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_pausing {
            self.is_pausing = false;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.inner.poll_next_unpin(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                self.is_pausing = true;
                let len = bytes.len() as u64;
                let before = self.unclaimed.0.fetch_add(len, Ordering::Relaxed);
                // A single frame may be large; what counts is that nothing piles up.
                if before > FORM_BYTES {
                    return Poll::Ready(Some(Err("too much besides the file".into())));
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
