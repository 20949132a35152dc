//! Commands and their answers.

use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{encode, pb};

use super::{Down, SocketClient, UNREAD, is_ok, uid_of};
use crate::message::Address;

impl SocketClient {
    /// Sends a command with its payload.
    pub async fn command(&mut self, command: pb::frame::Command, payload: impl prost::Message) {
        self.send_bytes(encode::frame(command, payload.encode_to_vec().into())).await;
    }

    /// PROVISION and its answer.
    pub async fn provision(&mut self, request: pb::Provision) -> pb::Provision {
        self.command(pb::frame::Command::Provision, request).await;
        let answer = self
            .expect("the answer to PROVISION", |down| match down {
                Down::Provision(answer) => Some(answer.clone()),
                _ => None,
            })
            .await;
        if let Some(xid) = &answer.xid {
            (self.uid, self.device) = (xid.uid, xid.device_sn);
        }
        answer
    }

    /// UNREAD and its answer, good or bad.
    pub async fn try_unread(&mut self) -> pb::UnreadDl {
        self.send_bytes(UNREAD).await;
        self.expect("the answer to UNREAD", |down| match down {
            Down::Unread(answer) => Some(answer.clone()),
            _ => None,
        })
        .await
    }

    /// UNREAD: conversation, number of items to pull and type of each entry.
    pub async fn unread(&mut self) -> Vec<(u64, u32, i32)> {
        let answer = self.try_unread().await;
        assert_eq!(answer.status.map(|status| status.code), Some(ErrorCode::Ok as i32));
        let read = |entry: pb::ConversationUnread| (entry.xid.expect("entries name theirs").uid, entry.n, entry.r#type);
        answer.unread.into_iter().map(read).collect()
    }

    /// A heartbeat; everything that the server queued for this connection before it has come when this returns.
    pub async fn heartbeat(&mut self) -> Vec<(u64, u32, i32)> {
        self.unread().await
    }

    /// SYNC without an item, and its answer.
    pub async fn sync(&mut self, request: pb::SyncUl) -> pb::SyncDl {
        let (uid, is_history) = (uid_of(request.xid.as_ref()), request.is_full_sync);
        self.command(pb::frame::Command::Sync, request).await;
        self.expect("the answer to a pull", |down| match down {
            Down::Sync(answer)
                if answer.client_mid == 0
                    && !answer.is_eager_sync
                    && answer.is_full_sync == (is_history && is_ok(answer))
                    && uid_of(answer.xid.as_ref()) == uid =>
            {
                Some(answer.clone())
            }
            _ => None,
        })
        .await
    }

    /// One step of a pull; `key` 0 is left out, as the SDK does.
    pub async fn pull(&mut self, xid: impl Address, key: u64) -> pb::SyncDl {
        let request = pb::SyncUl { xid: Some(pb::Xid { uid: xid.uid(), device_sn: 0 }), key, ..Default::default() };
        self.sync(request).await
    }

    /// Pulls a conversation to its end, as the SDK does, which also confirms it.
    pub async fn pull_all(&mut self, xid: impl Address) -> Vec<pb::Meta> {
        let mut metas = Vec::new();
        let mut key = 0;
        loop {
            let answer = self.pull(&xid, key).await;
            assert!(is_ok(&answer), "pull: {:?}", answer.status);
            assert_eq!(answer.next_key == 0, answer.metas.is_empty(), "the end is told by an empty answer");
            metas.extend(answer.metas);
            if answer.next_key == 0 {
                return metas;
            }
            key = answer.next_key;
        }
    }

    /// Everything up to `mid` is safe here (extension `ack_only`). There is no answer; a heartbeat tells that the server has read it.
    pub async fn ack(&mut self, xid: impl Address, mid: u64) {
        let xid = Some(pb::Xid { uid: xid.uid(), device_sn: 0 });
        let request = pb::SyncUl { xid, key: mid, ack_only: true, ..Default::default() };
        self.command(pb::frame::Command::Sync, request).await;
        self.heartbeat().await;
    }

    /// A page of history older than `before` (0: the newest).
    pub async fn history(&mut self, xid: impl Address, before: u64, count: i32) -> pb::SyncDl {
        let xid = Some(pb::Xid { uid: xid.uid(), device_sn: 0 });
        let request = pb::SyncUl { xid, key: before, is_full_sync: true, full_sync_num: count, ..Default::default() };
        self.sync(request).await
    }

    /// Replaces the users whose presence is watched.
    pub async fn watch(&mut self, users: &[u64]) -> Vec<pb::Meta> {
        let request = pb::SyncUl { watch_presence: users.to_vec(), ..Default::default() };
        self.command(pb::frame::Command::Sync, request).await;
        self.expect("the answer to a watch", |down| match down {
            Down::Sync(answer) if answer.metas.iter().all(|meta| meta.ns == pb::meta::NameSpace::Presence as i32) => {
                (uid_of(answer.xid.as_ref()) == Some(0) && answer.client_mid == 0).then(|| answer.metas.clone())
            }
            _ => None,
        })
        .await
    }
}
