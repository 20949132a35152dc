//! Sending through the server API: as a user, or as the system.

use std::collections::HashSet;

use cerulean_bus::EphemeralItem;
use cerulean_delivery::CtxError;
use cerulean_proto::pb;
use cerulean_storage::log::{Idempotency, LogError};
use cerulean_types::{
    Actor, AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, PublicError, UserId, Xid, namespace,
};
use prost::Message;
use tokio::sync::oneshot;

use crate::send::Judged;
use crate::{Door, Messaging, Outgoing, SendError, SendReplyFn};

pub(crate) type Told = oneshot::Receiver<Result<ServerSent, SendError>>;

fn telling(target: Xid) -> (SendReplyFn, Told) {
    let (tell, told) = oneshot::channel();
    let reply: SendReplyFn = Box::new(move |outcome| {
        let _ = tell.send(outcome.map(|sent| ServerSent { target, mid: sent.mid, timestamp: sent.timestamp }));
    });
    (reply, told)
}

/// What the server API sends.
#[derive(Debug, Clone)]
pub struct ServerSend {
    /// App.
    pub app: AppId,
    /// Who calls.
    pub actor: Actor,
    /// In whose name; the system's when absent and the caller is no user.
    pub from: Option<UserId>,
    /// Users or groups.
    pub targets: Vec<Xid>,
    /// The `content_type` of the server API: 0-7 as on the wire, 9 read mark (of a message of a user, or of all in a group up to one), 10
    /// recall, 11 append, 12 replace.
    pub content_type: i32,
    /// Text.
    pub content: String,
    /// JSON text.
    pub attachment: String,
    /// JSON text.
    pub config: String,
    /// Text of the app.
    pub ext: String,
    /// Push to whoever is online and forget.
    pub online_only: bool,
    /// The message an operation acts on.
    pub related: MessageId,
    /// Repeats with the same number get the first answer.
    pub transaction_id: Option<i64>,
}

/// What was sent to one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerSent {
    /// To whom.
    pub target: Xid,
    /// Its id.
    pub mid: MessageId,
    /// Milliseconds.
    pub timestamp: Millis,
}

const READ_ACK: i32 = 9;
const RECALL: i32 = 10;
const REPLACE: i32 = 12;
pub(crate) const LAST_CONTENT_TYPE: i32 = 7;

impl Messaging {
    /// Sends to every target once, or to none if one of them is refused. Returns the ids in the order of the targets.
    pub async fn send_from_server(&self, cmd: ServerSend) -> Result<Vec<MessageId>, SendError> {
        Ok(self.send_and_tell(cmd).await?.into_iter().map(|sent| sent.mid).collect())
    }

    /// The same, with what was made of each target.
    pub async fn send_and_tell(&self, mut cmd: ServerSend) -> Result<Vec<ServerSent>, SendError> {
        let from = match cmd.actor {
            Actor::User { id, .. } if cmd.from.is_none_or(|from| from == id) => Some(id),
            Actor::User { .. } => return Err(CtxError::NeedsAdmin.into()),
            Actor::Admin { acting_for } => cmd.from.or(acting_for),
            Actor::System => cmd.from,
        };
        let device = cmd.actor.device();
        let mut seen = HashSet::with_capacity(cmd.targets.len());
        cmd.targets.retain(|target| seen.insert(*target));
        if let (Some(from), true) = (from, cmd.actor.is_admin()) {
            self.require_target(cmd.app, Xid::User(from)).await?;
        }
        if (READ_ACK..=REPLACE).contains(&cmd.content_type) {
            return self.operate_from_server(&cmd, from, device).await.map(|sent| vec![sent]);
        }
        if !(0..=LAST_CONTENT_TYPE).contains(&cmd.content_type) {
            return Err(SendError::BadBody("unknown content_type"));
        }
        if let Actor::User { id, .. } = cmd.actor {
            cmd.targets.iter().try_for_each(|_| self.count_send(cmd.app, id))?;
        }
        let mut repeats = Vec::with_capacity(cmd.targets.len());
        for target in &cmd.targets {
            let admitted = self.admit(&cmd, from, *target).await;
            repeats.push(admitted.map_err(|refusal| cmd.refusal_of(*target, refusal))?);
        }
        let repeated = cmd.targets.iter().zip(&repeats);
        let fresh: Vec<Xid> = repeated.filter(|(_, repeat)| repeat.is_none()).map(|(target, _)| *target).collect();
        let queued: Vec<Told> = match from {
            Some(from) => {
                let ready = self.prepare(&cmd, from, device, &fresh).await?;
                ready.into_iter().map(|(out, judged)| self.send_ready(out, &judged)).collect()
            }
            None => fresh.iter().map(|target| self.send_as_system(&cmd, *target)).collect(),
        };
        let mut queued = queued.into_iter();
        let mut all = Vec::with_capacity(repeats.len());
        for repeat in repeats {
            all.push(match repeat {
                Some(first) => first,
                None => {
                    let told = queued.next().expect("one for each target that is no repeat");
                    told.await.map_err(|_| SendError::Log(LogError::Closed))??
                }
            });
        }
        Ok(all)
    }

    /// Checks that a target may be sent to; where it may not any more, but this is a repeat, answers with the first message.
    pub(crate) async fn admit(
        &self,
        cmd: &ServerSend,
        from: Option<UserId>,
        target: Xid,
    ) -> Result<Option<ServerSent>, SendError> {
        let verdict = match from {
            Some(from) => self.gate(cmd.app, from, target).await,
            None => self.require_target(cmd.app, target).await,
        };
        let Err(refusal) = verdict else { return Ok(None) };
        let sender = from.map_or(0, UserId::get);
        match self.find_repeat(cmd.app, sender, cmd.idempotency(target)).await? {
            Some(item) => Ok(Some(ServerSent { target, mid: item.mid, timestamp: item.timestamp })),
            None => Err(refusal),
        }
    }

    /// What is to be sent to each target, after the verdict of others; nothing if one of them is refused.
    async fn prepare(
        &self,
        cmd: &ServerSend,
        from: UserId,
        device: DeviceSn,
        targets: &[Xid],
    ) -> Result<Vec<(Outgoing, Judged)>, SendError> {
        let mut asked = Vec::with_capacity(targets.len());
        for target in targets {
            let out = Outgoing {
                app: cmd.app,
                from,
                device,
                to: *target,
                namespace: namespace::MESSAGE,
                payload: cmd.body(Some(from), *target).encode_to_vec().into(),
                idempotency: cmd.idempotency(*target),
                is_moderation: false,
            };
            let judged = self.judge(&out)?;
            asked.push((out, judged));
        }
        let is_screened =
            asked.iter().any(|(out, judged)| self.screen_for(out.app, Door::Server, &judged.body).is_some());
        if !is_screened {
            return Ok(asked);
        }
        // All at once: whoever gives verdicts limits how many he is asked for at a time.
        let asking: Vec<_> = asked
            .into_iter()
            .map(|(out, judged)| {
                let messaging = self.clone();
                let asking = async move { messaging.screen(out, judged, Door::Server).await };
                self.platform().tasks.spawn(asking)
            })
            .collect();
        let mut ready = Vec::with_capacity(asking.len());
        for verdict in asking {
            ready.push(verdict.await.map_err(|_| SendError::Log(LogError::Closed))??);
        }
        Ok(ready)
    }

    fn send_ready(&self, out: Outgoing, judged: &Judged) -> Told {
        let (reply, told) = telling(out.to);
        self.hand_over(out, judged, reply);
        told
    }

    pub(crate) fn send_as_system(&self, cmd: &ServerSend, target: Xid) -> Told {
        let (reply, told) = telling(target);
        self.say_as_system(cmd, target, cmd.body(None, target).encode_to_vec().into(), reply);
        told
    }

    fn say_as_system(&self, cmd: &ServerSend, target: Xid, payload: bytes::Bytes, reply: SendReplyFn) {
        let platform = self.platform();
        let key = match system_key(target) {
            Ok(key) => key,
            Err(error) => return reply(Err(error)),
        };
        if cmd.online_only {
            let item = EphemeralItem {
                app: cmd.app,
                key,
                only: Vec::new(),
                namespace: namespace::MESSAGE,
                mid: 0,
                from: 0,
                from_device: DeviceSn::NONE,
                to: target.get(),
                timestamp: platform.clock.now(),
                payload,
            };
            return self.publish_once(item, cmd.idempotency(target), reply);
        }
        let item = cerulean_storage::log::NewItem {
            app: cmd.app,
            key,
            namespace: namespace::MESSAGE,
            kind: ItemKind::Message,
            related: None,
            from: 0,
            from_device: DeviceSn::NONE,
            to: target.get(),
            payload,
            idempotency: cmd.idempotency(target),
            reply: Some(self.log_reply(0, reply)),
        };
        platform.log.submit(item);
    }

    pub(crate) async fn require_target(&self, app: AppId, target: Xid) -> Result<(), SendError> {
        match target {
            Xid::System => Err(SendError::PeerNotFound),
            Xid::Group(group) => {
                let view = self.platform().group_view(app, group).await?;
                view.map(drop).ok_or(SendError::GroupNotFound)
            }
            Xid::User(user) => {
                let tx = self.platform().db.read(app).await.map_err(SendError::Storage)?;
                tx.users().find_state(user).await?.map(drop).ok_or(SendError::PeerNotFound)
            }
        }
    }

    /// An operation acts on one message, so it has one target.
    async fn operate_from_server(
        &self,
        cmd: &ServerSend,
        from: Option<UserId>,
        device: DeviceSn,
    ) -> Result<ServerSent, SendError> {
        let [target] = cmd.targets[..] else {
            return Err(SendError::BadBody("an operation acts on one message: name one target"));
        };
        let Some(from) = from else {
            return match cmd.content_type {
                RECALL => self.recall_as_system(cmd, target).await,
                _ => Err(SendError::BadBody("this operation needs from_user_id")),
            };
        };
        if target == Xid::System && cmd.actor.is_admin() && cmd.content_type == RECALL {
            return self.recall_as_system(cmd, Xid::User(from)).await;
        }
        // Reading up to a place concerns the reader alone: wire.md 9.
        let is_read_all = cmd.content_type == READ_ACK && matches!(target, Xid::Group(_));
        let out = Outgoing {
            app: cmd.app,
            from,
            device,
            to: if is_read_all { Xid::User(from) } else { target },
            namespace: namespace::MESSAGE,
            payload: cmd.body(Some(from), target).encode_to_vec().into(),
            idempotency: cmd.idempotency(target),
            is_moderation: cmd.actor.is_admin(),
        };
        let (mid, timestamp, _) = self.send_and_wait(out).await?;
        Ok(ServerSent { target, mid, timestamp })
    }

    /// Takes back what the system told a user, or any message of a group.
    async fn recall_as_system(&self, cmd: &ServerSend, target: Xid) -> Result<ServerSent, SendError> {
        let idempotency = cmd.idempotency(target);
        if let Some(item) = self.find_repeat(cmd.app, 0, idempotency).await? {
            return Ok(ServerSent { target, mid: item.mid, timestamp: item.timestamp });
        }
        self.require_target(cmd.app, target).await?;
        let key = system_key(target)?;
        self.require_message(cmd.app, key, cmd.related).await?;
        let xid = match target {
            Xid::Group(group) => group.get(),
            _ => Xid::System.get(),
        };
        let mut body = cmd.body(None, target);
        if let Some(operation) = &mut body.operation {
            operation.xid = Some(pb::Xid { uid: xid, device_sn: 0 });
        }
        let (reply, told) = telling(target);
        self.platform().log.submit(cerulean_storage::log::NewItem {
            app: cmd.app,
            key,
            namespace: namespace::MESSAGE,
            kind: ItemKind::Recall,
            related: Some(cmd.related),
            from: 0,
            from_device: DeviceSn::NONE,
            to: target.get(),
            payload: body.encode_to_vec().into(),
            idempotency,
            reply: Some(self.log_reply(0, reply)),
        });
        told.await.map_err(|_| SendError::Log(LogError::Closed))?
    }
}

/// The conversation in which the system speaks to a target.
fn system_key(target: Xid) -> Result<ConversationKey, SendError> {
    match target {
        Xid::User(user) => Ok(ConversationKey::System(user)),
        Xid::Group(group) => Ok(ConversationKey::Group(group)),
        Xid::System => Err(SendError::PeerNotFound),
    }
}

impl ServerSend {
    fn body(&self, from: Option<UserId>, target: Xid) -> pb::MessageBody {
        use pb::message_body::{QoS, Type};
        use pb::message_operation::OpType;

        let operation = match (self.content_type, target) {
            (READ_ACK, Xid::Group(_)) => Some(OpType::ReadAll),
            (READ_ACK, _) => Some(OpType::ReadAck),
            (RECALL, _) => Some(OpType::Recall),
            (11, _) => Some(OpType::Append),
            (REPLACE, _) => Some(OpType::Replace),
            _ => None,
        };
        let kind = match (operation, target) {
            (Some(_), _) => Type::Oper,
            (None, Xid::Group(_)) => Type::Groupchat,
            (None, _) => Type::Chat,
        };
        let names_conversation = matches!(operation, Some(OpType::Recall | OpType::ReadAll));
        let xid = names_conversation.then(|| pb::Xid { uid: target.get(), device_sn: 0 });
        let operation = operation.map(|kind| pb::MessageOperation { r#type: kind as i32, mid: self.related.0, xid });
        pb::MessageBody {
            r#type: kind as i32,
            content: self.content.clone(),
            ctype: if operation.is_some() { 0 } else { self.content_type },
            operation,
            config: self.config.clone(),
            attachment: self.attachment.clone(),
            ext: self.ext.clone(),
            qos: if self.online_only { QoS::AtMostOnce as i32 } else { QoS::AtLeastOnce as i32 },
            is_system: from.is_none(),
            ..Default::default()
        }
    }

    /// Why nothing was sent, naming the target where there are several.
    fn refusal_of(&self, target: Xid, refusal: SendError) -> SendError {
        if self.targets.len() < 2 || refusal.is_internal() {
            return refusal;
        }
        SendError::Target { target: target.get(), refusal: Box::new(refusal) }
    }

    /// The same transaction towards another target is another send.
    fn idempotency(&self, target: Xid) -> Idempotency {
        let Some(transaction_id) = self.transaction_id else { return Idempotency::None };
        let mut hasher = blake3::Hasher::new_derive_key("cerulean transaction 1");
        hasher.update(&transaction_id.to_be_bytes());
        hasher.update(&target.get().to_be_bytes());
        let mut send_key = [0; 16];
        send_key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Idempotency::SendKey(send_key)
    }
}
