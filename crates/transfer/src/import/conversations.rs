//! What users keep about conversations: how far they have read, what they deleted, pins and mutes.

use cerulean_storage::StorageError;
use cerulean_storage::log::StateChange;
use cerulean_storage::log::past::PastKey;
use cerulean_types::{ConversationKey, MessageId, UserId, Xid};
use futures::future::try_join_all;

use super::known::Known;
use super::{Entry, Run, unknown_group, unknown_user};
use crate::TransferError;
use crate::format::{Conversation, MessageRef, Record};

/// Changes under way at the same time; they share commits.
const AT_ONCE: usize = 1024;

/// A change that names a message.
type ChangeAt = fn(MessageId) -> StateChange;

/// A change on its way to the log.
type Change = (UserId, ConversationKey, StateChange);

impl Run<'_> {
    pub(super) async fn take_conversations(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        let tx = self.transfer.platform.db.read(self.app).await?;
        let all: Vec<&Conversation> = entries.iter().filter_map(|entry| conversation_of(&entry.record)).collect();
        let users = all.iter().flat_map(|record| [Some(&record.user), record.peer.as_ref()]).flatten().collect();
        let groups = all.iter().filter_map(|record| record.group.as_ref()).collect();
        self.ids.load_users(&tx, users).await?;
        self.ids.load_groups(&tx, groups).await?;
        let mut known = self.known_lines(&tx, &entries).await?;
        drop(tx);
        let mut changes = Vec::new();
        for Entry { origin, record } in entries {
            let name = self.line_name(&record);
            let Record::Conversation(record) = record else { continue };
            if name.as_ref().is_some_and(|name| known.has(name)) {
                self.tally(origin.word).repeated += 1;
                continue;
            }
            match self.changes_of(&record, &mut known).await? {
                Ok(of_line) => {
                    changes.extend(of_line);
                    self.tally(origin.word).imported += 1;
                    known.add(name);
                }
                Err(reason) => self.reject(origin, reason).await?,
            }
        }
        self.change_all(changes).await?;
        if self.options.is_dry {
            return Ok(());
        }
        let tx = self.transfer.platform.db.begin(self.app).await?;
        known.store(&tx).await?;
        Ok(tx.commit().await?)
    }

    async fn changes_of(
        &self,
        record: &Conversation,
        known: &mut Known,
    ) -> Result<Result<Vec<Change>, String>, StorageError> {
        let (user, key) = match self.whose(record) {
            Ok(whose) => whose,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut changes = Vec::new();
        let mut marks: Vec<(&MessageRef, ChangeAt)> = Vec::new();
        marks.extend(record.read.as_ref().map(|message| (message, StateChange::Read as ChangeAt)));
        marks.extend(record.cleared.as_ref().map(|message| (message, StateChange::Clear as _)));
        marks.extend(record.hidden.iter().map(|message| (message, StateChange::Hide as _)));
        if self.options.is_dry {
            return Ok(Ok(changes));
        }
        for (message, change) in marks {
            let name = PastKey::new(&self.ids.source, key, &message.id.0, message.at);
            let found = self.transfer.platform.log.find_imported(self.app, &[name]).await?;
            match found.get(&name) {
                Some(mid) => changes.push((user, key, change(*mid))),
                None => {
                    let id = &message.id;
                    return Ok(Err(format!("the message {id} is not there: its line must come before this one")));
                }
            }
        }
        let switches =
            [("pinned", record.pinned, StateChange::Pin(true)), ("muted", record.muted, StateChange::Mute(true))];
        for (what, is_on, change) in switches {
            let name = self.switch_name(what, (user, key));
            if is_on && !known.has(&name) {
                changes.push((user, key, change));
                known.add([name]);
            }
        }
        Ok(Ok(changes))
    }

    pub(super) fn whose(&self, record: &Conversation) -> Result<(UserId, ConversationKey), String> {
        let user = self.ids.user(&record.user).ok_or_else(|| unknown_user(&record.user))?;
        let xid = match (&record.peer, &record.group) {
            (Some(peer), None) => Xid::User(self.ids.user(peer).ok_or_else(|| unknown_user(peer))?),
            (None, Some(group)) => Xid::Group(self.ids.group(group).ok_or_else(|| unknown_group(group))?),
            (None, None) => Xid::System,
            (Some(_), Some(_)) => return Err("it names both peer and group".into()),
        };
        Ok((user, ConversationKey::of(user, xid)))
    }

    /// Everyone has read what the dump brought.
    pub(super) async fn mark_all_read(&self) -> Result<(), TransferError> {
        let platform = &self.transfer.platform;
        let mut after = 0;
        loop {
            let page = platform.log.imported_lines(self.app, &self.ids.source, after, 10_000).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.line;
            let mut changes = Vec::new();
            for line in page {
                let read = StateChange::Read(line.last);
                match line.key {
                    ConversationKey::Pair(one, other) => {
                        changes.extend([(one, line.key, read), (other, line.key, read)]);
                    }
                    ConversationKey::System(user) => changes.push((user, line.key, read)),
                    ConversationKey::Group(group) => {
                        let mut member = None;
                        loop {
                            let tx = platform.db.read(self.app).await?;
                            let members = tx.group_members().list_ids(group, member, 1000).await?;
                            member = members.last().copied();
                            if member.is_none() {
                                break;
                            }
                            self.change_all(members.into_iter().map(|user| (user, line.key, read)).collect()).await?;
                        }
                    }
                }
            }
            self.change_all(changes).await?;
        }
    }

    async fn change_all(&self, changes: Vec<Change>) -> Result<(), TransferError> {
        let log = &self.transfer.platform.log;
        for chunk in changes.chunks(AT_ONCE) {
            let mut under_way = Vec::with_capacity(chunk.len());
            for (user, key, change) in chunk {
                under_way.push(log.change_state(self.app, *user, *key, *change));
            }
            try_join_all(under_way).await?;
        }
        Ok(())
    }
}

fn conversation_of(record: &Record) -> Option<&Conversation> {
    if let Record::Conversation(record) = record { Some(record) } else { None }
}
