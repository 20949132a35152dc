//! A user's conversations: the list, what he may see of each, clearing.

use std::collections::HashMap;

use cerulean_delivery::{NO_MESSAGES, Platform, floor};
use cerulean_proto::pb;
use cerulean_proto::pb::conversation_operation::OpType;
use cerulean_storage::StorageError;
use cerulean_storage::log::read::{ChainLink, EditedMessage, LineHead, LineState};
use cerulean_storage::log::unread::ReadLine;
use cerulean_storage::log::{Idempotency, StateChange};
use cerulean_types::{AppId, ConversationKey, DeviceSn, MessageId, StoredItem, UserId, Xid, namespace};
use prost::Message;

use crate::{Messaging, Outgoing, SendError};

/// A conversation as its user sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationSummary {
    /// What he keeps about it, and where it stands.
    pub state: LineState,
    /// Up to here nothing is shown to him: cleared, or said before he joined.
    pub floor: MessageId,
    /// Whether messages of others are kept from his devices until he asks for the history.
    pub wants_no_messages: bool,
}

impl ConversationSummary {
    /// Whether there is nothing he may see.
    pub fn is_empty(&self) -> bool {
        self.state.head.mid <= self.floor
    }
}

/// All conversations of a user, his system line and groups included, oldest first by their newest item.
pub async fn conversations(
    platform: &Platform,
    app: AppId,
    user: UserId,
) -> Result<Vec<ConversationSummary>, StorageError> {
    let mut states: HashMap<ConversationKey, LineState> =
        platform.log.states_of(app, user).await?.into_iter().map(|state| (state.key, state)).collect();
    let tx = platform.db.read(app).await?;
    let places = tx.group_members().places_of(user).await?;
    drop(tx);
    let keys = places.iter().map(|place| ConversationKey::Group(place.group));
    let without_state: Vec<ConversationKey> = keys.filter(|key| !states.contains_key(key)).collect();
    let heads = platform.log.heads(app, &without_state).await?;
    let mut summaries = Vec::with_capacity(states.len() + places.len());
    for place in places {
        let key = ConversationKey::Group(place.group);
        let unset = || LineState::unset(key, heads.get(&key).copied().unwrap_or_default());
        let state = states.remove(&key).unwrap_or_else(unset);
        let floor = floor(place.joined_at, place.is_history_visible).max(state.clear_mid);
        let wants_no_messages = place.mute_mode == NO_MESSAGES;
        summaries.push(ConversationSummary { state, floor, wants_no_messages });
    }
    // What is left of groups is of those he is no longer in.
    let others = states.into_values().filter(|state| !matches!(state.key, ConversationKey::Group(_)));
    let summary = |state: LineState| ConversationSummary { state, floor: state.clear_mid, wants_no_messages: false };
    summaries.extend(others.map(summary));
    summaries.sort_by_key(|summary| summary.state.head.mid);
    Ok(summaries)
}

/// The conversations a list shows, oldest first: groups even while nothing was said in them, pairs once something was, until they are
/// cleared, and what the system told the user. Notices are nothing that was said, so they do not move the system line.
pub async fn listed_conversations(
    platform: &Platform,
    app: AppId,
    user: UserId,
) -> Result<Vec<ConversationSummary>, StorageError> {
    let mut listed = Vec::new();
    for mut summary in conversations(platform, app, user).await? {
        let key = summary.state.key;
        match key {
            ConversationKey::Group(_) => {}
            _ if summary.is_empty() => continue,
            ConversationKey::Pair(..) => {}
            ConversationKey::System(_) => {
                let newest = platform.log.history(app, key, user, summary.floor, MessageId(0), 1).await?.pop();
                let Some(EditedMessage { message, .. }) = newest else { continue };
                summary.state.head = LineHead { mid: message.mid, position: message.position };
            }
        }
        listed.push(summary);
    }
    listed.sort_by_key(|summary| summary.state.head.mid);
    Ok(listed)
}

/// Up to which item nothing of the conversation is shown to the user; an error when it is not his.
pub(crate) async fn visible_floor(
    platform: &Platform,
    app: AppId,
    user: UserId,
    key: ConversationKey,
    cleared: MessageId,
) -> Result<MessageId, StorageError> {
    Ok(sight(platform, app, user, key, cleared).await?.floor)
}

/// What a user gets to see of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Up to here nothing.
    pub floor: MessageId,
    /// Whether messages of others are kept from his devices until he asks for the history.
    pub wants_no_messages: bool,
}

/// What the user gets to see of the conversation. Who is not in a group sees nothing of it.
pub(crate) async fn sight(
    platform: &Platform,
    app: AppId,
    user: UserId,
    key: ConversationKey,
    cleared: MessageId,
) -> Result<Sight, StorageError> {
    let ConversationKey::Group(group) = key else { return Ok(Sight { floor: cleared, wants_no_messages: false }) };
    Ok(match platform.place_of(app, group, user).await? {
        Some(place) => Sight { floor: place.floor.max(cleared), wants_no_messages: place.wants_no_messages },
        None => Sight { floor: MessageId(i64::MAX as u64), wants_no_messages: false },
    })
}

/// A conversation with what a list shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The conversation.
    pub summary: ConversationSummary,
    /// Messages of others not read yet, counted up to [`UNREAD_CAP`].
    pub unread: usize,
    /// Up to where the other of a pair has read; 0 in groups.
    pub peer_read_mid: MessageId,
    /// The newest message, in its present form.
    pub last: Option<StoredItem>,
}

/// Where counting unread messages stops.
pub const UNREAD_CAP: usize = 100;

/// What a list shows of these conversations.
pub async fn overviews(
    platform: &Platform,
    app: AppId,
    user: UserId,
    summaries: &[ConversationSummary],
) -> Result<Vec<Overview>, StorageError> {
    let unread = unread_of(platform, app, user, summaries).await?;
    let mut overviews = Vec::with_capacity(summaries.len());
    for summary in summaries {
        let key = summary.state.key;
        let peer_read_mid = match key {
            ConversationKey::Pair(one, other) if one != other => {
                let peer = if one == user { other } else { one };
                platform.log.state(app, peer, key).await?.read_mid
            }
            _ => MessageId(0),
        };
        let newest = platform.log.history(app, key, user, summary.floor, MessageId(0), 1).await?.pop();
        let last = newest.map(|message| crate::fold(message, crate::Marks::default()));
        let unread = unread.get(&key).copied().unwrap_or(0);
        overviews.push(Overview { summary: *summary, unread, peer_read_mid, last });
    }
    Ok(overviews)
}

/// Messages of others the user has not read, counted up to [`UNREAD_CAP`] in each conversation; those without any are left out. What
/// he does not want to get does not count.
pub async fn unread_of(
    platform: &Platform,
    app: AppId,
    user: UserId,
    summaries: &[ConversationSummary],
) -> Result<HashMap<ConversationKey, usize>, StorageError> {
    let wanted = summaries.iter().filter(|summary| !summary.wants_no_messages);
    let lines: Vec<ReadLine> = wanted
        .map(|summary| {
            let ConversationSummary { state, floor, .. } = *summary;
            ReadLine { key: state.key, read: state.read_mid.max(floor), head: state.head.mid }
        })
        .collect();
    platform.log.count_unread(app, user, &lines, UNREAD_CAP).await
}

impl Messaging {
    /// Drops a conversation on one device of the user: nothing of it is pending there, and it is not listed until something new comes.
    pub async fn drop_on_device(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        key: ConversationKey,
    ) -> Result<(), SendError> {
        if device == DeviceSn::NONE {
            return Err(SendError::BadBody("no device has used this token yet"));
        }
        let head = self.0.platform.log.head(app, key).await?;
        let change = StateChange::HideFrom { device, mid: head.mid, position: head.position };
        Ok(self.0.platform.log.change_state(app, user, key, change).await?)
    }

    /// A device has everything of a conversation up to an item, and the user has seen it: nothing of it is pending or unread.
    pub async fn confirm(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        xid: Xid,
        mid: MessageId,
    ) -> Result<(), SendError> {
        let key = self.require_conversation(app, user, xid).await?;
        let tx = self.0.platform.db.read(app).await?;
        tx.devices().find(user, device).await?.ok_or(SendError::DeviceNotFound)?;
        drop(tx);
        let log = &self.0.platform.log;
        let cursor = log.cursor_at(app, key, mid).await?;
        let change = StateChange::Cursor { device, mid: cursor.mid, position: cursor.position };
        log.change_state(app, user, key, change).await?;
        Ok(log.change_state(app, user, key, StateChange::Read(cursor.mid)).await?)
    }

    /// Clears the user's copy of a conversation and tells his other devices.
    pub async fn clear_everywhere(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        xid: Xid,
    ) -> Result<(), SendError> {
        self.operate_everywhere(app, user, device, xid, OpType::DeleteEverywhere).await
    }

    /// Pins a conversation, or no longer, and tells the user's other devices.
    pub async fn pin_everywhere(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        xid: Xid,
        is_pinned: bool,
    ) -> Result<(), SendError> {
        let kind = if is_pinned { OpType::Pin } else { OpType::Unpin };
        self.operate_everywhere(app, user, device, xid, kind).await
    }

    /// Silences a conversation, or no longer, and tells the user's other devices.
    pub async fn mute_everywhere(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        xid: Xid,
        is_muted: bool,
    ) -> Result<(), SendError> {
        let kind = if is_muted { OpType::Mute } else { OpType::Unmute };
        self.operate_everywhere(app, user, device, xid, kind).await
    }

    /// Does what a device may do to all of the user's devices by an operation on a conversation.
    async fn operate_everywhere(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        xid: Xid,
        kind: OpType,
    ) -> Result<(), SendError> {
        self.require_conversation(app, user, xid).await?;
        let operation = pb::ConversationOperation {
            r#type: kind as i32,
            xid: Some(pb::Xid { uid: xid.get(), device_sn: device.0 }),
        };
        let body = pb::Conversation { r#type: pb::conversation::Type::Oper as i32, operation: Some(operation) };
        let out = Outgoing {
            app,
            from: user,
            device,
            to: Xid::User(user),
            namespace: namespace::CONVERSATION,
            payload: body.encode_to_vec().into(),
            idempotency: Idempotency::None,
            is_moderation: false,
        };
        self.send_and_wait(out).await.map(drop)
    }

    /// The conversation `user` names by `xid`, if he may have it.
    pub async fn require_conversation(&self, app: AppId, user: UserId, xid: Xid) -> Result<ConversationKey, SendError> {
        let key = self.conversation_of(app, user, xid.get()).await?;
        // What was said with someone who is gone stays readable; with nobody there is no conversation.
        if matches!(key, ConversationKey::Pair(..)) && self.0.platform.log.head(app, key).await?.position == 0 {
            self.require_target(app, xid).await?;
        }
        Ok(key)
    }

    /// Clears the user's copy of a conversation: nothing said so far is shown to him any more.
    pub async fn clear(&self, app: AppId, user: UserId, key: ConversationKey) -> Result<(), SendError> {
        let head = self.0.platform.log.head(app, key).await?.mid;
        self.0.platform.log.change_state(app, user, key, StateChange::Clear(head)).await?;
        Ok(())
    }
}

/// The chain of a conversation after an item, as far as the user may see it, ascending.
pub async fn chain(
    messaging: &Messaging,
    app: AppId,
    user: UserId,
    xid: Xid,
    after: MessageId,
    limit: usize,
) -> Result<Vec<ChainLink>, SendError> {
    let key = messaging.require_conversation(app, user, xid).await?;
    let platform = messaging.platform();
    // Clearing a conversation hides content only; what was said before he joined a group is not his to see in any form.
    let floor = visible_floor(platform, app, user, key, MessageId(0)).await?;
    Ok(platform.log.chain(app, key, after.max(floor), limit).await?)
}
