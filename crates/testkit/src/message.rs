//! Bodies that clients send, and reading those they receive.

use cerulean_proto::pb;
use cerulean_proto::pb::message_operation::OpType;
use cerulean_types::{GroupId, UserId, Xid};
use prost::Message;

/// Whatever names a conversation on the wire.
pub trait Address {
    /// The number in `xid.uid`.
    fn uid(&self) -> u64;
}

impl Address for u64 {
    fn uid(&self) -> u64 {
        *self
    }
}

impl Address for UserId {
    fn uid(&self) -> u64 {
        self.get()
    }
}

impl Address for GroupId {
    fn uid(&self) -> u64 {
        self.get()
    }
}

impl<A: Address> Address for &A {
    fn uid(&self) -> u64 {
        (*self).uid()
    }
}

/// CHAT or GROUPCHAT, by whom it is for.
fn type_for(to: u64) -> i32 {
    match Xid::parse(to) {
        Ok(Xid::Group(_)) => pb::message_body::Type::Groupchat as i32,
        _ => pb::message_body::Type::Chat as i32,
    }
}

/// A plain text message.
pub fn text_body(to: impl Address, content: &str) -> pb::MessageBody {
    let operation = Some(pb::MessageOperation::default());
    pb::MessageBody { r#type: type_for(to.uid()), content: content.into(), operation, ..Default::default() }
}

/// "Is typing", never stored.
pub fn typing_body(to: impl Address) -> pb::MessageBody {
    pb::MessageBody {
        r#type: type_for(to.uid()),
        ext: r#"{"input_status":"typing"}"#.into(),
        qos: pb::message_body::QoS::AtMostOnce as i32,
        ..Default::default()
    }
}

/// An operation on a message; `xid` is the conversation where the client names one.
pub fn operation(kind: OpType, mid: u64, xid: Option<u64>) -> pb::MessageBody {
    let operation =
        pb::MessageOperation { r#type: kind as i32, mid, xid: xid.map(|uid| pb::Xid { uid, device_sn: 0 }) };
    pb::MessageBody { r#type: pb::message_body::Type::Oper as i32, operation: Some(operation), ..Default::default() }
}

/// An operation on a whole conversation.
pub fn conversation_operation(kind: pb::conversation_operation::OpType, xid: impl Address) -> pb::Conversation {
    let xid = Some(pb::Xid { uid: xid.uid(), device_sn: 0 });
    let operation = pb::ConversationOperation { r#type: kind as i32, xid };
    pb::Conversation { r#type: pb::conversation::Type::Oper as i32, operation: Some(operation) }
}

fn decode<M: Message + Default>(meta: &pb::Meta, ns: pb::meta::NameSpace) -> M {
    assert_eq!(meta.ns, ns as i32, "namespace of item {}", meta.id);
    M::decode(meta.payload.clone()).expect("a payload of its namespace")
}

/// The message body of an item.
pub fn body_of(meta: &pb::Meta) -> pb::MessageBody {
    decode(meta, pb::meta::NameSpace::Message)
}

/// The text of a message.
pub fn content_of(meta: &pb::Meta) -> String {
    body_of(meta).content
}

/// The texts of messages.
pub fn contents_of(metas: &[pb::Meta]) -> Vec<String> {
    metas.iter().map(content_of).collect()
}

/// The ids of items.
pub fn mids_of(metas: &[pb::Meta]) -> Vec<u64> {
    metas.iter().map(|meta| meta.id).collect()
}

/// The operation of an item, with its kind read.
pub fn operation_of(meta: &pb::Meta) -> (OpType, pb::MessageOperation) {
    let body = body_of(meta);
    assert_eq!(body.r#type, pb::message_body::Type::Oper as i32, "item {} must be an operation", meta.id);
    let operation = body.operation.expect("operations have one");
    (operation.r#type(), operation)
}

/// A notice about a group.
pub fn group_notice_of(meta: &pb::Meta) -> pb::GroupNotice {
    decode(meta, pb::meta::NameSpace::GroupNotice)
}

/// A notice about a friend.
pub fn roster_notice_of(meta: &pb::Meta) -> pb::RosterNotice {
    decode(meta, pb::meta::NameSpace::RosterNotice)
}

/// A notice about the account.
pub fn user_notice_of(meta: &pb::Meta) -> pb::UserNotice {
    decode(meta, pb::meta::NameSpace::UserNotice)
}

/// The operation of an item on a whole conversation, with its kind read.
pub fn conversation_operation_of(meta: &pb::Meta) -> (pb::conversation_operation::OpType, pb::ConversationOperation) {
    let body: pb::Conversation = decode(meta, pb::meta::NameSpace::Conversation);
    let operation = body.operation.expect("operations have one");
    (operation.r#type(), operation)
}

/// A call signal.
pub fn rtc_signal_of(meta: &pb::Meta) -> pb::RtcSignal {
    decode(meta, pb::meta::NameSpace::RtcSignal)
}

/// Whether a watched user is there.
pub fn presence_of(meta: &pb::Meta) -> pb::Presence {
    decode(meta, pb::meta::NameSpace::Presence)
}
