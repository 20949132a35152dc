//! Notices: stored items that tell devices of a change.

use bytes::Bytes;
use cerulean_proto::pb;
use cerulean_storage::log::{Idempotency, NewItem};
use cerulean_types::{AppId, ConversationKey, DeviceSn, GroupId, ItemKind, UserId, namespace};
use prost::Message;

/// Content of the user notice INFO_UPDATED where settings changed and nothing of the profile.
pub const SETTINGS_CHANGED: &str = r#"{"changed":"settings"}"#;

/// A notice on its way into a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Conversation it will stand in.
    pub key: ConversationKey,
    /// `Meta.ns`.
    pub namespace: u8,
    /// `Meta.from.uid`.
    pub from: u64,
    /// Device that need not be told.
    pub from_device: DeviceSn,
    /// `Meta.to.uid`.
    pub to: u64,
    /// Encoded body.
    pub payload: Bytes,
}

fn xid(uid: u64) -> pb::Xid {
    pb::Xid { uid, device_sn: 0 }
}

impl Notice {
    /// A change in a group that every member sees.
    pub fn group(kind: pb::group_notice::Type, group: GroupId, from: UserId, to: &[UserId], content: &str) -> Self {
        Self::group_in(ConversationKey::Group(group), kind, group, from, to, content)
    }

    /// A change in a group that only `receiver` sees: invitations, applications, the news of having been put out.
    pub fn group_for(
        receiver: UserId,
        kind: pb::group_notice::Type,
        group: GroupId,
        from: UserId,
        to: &[UserId],
        content: &str,
    ) -> Self {
        Self::group_in(ConversationKey::System(receiver), kind, group, from, to, content)
    }

    fn group_in(
        key: ConversationKey,
        kind: pb::group_notice::Type,
        group: GroupId,
        from: UserId,
        to: &[UserId],
        content: &str,
    ) -> Self {
        let body = pb::GroupNotice {
            r#type: kind as i32,
            gid: Some(xid(group.get())),
            from: Some(xid(from.get())),
            to: to.iter().map(|user| xid(user.get())).collect(),
            content: content.to_owned(),
        };
        Self {
            key,
            namespace: namespace::GROUP_NOTICE,
            from: from.get(),
            from_device: DeviceSn::NONE,
            to: group.get(),
            payload: body.encode_to_vec().into(),
        }
    }

    /// A change in a friend relation, into the system line of `receiver`. `to` is the one entry clients demand.
    pub fn roster(receiver: UserId, kind: pb::roster_notice::Type, from: UserId, to: UserId, content: &str) -> Self {
        let body = pb::RosterNotice {
            r#type: kind as i32,
            from: Some(xid(from.get())),
            to: vec![xid(to.get())],
            content: content.to_owned(),
            roster_vsn: String::new(),
        };
        Self {
            key: ConversationKey::System(receiver),
            namespace: namespace::ROSTER_NOTICE,
            from: from.get(),
            from_device: DeviceSn::NONE,
            to: to.get(),
            payload: body.encode_to_vec().into(),
        }
    }

    /// A change of the account or its devices. Never use it for what ends a session: that is `BusEvent::EndSessions`.
    pub fn user(receiver: UserId, kind: pb::user_notice::Type, content: &str) -> Self {
        let body = pb::UserNotice { r#type: kind as i32, content: content.to_owned() };
        Self {
            key: ConversationKey::System(receiver),
            namespace: namespace::USER_NOTICE,
            from: 0,
            from_device: DeviceSn::NONE,
            to: receiver.get(),
            payload: body.encode_to_vec().into(),
        }
    }

    /// The item it becomes in the log; the same send key is the same item. Actions call [`Ctx::notify`](crate::Ctx::notify) instead: this is
    /// for jobs, which are repeated until they are done.
    pub fn into_item(self, app: AppId, send_key: [u8; 16]) -> NewItem {
        NewItem {
            app,
            key: self.key,
            namespace: self.namespace,
            kind: ItemKind::Other,
            related: None,
            from: self.from,
            from_device: self.from_device,
            to: self.to,
            payload: self.payload,
            idempotency: Idempotency::SendKey(send_key),
            reply: None,
        }
    }

    /// Leaves out the device that made the change and knows it already.
    pub fn not_to(mut self, device: DeviceSn) -> Self {
        self.from_device = device;
        self
    }
}
