//! Messages, edits, recalls: into the log in portions of some thousand, those of a conversation side by side.

use std::collections::VecDeque;
use std::pin::Pin;

use bytes::Bytes;
use cerulean_proto::pb;
use cerulean_storage::log::LogError;
use cerulean_storage::log::past::{PastBody, PastItem, PastKey, PastOutcome};
use cerulean_types::{ConversationKey, GroupId, ItemKind, MessageId, UserId, limits, namespace};
use pb::message_body::{QoS, Type};
use pb::message_operation::OpType;
use prost::Message as _;
use serde_json::{Map, Value};

use super::known::Gone;
use super::{Entry, FUTURE_MS, Origin, Run, check_bytes, check_time, unknown_group, unknown_user};
use crate::TransferError;
use crate::format::{Edit, FileUse, Id, JsonText, Message, Record, ReplyTo};

/// Items of one commit. Others who send wait for it.
const COMMIT: usize = 4096;

/// Commits that are with the log at the same time: one that it works on, and the next.
const AT_ONCE: usize = 2;

/// What the log will say of one commit.
type Answer = dyn Future<Output = Result<Vec<PastOutcome>, LogError>> + Send + Sync;

/// Messages on their way, commit by commit.
#[derive(Default)]
pub(super) struct Sent {
    waiting: VecDeque<(Vec<Origin>, Vec<PastItem>)>,
    handed_over: VecDeque<(Vec<Origin>, Pin<Box<Answer>>)>,
}

impl Run<'_> {
    /// Makes messages ready for the log. What is no good is told at once.
    pub(super) async fn prepare_messages(&mut self, entries: Vec<Entry<Record>>) -> Result<Sent, TransferError> {
        let tx = self.transfer.platform.db.read(self.app).await?;
        let parties: Vec<Parties<'_>> = entries.iter().map(|entry| parties_of(&entry.record)).collect();
        let users = parties.iter().flat_map(|parties| [parties.from, parties.to_user]).flatten().collect();
        let groups: Vec<&Id> = parties.iter().filter_map(|parties| parties.to_group).collect();
        self.ids.load_users(&tx, users).await?;
        self.ids.load_groups(&tx, groups.clone()).await?;
        let gone = self.gone(&tx, &[], &groups).await?;
        drop(tx);
        let mut ready: Vec<(PastItem, Origin)> = Vec::with_capacity(entries.len());
        for Entry { origin, record } in entries {
            if let Some((group, name)) = self.in_gone_group(&gone, &record) {
                let is_known = !self.transfer.platform.log.find_imported(self.app, &[name]).await?.is_empty();
                match gone.check_group(group.0, group.1) {
                    Err(reason) if !is_known => self.reject(origin, reason).await?,
                    _ => self.tally(origin.word).repeated += 1,
                }
                continue;
            }
            let made = match record {
                Record::Message(message) => self.message(*message).await?,
                Record::Append(edit) => self.edit(*edit, OpType::Append),
                Record::Replace(edit) => self.edit(*edit, OpType::Replace),
                Record::Recall(recall) => {
                    let no_text = JsonText::default;
                    let (to_user, to_group) = (recall.to_user, recall.to_group);
                    let edit = Edit::of(
                        recall.id,
                        recall.message,
                        recall.from,
                        to_user,
                        to_group,
                        recall.at,
                        String::new(),
                        no_text(),
                        no_text(),
                    );
                    self.edit(edit, OpType::Recall)
                }
                _ => continue,
            };
            match made {
                Ok(item) => ready.push((item, origin)),
                Err(reason) => self.reject(origin, reason).await?,
            }
        }
        ready.sort_by_key(|(item, _)| item.key);
        let mut sent = Sent::default();
        let mut rest = ready.into_iter();
        loop {
            let (items, origins): (Vec<PastItem>, Vec<Origin>) = rest.by_ref().take(COMMIT).unzip();
            if items.is_empty() {
                break;
            }
            if self.options.is_dry {
                origins.iter().for_each(|origin| self.tally(origin.word).imported += 1);
            } else {
                sent.waiting.push_back((origins, items));
            }
        }
        Ok(sent)
    }

    /// The group that a line goes to, if that is no more, and the line's name.
    fn in_gone_group<'r>(&self, gone: &Gone, record: &'r Record) -> Option<((GroupId, &'r Id), PastKey)> {
        let id = parties_of(record).to_group?;
        let group = self.ids.group(id).filter(|group| gone.has_group(*group))?;
        let (item, at) = match record {
            Record::Message(message) => (&message.id, message.at),
            Record::Append(edit) | Record::Replace(edit) => (&edit.id, edit.at),
            Record::Recall(recall) => (&recall.id, recall.at),
            _ => return None,
        };
        Some(((group, id), PastKey::new(&self.ids.source, ConversationKey::Group(group), &item.0, at)))
    }

    /// Gives the log as much as it may have at a time.
    pub(super) fn hand_over(&self, sent: &mut Sent) {
        while sent.handed_over.len() < AT_ONCE
            && let Some((origins, items)) = sent.waiting.pop_front()
        {
            let answer = self.transfer.platform.log.import(self.app, items);
            sent.handed_over.push_back((origins, Box::pin(answer)));
        }
    }

    /// Takes the log's answers.
    pub(super) async fn receive_messages(&mut self, mut sent: Sent) -> Result<(), TransferError> {
        while let Some((origins, answer)) = sent.handed_over.pop_front() {
            let outcomes = answer.await?;
            self.hand_over(&mut sent);
            for (origin, outcome) in origins.into_iter().zip(outcomes) {
                match outcome {
                    PastOutcome::Stored(_) => self.tally(origin.word).imported += 1,
                    PastOutcome::Repeat(_) => self.tally(origin.word).repeated += 1,
                    PastOutcome::Refused(LogError::MessageGone) => {
                        let reason = "the message it changes is not in the conversation, or was recalled: \
                                      its line must come before this one";
                        self.reject(origin, reason.into()).await?;
                    }
                    PastOutcome::Refused(error) => self.reject(origin, error.to_string()).await?,
                }
            }
        }
        Ok(())
    }

    async fn message(&mut self, mut message: Message) -> Result<Result<PastItem, String>, TransferError> {
        let place = match self.place_of(&Parties::of(message.from.as_ref(), &message.to_user, &message.to_group)) {
            Ok(place) => place,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Err(reason) = self.check_message(&message) {
            return Ok(Err(reason));
        }
        let name = PastKey::new(&self.ids.source, place.key, &message.id.0, message.at);
        if !message.file.is_empty()
            && let Err(reason) = self.take_file(&mut message, name, place.from).await?
        {
            return Ok(Err(reason));
        }
        let mid = wanted_mid(&message.id, message.at);
        let (at, related) = (message.at, message.reply_to.as_ref());
        let related = related.map(|reply| PastKey::new(&self.ids.source, place.key, &reply.id.0, reply.at));
        let author =
            message.reply_to.as_ref().and_then(|reply| reply.from.as_ref()).and_then(|from| self.ids.user(from));
        let reply = message.reply_to.take();
        let mut body = body_of(message, &place);
        let body = match reply {
            None => PastBody::Ready(body.encode_to_vec().into()),
            Some(reply) => PastBody::Naming(Box::new(move |mid| {
                if let Some(mid) = mid {
                    body.ext = with_reply(&body.ext, mid, author, &reply);
                }
                body.encode_to_vec().into()
            })),
        };
        let kind = ItemKind::Message;
        Ok(Ok(PastItem { name, kind, related, at, mid, body, ..place.item(name) }))
    }

    fn check_message(&self, message: &Message) -> Result<(), String> {
        check_time(message.at, self.now())?;
        check_bytes("content", &message.content, self.transfer.platform.limits.text_bytes)?;
        check_bytes("attachment", &message.attachment.0, limits::EXTRA_BYTES)?;
        check_bytes("config", &message.config.0, limits::EXTRA_BYTES)?;
        check_bytes("ext", &message.ext.0, limits::EXTRA_BYTES)
    }

    /// An edit or a recall.
    fn edit(&self, edit: Edit, operation: OpType) -> Result<PastItem, String> {
        let place = self.place_of(&Parties::of(Some(&edit.from), &edit.to_user, &edit.to_group))?;
        check_time(edit.at, self.now())?;
        check_bytes("content", &edit.content, self.transfer.platform.limits.text_bytes)?;
        check_bytes("config", &edit.config.0, limits::EXTRA_BYTES)?;
        check_bytes("ext", &edit.ext.0, limits::EXTRA_BYTES)?;
        let source = &self.ids.source;
        let name = PastKey::new(source, place.key, &edit.id.0, edit.at);
        let related = Some(PastKey::new(source, place.key, &edit.message.id.0, edit.message.at));
        let kind = match operation {
            OpType::Append => ItemKind::Append,
            OpType::Replace => ItemKind::Replace,
            _ => ItemKind::Recall,
        };
        let (at, mid, to) = (edit.at, wanted_mid(&edit.id, edit.at), place.to);
        let is_named = operation == OpType::Recall || matches!(place.key, ConversationKey::Group(_));
        let body = PastBody::Naming(Box::new(move |mid| {
            let xid = is_named.then_some(pb::Xid { uid: to, device_sn: 0 });
            let body = pb::MessageBody {
                r#type: Type::Oper as i32,
                content: edit.content,
                config: edit.config.0,
                ext: edit.ext.0,
                operation: Some(pb::MessageOperation {
                    r#type: operation as i32,
                    mid: mid.map_or(0, |mid| mid.0),
                    xid,
                }),
                qos: QoS::AtLeastOnce as i32,
                edit_timestamp: if operation == OpType::Recall { 0 } else { at as u64 },
                ..Default::default()
            };
            Bytes::from(body.encode_to_vec())
        }));
        Ok(PastItem { kind, related, at, mid, body, ..place.item(name) })
    }

    fn place_of(&self, parties: &Parties<'_>) -> Result<Target, String> {
        let user = |id: &Id| self.ids.user(id).ok_or_else(|| unknown_user(id));
        let from = parties.from.map(user).transpose()?;
        match (from, parties.to_user, parties.to_group) {
            (Some(from), Some(to), None) => {
                let to = user(to)?;
                Ok(Target { key: ConversationKey::pair(from, to), from: Some(from), to: to.get() })
            }
            (None, Some(to), None) => {
                let to = user(to)?;
                Ok(Target { key: ConversationKey::System(to), from: None, to: to.get() })
            }
            (from, None, Some(to)) => {
                let to = self.ids.group(to).ok_or_else(|| unknown_group(to))?;
                Ok(Target { key: ConversationKey::Group(to), from, to: to.get() })
            }
            (_, Some(_), Some(_)) => Err("it names both to_user and to_group".into()),
            (_, None, None) => Err("it names neither to_user nor to_group".into()),
        }
    }

    /// Takes in the file beside the dump, unless the message is there already, and puts its address into the attachment.
    async fn take_file(
        &self,
        message: &mut Message,
        name: PastKey,
        owner: Option<UserId>,
    ) -> Result<Result<(), String>, TransferError> {
        let path = match self.file_beside(&message.file, &message.sha256).await {
            Ok(path) => path,
            Err(reason) => return Ok(Err(reason)),
        };
        let Ok(about) = tokio::fs::metadata(&path).await else {
            return Ok(Err(format!("there is no file {} beside the dump", message.file)));
        };
        let log = &self.transfer.platform.log;
        if self.options.is_dry || !log.find_imported(self.app, &[name]).await?.is_empty() {
            return Ok(Ok(()));
        }
        let stored =
            self.transfer.neighbours.store_file(self.app, owner, &path, FileUse::Content(message.content_type)).await;
        let url = match stored {
            Ok(url) => url,
            Err(reason) => return Ok(Err(format!("{}: {reason}", message.file))),
        };
        let mut fields: Map<String, Value> = serde_json::from_str(&message.attachment.0).unwrap_or_default();
        fields.insert("url".into(), url.into());
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        fields.entry("dName").or_insert_with(|| file_name.into());
        fields.entry("fLen").or_insert_with(|| about.len().into());
        message.attachment = JsonText(Value::Object(fields).to_string());
        Ok(Ok(()))
    }
}

/// Whom a line names.
struct Parties<'a> {
    from: Option<&'a Id>,
    to_user: Option<&'a Id>,
    to_group: Option<&'a Id>,
}

impl<'a> Parties<'a> {
    fn of(from: Option<&'a Id>, to_user: &'a Option<Id>, to_group: &'a Option<Id>) -> Self {
        Self { from, to_user: to_user.as_ref(), to_group: to_group.as_ref() }
    }
}

fn parties_of(record: &Record) -> Parties<'_> {
    match record {
        Record::Message(message) => Parties::of(message.from.as_ref(), &message.to_user, &message.to_group),
        Record::Append(edit) | Record::Replace(edit) => Parties::of(Some(&edit.from), &edit.to_user, &edit.to_group),
        Record::Recall(recall) => Parties::of(Some(&recall.from), &recall.to_user, &recall.to_group),
        _ => Parties { from: None, to_user: None, to_group: None },
    }
}

/// Where a line goes.
struct Target {
    key: ConversationKey,
    from: Option<UserId>,
    to: u64,
}

impl Target {
    fn item(&self, name: PastKey) -> PastItem {
        PastItem {
            name,
            key: self.key,
            namespace: namespace::MESSAGE,
            kind: ItemKind::Message,
            related: None,
            from: self.from.map_or(0, UserId::get),
            to: self.to,
            at: 0,
            mid: None,
            body: PastBody::Ready(Bytes::new()),
        }
    }
}

/// The id of a message that was exported from such a server: it carries its time.
fn wanted_mid(id: &Id, at: i64) -> Option<MessageId> {
    let (least, most) = (MessageId::at(at), MessageId::at(at + FUTURE_MS));
    id.number().map(MessageId).filter(|mid| (least..most).contains(mid) && mid.0 > 0)
}

fn body_of(message: Message, place: &Target) -> pb::MessageBody {
    let kind = if matches!(place.key, ConversationKey::Group(_)) { Type::Groupchat } else { Type::Chat };
    if message.recalled {
        return pb::MessageBody { r#type: kind as i32, ..Default::default() };
    }
    pb::MessageBody {
        r#type: kind as i32,
        content: message.content,
        ctype: message.content_type as i32,
        config: message.config.0,
        attachment: message.attachment.0,
        ext: message.ext.0,
        qos: QoS::AtLeastOnce as i32,
        sender_name: message.sender_name,
        is_system: place.from.is_none(),
        priority: message.priority,
        ..Default::default()
    }
}

/// `ext` with what the message answers, as clients write it.
fn with_reply(ext: &str, mid: MessageId, author: Option<UserId>, reply: &ReplyTo) -> String {
    let mut fields: Map<String, Value> = serde_json::from_str(ext).unwrap_or_default();
    let mut answered = Map::new();
    answered.insert("mid".into(), mid.0.into());
    answered.insert("from".into(), author.map_or(0, UserId::get).into());
    answered.insert("text".into(), reply.text.clone().into());
    fields.insert("reply_to".into(), answered.into());
    Value::Object(fields).to_string()
}
