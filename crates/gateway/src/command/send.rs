//! SYNC with an item: a send (wire.md 8).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use cerulean_messaging::{Outgoing, SendError, SendReply, SendReplyFn};
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{encode, pb};
use cerulean_storage::log::{Idempotency, LogError};
use cerulean_types::{PublicError, Xid, namespace};
use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::session::{Identity, Session};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) async fn take_send(&mut self, identity: Identity, meta: pb::Meta) {
        let client_mid = meta.id;
        let uid = meta.to.as_ref().map_or(0, |to| to.uid);
        let ns = u8::try_from(meta.ns).unwrap_or(0);
        if ns == namespace::RTC_SIGNAL {
            return self.refuse_call(&identity, &meta);
        }
        let to = match Xid::parse(uid) {
            _ if ns == namespace::CONVERSATION => Xid::User(identity.user),
            Ok(to) => to,
            Err(_) => return self.refuse_sync(ErrorCode::Fail, "user not found", uid, client_mid),
        };
        let idempotency = match <[u8; 16]>::try_from(&meta.send_key[..]) {
            Ok(send_key) => Idempotency::SendKey(send_key),
            Err(_) if meta.send_key.is_empty() => Idempotency::ClientMid(client_mid),
            Err(_) => return self.refuse_sync(ErrorCode::InvalidParameter, "send_key has 16 bytes", uid, client_mid),
        };
        let out = Outgoing {
            app: identity.app,
            from: identity.user,
            device: identity.device,
            to,
            namespace: ns,
            payload: meta.payload,
            idempotency,
            is_moderation: false,
        };
        let reply = answer(&self.session, to.get(), client_mid, out.payload.clone());
        if let Err((out, reply)) = self.hub.messaging.try_send(out, reply) {
            let messaging = self.hub.messaging.clone();
            Box::pin(messaging.send(out, reply)).await;
        }
    }
}

/// Queues the answer to a send when its outcome is known, possibly on the committer's thread.
fn answer(session: &Arc<Session>, xid: u64, client_mid: u64, payload: Bytes) -> SendReplyFn {
    session.in_flight.fetch_add(1, Ordering::AcqRel);
    let session = session.clone();
    Box::new(move |outcome| {
        let frame = match outcome {
            Ok(sent) => reply_frame(&sent, xid, client_mid, &payload),
            Err(error) => refusal_frame(&error, xid, client_mid),
        };
        session.in_flight.fetch_sub(1, Ordering::AcqRel);
        session.send(frame);
    })
}

fn reply_frame(sent: &SendReply<'_>, xid: u64, client_mid: u64, payload: &Bytes) -> Bytes {
    let reply = encode::SendReply {
        xid,
        client_mid,
        server_mid: sent.mid.0,
        server_time: sent.timestamp as u64,
        edit_timestamp: sent.edit_timestamp,
        ..Default::default()
    };
    encode::send_reply_frame(&match sent.item {
        Some(item) => encode::SendReply {
            prev_mid: item.prev_mid.0,
            link: &item.link,
            digest: &item.digest,
            position: item.position,
            body: if is_other_content(payload, &item.payload) { &item.payload } else { &[] },
            ..reply
        },
        None => reply,
    })
}

/// Whether something else was stored than was sent, which the sender cannot know. Times and marks that the server adds do not count, nor
/// does an item whose body is not at hand.
fn is_other_content(sent: &Bytes, stored: &Bytes) -> bool {
    if stored.is_empty() || sent == stored {
        return false;
    }
    let content = |payload: &Bytes| {
        let body = pb::MessageBody::decode(payload.clone()).unwrap_or_default();
        (body.content, body.ctype, body.attachment, body.config, body.ext)
    };
    content(sent) != content(stored)
}

fn code_of(error: &SendError) -> ErrorCode {
    match error {
        SendError::Target { refusal, .. } => code_of(refusal),
        SendError::BadBody(_) | SendError::TooLong { .. } | SendError::DeviceNotFound => ErrorCode::InvalidParameter,
        SendError::NotMember
        | SendError::NotAuthor
        | SendError::ReadersHidden
        | SendError::NotFriends
        | SendError::Caller(_) => ErrorCode::Unauthorized,
        SendError::Banned => ErrorCode::UserBanned,
        SendError::Denied { .. } => ErrorCode::WordCensored,
        SendError::TooOften(_) | SendError::QuotaExceeded(_) => ErrorCode::RateLimitExceeded,
        SendError::AppFrozen | SendError::Log(LogError::KeysDestroyed) => ErrorCode::AppFrozen,
        SendError::PeerNotFound
        | SendError::Blocked
        | SendError::GroupNotFound
        | SendError::MessageNotFound
        | SendError::ReadMarksOff
        | SendError::RecallTooLate
        | SendError::Log(_)
        | SendError::Storage(_) => ErrorCode::Fail,
    }
}

fn refusal_frame(error: &SendError, xid: u64, client_mid: u64) -> Bytes {
    let code = code_of(error);
    if error.is_internal() {
        tracing::error!("send failed: {error}");
        return encode::sync_error_frame(code, "the message could not be stored, try again", xid, client_mid);
    }
    encode::sync_error_frame(code, &error.to_string(), xid, client_mid)
}
