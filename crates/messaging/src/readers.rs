//! Who has read what in groups that show it. Counted from the members' read positions, so a message costs nothing more, whatever the group.

use cerulean_delivery::{GroupFacts, Platform};
use cerulean_types::{AppId, ConversationKey, GroupId, ItemKind, MessageId, StoredItem, UserId};

use crate::SendError;

/// Most messages counted at once.
pub const COUNTED_MESSAGES: usize = 50;
/// Read positions fetched at once.
const PAGE: usize = 500;

/// How many have read a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadCount {
    /// Message.
    pub mid: MessageId,
    /// Members who have read it, its author not counted.
    pub readers: u64,
    /// Members who can read it, its author not counted.
    pub audience: u64,
}

/// Counts the readers of messages of a group. Their author may know, and the group's owner and admins.
pub async fn count_readers(
    platform: &Platform,
    app: AppId,
    user: UserId,
    group: GroupId,
    mids: &[MessageId],
) -> Result<Vec<ReadCount>, SendError> {
    if mids.len() > COUNTED_MESSAGES {
        return Err(SendError::BadBody("more messages than are counted at once"));
    }
    let Some(oldest) = mids.iter().min() else { return Ok(Vec::new()) };
    let is_staff = require_read_marks(platform, app, user, group).await?;
    let mut authors = Vec::with_capacity(mids.len());
    for mid in mids {
        authors.push(require_readable(platform, app, user, group, *mid, is_staff).await?.from);
    }
    let key = ConversationKey::Group(group);
    let positions = platform.log.read_positions(app, key, *oldest, None, usize::MAX >> 1).await?;
    let view = platform.group_view(app, group).await?.ok_or(SendError::GroupNotFound)?;
    let facts = view.read();
    let count = |(mid, author): (&MessageId, u64)| {
        let has_read = |(reader, read): &&(UserId, MessageId)| *read >= *mid && may_read(&facts, *reader, *mid, author);
        let readers = positions.iter().filter(has_read).count() as u64;
        let audience = facts.members().filter(|member| may_read(&facts, *member, *mid, author)).count() as u64;
        ReadCount { mid: *mid, readers, audience }
    };
    Ok(mids.iter().zip(authors).map(count).collect())
}

/// Lists the readers of a message by id, beginning after one. Their author may know, and the group's owner and admins.
pub async fn list_readers(
    platform: &Platform,
    app: AppId,
    user: UserId,
    message: (GroupId, MessageId),
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<UserId>, SendError> {
    let (group, mid) = message;
    let is_staff = require_read_marks(platform, app, user, group).await?;
    let author = require_readable(platform, app, user, group, mid, is_staff).await?.from;
    let view = platform.group_view(app, group).await?.ok_or(SendError::GroupNotFound)?;
    let mut readers = Vec::with_capacity(limit.min(PAGE));
    let mut place = after;
    loop {
        let page = platform.log.read_positions(app, ConversationKey::Group(group), mid, place, PAGE).await?;
        let facts = view.read();
        let found = page.iter().map(|(reader, _)| *reader).filter(|reader| may_read(&facts, *reader, mid, author));
        readers.extend(found.take(limit - readers.len()));
        drop(facts);
        if readers.len() == limit || page.len() < PAGE {
            return Ok(readers);
        }
        place = page.last().map(|(reader, _)| *reader);
    }
}

/// Who was not there yet, or is there no more, is no reader, however far he has read.
fn may_read(facts: &GroupFacts, user: UserId, mid: MessageId, author: u64) -> bool {
    user.get() != author && facts.floor_of(user).is_some_and(|floor| floor < mid)
}

/// The group shows who has read, and the user is in it. Tells whether he is its owner or an admin.
async fn require_read_marks(platform: &Platform, app: AppId, user: UserId, group: GroupId) -> Result<bool, SendError> {
    let view = platform.group_view(app, group).await?.ok_or(SendError::GroupNotFound)?;
    let member = view.read().member(user).ok_or(SendError::NotMember)?;
    let tx = platform.db.read(app).await?;
    let row = tx.groups().find(group).await?.ok_or(SendError::GroupNotFound)?;
    if row.read_ack { Ok(member.role > 0) } else { Err(SendError::ReadMarksOff) }
}

async fn require_readable(
    platform: &Platform,
    app: AppId,
    user: UserId,
    group: GroupId,
    mid: MessageId,
    is_staff: bool,
) -> Result<StoredItem, SendError> {
    let item = platform.log.find_item(app, ConversationKey::Group(group), mid).await?;
    let message = item.filter(|item| item.kind == ItemKind::Message && !item.is_erased);
    let message = message.ok_or(SendError::MessageNotFound)?;
    if is_staff || message.from == user.get() { Ok(message) } else { Err(SendError::ReadersHidden) }
}
