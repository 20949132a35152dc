//! The service: from a link to its preview, from a ticket to its picture.

use std::sync::Arc;
use std::time::Duration;

use cerulean_delivery::Platform;
use cerulean_egress::{Egress, EgressError, Url};
use cerulean_types::{AppId, Millis, UserId};

use crate::PreviewError;
use crate::fetch::Fetcher;
use crate::memory::{Failure, Memory, Weigh};
use crate::page::Page;
use crate::picture::{Picture, fit};
use crate::ticket::Ticket;

/// How sites know who asks. It tells no version.
pub const USER_AGENT: &str = "CeruleanBot (link preview)";
/// Longest link that is looked at.
const LINK_BYTES: usize = 2048;
const HOUR: Millis = 60 * 60_000;
const PAGE_MS: Millis = 6 * HOUR;
const PICTURE_MS: Millis = 24 * HOUR;
/// Longer than a page is kept by so much as a client may keep it.
const TICKET_MS: Millis = PAGE_MS + 24 * HOUR;

/// What the operator allows.
#[derive(Debug, Clone)]
pub struct PreviewOptions {
    /// Whether there are previews at all.
    pub is_on: bool,
    /// How long a site may take.
    pub timeout: Duration,
    /// Pages and pictures fetched at once.
    pub at_once: usize,
    /// Memory for what was fetched.
    pub memory_bytes: u64,
}

impl Default for PreviewOptions {
    fn default() -> Self {
        Self { is_on: true, timeout: Duration::from_secs(8), at_once: 16, memory_bytes: 64 << 20 }
    }
}

/// What a page says of itself: plain text, clean and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The link, in its normal form.
    pub url: String,
    /// The name of the site, its host where it has none.
    pub site: String,
    /// Title, never empty.
    pub title: String,
    /// Description, empty where there is none.
    pub description: String,
    /// Its picture.
    pub picture: Option<PreviewPicture>,
}

/// The picture of a page, on our server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPicture {
    /// What [`Previews::picture`] shows it for.
    pub ticket: String,
    /// Width and height as it is shown, where the page tells them.
    pub size: Option<(u32, u32)>,
}

impl Weigh for Preview {
    fn bytes(&self) -> usize {
        let ticket = self.picture.as_ref().map_or(0, |picture| picture.ticket.len());
        self.url.len() + self.site.len() + self.title.len() + self.description.len() + ticket
    }
}

/// Previews for all apps. Cheap to clone.
#[derive(Clone)]
pub struct Previews(Arc<Inner>);

struct Inner {
    platform: Arc<Platform>,
    is_on: bool,
    fetcher: Fetcher,
    pages: Memory<Preview>,
    pictures: Memory<Picture>,
}

impl Previews {
    /// Joins the parts. `egress` is one of its own: what an app's administrator may call is not for every user to read.
    pub fn new(platform: Arc<Platform>, egress: Egress, options: PreviewOptions) -> Self {
        let fetcher = Fetcher::new(egress, options.timeout, options.at_once);
        let pages = Memory::new(options.memory_bytes / 4, PAGE_MS);
        let pictures = Memory::new(options.memory_bytes / 4 * 3, PICTURE_MS);
        Self(Arc::new(Inner { platform, is_on: options.is_on, fetcher, pages, pictures }))
    }

    /// The preview of a link. What is not known yet counts for the user who asks.
    pub async fn of_link(&self, app: AppId, user: UserId, link: &str) -> Result<Arc<Preview>, PreviewError> {
        self.require_on(app).await?;
        let url = self.0.check(link)?;
        let now = self.0.platform.clock.now();
        let key = (app, Arc::from(url.as_str()));
        let known = match self.0.pages.find(&key, now).await {
            Some(known) => known,
            None => {
                self.0.platform.rates.preview_of(app, user)?;
                self.0.pages.get_or_fetch(key, now, self.0.fetch(app, url)).await?
            }
        };
        known.map_err(PreviewError::from)
    }

    /// The picture of a ticket that a preview holds.
    pub async fn picture(&self, ticket: &str) -> Result<Arc<Picture>, PreviewError> {
        let inner = &self.0;
        let now = inner.platform.clock.now();
        let Ticket { app, url, .. } = Ticket::open(&inner.platform.vault, ticket, now)?;
        self.require_on(app).await?;
        let key = (app, Arc::from(url.as_str()));
        let known = inner.pictures.get_or_fetch(key, now, inner.fetcher.picture(app, url)).await?;
        known.map_err(PreviewError::from)
    }

    async fn require_on(&self, app: AppId) -> Result<(), PreviewError> {
        let settings = self.0.platform.settings_of(app).await?;
        if !settings.is_normal() {
            return Err(PreviewError::AppFrozen);
        }
        if self.0.is_on && settings.link_previews { Ok(()) } else { Err(PreviewError::Off) }
    }
}

impl Inner {
    fn check(&self, link: &str) -> Result<Url, PreviewError> {
        if link.len() > LINK_BYTES {
            return Err(PreviewError::NotAnAddress("it is longer than 2048 bytes"));
        }
        let mut url = self.fetcher.check_url(link.trim()).map_err(|error| match error {
            EgressError::BadUrl(reason) => PreviewError::NotAnAddress(reason),
            _ => PreviewError::Refused,
        })?;
        // It is for browsers; the site never sees it.
        url.set_fragment(None);
        Ok(url)
    }

    async fn fetch(&self, app: AppId, url: Url) -> Result<Result<Preview, Failure>, PreviewError> {
        match self.fetcher.page(app, url.clone()).await? {
            Ok(page) => Ok(Ok(self.preview_of(app, &url, page)?)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn preview_of(&self, app: AppId, url: &Url, page: Page) -> Result<Preview, PreviewError> {
        let shown = page.picture.filter(|picture| self.fetcher.check_url(picture.url.as_str()).is_ok());
        let until = self.platform.clock.now() + TICKET_MS;
        let of_page = |picture: crate::page::PictureOf| {
            let ticket = Ticket { app, url: picture.url, until }.seal(&self.platform.vault)?;
            Ok::<_, PreviewError>(PreviewPicture { ticket, size: picture.size.map(fit) })
        };
        Ok(Preview {
            url: url.to_string(),
            site: page.site,
            title: page.title,
            description: page.description,
            picture: shown.map(of_page).transpose()?,
        })
    }
}
