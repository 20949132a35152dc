//! The clock and the limits that the operating system sets.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use cerulean_config::Config;
use cerulean_types::{Clock, MessageId, Millis};
use rustix::process::{Resource, getrlimit};

use super::super::output::date_time;
use super::Finding;

const CLOCK: &str = "clock";
const FILES: &str = "open files";

const TOLERATED_MS: Millis = 60_000;
/// A socket costs one; the database, logs and files some dozens.
const LEAST_FILES: u64 = 1024;
const ENOUGH_FILES: u64 = 65_536;

pub(crate) fn check_clock(settings: &Config) -> Finding {
    judge_clock(Clock::system().now(), newest_write(&settings.data.folder))
}

/// Message ids come from the clock, so it may not go back behind what is stored.
pub(crate) fn judge_clock(now: Millis, newest: Option<Millis>) -> Finding {
    let remedy = "set it right and keep it so (chrony, systemd-timesyncd)";
    if now < MessageId::EPOCH_MS as Millis {
        return Finding::wrong(CLOCK, format!("it shows {}, which is past long ago", date_time(now)), remedy);
    }
    match newest {
        Some(newest) if newest > now + TOLERATED_MS => {
            let found = format!("it shows {}, but data was written at {}", date_time(now), date_time(newest));
            Finding::wrong(CLOCK, found, remedy)
        }
        _ => Finding::good(CLOCK, date_time(now)),
    }
}

/// When a file of the data folder was last written.
fn newest_write(folder: &Path) -> Option<Millis> {
    let written = |entry: fs::DirEntry| {
        let modified = entry.metadata().ok()?.modified().ok()?;
        Some(modified.duration_since(UNIX_EPOCH).ok()?.as_millis() as Millis)
    };
    fs::read_dir(folder).ok()?.filter_map(|entry| written(entry.ok()?)).max()
}

pub(crate) fn check_open_files() -> Finding {
    judge_open_files(getrlimit(Resource::Nofile).current)
}

pub(crate) fn judge_open_files(limit: Option<u64>) -> Finding {
    let remedy = "raise it (ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit): every connection takes one";
    match limit {
        None => Finding::good(FILES, "no limit"),
        Some(limit) if limit < LEAST_FILES => Finding::wrong(FILES, format!("at most {limit}"), remedy),
        Some(limit) if limit < ENOUGH_FILES => Finding::advice(FILES, format!("at most {limit}"), remedy),
        Some(limit) => Finding::good(FILES, format!("at most {limit}")),
    }
}
