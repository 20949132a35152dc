//! Exports: everything of an app page by page, as the lines that an import reads. Ids are those of this server.

mod files;
mod groups;
mod messages;

use std::collections::{BTreeMap, BTreeSet};

use cerulean_storage::StorageError;
use cerulean_storage::roster::Relation;
use cerulean_storage::user::{UserRow, UserSettings, UserStatus};
use cerulean_types::{AppId, Millis, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::format::{Application, Block, FORMAT, Friendship, Header, ReadState, Record, User, VERSION};
use crate::{Transfer, TransferError};
use files::Outgoing;

/// Rows of one page.
const PAGE: u64 = 1000;
/// Bytes that are handed on together.
const PIECE_BYTES: usize = 256 << 10;

/// A part of an app's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Users.
    Users,
    /// Friendships, notes, blocks.
    Rosters,
    /// Groups, members, who may not come in, announcements.
    Groups,
    /// Messages, and what users keep about conversations.
    Messages,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Users, Self::Rosters, Self::Groups, Self::Messages];

    /// The part of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "users" => Self::Users,
            "rosters" => Self::Rosters,
            "groups" => Self::Groups,
            "messages" => Self::Messages,
            _ => return None,
        })
    }
}

/// What to export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportOptions {
    /// Which parts.
    pub parts: BTreeSet<Part>,
    /// Messages sent at this moment or later, in milliseconds; everything else is whole.
    pub since: Option<Millis>,
    /// The hashes of passwords as well, so that users can sign in as before.
    pub with_password_hashes: bool,
    /// The files that messages and groups show, into a folder of this name beside the dump.
    pub files_folder: Option<String>,
}

/// What an export hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportEvent {
    /// Whole lines.
    Lines(Vec<u8>),
    /// A piece of a file that lines name later.
    File {
        /// Where it belongs, seen from the folder of the dump.
        path: String,
        /// What follows on the pieces before.
        piece: Vec<u8>,
    },
}

/// What an export wrote: lines by type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExportReport {
    /// By type of line.
    pub types: BTreeMap<String, u64>,
    /// Files written beside the dump.
    pub files: u64,
    /// Files that lines name and that are not there any more; their addresses stand in the lines.
    pub missing_files: u64,
}

impl Transfer {
    /// Exports an app.
    pub async fn export(
        &self,
        app: AppId,
        options: ExportOptions,
        events: mpsc::Sender<ExportEvent>,
    ) -> Result<ExportReport, TransferError> {
        let source = self.platform.settings_of(app).await?.slug.clone();
        let files = options.files_folder.map(Outgoing::new);
        let mut run = Run { transfer: self, app, events, piece: Vec::new(), report: ExportReport::default(), files };
        run.write(Record::Header(Header::of(FORMAT.into(), VERSION, source, ReadState::Given))).await?;
        for part in &options.parts {
            match part {
                Part::Users => run.users(options.with_password_hashes).await?,
                Part::Rosters => run.rosters().await?,
                Part::Groups => run.groups().await?,
                Part::Messages => run.messages(options.since).await?,
            }
        }
        run.flush().await?;
        Ok(run.report)
    }
}

/// An export under way.
struct Run<'a> {
    transfer: &'a Transfer,
    app: AppId,
    events: mpsc::Sender<ExportEvent>,
    piece: Vec<u8>,
    report: ExportReport,
    /// The files that go along, if any do.
    files: Option<Outgoing>,
}

impl Run<'_> {
    async fn write(&mut self, record: Record) -> Result<(), TransferError> {
        record.write(&mut self.piece);
        *self.report.types.entry(record.word().to_owned()).or_default() += 1;
        if self.piece.len() < PIECE_BYTES { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<(), TransferError> {
        let lines = ExportEvent::Lines(std::mem::take(&mut self.piece));
        self.events.send(lines).await.map_err(|_| TransferError::Abandoned)
    }

    async fn tx(&self) -> Result<cerulean_storage::Tx, StorageError> {
        self.transfer.platform.db.read(self.app).await
    }

    async fn users(&mut self, with_password_hashes: bool) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let tx = self.tx().await?;
            let page = tx.users().list_after(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in page {
                let hash = if with_password_hashes { tx.users().password_hash(row.id).await? } else { None };
                let mut line = user_line(row, hash.unwrap_or_default());
                if let Some(taken) = self.take_out(&line.avatar).await? {
                    line.avatar.clear();
                    (line.avatar_file, line.avatar_sha256) = (taken.path, taken.sha256);
                }
                self.write(Record::User(Box::new(line))).await?;
            }
        }
        let mut after = None;
        loop {
            let page = self.tx().await?.users().list_removed_after(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            for id in page {
                self.write(Record::User(Box::new(removed_line(id)))).await?;
            }
        }
    }

    async fn rosters(&mut self) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let page = self.tx().await?.roster().list_items_after(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.user, last.row.peer));
            for item in page {
                let (user, row) = (item.user, item.row);
                let is_bare = row.alias.is_empty() && row.ext.is_empty() && !row.mute_notification;
                let is_friend = row.relation == Relation::Friend;
                // The line of the side with the lower id says that both are friends.
                if is_bare && (!is_friend || user > row.peer) {
                    continue;
                }
                let (peer, at) = (row.peer.get().into(), Some(item.updated_at));
                let line = Friendship::of(user.get().into(), peer, row.alias, row.ext, row.mute_notification, at);
                self.write(if is_friend { Record::Friendship(line) } else { Record::Note(line) }).await?;
            }
        }
        let mut after = None;
        loop {
            let page = self.tx().await?.roster().list_blocks_after(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.user, last.blocked));
            for block in page {
                let line = Block::of(block.user.get().into(), block.blocked.get().into(), Some(block.created_at));
                self.write(Record::Block(line)).await?;
            }
        }
        let now = self.transfer.platform.clock.now();
        let mut after = None;
        loop {
            let page = self.tx().await?.roster().list_pending_after(after, now, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.target, last.applicant));
            for row in page {
                let (from, to) = (row.applicant.get().into(), row.target.get().into());
                let line = Application::of(from, to, row.reason, row.created_at, row.expires_at);
                self.write(Record::Application(line)).await?;
            }
        }
    }
}

fn user_line(row: UserRow, password_hash: String) -> User {
    let profile = row.profile;
    User::of(
        row.id.get().into(),
        profile.username,
        profile.nick_name,
        profile.avatar,
        String::new(),
        String::new(),
        profile.description,
        profile.mobile,
        profile.email,
        profile.public_info,
        profile.private_info,
        row.settings,
        password_hash,
        row.status == UserStatus::Frozen,
        false,
        Some(row.created_at),
    )
}

/// Of a removed user nothing is left but the id that conversations name.
fn removed_line(id: UserId) -> User {
    let none = String::new;
    let settings = UserSettings::default();
    User::of(
        id.get().into(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        settings,
        none(),
        false,
        true,
        None,
    )
}
