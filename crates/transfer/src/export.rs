//! Exports: everything of an app page by page, as the lines that an import reads. Ids are those of this server.

mod messages;

use std::collections::{BTreeMap, BTreeSet};

use cerulean_storage::StorageError;
use cerulean_storage::group_member::{MemberFilter, OWNER};
use cerulean_storage::roster::Relation;
use cerulean_storage::user::{UserRow, UserStatus};
use cerulean_types::{AppId, Millis};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::format::{
    Announcement, Block, FORMAT, Friendship, Group, GroupBlock, Header, Member, ReadState, Record, Role, User, VERSION,
};
use crate::{Transfer, TransferError};

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
}

/// What an export hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportEvent {
    /// Whole lines.
    Lines(Vec<u8>),
}

/// What an export wrote: lines by type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExportReport {
    /// By type of line.
    pub types: BTreeMap<String, u64>,
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
        let mut run = Run { transfer: self, app, events, piece: Vec::new(), report: ExportReport::default() };
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
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            for row in page {
                let hash = if with_password_hashes { tx.users().password_hash(row.id).await? } else { None };
                self.write(Record::User(Box::new(user_line(row, hash.unwrap_or_default())))).await?;
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
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.user, last.blocked));
            for block in page {
                let line = Block::of(block.user.get().into(), block.blocked.get().into(), Some(block.created_at));
                self.write(Record::Block(line)).await?;
            }
        }
    }

    /// First all groups, then what hangs on them, so that an import meets many lines of one type together.
    async fn groups(&mut self) -> Result<(), TransferError> {
        for step in [GroupStep::Groups, GroupStep::Members, GroupStep::Around] {
            let mut after = None;
            loop {
                let page = self.tx().await?.groups().list_after(after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for row in page {
                    match step {
                        GroupStep::Groups => self.write(Record::Group(Box::new(group_line(row)))).await?,
                        GroupStep::Members => self.members(row.id).await?,
                        GroupStep::Around => self.around_group(row.id).await?,
                    }
                }
            }
        }
        Ok(())
    }

    async fn members(&mut self, group: cerulean_types::GroupId) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let page = self.tx().await?.group_members().list(group, MemberFilter::All, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.user);
            for row in page {
                let role = match row.role {
                    0 => Role::Member,
                    OWNER => Role::Owner,
                    _ => Role::Admin,
                };
                let line = Member::of(
                    group.get().into(),
                    row.user.get().into(),
                    role,
                    row.ban_until,
                    row.display_name,
                    row.mute_mode,
                    row.push_mode,
                    row.not_disturb,
                    Some(row.joined_at),
                );
                self.write(Record::Member(Box::new(line))).await?;
            }
        }
    }

    async fn around_group(&mut self, group: cerulean_types::GroupId) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let page = self.tx().await?.group_restrictions().list_blocked(group, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user);
            for row in page {
                let line = GroupBlock::of(group.get().into(), row.user.get().into(), row.blocked_at);
                self.write(Record::GroupBlock(line)).await?;
            }
        }
        let announcements = self.tx().await?.group_announcements().list(group).await?;
        for row in announcements {
            let (id, at) = ((row.id as u64).into(), Some(row.created_at));
            let line = Announcement::of(id, group.get().into(), row.author.get().into(), row.title, row.content, at);
            self.write(Record::Announcement(line)).await?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum GroupStep {
    Groups,
    Members,
    Around,
}

fn user_line(row: UserRow, password_hash: String) -> User {
    let profile = row.profile;
    User::of(
        row.id.get().into(),
        profile.username,
        profile.nick_name,
        profile.avatar,
        profile.description,
        profile.mobile,
        profile.email,
        profile.public_info,
        profile.private_info,
        row.settings,
        password_hash,
        row.status == UserStatus::Frozen,
        Some(row.created_at),
    )
}

fn group_line(row: cerulean_storage::group::GroupRow) -> Group {
    Group::of(
        row.id.get().into(),
        row.owner.get().into(),
        row.kind,
        row.name,
        row.avatar,
        row.description,
        row.ext,
        Some(row.capacity),
        row.apply_approval,
        row.member_invite,
        row.member_modify,
        row.read_ack,
        row.history_visible,
        row.hide_member_info,
        row.ban_all_until,
        Some(row.created_at),
    )
}
