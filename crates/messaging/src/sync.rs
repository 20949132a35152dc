//! What a device still has to pull.

use cerulean_delivery::Platform;
use cerulean_storage::StorageError;
use cerulean_storage::log::StateChange;
use cerulean_storage::log::read::{Cursor, LineHead};
use cerulean_types::{AppId, ConversationKey, DeviceSn, MessageId, Millis, StoredItem, UserId, namespace};

use crate::conversation::{ConversationSummary, Sight, conversations, sight, visible_floor};

/// Most unread messages from before its first sign-in that a device pulls of one conversation; older ones are history.
const NEW_DEVICE_ITEMS: u64 = 100;

/// A conversation from the view of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLine {
    /// Conversation.
    pub key: ConversationKey,
    /// Where it stands.
    pub head: LineHead,
    /// Up to where the device has it.
    pub cursor: Cursor,
    /// Items not yet pulled.
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
    let device_since = device_since(platform, app, user, device).await?;
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
        let cursor = effective(platform, app, &summary, cursors.get(&key).copied(), device_since).await?;
        let head = summary.state.head;
        let pending = head.position.saturating_sub(cursor.position);
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
    let floor = visible_floor(platform, app, user, key, state.clear_mid).await?;
    let stored = platform.log.cursors_of(app, user, device).await?.get(&key).copied();
    let device_since = device_since(platform, app, user, device).await?;
    let summary = ConversationSummary { state, floor, wants_no_messages: false };
    effective(platform, app, &summary, stored, device_since).await
}

async fn device_since(platform: &Platform, app: AppId, user: UserId, device: DeviceSn) -> Result<Millis, StorageError> {
    let tx = platform.db.read(app).await?;
    Ok(tx.devices().find(user, device).await?.map_or(0, |device| device.created_at))
}

async fn effective(
    platform: &Platform,
    app: AppId,
    summary: &ConversationSummary,
    stored: Option<Cursor>,
    device_since: Millis,
) -> Result<Cursor, StorageError> {
    let state = &summary.state;
    match stored {
        Some(cursor) if cursor.mid >= summary.floor => Ok(cursor),
        _ if summary.is_empty() => Ok(Cursor { mid: state.head.mid, position: state.head.position }),
        Some(_) => platform.log.cursor_at(app, state.key, summary.floor).await,
        None => {
            let start = first_cursor(state.key, state.read_mid, device_since).max(summary.floor);
            let cursor = platform.log.cursor_at(app, state.key, start).await?;
            if state.head.position.saturating_sub(cursor.position) <= NEW_DEVICE_ITEMS {
                return Ok(cursor);
            }
            cap(platform, app, state.key, birth(device_since), cursor).await
        }
    }
}

/// Where a device starts that never confirmed anything here: at what the user has read, or at its first sign-in, whichever is earlier.
/// Notices older than the device are not for it: it fetches the present state.
fn first_cursor(key: ConversationKey, read: MessageId, device_since: Millis) -> MessageId {
    let birth = birth(device_since);
    if matches!(key, ConversationKey::System(_)) { birth } else { read.min(birth) }
}

/// The last id of the time before the device.
fn birth(device_since: Millis) -> MessageId {
    MessageId(MessageId::at(device_since).0.saturating_sub(1))
}

/// Leaves out all but the newest of what is older than the device. What came since its first sign-in is its to get, however much it is.
async fn cap(
    platform: &Platform,
    app: AppId,
    key: ConversationKey,
    birth: MessageId,
    cursor: Cursor,
) -> Result<Cursor, StorageError> {
    let before_it = platform.log.cursor_at(app, key, birth).await?.position;
    if before_it.saturating_sub(cursor.position) <= NEW_DEVICE_ITEMS {
        return Ok(cursor);
    }
    let oldest = platform.log.position_at(app, key, before_it - NEW_DEVICE_ITEMS).await?;
    Ok(oldest.unwrap_or(cursor))
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
    let is_own = |item: &StoredItem| item.is_made_by(user, device);
    let is_unwanted = |item: &StoredItem| wants_no_messages && is_message_of_another(item, user);
    let is_for_device = |item: &StoredItem| !item.is_erased && !is_own(item) && !is_unwanted(item);
    // What was scanned but is not for this device needs no answer of its own: go on to the next that is.
    loop {
        let found = platform.log.pull(app, key, place.mid, limit).await?;
        let Some(last) = found.last() else { return Ok(Pulled { items: Vec::new(), cursor: place }) };
        place = Cursor { mid: last.mid, position: last.position };
        let items: Vec<StoredItem> = found.into_iter().filter(is_for_device).collect();
        if !items.is_empty() {
            return Ok(Pulled { items, cursor: place });
        }
    }
}
