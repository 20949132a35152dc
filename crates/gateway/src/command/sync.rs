//! SYNC without an item: pulls, history, explicit confirmations (wire.md 6).

use std::cmp::Reverse;

use cerulean_messaging::{SendError, device_cursor, history, pull, recalled};
use cerulean_proto::encode::Item;
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{body, encode, pb};
use cerulean_storage::log::read::Cursor;
use cerulean_types::{ConversationKey, MessageId, Xid, namespace};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::push::wire_item;
use crate::session::{Identity, RECALLS};

/// Bytes of payload one answer may carry; the rest comes with the next pull.
const ANSWER_BYTES: usize = 512 << 10;

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) async fn pull(&mut self, identity: Identity, request: pb::SyncUl) {
        let Some(uid) = request.xid.as_ref().map(|xid| xid.uid) else {
            return self.refuse_sync(ErrorCode::InvalidParameter, "xid is missing", 0, 0);
        };
        let Ok(xid) = Xid::parse(uid) else {
            return self.refuse_sync(ErrorCode::Fail, "no such conversation", uid, 0);
        };
        let key = ConversationKey::of(identity.user, xid);
        let outcome = if request.ack_only {
            self.confirm(&identity, key, MessageId(request.key)).await.map(drop)
        } else if request.is_full_sync {
            self.history(&identity, xid, MessageId(request.key), request.full_sync_num).await
        } else {
            self.pull_items(&identity, key, MessageId(request.key)).await
        };
        if let Err(error) = outcome {
            tracing::error!(session.number = self.session.number, "pull failed: {error}");
            self.refuse_sync(ErrorCode::Fail, "storage failure, try again", uid, 0);
        }
    }

    /// Everything up to `mid` is safe on the device. Answers with the last item that is.
    async fn confirm(
        &mut self,
        identity: &Identity,
        key: ConversationKey,
        mid: MessageId,
    ) -> Result<Cursor, SendError> {
        if mid.0 == 0 {
            return Ok(Cursor::default());
        }
        let pushed = {
            let mut outbox = self.session.outbox.lock();
            let known = outbox.unconfirmed.get(&key).copied();
            if known.is_some_and(|cursor| cursor.mid <= mid) {
                outbox.unconfirmed.remove(&key);
            }
            known
        };
        let log = &self.hub.platform().log;
        let cursor = match pushed {
            Some(cursor) if cursor.mid == mid => cursor,
            // The client may name any number, also one beyond what there is.
            _ => log.cursor_at(identity.app, key, mid).await?,
        };
        self.move_cursor(identity, key, cursor);
        Ok(cursor)
    }

    async fn pull_items(
        &mut self,
        identity: &Identity,
        key: ConversationKey,
        confirmed: MessageId,
    ) -> Result<(), SendError> {
        let platform = self.hub.platform().clone();
        let safe = self.confirm(identity, key, confirmed).await?;
        let after = match self.begin_pull(key) {
            _ if confirmed.0 != 0 => safe.mid,
            Some(sent) => sent,
            None => device_cursor(&platform, identity.app, identity.user, identity.device, key).await?.mid,
        };
        {
            let mut outbox = self.session.outbox.lock();
            let behind = outbox.behind.entry(key).or_default();
            behind.sent = Some(after);
            // What is committed by now is in what is read next.
            behind.is_dirty = false;
        }
        let mut pulled =
            pull(&platform, identity.app, identity.user, identity.device, key, after, self.hub.options.pull_items)
                .await?;
        if pulled.cursor.position == 0 && confirmed.0 == 0 {
            // Nothing was found after a place that only this connection knows: a cursor needs its position too.
            pulled.cursor = platform.log.cursor_at(identity.app, key, pulled.cursor.mid).await?;
        }
        let read_up_to = platform.log.state(identity.app, identity.user, key).await?.read_mid;
        self.answer_pull(identity, key, pulled, read_up_to);
        Ok(())
    }

    fn answer_pull(
        &mut self,
        identity: &Identity,
        key: ConversationKey,
        pulled: cerulean_messaging::Pulled,
        read_up_to: MessageId,
    ) {
        let xid = key.seen_by(identity.user).get();
        let read_tail = body::status_tail(pb::message_body::Status::Read as u32);
        let mut size = 0;
        let mut wire: Vec<Item<'_>> = Vec::with_capacity(pulled.items.len());
        let mut last = pulled.cursor;
        for item in &pulled.items {
            size += item.payload.len();
            if size > ANSWER_BYTES && !wire.is_empty() {
                break;
            }
            let is_read =
                item.namespace == namespace::MESSAGE && item.mid <= read_up_to && item.from != identity.user.get();
            let payload_tail: &[u8] = if is_read { &read_tail } else { &[] };
            wire.push(Item { payload_tail, ..wire_item(item) });
            last = Cursor { mid: item.mid, position: item.position };
        }
        if wire.len() == pulled.items.len() {
            last = pulled.cursor;
        }
        let is_end = wire.is_empty();
        let next_key = if is_end { 0 } else { last.mid.0 };
        let frame = encode::items_frame(xid, &wire, next_key, false, false);
        let mut outbox = self.session.outbox.lock();
        outbox.push(frame);
        let Some(behind) = outbox.behind.get_mut(&key) else { return };
        behind.sent = behind.sent.max(Some(last.mid));
        if is_end {
            let is_dirty = behind.is_dirty;
            // In one breath with the end of the pull: what is fanned out from now on is pushed, unless it was in it.
            outbox.settle(key, pulled.cursor.mid);
            if is_dirty {
                outbox.push(encode::notice_frame(xid));
            } else {
                outbox.behind.remove(&key);
            }
            drop(outbox);
            self.move_cursor(identity, key, pulled.cursor);
        }
    }

    async fn history(&mut self, identity: &Identity, xid: Xid, before: MessageId, limit: i32) -> Result<(), SendError> {
        let limit = usize::try_from(limit).unwrap_or(0).max(1);
        let page = history(self.hub.platform(), identity.app, identity.user, xid, before, limit).await?;
        let gone = if self.session.has(RECALLS) {
            recalled(self.hub.platform(), identity.app, identity.user, xid, &page, before).await?
        } else {
            Vec::new()
        };
        let mut wire: Vec<Item<'_>> = page.items.iter().map(wire_item).collect();
        let by_users = gone.iter().filter(|one| one.by != 0);
        wire.extend(by_users.map(|one| Item { recalled_by: one.by, ..wire_item(&one.message) }));
        wire.sort_by_key(|item| Reverse(item.mid));
        self.session.send(encode::items_frame(xid.get(), &wire, page.next.0, true, false));
        Ok(())
    }
}
