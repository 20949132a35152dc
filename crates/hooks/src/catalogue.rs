//! The events there are, for the console and the guide.

use cerulean_delivery::event::{GROUP_EVENTS, MODERATION_EVENTS, ROSTER_EVENTS, kind};

/// Asked before a message is taken; the answer is a verdict.
pub const BEFORE_SEND: &str = "message.before_send";
/// A message was stored.
pub const MESSAGE_SENT: &str = "message.sent";
/// A message was taken back.
pub const MESSAGE_RECALLED: &str = "message.recalled";
/// A message was changed.
pub const MESSAGE_EDITED: &str = "message.edited";
/// Sent on demand, to try a receiver.
pub const TEST: &str = "hook.test";

/// Events of messages after they are stored.
const OF_MESSAGES: [&str; 3] = [MESSAGE_SENT, MESSAGE_RECALLED, MESSAGE_EDITED];
const OF_PUSHES: [&str; 2] = [kind::PUSH_MESSAGE, kind::PUSH_REQUESTED];
/// Acts of moderation that no other event stands for.
const OF_MODERATION: [&str; 3] =
    [kind::MODERATION_MESSAGE_DENIED, kind::MODERATION_MESSAGE_REPLACED, kind::MODERATION_MESSAGE_RECALLED];

/// Events that are made of the items of the log's feed.
pub(crate) const FROM_FEED: [&str; 5] =
    [MESSAGE_SENT, MESSAGE_RECALLED, MESSAGE_EDITED, kind::PUSH_MESSAGE, kind::MODERATION_MESSAGE_RECALLED];

const OF_USERS: [&str; 8] = [
    kind::USER_REGISTERED,
    kind::USER_REMOVED,
    kind::USER_FROZEN,
    kind::USER_UNFROZEN,
    kind::USER_PROFILE_UPDATED,
    kind::USER_DEVICE_ADDED,
    kind::USER_ONLINE,
    kind::USER_OFFLINE,
];

/// Names of all events a receiver can ask for.
pub fn names() -> impl Iterator<Item = &'static str> {
    let of_groups = GROUP_EVENTS.into_iter().map(|(_, name)| name);
    let of_rosters = ROSTER_EVENTS.into_iter().map(|(_, name)| name);
    [BEFORE_SEND]
        .into_iter()
        .chain(OF_MESSAGES)
        .chain(OF_USERS)
        .chain(of_rosters)
        .chain(of_groups)
        .chain([kind::FILE_UPLOADED])
        .chain(OF_PUSHES)
        .chain(OF_MODERATION)
        .chain(MODERATION_EVENTS.into_iter().map(|(_, name)| name))
}

pub(crate) fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const GUIDE: &str = include_str!("../../../docs/guides/webhooks.md");

    #[test]
    fn names_are_unique() {
        let all: Vec<&str> = names().collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    }

    #[test]
    fn guide_lists_every_event_and_no_other() {
        let listed: HashSet<&str> = GUIDE
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(name, _)| name)
            .filter(|name| name.contains('.') && !name.contains('/'))
            .collect();
        assert_eq!(listed, names().collect::<HashSet<_>>());
    }
}
