//! Who may fetch now: so many at once over all, of one app, and from one site. A slow site holds up nobody but those who link to it.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use cerulean_types::AppId;
use moka::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::PreviewError;

/// Fetches from one site at once.
const OF_SITE: usize = 4;
/// How long a turn is waited for.
const WAIT: Duration = Duration::from_secs(3);
/// Sites and apps that are counted at most, and for how long after their last fetch.
const COUNTED: u64 = 10_000;
const IDLE: Duration = Duration::from_mins(5);

pub(crate) struct Turns {
    all: Arc<Semaphore>,
    apps: Counted<AppId>,
    sites: Counted<String>,
    wait: Duration,
}

/// Held while fetching and reading, so that no more than so many answers are in memory.
pub(crate) struct Turn {
    _held: [OwnedSemaphorePermit; 3],
}

struct Counted<K> {
    places: Cache<K, Arc<Semaphore>>,
    most: usize,
}

impl<K: Eq + Hash + Send + Sync + 'static> Counted<K> {
    fn new(most: usize) -> Self {
        Self { places: Cache::builder().max_capacity(COUNTED).time_to_idle(IDLE).build(), most }
    }

    fn of(&self, key: K) -> Arc<Semaphore> {
        self.places.get_with(key, || Arc::new(Semaphore::new(self.most)))
    }
}

impl Turns {
    /// So many at once; one app may have half of them.
    pub fn new(at_once: usize) -> Self {
        let apps = Counted::new(at_once.div_ceil(2));
        Self { all: Arc::new(Semaphore::new(at_once)), apps, sites: Counted::new(OF_SITE), wait: WAIT }
    }

    /// Waits for a turn, but not for long. What is scarcest is taken last, so nobody holds it while waiting for something else.
    pub async fn take(&self, app: AppId, site: &str) -> Result<Turn, PreviewError> {
        let waiting = async {
            let site = self.sites.of(site.to_owned()).acquire_owned().await?;
            let app = self.apps.of(app).acquire_owned().await?;
            Ok([site, app, self.all.clone().acquire_owned().await?])
        };
        let held = timeout(self.wait, waiting).await.map_err(|_| PreviewError::Busy)?;
        held.map(|held| Turn { _held: held }).map_err(|_: tokio::sync::AcquireError| PreviewError::Task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_site_an_app_and_all_have_so_many_turns() {
        let turns = Turns { wait: Duration::from_millis(20), ..Turns::new(12) };
        let mut held = Vec::new();
        for _ in 0..OF_SITE {
            held.push(turns.take(AppId(1), "slow.example").await.unwrap());
        }
        assert!(matches!(turns.take(AppId(2), "slow.example").await, Err(PreviewError::Busy)), "the site is busy");
        held.push(turns.take(AppId(1), "a.example").await.unwrap());
        held.push(turns.take(AppId(1), "b.example").await.unwrap());
        assert!(matches!(turns.take(AppId(1), "c.example").await, Err(PreviewError::Busy)), "the app has half");
        for site in 0..6 {
            held.push(turns.take(AppId(2), &format!("{site}.example")).await.unwrap());
        }
        assert!(matches!(turns.take(AppId(3), "d.example").await, Err(PreviewError::Busy)), "all are taken");
        held.clear();
        assert!(turns.take(AppId(1), "slow.example").await.is_ok());
    }
}
