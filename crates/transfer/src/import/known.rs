//! What must be known of lines without an id of their own: whether they came before, and whether those they name are gone by now. What
//! happened to a member, a friendship or a block since the first import is not undone by another.

use std::collections::HashSet;

use cerulean_storage::{StorageError, Tx};
use cerulean_types::{ConversationKey, GroupId, UserId};

use super::{Entry, Run};
use crate::format::{Id, Record};

/// Lines that came before, and those that come now.
#[derive(Default)]
pub(super) struct Known {
    names: HashSet<String>,
    added: Vec<String>,
}

impl Known {
    /// Whether an earlier portion or import brought it.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// These are let in now.
    pub fn add(&mut self, names: impl IntoIterator<Item = String>) {
        self.added.extend(names);
    }

    /// What was added is known to later imports.
    pub async fn store(&self, tx: &Tx) -> Result<(), StorageError> {
        tx.imported_lines().insert_many(&self.added).await
    }
}

/// Users and groups that are no more.
pub(super) struct Gone {
    users: HashSet<UserId>,
    groups: HashSet<GroupId>,
}

impl Gone {
    pub fn has_group(&self, group: GroupId) -> bool {
        self.groups.contains(&group)
    }

    /// Refuses what names a group that is no more.
    pub fn check_group(&self, group: GroupId, id: &Id) -> Result<(), String> {
        if self.has_group(group) { Err(format!("the group {id} was destroyed")) } else { Ok(()) }
    }

    /// Refuses what names a user who is no more.
    pub fn check_user(&self, user: UserId, id: &Id) -> Result<(), String> {
        if self.users.contains(&user) { Err(format!("the user {id} was removed")) } else { Ok(()) }
    }
}

impl Run<'_> {
    /// Which of these lines came before.
    pub(super) async fn known_lines(&self, tx: &Tx, lines: &[Entry<Record>]) -> Result<Known, StorageError> {
        let names: Vec<String> = lines.iter().flat_map(|line| self.line_names(&line.record)).collect();
        Ok(Known { names: tx.imported_lines().find_many(&names).await?, added: Vec::new() })
    }

    /// Which of these users and groups are no more.
    pub(super) async fn gone(&self, tx: &Tx, users: &[&Id], groups: &[&Id]) -> Result<Gone, StorageError> {
        let users: HashSet<UserId> = users.iter().filter_map(|id| self.ids.user(id)).collect();
        let groups: HashSet<GroupId> = groups.iter().filter_map(|id| self.ids.group(id)).collect();
        Ok(Gone {
            users: tx.users().removed_among(&Vec::from_iter(users)).await?.into_iter().collect(),
            groups: tx.groups().dissolved_among(&Vec::from_iter(groups)).await?.into_iter().collect(),
        })
    }

    /// The name by which a line is known again; nothing for lines with an id, and for those that name somebody unknown.
    pub(super) fn line_name(&self, record: &Record) -> Option<String> {
        let user = |id| self.ids.user(id).map(UserId::get);
        let group = |id| self.ids.group(id).map(GroupId::get);
        let (one, other, at) = match record {
            Record::Friendship(line) | Record::Note(line) => (user(&line.user)?, user(&line.peer)?, None),
            Record::Block(line) => (user(&line.user)?, user(&line.peer)?, line.at),
            Record::Application(line) => (user(&line.from)?, user(&line.to)?, Some(line.at)),
            Record::Member(line) => (group(&line.group)?, user(&line.user)?, None),
            Record::GroupBlock(line) => (group(&line.group)?, user(&line.user)?, line.at),
            Record::GroupApplication(line) => (group(&line.group)?, user(&line.from)?, Some(line.at)),
            Record::GroupInvitation(line) => {
                user(&line.from)?;
                (group(&line.group)?, user(&line.to)?, Some(line.at))
            }
            Record::Conversation(_) => {
                let mut text = Vec::new();
                record.write(&mut text);
                return Some(self.named("line", &String::from_utf8_lossy(&text)));
            }
            _ => return None,
        };
        Some(self.named(record.word(), &format!("{one} {other} {}", at.unwrap_or_default())))
    }

    /// All names of a line. What is pinned or muted is known apart from how far was read, which another dump may say anew.
    fn line_names(&self, record: &Record) -> Vec<String> {
        let mut names = Vec::from_iter(self.line_name(record));
        if let Record::Conversation(line) = record
            && let Ok(whose) = self.whose(line)
        {
            names.extend(["pinned", "muted"].map(|what| self.switch_name(what, whose)));
        }
        names
    }

    /// The name of a switch that a user set for a conversation.
    pub(super) fn switch_name(&self, what: &str, (user, key): (UserId, ConversationKey)) -> String {
        let (a, b) = key.as_columns();
        self.named(what, &format!("{user} {a} {b}"))
    }

    fn named(&self, what: &str, rest: &str) -> String {
        format!("{what}\n{}\n{rest}", self.ids.source)
    }
}
