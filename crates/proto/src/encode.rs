//! Frames that the server sends, encoded by hand where they are many (items, replies to sends) and by prost elsewhere.
//!
//! A frame is encoded once and the same bytes go to every socket, so nothing in it may depend on the receiver beyond `xid`.

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;
use prost::encoding::{encode_varint, encoded_len_varint};

use crate::pb;

const LEN: u64 = 2;
const fn key(field: u64, wire: u64) -> u64 {
    field << 3 | wire
}

/// One item as it travels. Numbers are those of [`pb::Meta`].
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// `Meta.id`.
    pub mid: u64,
    /// `Meta.from`: user (0: the system) and device.
    pub from: (u64, u32),
    /// `Meta.to`: user or group.
    pub to: u64,
    /// Milliseconds.
    pub timestamp: u64,
    /// `Meta.ns`.
    pub namespace: u8,
    /// Encoded body.
    pub payload: &'a [u8],
    /// Further bytes of the body, appended: protobuf fields that override earlier ones.
    pub payload_tail: &'a [u8],
    /// Hash-chain link; empty for items that are not stored.
    pub link: &'a [u8],
    /// Digest of the sealed body; empty for items that are not stored.
    pub digest: &'a [u8],
    /// Place in the conversation, 0 for items that are not stored.
    pub position: u64,
    /// Id of the item before, 0 if none or unknown.
    pub prev_mid: u64,
    /// Who took the message back, 0 for what is there.
    pub recalled_by: u64,
}

fn varint_field_len(field: u64, value: u64) -> usize {
    if value == 0 { 0 } else { encoded_len_varint(key(field, 0)) + encoded_len_varint(value) }
}

fn put_varint_field(field: u64, value: u64, out: &mut impl BufMut) {
    if value != 0 {
        encode_varint(key(field, 0), out);
        encode_varint(value, out);
    }
}

fn bytes_field_len(field: u64, len: usize) -> usize {
    encoded_len_varint(key(field, LEN)) + encoded_len_varint(len as u64) + len
}

fn put_bytes_field(field: u64, value: &[u8], out: &mut impl BufMut) {
    encode_varint(key(field, LEN), out);
    encode_varint(value.len() as u64, out);
    out.put_slice(value);
}

/// `uid` is written even when it is 0: some clients misread an absent one (wire.md 7).
fn xid_len(uid: u64, device: u32) -> usize {
    1 + encoded_len_varint(uid) + varint_field_len(2, u64::from(device))
}

fn put_xid_field(field: u64, uid: u64, device: u32, out: &mut impl BufMut) {
    encode_varint(key(field, LEN), out);
    encode_varint(xid_len(uid, device) as u64, out);
    encode_varint(key(1, 0), out);
    encode_varint(uid, out);
    put_varint_field(2, u64::from(device), out);
}

impl Item<'_> {
    fn encoded_len(&self) -> usize {
        let mut len = varint_field_len(1, self.mid)
            + bytes_field_len(2, xid_len(self.from.0, self.from.1))
            + bytes_field_len(3, xid_len(self.to, 0))
            + varint_field_len(4, self.timestamp)
            + varint_field_len(5, u64::from(self.namespace))
            + bytes_field_len(6, self.payload.len() + self.payload_tail.len());
        if !self.link.is_empty() {
            len += bytes_field_len(100, self.link.len()) + bytes_field_len(102, self.digest.len());
        }
        len + varint_field_len(101, self.position)
            + varint_field_len(104, self.prev_mid)
            + varint_field_len(105, self.recalled_by)
    }

    fn put(&self, out: &mut impl BufMut) {
        put_varint_field(1, self.mid, out);
        put_xid_field(2, self.from.0, self.from.1, out);
        put_xid_field(3, self.to, 0, out);
        put_varint_field(4, self.timestamp, out);
        put_varint_field(5, u64::from(self.namespace), out);
        encode_varint(key(6, LEN), out);
        encode_varint((self.payload.len() + self.payload_tail.len()) as u64, out);
        out.put_slice(self.payload);
        out.put_slice(self.payload_tail);
        if !self.link.is_empty() {
            put_bytes_field(100, self.link, out);
        }
        put_varint_field(101, self.position, out);
        if !self.link.is_empty() {
            put_bytes_field(102, self.digest, out);
        }
        put_varint_field(104, self.prev_mid, out);
        put_varint_field(105, self.recalled_by, out);
    }
}

/// `status { code: OK }` as field 1.
const STATUS_OK: [u8; 4] = [0x0a, 0x02, 0x08, 0x01];
/// `vsn 0, compress_method 0, command SYNC`, as the SDK writes it.
const SYNC_HEAD: [u8; 6] = [0x08, 0x00, 0x10, 0x00, 0x18, 0x01];

fn sync_frame(payload_len: usize, put: impl FnOnce(&mut BytesMut)) -> Bytes {
    let mut out = BytesMut::with_capacity(SYNC_HEAD.len() + bytes_field_len(4, payload_len));
    out.put_slice(&SYNC_HEAD);
    encode_varint(key(4, LEN), &mut out);
    encode_varint(payload_len as u64, &mut out);
    let body_start = out.len();
    put(&mut out);
    debug_assert_eq!(out.len() - body_start, payload_len, "computed length must match what was written");
    out.freeze()
}

/// SyncDL with items of one conversation: answer to a pull (ascending) or to a history call (descending), or an eager push.
pub fn items_frame(xid: u64, items: &[Item<'_>], next_key: u64, is_history: bool, is_eager: bool) -> Bytes {
    let lengths: usize = items.iter().map(|item| bytes_field_len(2, item.encoded_len())).sum();
    let payload_len = STATUS_OK.len()
        + lengths
        + varint_field_len(3, next_key)
        + bytes_field_len(4, xid_len(xid, 0))
        + varint_field_len(8, u64::from(is_history))
        + varint_field_len(10, u64::from(is_eager));
    sync_frame(payload_len, |out| {
        out.put_slice(&STATUS_OK);
        for item in items {
            encode_varint(key(2, LEN), out);
            encode_varint(item.encoded_len() as u64, out);
            item.put(out);
        }
        put_varint_field(3, next_key, out);
        put_xid_field(4, xid, 0, out);
        put_varint_field(8, u64::from(is_history), out);
        put_varint_field(10, u64::from(is_eager), out);
    })
}

/// What a sender is told about the stored item.
#[derive(Debug, Clone, Copy, Default)]
pub struct SendReply<'a> {
    /// Conversation as the sender names it.
    pub xid: u64,
    /// The sender's own id of the item.
    pub client_mid: u64,
    /// The server's.
    pub server_mid: u64,
    /// Milliseconds.
    pub server_time: u64,
    /// Id of the item before.
    pub prev_mid: u64,
    /// Milliseconds; only for APPEND and REPLACE.
    pub edit_timestamp: u64,
    /// Hash-chain link; empty when nothing was stored.
    pub link: &'a [u8],
    /// Digest of the sealed body; empty when nothing was stored.
    pub digest: &'a [u8],
    /// Place in the conversation.
    pub position: u64,
    /// The stored body, when its content is not the one that was sent; otherwise empty.
    pub body: &'a [u8],
}

/// SyncDL that answers a send.
pub fn send_reply_frame(reply: &SendReply<'_>) -> Bytes {
    let numbers = [
        (5, reply.client_mid),
        (6, reply.server_mid),
        (7, reply.server_time),
        (9, reply.prev_mid),
        (11, reply.edit_timestamp),
        (101, reply.position),
    ];
    let mut payload_len = STATUS_OK.len() + bytes_field_len(4, xid_len(reply.xid, 0));
    payload_len += numbers.iter().map(|&(field, value)| varint_field_len(field, value)).sum::<usize>();
    if !reply.link.is_empty() {
        payload_len += bytes_field_len(100, reply.link.len()) + bytes_field_len(102, reply.digest.len());
    }
    if !reply.body.is_empty() {
        payload_len += bytes_field_len(103, reply.body.len());
    }
    sync_frame(payload_len, |out| {
        out.put_slice(&STATUS_OK);
        put_xid_field(4, reply.xid, 0, out);
        for (field, value) in numbers {
            put_varint_field(field, value, out);
        }
        if !reply.link.is_empty() {
            put_bytes_field(100, reply.link, out);
            put_bytes_field(102, reply.digest, out);
        }
        if !reply.body.is_empty() {
            put_bytes_field(103, reply.body, out);
        }
    })
}

/// The wake: "something new in this conversation, pull".
pub fn notice_frame(xid: u64) -> Bytes {
    let mut payload = BytesMut::with_capacity(16);
    put_xid_field(1, xid, 0, &mut payload);
    frame(pb::frame::Command::Notice, payload.freeze())
}

/// Answer to UNREAD.
pub fn unread_frame(unread: Vec<pb::ConversationUnread>) -> Bytes {
    let answer = pb::UnreadDl { status: Some(status(pb::status::ErrorCode::Ok, "")), unread };
    frame(pb::frame::Command::Unread, answer.encode_to_vec().into())
}

/// UNREAD refused.
pub fn unread_error_frame(code: pb::status::ErrorCode, reason: &str) -> Bytes {
    let answer = pb::UnreadDl { status: Some(status(code, reason)), unread: Vec::new() };
    frame(pb::frame::Command::Unread, answer.encode_to_vec().into())
}

/// SYNC refused; `xid` and `client_mid` as far as the request named them.
pub fn sync_error_frame(code: pb::status::ErrorCode, reason: &str, xid: u64, client_mid: u64) -> Bytes {
    let answer = pb::SyncDl {
        status: Some(status(code, reason)),
        xid: Some(pb::Xid { uid: xid, device_sn: 0 }),
        client_mid,
        ..Default::default()
    };
    frame(pb::frame::Command::Sync, answer.encode_to_vec().into())
}

/// Answer to PROVISION.
pub fn provision_frame(answer: &pb::Provision) -> Bytes {
    frame(pb::frame::Command::Provision, answer.encode_to_vec().into())
}

/// A status message.
pub fn status(code: pb::status::ErrorCode, reason: &str) -> pb::Status {
    pb::Status { code: code as i32, reason: reason.to_owned() }
}

/// Any frame, for clients and tests as well.
pub fn frame(command: pb::frame::Command, payload: Bytes) -> Bytes {
    let frame = pb::Frame { command: command as i32, payload, ..Default::default() };
    frame.encode_to_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: Bytes) -> pb::SyncDl {
        let frame = pb::Frame::decode(bytes).unwrap();
        assert_eq!(frame.command, pb::frame::Command::Sync as i32);
        pb::SyncDl::decode(frame.payload).unwrap()
    }

    #[test]
    fn hand_written_items_read_back_as_protobuf() {
        let item = Item {
            mid: 1 << 50,
            from: (2302128618881, 7),
            to: 0,
            timestamp: 1763600000000,
            namespace: 1,
            payload: b"body",
            payload_tail: b"tail",
            link: &[7; 32],
            digest: &[9; 32],
            position: 300,
            prev_mid: 5,
            recalled_by: 2302128618882,
        };
        let answer =
            decode(items_frame(0, &[item, Item { link: &[], digest: &[], position: 0, ..item }], 77, true, false));
        assert_eq!(answer.status.unwrap().code, 1);
        assert_eq!((answer.next_key, answer.is_full_sync, answer.is_eager_sync), (77, true, false));
        assert_eq!(answer.xid, Some(pb::Xid { uid: 0, device_sn: 0 }));
        let meta = &answer.metas[0];
        assert_eq!((meta.id, meta.timestamp, meta.position, meta.prev_mid), (1 << 50, 1763600000000, 300, 5));
        assert_eq!(meta.recalled_by, 2302128618882);
        assert_eq!(meta.from, Some(pb::Xid { uid: 2302128618881, device_sn: 7 }));
        assert_eq!(&meta.payload[..], b"bodytail");
        assert_eq!((&meta.link[..], &meta.digest[..]), (&[7; 32][..], &[9; 32][..]));
        assert!(answer.metas[1].link.is_empty());
    }

    #[test]
    fn hand_written_replies_read_back_as_protobuf() {
        let reply = SendReply {
            xid: 3298534883729,
            client_mid: 1,
            server_mid: 2,
            server_time: 3,
            prev_mid: 4,
            edit_timestamp: 5,
            link: &[1; 32],
            digest: &[2; 32],
            position: 6,
            body: b"replaced",
        };
        let answer = decode(send_reply_frame(&reply));
        assert_eq!((answer.client_mid, answer.server_mid, answer.server_time), (1, 2, 3));
        assert_eq!((answer.prev_mid, answer.edit_timestamp, answer.position), (4, 5, 6));
        assert_eq!(answer.xid.unwrap().uid, 3298534883729);
        assert_eq!(&answer.link[..], &[1; 32]);
        assert_eq!(&answer.body[..], b"replaced");
        assert!(decode(send_reply_frame(&SendReply { body: &[], ..reply })).body.is_empty());
    }
}
