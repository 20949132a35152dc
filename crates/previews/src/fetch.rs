//! Fetching a page or a picture: little of it, not for long, and only from where the public network leads.

use std::sync::Arc;
use std::time::Duration;

use cerulean_egress::{Answer, Egress, EgressError, HeaderName, Request, Url};
use cerulean_types::AppId;
use tokio::sync::Semaphore;

use crate::PreviewError;
use crate::memory::Failure;
use crate::page::{self, Page};
use crate::picture::{self, Picture};
use crate::turns::Turns;

/// Read of a page: what is further down is not about the page.
const PAGE_BYTES: usize = 1 << 20;
/// Largest picture that is fetched.
const PICTURE_BYTES: usize = 4 << 20;
const REDIRECTS: usize = 5;
/// Pages and pictures read at the same time; each may hold a decoded picture.
const READ_AT_ONCE: usize = 2;

pub(crate) struct Fetcher {
    egress: Egress,
    timeout: Duration,
    turns: Turns,
    reading: Arc<Semaphore>,
}

/// Either a failure that is remembered, or an error that is not.
enum Miss {
    Failed(Failure),
    Error(PreviewError),
}

impl From<PreviewError> for Miss {
    fn from(error: PreviewError) -> Self {
        Self::Error(error)
    }
}

impl From<EgressError> for Miss {
    fn from(error: EgressError) -> Self {
        Self::Failed(match error {
            EgressError::AddressRefused | EgressError::PortRefused(_) => Failure::Refused,
            EgressError::BadUrl(_) | EgressError::BadHeader | EgressError::TooManyRedirects => Failure::Nothing,
            EgressError::UnknownHost | EgressError::Timeout | EgressError::Connection(_) => Failure::Unreachable,
        })
    }
}

fn settle<T>(fetched: Result<T, Miss>) -> Result<Result<T, Failure>, PreviewError> {
    match fetched {
        Ok(found) => Ok(Ok(found)),
        Err(Miss::Failed(failure)) => Ok(Err(failure)),
        Err(Miss::Error(error)) => Err(error),
    }
}

impl Fetcher {
    pub fn new(egress: Egress, timeout: Duration, at_once: usize) -> Self {
        Self { egress, timeout, turns: Turns::new(at_once), reading: Arc::new(Semaphore::new(READ_AT_ONCE)) }
    }

    /// Checks an address as far as it can be without asking anyone.
    pub fn check_url(&self, text: &str) -> Result<Url, EgressError> {
        self.egress.check_url(text)
    }

    /// What the page of an address says of itself.
    pub async fn page(&self, app: AppId, url: Url) -> Result<Result<Page, Failure>, PreviewError> {
        settle(self.try_page(app, url).await)
    }

    async fn try_page(&self, app: AppId, url: Url) -> Result<Page, Miss> {
        let _turn = self.turns.take(app, url.host_str().unwrap_or_default()).await?;
        let answer = self.fetch(url, "text/html, application/xhtml+xml", PAGE_BYTES).await?;
        let kind = essence(&answer);
        if kind != "text/html" && kind != "application/xhtml+xml" {
            return Err(Miss::Failed(Failure::Nothing));
        }
        let read = move || page::decode_and_read(&answer.body, answer.header("content-type"), &answer.url);
        self.read(read).await?.ok_or(Miss::Failed(Failure::Nothing))
    }

    /// The small form of the picture of an address.
    pub async fn picture(&self, app: AppId, url: Url) -> Result<Result<Picture, Failure>, PreviewError> {
        settle(self.try_picture(app, url).await)
    }

    async fn try_picture(&self, app: AppId, url: Url) -> Result<Picture, Miss> {
        let _turn = self.turns.take(app, url.host_str().unwrap_or_default()).await?;
        let answer = self.fetch(url, "image/webp, image/png, image/jpeg, image/gif", PICTURE_BYTES).await?;
        if answer.is_cut {
            return Err(Miss::Failed(Failure::Nothing));
        }
        self.read(move || picture::shrink(&answer.body)).await?.ok_or(Miss::Failed(Failure::Nothing))
    }

    async fn fetch(&self, url: Url, accept: &str, most_bytes: usize) -> Result<Answer, Miss> {
        let request = Request::get(url)
            .header(HeaderName::from_static("accept"), accept)
            .timeout(self.timeout)
            .redirects(REDIRECTS)
            .response_bytes(most_bytes);
        let answer = self.egress.send(request).await?;
        let is_later = answer.status.is_server_error() || matches!(answer.status.as_u16(), 408 | 425 | 429);
        // What was asked for plain and came packed is not unpacked: it could be anything once open.
        let is_packed = !matches!(answer.header("content-encoding"), "" | "identity");
        match () {
            () if is_later => Err(Miss::Failed(Failure::Unreachable)),
            () if !answer.status.is_success() || is_packed => Err(Miss::Failed(Failure::Nothing)),
            () => Ok(answer),
        }
    }

    /// Computes on a thread that may be busy for a while. The turn ends with the computing, also where nobody waits for it any more.
    async fn read<T: Send + 'static>(&self, read: impl FnOnce() -> T + Send + 'static) -> Result<T, PreviewError> {
        let turn = self.reading.clone().acquire_owned().await.map_err(|_| PreviewError::Task)?;
        let computing = move || {
            let _turn = turn;
            read()
        };
        tokio::task::spawn_blocking(computing).await.map_err(|_| PreviewError::Task)
    }
}

/// The media type of an answer, without parameters.
fn essence(answer: &Answer) -> String {
    answer.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
