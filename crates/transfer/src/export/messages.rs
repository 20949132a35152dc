//! Messages, conversation by conversation as each stood when its turn came, and what users keep about them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cerulean_proto::pb;
use cerulean_storage::StorageError;
use cerulean_storage::log::read::LineState;
use cerulean_types::{ConversationKey, GroupId, ItemKind, MessageId, Millis, StoredItem, UserId, Xid};
use prost::Message as _;
use serde_json::{Map, Value};

use super::Run;
use crate::TransferError;
use crate::format::{ContentType, Conversation, Edit, Id, JsonText, Message, MessageRef, Recall, Record, ReplyTo};

/// Items of one page.
const PAGE: usize = 1000;
/// Conversations whose messages come before what users keep about them.
const TOGETHER: usize = 200;

impl Run<'_> {
    pub(super) async fn messages(&mut self, since: Option<Millis>) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let keys = self.transfer.platform.log.list_lines(self.app, after, TOGETHER).await?;
            let Some(last) = keys.last() else { return Ok(()) };
            after = Some(*last);
            let gone = self.gone_among(&keys).await?;
            let mut heads = Vec::with_capacity(keys.len());
            for key in keys.into_iter().filter(|key| gone.leaves_a_reader(*key)) {
                let head = self.transfer.platform.log.head(self.app, key).await?.mid;
                self.conversation(key, head, since).await?;
                heads.push((key, head));
            }
            for (key, head) in heads {
                self.states(key, head, since, &gone).await?;
            }
        }
    }

    /// Which users and groups of these conversations are no more.
    async fn gone_among(&self, keys: &[ConversationKey]) -> Result<Gone, StorageError> {
        let (mut users, mut groups) = (BTreeSet::new(), Vec::new());
        for key in keys {
            match key {
                ConversationKey::Pair(one, other) => users.extend([*one, *other]),
                ConversationKey::System(user) => users.extend([*user]),
                ConversationKey::Group(group) => groups.push(*group),
            }
        }
        let tx = self.tx().await?;
        let users: Vec<UserId> = users.into_iter().collect();
        Ok(Gone {
            users: tx.users().removed_among(&users).await?.into_iter().collect(),
            groups: tx.groups().dissolved_among(&groups).await?.into_iter().collect(),
        })
    }

    async fn conversation(
        &mut self,
        key: ConversationKey,
        head: MessageId,
        since: Option<Millis>,
    ) -> Result<(), TransferError> {
        // An id is never below that of its time.
        let mut after = since.map_or(MessageId(0), |since| MessageId(MessageId::at(since).0.saturating_sub(1)));
        loop {
            let log = self.transfer.platform.log.clone();
            let mut page = log.pull(self.app, key, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.mid;
            page.retain(|item| {
                item.mid <= head && item.kind != ItemKind::Other && since.is_none_or(|since| item.timestamp >= since)
            });
            let bodies: Vec<(StoredItem, pb::MessageBody)> = page.into_iter().filter_map(with_body).collect();
            let named: Vec<MessageId> =
                bodies.iter().filter_map(|(item, body)| item.related.or(answered(body))).collect();
            let times = log.times_of(self.app, key, &named).await?;
            for (item, body) in bodies {
                let Some(mut record) = record_of(&item, body, &times) else { continue };
                if let Record::Message(message) = &mut record {
                    self.take_out_attachment(message).await?;
                }
                self.write(record).await?;
            }
            if after >= head {
                return Ok(());
            }
        }
    }

    /// What those in a conversation keep about it.
    async fn states(
        &mut self,
        key: ConversationKey,
        head: MessageId,
        since: Option<Millis>,
        gone: &Gone,
    ) -> Result<(), TransferError> {
        match key {
            ConversationKey::Pair(one, other) => {
                let here: BTreeSet<UserId> =
                    [one, other].into_iter().filter(|user| !gone.users.contains(user)).collect();
                let here: Vec<UserId> = here.into_iter().collect();
                self.states_of(key, head, since, &here).await
            }
            ConversationKey::System(user) => self.states_of(key, head, since, &[user]).await,
            ConversationKey::Group(group) => {
                let mut after = None;
                loop {
                    let members = self.tx().await?.group_members().list_ids(group, after, 500).await?;
                    after = members.last().copied();
                    if after.is_none() {
                        return Ok(());
                    }
                    self.states_of(key, head, since, &members).await?;
                }
            }
        }
    }

    async fn states_of(
        &mut self,
        key: ConversationKey,
        head: MessageId,
        since: Option<Millis>,
        users: &[UserId],
    ) -> Result<(), TransferError> {
        let log = self.transfer.platform.log.clone();
        let states: BTreeMap<UserId, LineState> = log.states_among(self.app, key, users).await?.into_iter().collect();
        let mut hidden: BTreeMap<UserId, Vec<MessageId>> = BTreeMap::new();
        for (user, mid) in log.hidden_among(self.app, key, users).await? {
            hidden.entry(user).or_default().push(mid);
        }
        for user in users {
            let (state, hidden) = (states.get(user), hidden.remove(user).unwrap_or_default());
            if let Some(line) = self.state_line(key, head, since, *user, state, &hidden).await? {
                self.write(Record::Conversation(Box::new(line))).await?;
            }
        }
        Ok(())
    }

    async fn state_line(
        &self,
        key: ConversationKey,
        head: MessageId,
        since: Option<Millis>,
        user: UserId,
        state: Option<&LineState>,
        hidden: &[MessageId],
    ) -> Result<Option<Conversation>, StorageError> {
        let log = &self.transfer.platform.log;
        let is_exported = |at: Millis| since.is_none_or(|since| at >= since);
        let mut marks = [None, None];
        if let Some(state) = state {
            for (mark, mid) in marks.iter_mut().zip([state.read_mid, state.clear_mid]) {
                if mid.0 > 0 {
                    let last = log.last_of_history(self.app, key, mid.min(head)).await?;
                    *mark = last.filter(|(_, at)| is_exported(*at)).map(reference);
                }
            }
        }
        let times = log.times_of(self.app, key, hidden).await?;
        let hidden = hidden.iter().filter_map(|mid| Some((*mid, *times.get(mid)?)));
        let hidden: Vec<MessageRef> =
            hidden.filter(|(mid, at)| *mid <= head && is_exported(*at)).map(reference).collect();
        let [read, cleared] = marks;
        let (is_pinned, is_muted) = state.map_or((false, false), |state| (state.is_pinned, state.is_muted));
        if read.is_none() && cleared.is_none() && hidden.is_empty() && !is_pinned && !is_muted {
            return Ok(None);
        }
        let (peer, group) = match key.seen_by(user) {
            Xid::System => (None, None),
            Xid::User(peer) => (Some(peer.get().into()), None),
            Xid::Group(group) => (None, Some(group.get().into())),
        };
        Ok(Some(Conversation::of(user.get().into(), peer, group, read, cleared, is_pinned, is_muted, hidden)))
    }
}

/// Users and groups that are no more.
struct Gone {
    users: HashSet<UserId>,
    groups: HashSet<GroupId>,
}

impl Gone {
    /// Whether somebody is left who may read a conversation.
    fn leaves_a_reader(&self, key: ConversationKey) -> bool {
        match key {
            ConversationKey::Pair(one, other) => !self.users.contains(&one) || !self.users.contains(&other),
            ConversationKey::System(user) => !self.users.contains(&user),
            ConversationKey::Group(group) => !self.groups.contains(&group),
        }
    }
}

fn reference((mid, at): (MessageId, Millis)) -> MessageRef {
    MessageRef { id: mid.0.into(), at }
}

/// The body, empty once erased; nothing where it cannot be read or was an edit that went with its message.
fn with_body(item: StoredItem) -> Option<(StoredItem, pb::MessageBody)> {
    if item.is_erased && item.kind != ItemKind::Message {
        return None;
    }
    let body = pb::MessageBody::decode(item.payload.clone()).ok()?;
    Some((item, body))
}

/// What a message says it answers.
fn answered(body: &pb::MessageBody) -> Option<MessageId> {
    if !body.ext.contains("\"reply_to\"") {
        return None;
    }
    let fields: Map<String, Value> = serde_json::from_str(&body.ext).ok()?;
    let mid = fields.get("reply_to")?.get("mid")?;
    mid.as_u64().or_else(|| mid.as_str()?.parse().ok()).map(MessageId)
}

fn record_of(item: &StoredItem, body: pb::MessageBody, times: &HashMap<MessageId, Millis>) -> Option<Record> {
    let (to_user, to_group) = receiver(item);
    let id: Id = item.mid.0.into();
    if item.kind == ItemKind::Message {
        return Some(Record::Message(Box::new(message_line(item, body, times))));
    }
    let related = item.related?;
    let message = reference((related, *times.get(&related)?));
    let from: Id = item.from.into();
    if item.kind == ItemKind::Recall {
        return Some(Record::Recall(Recall::of(id, message, from, to_user, to_group, item.timestamp)));
    }
    let (config, ext) = (JsonText(body.config), JsonText(body.ext));
    let edit = Edit::of(id, message, from, to_user, to_group, item.timestamp, body.content, config, ext);
    Some(if item.kind == ItemKind::Append { Record::Append(Box::new(edit)) } else { Record::Replace(Box::new(edit)) })
}

/// `to_user` or `to_group`.
fn receiver(item: &StoredItem) -> (Option<Id>, Option<Id>) {
    match item.key {
        ConversationKey::Group(group) => (None, Some(group.get().into())),
        ConversationKey::System(user) => (Some(user.get().into()), None),
        ConversationKey::Pair(one, other) => {
            let to = if item.from == one.get() { other } else { one };
            (Some(to.get().into()), None)
        }
    }
}

fn message_line(item: &StoredItem, body: pb::MessageBody, times: &HashMap<MessageId, Millis>) -> Message {
    let (to_user, to_group) = receiver(item);
    let (ext, reply_to) = split_reply(&body, times);
    Message::of(
        item.mid.0.into(),
        (item.from != 0).then(|| item.from.into()),
        to_user,
        to_group,
        item.timestamp,
        content_type(body.ctype),
        body.content,
        JsonText(body.attachment),
        String::new(),
        String::new(),
        JsonText(body.config),
        JsonText(ext),
        reply_to,
        body.sender_name,
        body.priority,
        item.is_erased,
    )
}

/// `ext` without the answer in it, and the answer by itself, which an import puts back with the id of its own.
fn split_reply(body: &pb::MessageBody, times: &HashMap<MessageId, Millis>) -> (String, Option<ReplyTo>) {
    let whole = || (body.ext.clone(), None);
    let Some(mid) = answered(body) else { return whole() };
    let (Some(at), Ok(mut fields)) = (times.get(&mid), serde_json::from_str::<Map<String, Value>>(&body.ext)) else {
        return whole();
    };
    let Some(Value::Object(answer)) = fields.remove("reply_to") else { return whole() };
    let from = answer.get("from").and_then(Value::as_u64).filter(|from| *from > 0).map(Id::from);
    let text = answer.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let rest = if fields.is_empty() { String::new() } else { Value::Object(fields).to_string() };
    (rest, Some(ReplyTo { id: mid.0.into(), at: *at, from, text }))
}

fn content_type(number: i32) -> ContentType {
    use ContentType::{Audio, Command, File, Forward, Image, Location, Rtc, Text, Video};
    let all = [Text, Image, Audio, Video, File, Location, Command, Forward, Rtc];
    all.into_iter().find(|kind| *kind as i32 == number).unwrap_or_default()
}
