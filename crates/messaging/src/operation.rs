//! Operations on messages and conversations (wire.md 9). Where each of them travels: `spec/extensions.md`.

use cerulean_proto::pb::message_operation::OpType;
use cerulean_proto::{body, pb};
use cerulean_storage::log::StateChange;
use cerulean_types::{AppId, ConversationKey, ItemKind, MessageId, StoredItem, UserId, Xid};
use prost::Message;

use crate::gate::PairGate;
use crate::send::with_tail;
use crate::{Messaging, Outgoing, SendError, SendReplyFn};

impl Messaging {
    pub(crate) async fn operate(&self, out: Outgoing, body: pb::MessageBody, reply: SendReplyFn) {
        let (app, from, idempotency) = (out.app, out.from.get(), out.idempotency);
        // What an operation needs may be gone because it was done: a repeat is recognised before it is judged.
        match self.find_repeat(app, from, idempotency).await {
            Ok(Some(item)) => return reply(Ok(Self::repeat_of(&item))),
            Ok(None) => {}
            Err(error) => return reply(Err(error)),
        }
        if let Err((error, reply)) = self.try_operate(out, body, reply).await {
            self.refuse_unless_repeat(app, from, idempotency, error, reply).await;
        }
    }

    async fn try_operate(
        &self,
        out: Outgoing,
        body: pb::MessageBody,
        reply: SendReplyFn,
    ) -> Result<(), (SendError, SendReplyFn)> {
        let operation = body.operation.unwrap_or_default();
        let mid = MessageId(operation.mid);
        let step = match operation.r#type() {
            OpType::ReadAck | OpType::DeliverAck | OpType::PlayAck => self.acknowledge(&out, &operation, mid).await,
            OpType::ReadAll => self.read_all(&out, &operation, mid).await,
            OpType::ReadCancel => self.unread(&out, &operation, mid).await,
            OpType::Delete => self.delete_for_me(&out, &operation, mid).await,
            OpType::Recall => self.recall(&out, mid).await,
            OpType::Append => self.edit(&out, mid, ItemKind::Append).await,
            OpType::Replace => self.edit(&out, mid, ItemKind::Replace).await,
            OpType::Unknown => Err(SendError::BadBody("unknown operation")),
        };
        match step {
            Err(error) => Err((error, reply)),
            Ok(Step::Nothing) => {
                let now = self.0.platform.clock.now();
                Self::reply_unstored(reply, MessageId::at(now), now);
                Ok(())
            }
            Ok(Step::Store { key, kind, related, edit_timestamp, tail }) => {
                let payload = if tail.is_empty() { out.payload.clone() } else { with_tail(&out.payload, &tail) };
                self.submit(key, kind, related, edit_timestamp, Outgoing { payload, ..out }, reply);
                Ok(())
            }
        }
    }

    /// Tells an author that his message was read, is on a device, or was played. Who has the message may say so, whatever stands between
    /// the two; where one of them blocked the other, the author is not told.
    async fn acknowledge(
        &self,
        out: &Outgoing,
        operation: &pb::MessageOperation,
        mid: MessageId,
    ) -> Result<Step, SendError> {
        let author = match out.to {
            Xid::System => {
                if operation.r#type() == OpType::ReadAck {
                    let read = StateChange::Read(mid.min(self.0.platform.log.head(out.app, own_line(out)).await?.mid));
                    self.0.platform.log.change_state_lazily(out.app, out.from, own_line(out), read);
                }
                return Ok(Step::Nothing);
            }
            Xid::Group(_) => return Err(SendError::BadBody("a read mark goes to the author of the message")),
            Xid::User(author) => author,
        };
        if !self.0.platform.settings_of(out.app).await?.is_normal() {
            return Err(SendError::AppFrozen);
        }
        let relation = self.relation(out.app, out.from, author).await?;
        if relation == PairGate::Missing {
            return Err(SendError::PeerNotFound);
        }
        let change = match operation.r#type() {
            OpType::ReadAck => Some(StateChange::Read(mid)),
            OpType::DeliverAck => Some(StateChange::Delivered(mid)),
            _ => None,
        };
        let key = ConversationKey::pair(out.from, author);
        let is_of_pair = mid.0 != 0 && self.0.platform.log.cursor_at(out.app, key, mid).await?.mid == mid;
        match change {
            // In groups the mark names a message of the group; only a message of this very pair moves a position here.
            Some(change) if is_of_pair => self.0.platform.log.change_state_lazily(out.app, out.from, key, change),
            _ if is_of_pair => {}
            _ => self.require_shared_message(out, author, mid).await?,
        }
        if relation == PairGate::Blocked {
            return Ok(Step::Nothing);
        }
        Ok(Step::store(ConversationKey::System(author), ItemKind::Other))
    }

    /// The message is one of the author's in a group that he and the sender are in, and the sender could see it.
    async fn require_shared_message(&self, out: &Outgoing, author: UserId, mid: MessageId) -> Result<(), SendError> {
        let platform = &self.0.platform;
        let groups = platform.db.read(out.app).await?.group_members().groups_of(out.from).await?;
        let mut shared = Vec::new();
        for (group, _) in groups {
            let Some(view) = platform.group_view(out.app, group).await? else { continue };
            let facts = view.read();
            if facts.is_member(author) && facts.floor_of(out.from).is_some_and(|floor| floor < mid) {
                shared.push(group);
            }
        }
        let is_there = platform.log.is_message_in(out.app, &shared, author, mid).await?;
        if is_there { Ok(()) } else { Err(SendError::MessageNotFound) }
    }

    /// Takes a read mark back: the message counts as unread again, on all devices of the reader.
    async fn unread(
        &self,
        out: &Outgoing,
        operation: &pb::MessageOperation,
        mid: MessageId,
    ) -> Result<Step, SendError> {
        let key = self.own_conversation(out, operation).await?;
        self.require_message(out.app, key, mid).await?;
        self.0.platform.log.change_state(out.app, out.from, key, StateChange::Unread(mid)).await?;
        Ok(Step::store(own_line(out), ItemKind::Other))
    }

    async fn read_all(
        &self,
        out: &Outgoing,
        operation: &pb::MessageOperation,
        mid: MessageId,
    ) -> Result<Step, SendError> {
        let key = self.own_conversation(out, operation).await?;
        let head = self.0.platform.log.head(out.app, key).await?.mid;
        let mid = if mid.0 == 0 || mid > head { head } else { mid };
        if mid.0 != 0 {
            self.0.platform.log.change_state_lazily(out.app, out.from, key, StateChange::Read(mid));
        }
        Ok(Step::store(own_line(out), ItemKind::Other))
    }

    async fn delete_for_me(
        &self,
        out: &Outgoing,
        operation: &pb::MessageOperation,
        mid: MessageId,
    ) -> Result<Step, SendError> {
        let key = self.own_conversation(out, operation).await?;
        self.require_message(out.app, key, mid).await?;
        self.0.platform.log.change_state(out.app, out.from, key, StateChange::Hide(mid)).await?;
        Ok(Step::store(own_line(out), ItemKind::Other))
    }

    async fn recall(&self, out: &Outgoing, mid: MessageId) -> Result<Step, SendError> {
        let key = ConversationKey::of(out.from, out.to);
        let message = self.require_message(out.app, key, mid).await?;
        let is_author = message.from == out.from.get();
        let is_staff = match out.to {
            Xid::Group(group) => {
                let view = self.0.platform.group_view(out.app, group).await?.ok_or(SendError::GroupNotFound)?;
                view.read().member(out.from).ok_or(SendError::NotMember)?.role > 0
            }
            _ => false,
        };
        if !is_author && !is_staff {
            return Err(SendError::NotAuthor);
        }
        let own_limit = self.0.platform.settings_of(out.app).await?.recall_ms;
        let limit = own_limit.unwrap_or(self.0.platform.limits.recall_ms);
        let age = self.0.platform.clock.now() - message.timestamp;
        if !is_staff && !out.is_moderation && limit >= 0 && age >= limit {
            return Err(SendError::RecallTooLate);
        }
        Ok(Step::Store { key, kind: ItemKind::Recall, related: Some(mid), edit_timestamp: 0, tail: Vec::new() })
    }

    async fn edit(&self, out: &Outgoing, mid: MessageId, kind: ItemKind) -> Result<Step, SendError> {
        self.gate(out.app, out.from, out.to).await?;
        let key = ConversationKey::of(out.from, out.to);
        let message = self.require_message(out.app, key, mid).await?;
        if message.from != out.from.get() {
            return Err(SendError::NotAuthor);
        }
        let edit_timestamp = self.0.platform.clock.now().max(message.timestamp) as u64;
        let mut tail = body::edit_timestamp_tail(edit_timestamp);
        if let Xid::Group(group) = out.to {
            // Newer clients find the conversation of an edit by `operation.xid`; embedded messages merge (wire.md 9).
            let operation =
                pb::MessageOperation { r#type: 0, mid: 0, xid: Some(pb::Xid { uid: group.get(), device_sn: 0 }) };
            tail.extend(pb::MessageBody { operation: Some(operation), ..Default::default() }.encode_to_vec());
        }
        Ok(Step::Store { key, kind, related: Some(mid), edit_timestamp, tail })
    }

    /// The message, if it is one and still has its content.
    pub(crate) async fn require_message(
        &self,
        app: AppId,
        key: ConversationKey,
        mid: MessageId,
    ) -> Result<StoredItem, SendError> {
        let item = self.0.platform.log.find_item(app, key, mid).await?;
        item.filter(|item| item.kind == ItemKind::Message && !item.is_erased).ok_or(SendError::MessageNotFound)
    }

    /// The conversation an operation on the user's own things names, checked to be his.
    async fn own_conversation(
        &self,
        out: &Outgoing,
        operation: &pb::MessageOperation,
    ) -> Result<ConversationKey, SendError> {
        let xid = operation.xid.as_ref().ok_or(SendError::BadBody("operation.xid is missing"))?;
        self.conversation_of(out.app, out.from, xid.uid).await
    }

    pub(crate) async fn conversation_of(
        &self,
        app: AppId,
        user: UserId,
        uid: u64,
    ) -> Result<ConversationKey, SendError> {
        let xid = Xid::parse(uid).map_err(|_| SendError::BadBody("xid names nothing"))?;
        if let Xid::Group(group) = xid {
            let view = self.0.platform.group_view(app, group).await?.ok_or(SendError::GroupNotFound)?;
            if !view.read().is_member(user) {
                return Err(SendError::NotMember);
            }
        }
        Ok(ConversationKey::of(user, xid))
    }

    pub(crate) async fn conversation_operation(&self, out: Outgoing, reply: SendReplyFn) {
        let (app, from, idempotency) = (out.app, out.from.get(), out.idempotency);
        match self.try_conversation_operation(&out).await {
            Err(error) => self.refuse_unless_repeat(app, from, idempotency, error, reply).await,
            Ok(false) => {
                let now = self.0.platform.clock.now();
                Self::reply_unstored(reply, MessageId::at(now), now);
            }
            Ok(true) => {
                let key = ConversationKey::System(out.from);
                let to = Xid::User(out.from);
                self.submit(key, ItemKind::Other, None, 0, Outgoing { to, ..out }, reply);
            }
        }
    }

    /// Whether the user's other devices must be told.
    async fn try_conversation_operation(&self, out: &Outgoing) -> Result<bool, SendError> {
        use pb::conversation_operation::OpType;

        let body = pb::Conversation::decode(out.payload.clone())
            .map_err(|_| SendError::BadBody("malformed conversation operation"))?;
        let operation = body.operation.ok_or(SendError::BadBody("operation is missing"))?;
        let uid = operation.xid.as_ref().map_or(0, |xid| xid.uid);
        let key = self.conversation_of(out.app, out.from, uid).await?;
        let change = match operation.r#type() {
            OpType::Delete => {
                self.drop_on_device(out.app, out.from, out.device, key).await?;
                return Ok(false);
            }
            OpType::DeleteEverywhere => {
                self.clear(out.app, out.from, key).await?;
                return Ok(true);
            }
            OpType::Pin => StateChange::Pin(true),
            OpType::Unpin => StateChange::Pin(false),
            OpType::Mute => StateChange::Mute(true),
            OpType::Unmute => StateChange::Mute(false),
            OpType::Unknown => return Err(SendError::BadBody("unknown conversation operation")),
        };
        self.0.platform.log.change_state(out.app, out.from, key, change).await?;
        Ok(true)
    }
}

/// Where what concerns the acting user alone is told to his devices.
fn own_line(out: &Outgoing) -> ConversationKey {
    ConversationKey::System(out.from)
}

enum Step {
    Nothing,
    Store { key: ConversationKey, kind: ItemKind, related: Option<MessageId>, edit_timestamp: u64, tail: Vec<u8> },
}

impl Step {
    fn store(key: ConversationKey, kind: ItemKind) -> Self {
        Self::Store { key, kind, related: None, edit_timestamp: 0, tail: Vec::new() }
    }
}
