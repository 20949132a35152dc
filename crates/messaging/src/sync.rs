//! What a device still has to pull.

use cerulean_delivery::Platform;
use cerulean_storage::StorageError;
use cerulean_storage::log::StateChange;
use cerulean_storage::log::earlier::Stretch;
use cerulean_storage::log::read::{Cursor, EditedMessage, LineHead};
use cerulean_types::{AppId, ConversationKey, DeviceSn, MessageId, StoredItem, UserId, namespace};

use crate::conversation::{ConversationSummary, Sight, conversations, sight};
use crate::history::{Marks, fold};

/// Most unread messages from before its first sign-in that a device pulls of one conversation; older ones are history.
const EARLIER_MESSAGES: usize = 100;

/// A conversation from the view of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLine {
    /// Conversation.
    pub key: ConversationKey,
    /// Where it stands.
    pub head: LineHead,
    /// Up to where the device has it.
    pub cursor: Cursor,
    /// Items it gets and has not pulled yet: of the time before it messages only.
    pub pending: u64,
    /// Whether there is nothing in it for the user.
    pub is_empty: bool,
}

/// Items of a pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What the device gets, ascending.
    pub items: Vec<StoredItem>,
    /// Where it is after them, also past items it does not get.
    pub cursor: Cursor,
}

/// All conversations of the user as this device sees them, oldest first; those it dropped only once something came since.
pub async fn device_lines(
    platform: &Platform,
    app: AppId,
    user: UserId,
    device: DeviceSn,
) -> Result<Vec<DeviceLine>, StorageError> {
    let birth = birth(platform, app, user, device).await?;
    let summaries = conversations(platform, app, user).await?;
    let cursors = platform.log.cursors_of(app, user, device).await?;
    let dropped = platform.log.hidden_from(app, user, device).await?;
    let mut lines = Vec::with_capacity(summaries.len());
    let mut withholding = Vec::new();
    for summary in summaries {
        let key = summary.state.key;
        if dropped.get(&key).is_some_and(|mid| summary.state.head.mid <= *mid) {
            continue;
        }
        let place = place(platform, app, user, &summary, cursors.get(&key).copied(), birth).await?;
        let (head, Place { cursor, pending }) = (summary.state.head, place);
        if summary.wants_no_messages && pending > 0 {
            withholding.push(lines.len());
        }
        lines.push(DeviceLine { key, head, cursor, pending, is_empty: summary.is_empty() });
    }
    pass_over_withheld(platform, app, user, device, &mut lines, &withholding).await?;
    Ok(lines)
}

/// What is withheld from the device is not pending. Where nothing else is, its cursor moves behind it, so that it is not counted through again.
async fn pass_over_withheld(
    platform: &Platform,
    app: AppId,
    user: UserId,
    device: DeviceSn,
    lines: &mut [DeviceLine],
    withholding: &[usize],
) -> Result<(), StorageError> {
    let cursors: Vec<_> = withholding.iter().map(|place| (lines[*place].key, lines[*place].cursor)).collect();
    let counts = platform.log.count_unwithheld(app, user, &cursors).await?;
    for place in withholding {
        let line = &mut lines[*place];
        line.pending = counts.get(&line.key).copied().unwrap_or(0);
        if line.pending == 0 {
            let (mid, position) = (line.head.mid, line.head.position);
            line.cursor = Cursor { mid, position };
            let change = StateChange::Cursor { device, mid, position };
            platform.log.change_state_lazily(app, user, line.key, change);
        }
    }
    Ok(())
}

/// Up to where the device has one conversation.
pub async fn device_cursor(
    platform: &Platform,
    app: AppId,
    user: UserId,
    device: DeviceSn,
    key: ConversationKey,
) -> Result<Cursor, StorageError> {
    let state = platform.log.state(app, user, key).await?;
    let Sight { floor, wants_no_messages } = sight(platform, app, user, key, state.clear_mid).await?;
    let stored = platform.log.cursors_of(app, user, device).await?.get(&key).copied();
    let birth = birth(platform, app, user, device).await?;
    let summary = ConversationSummary { state, floor, wants_no_messages };
    Ok(place(platform, app, user, &summary, stored, birth).await?.cursor)
}

/// The last id of the time before the device.
async fn birth(platform: &Platform, app: AppId, user: UserId, device: DeviceSn) -> Result<MessageId, StorageError> {
    let tx = platform.db.read(app).await?;
    let since = tx.devices().find(user, device).await?.map_or(0, |device| device.created_at);
    Ok(MessageId(MessageId::at(since).0.saturating_sub(1)))
}

/// Where a device stands in a conversation, and how much it has before it.
struct Place {
    cursor: Cursor,
    pending: u64,
}

impl Place {
    /// A place that nothing of the time before the device follows.
    fn of(cursor: Cursor, head: LineHead) -> Self {
        Self { cursor, pending: head.position.saturating_sub(cursor.position) }
    }
}

/// A device that never confirmed anything here starts at what the user has read, but gets only the newest of what is older than itself, and
/// of that only messages, as they were when it came: what else had happened it sees in the present state, which it fetches. What came
/// since its first sign-in is its to get, however much it is.
async fn place(
    platform: &Platform,
    app: AppId,
    user: UserId,
    summary: &ConversationSummary,
    stored: Option<Cursor>,
    birth: MessageId,
) -> Result<Place, StorageError> {
    let state = &summary.state;
    let (key, head) = (state.key, state.head);
    if summary.is_empty() {
        let end = Cursor { mid: head.mid, position: head.position };
        return Ok(Place::of(stored.filter(|cursor| cursor.mid >= summary.floor).unwrap_or(end), head));
    }
    let after = match stored {
        Some(cursor) if cursor.mid >= summary.floor && (cursor.mid >= birth || cursor.mid >= head.mid) => {
            return Ok(Place::of(cursor, head));
        }
        Some(cursor) => cursor.mid.max(summary.floor),
        None if summary.wants_no_messages => birth.max(summary.floor),
        None => state.read_mid.min(birth).max(summary.floor),
    };
    if after >= birth {
        return Ok(Place::of(platform.log.cursor_at(app, key, after).await?, head));
    }
    let stretch = Stretch { key, user, after, until: birth };
    let earlier = platform.log.find_earlier(app, &stretch, EARLIER_MESSAGES).await?;
    let since = head.position.saturating_sub(earlier.end.position);
    Ok(Place { cursor: earlier.before, pending: earlier.count + since })
}

/// Whether who wants no messages does not get the item: notices of the group, and what he said himself, he gets.
pub fn is_message_of_another(item: &StoredItem, user: UserId) -> bool {
    item.namespace == namespace::MESSAGE && item.from != user.get()
}

/// Items after `after` that this device should get: not its own, not erased, not below what the user may see.
pub async fn pull(
    platform: &Platform,
    app: AppId,
    user: UserId,
    device: DeviceSn,
    key: ConversationKey,
    after: MessageId,
    limit: usize,
) -> Result<Pulled, StorageError> {
    let state = platform.log.state(app, user, key).await?;
    let Sight { floor, wants_no_messages } = sight(platform, app, user, key, state.clear_mid).await?;
    if floor > state.head.mid {
        // Nothing is visible, and what is being committed right now must not slip through.
        return Ok(Pulled { items: Vec::new(), cursor: Cursor { mid: after.min(state.head.mid), position: 0 } });
    }
    let mut place = Cursor { mid: after.max(floor), position: 0 };
    let mut is_earlier = place.mid < state.head.mid;
    let birth = if is_earlier { birth(platform, app, user, device).await? } else { MessageId(0) };
    let is_own = |item: &StoredItem| item.is_made_by(user, device);
    let is_unwanted = |item: &StoredItem| wants_no_messages && is_message_of_another(item, user);
    let is_for_device = |item: &StoredItem| !item.is_erased && !is_own(item) && !is_unwanted(item);
    // What was scanned but is not for this device needs no answer of its own: go on to the next that is.
    loop {
        is_earlier = is_earlier && place.mid < birth;
        let found = if is_earlier {
            let stretch = Stretch { key, user, after: place.mid, until: birth };
            let found = platform.log.earlier_messages(app, &stretch, limit).await?;
            is_earlier = found.len() == limit;
            let end = match found.last() {
                Some(EditedMessage { message, .. }) if is_earlier => {
                    Cursor { mid: message.mid, position: message.position }
                }
                _ => platform.log.cursor_at(app, key, birth).await?,
            };
            place = if end.mid > place.mid { end } else { place };
            found.into_iter().map(|message| fold(message, Marks::default())).collect()
        } else {
            let found = platform.log.pull(app, key, place.mid, limit).await?;
            let Some(last) = found.last() else { return Ok(Pulled { items: Vec::new(), cursor: place }) };
            place = Cursor { mid: last.mid, position: last.position };
            found
        };
        let items: Vec<StoredItem> = found.into_iter().filter(is_for_device).collect();
        if !items.is_empty() {
            return Ok(Pulled { items, cursor: place });
        }
    }
}
