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

/// Bytes that a refused client may still send, so that it reads the answer instead of a broken connection.
const DRAIN_BYTES: u64 = 32 << 20;

/// Counts what came in and was not yet claimed as content of the file.
#[derive(Debug, Clone)]
pub struct Unclaimed {
    bytes: Arc<AtomicU64>,
    most: Arc<AtomicU64>,
}

impl Unclaimed {
    /// Content of the file came out of the form.
    pub fn claim(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// What comes from now on is thrown away.
    pub fn throw_away(&self) {
        self.claim();
        self.most.store(DRAIN_BYTES, Ordering::Relaxed);
    }
}

/// Opens the form of a request.
pub async fn open(request: Request) -> Result<(Multipart, Unclaimed), FileError> {
    let unclaimed = Unclaimed { bytes: Arc::default(), most: Arc::new(AtomicU64::new(FORM_BYTES)) };
    let (parts, body) = request.into_parts();
    let paced = Paced { inner: body.into_data_stream(), is_pausing: false, unclaimed: unclaimed.clone() };
    let request = Request::from_parts(parts, Body::from_stream(paced));
    let form = Multipart::from_request(request, &())
        .await
        .map_err(|_| FileError::BadForm("expected multipart/form-data with a field named file".into()))?;
    Ok((form, unclaimed))
}

/// Takes what a refused client still sends, up to a bound.
pub async fn drain(mut body: BodyDataStream) {
    let mut taken = 0;
    while let Some(Ok(bytes)) = body.next().await {
        taken += bytes.len() as u64;
        if taken > DRAIN_BYTES {
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
                let before = self.unclaimed.bytes.fetch_add(len, Ordering::Relaxed);
                // A single frame may be large; what counts is that nothing piles up.
                if before > self.unclaimed.most.load(Ordering::Relaxed) {
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
