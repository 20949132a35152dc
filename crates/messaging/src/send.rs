//! Sending. The way of a plain message whose gate is in memory waits for nothing but the commit.

use bytes::{Bytes, BytesMut};
use cerulean_bus::{BusEvent, EphemeralItem};
use cerulean_delivery::{AppRates, TooOften};
use cerulean_proto::pb;
use cerulean_storage::log::{Idempotency, LogError, NewItem};
use cerulean_types::{
    AppId, ConversationKey, DeviceSn, ItemKind, MessageId, StoredItem, UserId, Xid, limits, namespace,
};
use prost::Message;

use crate::{Door, Messaging, SendError};

/// Something a user sends.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// App.
    pub app: AppId,
    /// Sender.
    pub from: UserId,
    /// His device.
    pub device: DeviceSn,
    /// Conversation as the sender names it; for operations on his own things himself.
    pub to: Xid,
    /// `Meta.ns`.
    pub namespace: u8,
    /// Encoded body.
    pub payload: Bytes,
    /// How a resend is recognised.
    pub idempotency: Idempotency,
    /// Whether an administrator does it: an author's time for recalling does not bind him.
    pub is_moderation: bool,
}

/// What the sender is told.
#[derive(Debug, Clone, Copy)]
pub struct SendReply<'a> {
    /// The stored item; nothing when it was never to be stored.
    pub item: Option<&'a StoredItem>,
    /// Its id, or one made up for what is not stored.
    pub mid: MessageId,
    /// Milliseconds.
    pub timestamp: i64,
    /// Milliseconds; for edits only.
    pub edit_timestamp: u64,
    /// Whether the same send was answered before.
    pub is_repeat: bool,
}

/// Called once with the outcome, possibly on the committer's thread. Must be quick.
pub type SendReplyFn = Box<dyn FnOnce(Result<SendReply<'_>, SendError>) + Send + Sync>;

/// A body read far enough to be judged.
pub(crate) struct Judged {
    pub body: pb::MessageBody,
    pub is_at_most_once: bool,
}

impl Messaging {
    /// Sends without waiting if memory holds all that is needed; otherwise gives everything back for [`Self::send`].
    ///
    /// Counts against the limits of the sender and his app, so it is the door for what comes from outside.
    pub fn try_send(&self, out: Outgoing, reply: SendReplyFn) -> Result<(), (Outgoing, SendReplyFn)> {
        if let Err(too_often) = self.count_send(out.app, out.from) {
            reply(Err(too_often.into()));
            return Ok(());
        }
        self.try_admitted(out, reply)
    }

    /// Counts a message or an operation of a user.
    pub(crate) fn count_send(&self, app: AppId, from: UserId) -> Result<(), TooOften> {
        let platform = &self.0.platform;
        match platform.cached_settings(app) {
            Some(settings) => platform.rates.send_of(app, from, &settings.rates),
            None => platform.rates.send_of(app, from, &AppRates::default()),
        }
    }

    /// Sends what was counted already, as [`Self::try_send`] does.
    pub(crate) fn try_admitted(&self, out: Outgoing, reply: SendReplyFn) -> Result<(), (Outgoing, SendReplyFn)> {
        if out.namespace != namespace::MESSAGE {
            return Err((out, reply));
        }
        let judged = match self.judge(&out) {
            Ok(judged) => judged,
            Err(error) => {
                reply(Err(error));
                return Ok(());
            }
        };
        let is_operation = judged.body.r#type() == pb::message_body::Type::Oper;
        if is_operation || self.screen_for(out.app, Door::Client, &judged.body).is_some() {
            return Err((out, reply));
        }
        match self.gate_cached(out.app, out.from, out.to) {
            None => Err((out, reply)),
            // It may be the repeat of a send that was allowed then, which only the database tells.
            Some(Err(_)) if matches!(out.idempotency, Idempotency::SendKey(_)) => Err((out, reply)),
            Some(Err(error)) => {
                reply(Err(error));
                Ok(())
            }
            Some(Ok(())) => {
                self.hand_over(out, &judged, reply);
                Ok(())
            }
        }
    }

    /// Sends anything. Returns once it is queued or refused; `reply` tells the outcome.
    pub async fn send(&self, out: Outgoing, reply: SendReplyFn) {
        self.send_through(Door::Client, out, reply).await;
    }

    pub(crate) async fn send_through(&self, door: Door, out: Outgoing, reply: SendReplyFn) {
        let judged = match out.namespace {
            namespace::MESSAGE => self.judge(&out),
            namespace::CONVERSATION => return self.conversation_operation(out, reply).await,
            _ => Err(SendError::BadBody("this namespace cannot be sent")),
        };
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => return reply(Err(error)),
        };
        if judged.body.r#type() == pb::message_body::Type::Oper {
            return match self.screen(out, judged, door).await {
                Ok((out, judged)) => self.operate(out, judged.body, reply).await,
                Err(error) => reply(Err(error)),
            };
        }
        let (app, from, idempotency) = (out.app, out.from.get(), out.idempotency);
        let verdict = match self.gate(app, out.from, out.to).await {
            Ok(()) => self.screen(out, judged, door).await,
            Err(error) => Err(error),
        };
        match verdict {
            Ok((out, judged)) => self.hand_over(out, &judged, reply),
            Err(error) => self.refuse_unless_repeat(app, from, idempotency, error, reply).await,
        }
    }

    /// Sends what came in through the server API and waits until it is durable.
    pub(crate) async fn send_and_wait(&self, out: Outgoing) -> Result<(MessageId, i64, bool), SendError> {
        let (tell, told) = tokio::sync::oneshot::channel();
        let reply: SendReplyFn = Box::new(move |outcome| {
            let _ = tell.send(outcome.map(|sent| (sent.mid, sent.timestamp, sent.is_repeat)));
        });
        self.send_through(Door::Server, out, reply).await;
        told.await.map_err(|_| SendError::Log(LogError::Closed))?
    }

    pub(crate) fn judge(&self, out: &Outgoing) -> Result<Judged, SendError> {
        let body =
            pb::MessageBody::decode(out.payload.clone()).map_err(|_| SendError::BadBody("malformed message body"))?;
        check_length("content", body.content.len(), self.0.platform.limits.text_bytes)?;
        check_length("attachment", body.attachment.len(), limits::EXTRA_BYTES)?;
        check_length("config", body.config.len(), limits::EXTRA_BYTES)?;
        check_length("ext", body.ext.len(), limits::EXTRA_BYTES)?;
        if body.is_system {
            return Err(SendError::BadBody("is_system is for the server"));
        }
        let is_at_most_once = body.qos() == pb::message_body::QoS::AtMostOnce;
        if !is_content_type(body.ctype) {
            return Err(SendError::BadBody("unknown content type"));
        }
        match (body.r#type(), out.to) {
            (pb::message_body::Type::Oper, _) => {}
            (pb::message_body::Type::Normal, _) => return Err(SendError::BadBody("unknown message type")),
            (pb::message_body::Type::Chat, Xid::Group(_)) | (pb::message_body::Type::Groupchat, Xid::User(_)) => {
                return Err(SendError::BadBody("CHAT goes to a user, GROUPCHAT to a group"));
            }
            _ => {
                let is_text = body.ctype == pb::message_body::ContentType::Text as i32;
                let is_bare = body.content.is_empty()
                    && body.attachment.is_empty()
                    && body.ext.is_empty()
                    && body.config.is_empty();
                if is_text && is_bare && !is_at_most_once {
                    return Err(SendError::BadBody("the message is empty"));
                }
            }
        }
        Ok(Judged { body, is_at_most_once })
    }

    pub(crate) fn hand_over(&self, out: Outgoing, judged: &Judged, reply: SendReplyFn) {
        let key = ConversationKey::of(out.from, out.to);
        if judged.is_at_most_once {
            return self.push_once(key, out, reply);
        }
        self.submit(key, ItemKind::Message, None, 0, out, reply);
    }

    /// Hands an item to the log.
    pub(crate) fn submit(
        &self,
        key: ConversationKey,
        kind: ItemKind,
        related: Option<MessageId>,
        edit_timestamp: u64,
        out: Outgoing,
        reply: SendReplyFn,
    ) {
        self.0.platform.log.submit(NewItem {
            app: out.app,
            key,
            namespace: out.namespace,
            kind,
            related,
            from: out.from.get(),
            from_device: out.device,
            to: out.to.get(),
            payload: out.payload,
            idempotency: out.idempotency,
            reply: Some(self.log_reply(edit_timestamp, reply)),
        });
    }

    /// The reply to a sender as the log calls it.
    pub(crate) fn log_reply(&self, edit_timestamp: u64, reply: SendReplyFn) -> cerulean_storage::log::Reply {
        let usage = self.0.platform.usage.clone();
        Box::new(move |outcome| match outcome {
            Ok(stored) if stored.is_repeat => reply(Ok(Self::repeat_of(stored.item))),
            Ok(stored) => {
                usage.note(stored.item);
                reply(Ok(SendReply {
                    item: Some(stored.item),
                    mid: stored.item.mid,
                    timestamp: stored.item.timestamp,
                    edit_timestamp,
                    is_repeat: false,
                }));
            }
            Err(error) => reply(Err(error.clone().into())),
        })
    }

    /// The first answer once more.
    pub(crate) fn repeat_of(item: &StoredItem) -> SendReply<'_> {
        let is_edit = matches!(item.kind, ItemKind::Append | ItemKind::Replace);
        let body = is_edit.then(|| pb::MessageBody::decode(item.payload.clone()).unwrap_or_default());
        SendReply {
            item: Some(item),
            mid: item.mid,
            timestamp: item.timestamp,
            edit_timestamp: body.map_or(0, |body| body.edit_timestamp),
            is_repeat: true,
        }
    }

    /// What was stored for an earlier send with the same key.
    pub(crate) async fn find_repeat(
        &self,
        app: AppId,
        from: u64,
        idempotency: Idempotency,
    ) -> Result<Option<StoredItem>, SendError> {
        let Idempotency::SendKey(send_key) = idempotency else { return Ok(None) };
        Ok(self.0.platform.log.find_by_send_key(app, from, &send_key).await?)
    }

    /// Answers a send that may not be made: if it was made before, and this is a repeat, with the first answer.
    pub(crate) async fn refuse_unless_repeat(
        &self,
        app: AppId,
        from: u64,
        idempotency: Idempotency,
        error: SendError,
        reply: SendReplyFn,
    ) {
        match self.find_repeat(app, from, idempotency).await {
            Ok(Some(item)) => reply(Ok(Self::repeat_of(&item))),
            Ok(None) => reply(Err(error)),
            Err(unreadable) => reply(Err(unreadable)),
        }
    }

    /// Pushes to whoever is online and forgets.
    fn push_once(&self, key: ConversationKey, out: Outgoing, reply: SendReplyFn) {
        let only = match out.to {
            Xid::User(peer) => vec![peer],
            _ => Vec::new(),
        };
        let item = EphemeralItem {
            app: out.app,
            key,
            only,
            namespace: out.namespace,
            mid: 0,
            from: out.from.get(),
            from_device: out.device,
            to: out.to.get(),
            timestamp: self.0.platform.clock.now(),
            payload: out.payload,
        };
        self.publish_once(item, out.idempotency, reply);
    }

    /// Publishes what is not stored, once per send key as long as that is remembered, and gives it an id.
    pub(crate) fn publish_once(&self, mut item: EphemeralItem, idempotency: Idempotency, reply: SendReplyFn) {
        let timestamp = item.timestamp;
        let mid = MessageId::at(timestamp);
        item.mid = mid.0;
        let Idempotency::SendKey(send_key) = idempotency else {
            self.0.platform.bus.publish(BusEvent::Ephemeral(item));
            return Self::reply_unstored(reply, mid, timestamp);
        };
        let first = self.0.unstored.entry((item.app, item.from, send_key)).or_insert((mid, timestamp));
        let is_repeat = !first.is_fresh();
        if !is_repeat {
            self.0.platform.bus.publish(BusEvent::Ephemeral(item));
        }
        let (mid, timestamp) = first.into_value();
        reply(Ok(SendReply { item: None, mid, timestamp, edit_timestamp: 0, is_repeat }));
    }

    /// Answers a send that stored nothing.
    pub(crate) fn reply_unstored(reply: SendReplyFn, mid: MessageId, timestamp: i64) {
        reply(Ok(SendReply { item: None, mid, timestamp, edit_timestamp: 0, is_repeat: false }));
    }
}

/// Whether a message may be of this kind: those of the protocol, whatever the door. What acts on a message stands in its own field.
pub(crate) fn is_content_type(ctype: i32) -> bool {
    pb::message_body::ContentType::try_from(ctype).is_ok()
}

pub(crate) fn check_length(what: &'static str, length: usize, limit: usize) -> Result<(), SendError> {
    if length > limit { Err(SendError::TooLong { what, limit }) } else { Ok(()) }
}

/// A body with further protobuf fields behind it, which override or merge into the earlier ones.
pub(crate) fn with_tail(payload: &Bytes, tail: &[u8]) -> Bytes {
    let mut joined = BytesMut::with_capacity(payload.len() + tail.len());
    joined.extend_from_slice(payload);
    joined.extend_from_slice(tail);
    joined.freeze()
}
