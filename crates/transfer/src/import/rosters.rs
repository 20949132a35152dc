//! Friendships, notes, blocks, requests to be friends.

use std::collections::BTreeMap;

use cerulean_bus::BusEvent;
use cerulean_storage::roster::{Block, PastItem, PendingRow, Relation, RosterRow};
use cerulean_types::{UserId, limits};

use super::known::Gone;
use super::{Entry, Run, check_chars, check_request, check_time, unknown_user};
use crate::TransferError;
use crate::format::{self, Application, Friendship, Id, Record};

/// Lines of one transaction.
const CHUNK: usize = 2000;

/// A roster that is being put together: both sides of each friendship, each once.
type Items = BTreeMap<(UserId, UserId), PastItem>;

impl Run<'_> {
    pub(super) async fn take_rosters(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        let mut rest = entries.into_iter();
        loop {
            let chunk: Vec<Entry<Record>> = rest.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            self.take_roster_chunk(chunk).await?;
        }
    }

    async fn take_roster_chunk(&mut self, chunk: Vec<Entry<Record>>) -> Result<(), TransferError> {
        let mut ctx = self.ctx().await?;
        let ids = chunk.iter().flat_map(|entry| match &entry.record {
            Record::Friendship(record) | Record::Note(record) => [Some(&record.user), Some(&record.peer)],
            Record::Block(record) => [Some(&record.user), Some(&record.peer)],
            Record::Application(record) => [Some(&record.from), Some(&record.to)],
            _ => [None, None],
        });
        let ids: Vec<&Id> = ids.flatten().collect();
        self.ids.load_users(&ctx.tx, ids.clone()).await?;
        let gone = self.gone(&ctx.tx, &ids, &[]).await?;
        let mut known = self.known_lines(&ctx.tx, &chunk).await?;
        let (mut items, mut blocks, mut pending) = (Items::new(), Vec::new(), Vec::new());
        for Entry { origin, record } in chunk {
            let name = self.line_name(&record);
            if name.as_ref().is_some_and(|name| known.has(name)) {
                self.tally(origin.word).repeated += 1;
                continue;
            }
            let outcome = match &record {
                Record::Friendship(record) => self.add_item(&mut items, &gone, record, Relation::Friend),
                Record::Note(record) => self.add_item(&mut items, &gone, record, Relation::Stranger),
                Record::Block(record) => self.block_of(&gone, record).map(|block| blocks.push(block)),
                Record::Application(record) => self.pending_of(&gone, record).map(|row| pending.push(row)),
                _ => Ok(()),
            };
            match outcome {
                Ok(()) => {
                    self.tally(origin.word).imported += 1;
                    known.add(name);
                }
                Err(reason) => self.reject(origin, reason).await?,
            }
        }
        if self.options.is_dry {
            return Ok(());
        }
        let pairs = items.keys().copied().chain(blocks.iter().map(|block| (block.user, block.blocked)));
        for (user, peer) in pairs {
            ctx.emit(BusEvent::RelationChanged { app: self.app, user, peer });
        }
        ctx.tx.roster().merge_items(&Vec::from_iter(items.into_values())).await?;
        ctx.tx.roster().insert_blocks(&blocks).await?;
        ctx.tx.roster().insert_pending(&pending).await?;
        known.store(&ctx.tx).await?;
        Ok(ctx.commit().await?)
    }

    fn add_item(&self, items: &mut Items, gone: &Gone, record: &Friendship, relation: Relation) -> Result<(), String> {
        let (user, peer) = self.two_users(gone, &record.user, &record.peer)?;
        check_chars("alias", &record.alias, limits::NAME_CHARS)?;
        check_chars("ext", &record.ext, limits::FREE_TEXT_CHARS)?;
        let at = record.at.unwrap_or(self.now());
        check_time(at, self.now())?;
        let bare = |user: UserId, peer: UserId| {
            let row = RosterRow { peer, relation, alias: String::new(), ext: String::new(), mute_notification: false };
            PastItem { user, row, updated_at: at }
        };
        let item = items.entry((user, peer)).or_insert_with(|| bare(user, peer));
        item.updated_at = at;
        if item.row.alias.is_empty() {
            record.alias.clone_into(&mut item.row.alias);
        }
        if item.row.ext.is_empty() {
            record.ext.clone_into(&mut item.row.ext);
        }
        item.row.mute_notification |= record.muted;
        if relation == Relation::Friend {
            item.row.relation = relation;
            items.entry((peer, user)).or_insert_with(|| bare(peer, user)).row.relation = relation;
        }
        Ok(())
    }

    fn block_of(&self, gone: &Gone, record: &format::Block) -> Result<Block, String> {
        let (user, blocked) = self.two_users(gone, &record.user, &record.peer)?;
        let created_at = record.at.unwrap_or(self.now());
        check_time(created_at, self.now())?;
        Ok(Block { user, blocked, created_at })
    }

    fn pending_of(&self, gone: &Gone, record: &Application) -> Result<PendingRow, String> {
        let (applicant, target) = self.two_users(gone, &record.from, &record.to)?;
        check_request(&record.reason, record.at, record.expires_at, self.now())?;
        let reason = record.reason.clone();
        Ok(PendingRow { target, applicant, reason, created_at: record.at, expires_at: record.expires_at })
    }

    fn two_users(&self, gone: &Gone, user: &Id, peer: &Id) -> Result<(UserId, UserId), String> {
        let one = self.ids.user(user).ok_or_else(|| unknown_user(user))?;
        let other = self.ids.user(peer).ok_or_else(|| unknown_user(peer))?;
        gone.check_user(one, user)?;
        gone.check_user(other, peer)?;
        if one == other { Err("user and peer are the same".into()) } else { Ok((one, other)) }
    }
}
