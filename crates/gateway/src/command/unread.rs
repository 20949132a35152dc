//! UNREAD: the list of conversations, and the heartbeat (wire.md 5).

use cerulean_messaging::device_lines;
use cerulean_proto::pb::conversation_unread::ConvType;
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{encode, pb};
use cerulean_storage::StorageError;
use cerulean_types::{ConversationKey, Xid};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::outbox::Phase;
use crate::session::Identity;

fn entry(identity: &Identity, key: ConversationKey, pending: u64) -> pb::ConversationUnread {
    let xid = key.seen_by(identity.user);
    let kind = match xid {
        Xid::System => ConvType::Unknown,
        Xid::User(_) => ConvType::Chat,
        Xid::Group(_) => ConvType::Groupchat,
    };
    pb::ConversationUnread {
        xid: Some(pb::Xid { uid: xid.get(), device_sn: 0 }),
        n: u32::try_from(pending).unwrap_or(u32::MAX),
        r#type: kind as i32,
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    /// The first answer of a connection lists everything, later ones only what the device was not told of yet.
    pub(crate) async fn unread(&mut self, identity: Identity) {
        if self.session.outbox.lock().phase != Phase::Starting {
            return self.heartbeat(&identity);
        }
        match self.list(&identity).await {
            Ok(unread) => self.session.send(encode::unread_frame(unread)),
            Err(error) => {
                tracing::error!("conversations cannot be listed: {error}");
                self.session.send(encode::unread_error_frame(ErrorCode::Fail, "storage failure, try again"));
                return;
            }
        }
        self.wake_for_what_came_meanwhile(&identity);
    }

    async fn list(&mut self, identity: &Identity) -> Result<Vec<pb::ConversationUnread>, StorageError> {
        let platform = self.hub.platform();
        let lines = device_lines(platform, identity.app, identity.user, identity.device).await?;
        let mut outbox = self.session.outbox.lock();
        if outbox.phase == Phase::Starting {
            outbox.phase = Phase::Live;
        }
        let mut unread = Vec::with_capacity(lines.len());
        for line in lines {
            if line.pending > 0 {
                let behind = outbox.behind.entry(line.key).or_default();
                behind.sent = Some(line.cursor.mid);
                behind.is_told = true;
            }
            if !line.is_empty || line.pending > 0 {
                unread.push(entry(identity, line.key, line.pending));
            }
        }
        Ok(unread)
    }

    /// Items that were committed while the list was made are in none of the two; a wake tells of them.
    fn wake_for_what_came_meanwhile(&self, identity: &Identity) {
        let mut outbox = self.session.outbox.lock();
        let mut untold = Vec::new();
        for (key, behind) in &mut outbox.behind {
            if !behind.is_told {
                behind.is_told = true;
                untold.push(*key);
            }
        }
        for key in untold {
            outbox.push(encode::notice_frame(key.seen_by(identity.user).get()));
        }
    }

    fn heartbeat(&self, identity: &Identity) {
        let untold: Vec<_> = {
            let mut outbox = self.session.outbox.lock();
            let behind = outbox.behind.iter_mut().filter(|(_, behind)| !behind.is_told);
            behind
                .map(|(key, behind)| {
                    behind.is_told = true;
                    entry(identity, *key, 1)
                })
                .collect()
        };
        self.session.send(encode::unread_frame(untold));
    }
}
