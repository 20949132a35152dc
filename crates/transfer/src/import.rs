//! Imports: a dump is read in portions, each of which is checked, written and then noted as done, so that an import that was killed goes on
//! where it was. What a portion brings twice is recognised, so going over it again changes nothing.

mod around_groups;
mod conversations;
mod files;
mod groups;
mod known;
mod messages;
mod rosters;
mod users;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use cerulean_storage::StorageError;
use cerulean_storage::import::ImportRow;
use cerulean_types::{Actor, AppId, Millis, limits};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::format::{ReadState, Record};
use crate::ids::Ids;
use crate::lines::{Dump, Line, Place, Portion};
use crate::{Transfer, TransferError};
use messages::Sent;

/// How far ahead of the clock a time may be, in milliseconds; clocks of two systems differ.
const FUTURE_MS: Millis = 86_400_000;
/// How long a request may wait for its answer, in milliseconds.
const LONGEST_REQUEST_MS: Millis = 366 * 86_400_000;

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The dump; files that it names lie beside it.
    pub file: PathBuf,
    /// Checks everything and writes nothing.
    pub is_dry: bool,
    /// A user whose name is taken stands for the one who has it.
    pub links_by_name: bool,
}

/// What happens on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportEvent {
    /// So much was read and is done.
    Progress {
        /// Bytes of the file.
        bytes: u64,
        /// Of so many.
        of: u64,
        /// Lines.
        lines: u64,
    },
    /// A line was not let in.
    Rejected {
        /// Its number.
        line: u64,
        /// Why.
        reason: String,
        /// What it says.
        text: Vec<u8>,
    },
}

/// What became of the lines of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Let in.
    pub imported: u64,
    /// There before.
    pub repeated: u64,
    /// Not let in.
    pub rejected: u64,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// By type of line; lines that cannot be read are `unreadable`.
    pub types: BTreeMap<String, Tally>,
    /// Whether nothing was written.
    pub is_dry: bool,
    /// The line after which an earlier run had stopped; 0 when this one began at the beginning.
    pub resumed_after_line: u64,
}

/// What is noted of an import, to go on from.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Progress {
    place: Place,
    types: BTreeMap<String, Tally>,
}

impl Transfer {
    /// Imports a dump into an app. Lines that are no good are told and left out.
    pub async fn import(
        &self,
        app: AppId,
        options: ImportOptions,
        events: mpsc::Sender<ImportEvent>,
    ) -> Result<ImportReport, TransferError> {
        let file = options.file.clone();
        let mut dump =
            tokio::task::spawn_blocking(move || Dump::open(&file)).await.map_err(|_| TransferError::Task)??;
        let mut progress = self.find_progress(app, &dump.fingerprint).await?;
        if options.is_dry || !dump.was_read_to(&progress.place).map_err(|error| unreadable(&options.file, error))? {
            progress = Progress::default();
        }
        let mut run = Run {
            transfer: self,
            app,
            ids: Ids::new(dump.header.source.clone(), options.is_dry),
            folder: options.file.parent().unwrap_or(Path::new(".")).to_owned(),
            resumed_after_line: progress.place.line,
            bytes: dump.bytes,
            fingerprint: dump.fingerprint,
            options,
            events,
            progress,
            sent: None,
        };
        let read_state = dump.header.read_state;
        let (sender, mut portions) = mpsc::channel(1);
        let place = run.progress.place.clone();
        let reader = tokio::task::spawn_blocking(move || dump.read(place, &sender));
        while let Some(portion) = portions.recv().await {
            run.take(portion.map_err(|error| unreadable(&run.options.file, error))?).await?;
        }
        reader.await.map_err(|_| TransferError::Task)?;
        run.finish(read_state).await
    }

    async fn find_progress(&self, app: AppId, fingerprint: &[u8; 32]) -> Result<Progress, StorageError> {
        let found = self.platform.db.read(app).await?.imports().find(fingerprint).await?;
        let Some(row) = found.filter(|row| !row.is_done) else { return Ok(Progress::default()) };
        let inconsistent = |_| StorageError::Inconsistent { table: "imports", key: hex::encode(fingerprint) };
        serde_json::from_str(&row.progress).map_err(inconsistent)
    }
}

fn unreadable(file: &Path, source: io::Error) -> TransferError {
    TransferError::Unreadable { file: file.display().to_string(), source }
}

/// An import under way.
struct Run<'a> {
    transfer: &'a Transfer,
    app: AppId,
    ids: Ids,
    options: ImportOptions,
    /// Where the dump is.
    folder: PathBuf,
    bytes: u64,
    fingerprint: [u8; 32],
    events: mpsc::Sender<ImportEvent>,
    progress: Progress,
    resumed_after_line: u64,
    /// Messages that the log has not answered yet.
    sent: Option<(Sent, Place)>,
}

/// A line without what it says.
struct Origin {
    number: u64,
    text: Vec<u8>,
    word: &'static str,
}

/// A line of a known type.
struct Entry<T> {
    origin: Origin,
    record: T,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Users,
    Rosters,
    Groups,
    Members,
    AroundGroups,
    Messages,
    Conversations,
}

fn stage_of(record: &Record) -> Option<Stage> {
    Some(match record {
        Record::Header(_) => return None,
        Record::User(_) => Stage::Users,
        Record::Friendship(_) | Record::Note(_) | Record::Block(_) | Record::Application(_) => Stage::Rosters,
        Record::Group(_) => Stage::Groups,
        Record::Member(_) => Stage::Members,
        Record::GroupBlock(_)
        | Record::Announcement(_)
        | Record::SharedFile(_)
        | Record::GroupApplication(_)
        | Record::GroupInvitation(_) => Stage::AroundGroups,
        Record::Message(_) | Record::Append(_) | Record::Replace(_) | Record::Recall(_) => Stage::Messages,
        Record::Conversation(_) => Stage::Conversations,
    })
}

impl Run<'_> {
    /// One portion. Lines name only what stands before them, so those of one type may be taken together.
    async fn take(&mut self, portion: Portion) -> Result<(), TransferError> {
        let mut stages: BTreeMap<Stage, Vec<Entry<Record>>> = BTreeMap::new();
        for Line { number, text, record } in portion.lines {
            match record {
                Err(reason) => self.reject(Origin { number, text, word: "unreadable" }, reason).await?,
                Ok(record) => {
                    let origin = Origin { number, text, word: record.word() };
                    match stage_of(&record) {
                        Some(stage) => stages.entry(stage).or_default().push(Entry { origin, record }),
                        None => self.reject(origin, "a dump has one header, on its first line".into()).await?,
                    }
                }
            }
        }
        let has_only_messages = stages.keys().all(|stage| *stage == Stage::Messages);
        if !has_only_messages {
            self.settle().await?;
        }
        for (stage, entries) in stages {
            match stage {
                Stage::Users => self.take_users(entries).await?,
                Stage::Rosters => self.take_rosters(entries).await?,
                Stage::Groups => self.take_groups(entries).await?,
                Stage::Members => self.take_members(entries).await?,
                Stage::AroundGroups => self.take_around_groups(entries).await?,
                Stage::Messages => {
                    // These are made ready while the log works on those before them, which must all be in it first.
                    let mut sent = self.prepare_messages(entries).await?;
                    self.settle().await?;
                    self.hand_over(&mut sent);
                    self.sent = Some((sent, portion.end.clone()));
                    if !has_only_messages {
                        self.settle().await?;
                    }
                }
                Stage::Conversations => self.take_conversations(entries).await?,
            }
        }
        if self.sent.is_none() {
            self.note(portion.end, false).await?;
        }
        Ok(())
    }

    /// Waits until the messages that were handed to the log are durable.
    async fn settle(&mut self) -> Result<(), TransferError> {
        if let Some((sent, place)) = self.sent.take() {
            self.receive_messages(sent).await?;
            self.note(place, false).await?;
        }
        Ok(())
    }

    /// Notes that everything up to here is done.
    async fn note(&mut self, place: Place, is_done: bool) -> Result<(), TransferError> {
        self.progress.place = place;
        let place = &self.progress.place;
        let told = ImportEvent::Progress { bytes: place.offset, of: self.bytes, lines: place.line };
        self.events.send(told).await.map_err(|_| TransferError::Abandoned)?;
        if self.options.is_dry {
            return Ok(());
        }
        let text = serde_json::to_string(&self.progress).expect("numbers and texts become JSON");
        let tx = self.transfer.platform.db.begin(self.app).await?;
        let row = ImportRow { progress: text, is_done };
        tx.imports().put(&self.fingerprint, &row, self.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn finish(mut self, read_state: ReadState) -> Result<ImportReport, TransferError> {
        self.settle().await?;
        if read_state == ReadState::All && !self.options.is_dry {
            self.mark_all_read().await?;
        }
        let place = self.progress.place.clone();
        self.note(place, true).await?;
        Ok(ImportReport {
            types: self.progress.types,
            is_dry: self.options.is_dry,
            resumed_after_line: self.resumed_after_line,
        })
    }

    async fn reject(&mut self, origin: Origin, reason: String) -> Result<(), TransferError> {
        self.tally(origin.word).rejected += 1;
        let told = ImportEvent::Rejected { line: origin.number, reason, text: origin.text };
        self.events.send(told).await.map_err(|_| TransferError::Abandoned)
    }

    fn tally(&mut self, word: &str) -> &mut Tally {
        if !self.progress.types.contains_key(word) {
            self.progress.types.insert(word.to_owned(), Tally::default());
        }
        self.progress.types.get_mut(word).expect("just inserted")
    }

    fn now(&self) -> Millis {
        self.transfer.platform.clock.now()
    }

    /// A context that writes, in the server's own name.
    async fn ctx(&self) -> Result<cerulean_delivery::Ctx, StorageError> {
        self.transfer.platform.ctx(self.app, Actor::System).await
    }
}

/// Refuses times that cannot be.
fn check_time(at: Millis, now: Millis) -> Result<(), String> {
    if (0..=now + FUTURE_MS).contains(&at) {
        Ok(())
    } else {
        Err(format!("the time {at} is no moment between 1970 and now, in milliseconds"))
    }
}

/// Refuses requests that could not have been made.
fn check_request(reason: &str, at: Millis, expires_at: Millis, now: Millis) -> Result<(), String> {
    check_chars("reason", reason, limits::FREE_TEXT_CHARS)?;
    check_time(at, now)?;
    let is_late = expires_at <= at || expires_at > at.saturating_add(LONGEST_REQUEST_MS);
    if is_late { Err("expires_at must be after at, and not more than a year".into()) } else { Ok(()) }
}

fn check_chars(field: &str, text: &str, most: usize) -> Result<(), String> {
    if text.chars().count() > most { Err(format!("{field} has more than {most} characters")) } else { Ok(()) }
}

fn check_bytes(field: &str, text: &str, most: usize) -> Result<(), String> {
    if text.len() > most { Err(format!("{field} has more than {most} bytes")) } else { Ok(()) }
}

fn unknown_user(id: &crate::format::Id) -> String {
    format!("the user {id} is not there: its line must come before this one")
}

fn unknown_group(id: &crate::format::Id) -> String {
    format!("the group {id} is not there: its line must come before this one")
}
