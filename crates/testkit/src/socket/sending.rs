//! Sending items.

use std::sync::atomic::Ordering;

use cerulean_proto::pb;
use cerulean_proto::pb::message_operation::OpType;
use cerulean_proto::pb::status::ErrorCode;

use super::{Down, NEXT_CLIENT_MID, SocketClient, is_ok, uid_of};
use crate::message::{Address, conversation_operation, operation, text_body};

impl SocketClient {
    /// An item of this session, with a fresh client id.
    pub fn meta(&self, to: impl Address, ns: pb::meta::NameSpace, payload: impl prost::Message) -> pb::Meta {
        let id = NEXT_CLIENT_MID.fetch_add(1, Ordering::Relaxed);
        pb::Meta {
            id,
            from: Some(pb::Xid { uid: self.uid, device_sn: self.device }),
            to: Some(pb::Xid { uid: to.uid(), device_sn: 0 }),
            timestamp: id,
            ns: ns as i32,
            payload: payload.encode_to_vec().into(),
            ..Default::default()
        }
    }

    /// A message about to be sent.
    pub fn message(&self, to: impl Address, body: pb::MessageBody) -> pb::Meta {
        self.meta(to, pb::meta::NameSpace::Message, body)
    }

    /// Sends an item without waiting for the answer.
    pub async fn post(&mut self, meta: pb::Meta) {
        self.command(pb::frame::Command::Sync, pb::SyncUl { meta: Some(meta), ..Default::default() }).await;
    }

    /// Waits for the answer to a send.
    pub async fn answer_to(&mut self, client_mid: u64) -> pb::SyncDl {
        self.expect("the answer to a send", |down| match down {
            Down::Sync(answer) if answer.client_mid == client_mid => Some(answer.clone()),
            _ => None,
        })
        .await
    }

    /// Sends an item; the answer, good or bad.
    pub async fn try_send(&mut self, meta: pb::Meta) -> pb::SyncDl {
        let client_mid = meta.id;
        self.post(meta).await;
        self.answer_to(client_mid).await
    }

    /// Sends an item that must be taken.
    pub async fn send(&mut self, meta: pb::Meta) -> pb::SyncDl {
        let answer = self.try_send(meta).await;
        assert!(is_ok(&answer), "send: {:?}", answer.status);
        assert!(answer.server_mid != 0 && answer.server_time != 0, "{answer:?}");
        answer
    }

    /// Sends an item that must be refused: code and reason.
    pub async fn refused(&mut self, meta: pb::Meta) -> (ErrorCode, String) {
        let to = uid_of(meta.to.as_ref());
        let answer = self.try_send(meta).await;
        let status = answer.status.clone().expect("every answer has a status");
        assert_ne!(status.code(), ErrorCode::Ok, "the send must be refused");
        assert_eq!(answer.server_mid, 0, "nothing was stored");
        assert_eq!(uid_of(answer.xid.as_ref()), to, "the refusal names the conversation");
        (status.code(), status.reason)
    }

    /// Sends a text.
    pub async fn text(&mut self, to: impl Address, content: &str) -> pb::SyncDl {
        let meta = self.message(&to, text_body(&to, content));
        self.send(meta).await
    }

    /// Sends a text that must be refused.
    pub async fn text_refused(&mut self, to: impl Address, content: &str) -> (ErrorCode, String) {
        let meta = self.message(&to, text_body(&to, content));
        self.refused(meta).await
    }

    /// Sends an operation on a message.
    pub async fn operate(&mut self, to: impl Address, kind: OpType, mid: u64, xid: Option<u64>) -> pb::SyncDl {
        let meta = self.message(&to, operation(kind, mid, xid));
        self.send(meta).await
    }

    /// Sends an operation that must be refused.
    pub async fn operate_refused(
        &mut self,
        to: impl Address,
        kind: OpType,
        mid: u64,
        xid: Option<u64>,
    ) -> (ErrorCode, String) {
        let meta = self.message(&to, operation(kind, mid, xid));
        self.refused(meta).await
    }

    /// Appends to or replaces the content of a message.
    pub async fn edit(&mut self, to: impl Address, kind: OpType, mid: u64, content: &str) -> pb::SyncDl {
        let body = pb::MessageBody { content: content.into(), ..operation(kind, mid, None) };
        let meta = self.message(&to, body);
        self.send(meta).await
    }

    /// Deletes a whole conversation. Such items have no `to`.
    pub async fn operate_conversation(
        &mut self,
        kind: pb::conversation_operation::OpType,
        xid: impl Address,
    ) -> pb::SyncDl {
        let mut meta = self.meta(0, pb::meta::NameSpace::Conversation, conversation_operation(kind, xid));
        meta.to = None;
        self.send(meta).await
    }
}
