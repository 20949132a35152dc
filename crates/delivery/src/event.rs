//! Events: what receivers outside of the server are told of a change (webhooks).
//!
//! They are recorded with the change in one transaction, and only for apps in which somebody asked for them. Most follow from the notices
//! that devices get, so that an action need not say the same twice; [`Ctx::record`](crate::Ctx::record) is for the others.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cerulean_proto::pb;
use cerulean_proto::pb::group_notice::Type as Group;
use cerulean_proto::pb::roster_notice::Type as Roster;
use cerulean_storage::hook_queue::NewHookEvent;
use cerulean_storage::{StorageError, Tx};
use cerulean_types::{AppId, ConversationKey, Millis, UserId, namespace};
use parking_lot::Mutex;
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{AppSettings, Notice, SETTINGS_CHANGED};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Name, one of those below or of the names of messages.
    pub kind: &'static str,
    /// Later events with the same key are told after earlier ones.
    pub order_key: String,
    /// The facts.
    pub data: Value,
    /// What was said, for receivers that ask for it; they get it among the facts.
    pub content: Option<Value>,
}

/// Names of events that no notice stands for.
pub mod kind {
    /// A user was registered.
    pub const USER_REGISTERED: &str = "user.registered";
    /// A user was removed.
    pub const USER_REMOVED: &str = "user.removed";
    /// A user was frozen.
    pub const USER_FROZEN: &str = "user.frozen";
    /// A user was unfrozen.
    pub const USER_UNFROZEN: &str = "user.unfrozen";
    /// A user changed his profile.
    pub const USER_PROFILE_UPDATED: &str = "user.profile_updated";
    /// A device signed in that was not known before.
    pub const USER_DEVICE_ADDED: &str = "user.device_added";
    /// A user's first connection was made.
    pub const USER_ONLINE: &str = "user.online";
    /// A user's last connection ended.
    pub const USER_OFFLINE: &str = "user.offline";
    /// A file was uploaded.
    pub const FILE_UPLOADED: &str = "file.uploaded";
    /// A message came for users who are not connected and want to be told.
    pub const PUSH_MESSAGE: &str = "push.message";
    /// The app asked for a push.
    pub const PUSH_REQUESTED: &str = "push.requested";
    /// A message was refused by the verdict of the app's server, or for want of one.
    pub const MODERATION_MESSAGE_DENIED: &str = "moderation.message_denied";
    /// A message was sent otherwise than it was written, by the verdict of the app's server.
    pub const MODERATION_MESSAGE_REPLACED: &str = "moderation.message_replaced";
    /// Somebody took the message of another back.
    pub const MODERATION_MESSAGE_RECALLED: &str = "moderation.message_recalled";
}

/// Events that are acts of moderation, and under which name receivers that care for those are told of them too.
pub const MODERATION_EVENTS: [(&str, &str); 7] = [
    (kind::USER_FROZEN, "moderation.user_frozen"),
    (kind::USER_UNFROZEN, "moderation.user_unfrozen"),
    ("group.banned", "moderation.member_banned"),
    ("group.unbanned", "moderation.member_unbanned"),
    ("group.kicked", "moderation.member_kicked"),
    ("group.blocked", "moderation.user_blocked"),
    ("group.unblocked", "moderation.user_unblocked"),
];

/// Group notices that stand for an event.
pub const GROUP_EVENTS: [(Group, &str); 23] = [
    (Group::Created, "group.created"),
    (Group::Destroyed, "group.destroyed"),
    (Group::Joined, "group.joined"),
    (Group::Leaved, "group.left"),
    (Group::Applyed, "group.applied"),
    (Group::ApplyAccepted, "group.application_accepted"),
    (Group::ApplyDeclined, "group.application_declined"),
    (Group::Invited, "group.invited"),
    (Group::InviteAccepted, "group.invitation_accepted"),
    (Group::InviteDeclined, "group.invitation_declined"),
    (Group::Kicked, "group.kicked"),
    (Group::Blocked, "group.blocked"),
    (Group::Unblocked, "group.unblocked"),
    (Group::OwnerAssigned, "group.owner_assigned"),
    (Group::AdminGranted, "group.admin_granted"),
    (Group::AdminRevoked, "group.admin_revoked"),
    (Group::Banned, "group.banned"),
    (Group::Unbanned, "group.unbanned"),
    (Group::InfoUpdated, "group.info_updated"),
    (Group::AnnouncementUpdated, "group.announcement_updated"),
    (Group::FileUploaded, "group.file_uploaded"),
    (Group::FileDeleted, "group.file_deleted"),
    (Group::FileUpdated, "group.file_updated"),
];

/// Roster notices that stand for an event. Notes on friends are a user's own affair.
pub const ROSTER_EVENTS: [(Roster, &str); 7] = [
    (Roster::Applied, "roster.applied"),
    (Roster::Added, "roster.added"),
    (Roster::Accepted, "roster.accepted"),
    (Roster::Declined, "roster.declined"),
    (Roster::Removed, "roster.removed"),
    (Roster::Blocked, "roster.blocked"),
    (Roster::Unblocked, "roster.unblocked"),
];

impl Event {
    /// Something that concerns one user.
    pub fn user(kind: &'static str, user: UserId) -> Self {
        Self::in_line(kind, format!("user {}", user.get())).with("user_id", user.get())
    }

    /// Something that comes after what was told in the same line before.
    pub fn in_line(kind: &'static str, order_key: String) -> Self {
        Self { kind, order_key, data: json!({}), content: None }
    }

    /// Something that happened in a conversation.
    pub fn conversation(kind: &'static str, key: ConversationKey, data: Value) -> Self {
        Self { kind, order_key: order_key(key), data, content: None }
    }

    /// Adds a fact.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data[name] = value.into();
        self
    }

    /// Adds what was said, an object of facts.
    pub fn with_content(mut self, content: Value) -> Self {
        self.content = Some(content);
        self
    }
}

/// The line in which events of a conversation stand.
pub fn order_key(key: ConversationKey) -> String {
    let (a, b) = key.as_columns();
    format!("conversation {a} {b}")
}

/// Who asked for what in one app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// Receivers by the name of an event.
    pub receivers: HashMap<String, Vec<String>>,
    /// Those of them that ask for what was said.
    pub wanting_content: HashSet<String>,
}

impl Watch {
    /// Who asked for an event.
    pub fn receivers_of(&self, kind: &str) -> &[String] {
        self.receivers.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether one of those who asked for an event wants what was said as well.
    pub fn wants_content(&self, kind: &str) -> bool {
        self.receivers_of(kind).iter().any(|hook| self.wanting_content.contains(hook))
    }

    /// What is written for an event: a row for its receivers, and another for those of them that want what was said, where something was.
    /// Nothing when nobody asked for it. The ids are those of the two.
    pub fn rows_of(&self, event: Event, app: &AppSettings, at: Millis, ids: [[u8; 16]; 2]) -> Vec<NewHookEvent> {
        let all = self.receivers_of(event.kind).iter().cloned();
        let (full, plain): (Vec<String>, Vec<String>) =
            all.partition(|hook| event.content.is_some() && self.wanting_content.contains(hook));
        let mut whole = event.data.clone();
        if let (Value::Object(facts), Some(Value::Object(content))) = (&mut whole, event.content) {
            facts.extend(content);
        }
        let row = |(hooks, data, id): (Vec<String>, &Value, [u8; 16])| NewHookEvent {
            id,
            kind: event.kind,
            order_key: event.order_key.clone(),
            body: body_of(event.kind, app, at, data),
            hooks,
        };
        let [plain_id, full_id] = ids;
        let rows = [(plain, &event.data, plain_id), (full, &whole, full_id)];
        rows.into_iter().filter(|(hooks, ..)| !hooks.is_empty()).map(row).collect()
    }
}

/// In which apps there is something to be told.
#[derive(Debug, Default)]
pub struct EventsRecorded {
    apps: Mutex<HashSet<AppId>>,
    notify: Notify,
}

impl EventsRecorded {
    /// Notes that there is something.
    pub fn note(&self, app: AppId) {
        self.apps.lock().insert(app);
        self.notify.notify_one();
    }

    /// Waits until there is something; answers with the apps noted since the last time.
    pub async fn wait(&self) -> HashSet<AppId> {
        self.notify.notified().await;
        std::mem::take(&mut *self.apps.lock())
    }
}

/// All apps in which somebody asked for events.
pub(crate) type Watches = Arc<HashMap<AppId, Arc<Watch>>>;

/// The body of an event's requests.
pub fn body_of(kind: &str, app: &AppSettings, at: Millis, data: &Value) -> String {
    json!({ "type": kind, "timestamp": at, "app_id": app.slug, "data": data }).to_string()
}

/// Writes events into the transaction they belong to; answers whether there were any that somebody asked for.
pub(crate) async fn record(
    tx: &Tx,
    watch: &Watch,
    app: &AppSettings,
    events: Vec<Event>,
    now: Millis,
) -> Result<bool, StorageError> {
    let mut rows = Vec::new();
    for event in events {
        let as_moderation = MODERATION_EVENTS.iter().find(|(kind, _)| *kind == event.kind);
        if let Some((_, kind)) = as_moderation {
            rows.extend(watch.rows_of(Event { kind, ..event.clone() }, app, now, rand::random()));
        }
        rows.extend(watch.rows_of(event, app, now, rand::random()));
    }
    tx.hook_queue().record(&rows, now).await?;
    Ok(!rows.is_empty())
}

fn uid(xid: Option<&pb::Xid>) -> u64 {
    xid.map_or(0, |xid| xid.uid)
}

/// The events that notices of one action stand for. What several people are told of one change is one event.
pub(crate) fn of_notices(notices: &[Notice]) -> Vec<Event> {
    let mut events = group_events(notices);
    let mut told = HashSet::new();
    for notice in notices {
        let event = match notice.namespace {
            namespace::ROSTER_NOTICE => roster_event(notice),
            namespace::USER_NOTICE => user_event(notice),
            _ => None,
        };
        let Some(event) = event else { continue };
        // Both sides of a friendship are told of it, each from the other's side.
        let is_of_both = event.kind == "roster.added";
        let side = if is_of_both { Value::Null } else { event.data.clone() };
        if told.insert((event.kind, event.order_key.clone(), side.to_string())) {
            events.push(event);
        }
    }
    events
}

/// A notice in the group's conversation is an event. Copies for people who are not in the group (any more) are none; where there are only
/// such, they are one event together.
fn group_events(notices: &[Notice]) -> Vec<Event> {
    let of_groups = notices.iter().filter(|notice| notice.namespace == namespace::GROUP_NOTICE);
    let bodies: Vec<(bool, pb::GroupNotice)> = of_groups
        .filter_map(|notice| {
            let is_for_all = matches!(notice.key, ConversationKey::Group(_));
            Some((is_for_all, pb::GroupNotice::decode(notice.payload.clone()).ok()?))
        })
        .collect();
    let change = |body: &pb::GroupNotice| (body.r#type, uid(body.gid.as_ref()));
    let told_to_all: HashSet<(i32, u64)> =
        bodies.iter().filter(|(is_for_all, _)| *is_for_all).map(|(_, body)| change(body)).collect();
    let mut events = Vec::new();
    let mut apart: HashMap<(i32, u64), usize> = HashMap::new();
    for (is_for_all, body) in &bodies {
        let Some((_, kind)) = GROUP_EVENTS.iter().find(|(kind, _)| *kind == body.r#type()) else { continue };
        if !is_for_all && told_to_all.contains(&change(body)) {
            continue;
        }
        let users = body.to.iter().map(|xid| xid.uid);
        let place = (!is_for_all).then(|| *apart.entry(change(body)).or_insert(events.len()));
        match place {
            Some(place) if place < events.len() => add_users(&mut events[place], users),
            _ => events.push(group_event(kind, body)),
        }
    }
    events
}

fn add_users(event: &mut Event, users: impl Iterator<Item = u64>) {
    let Value::Array(known) = &mut event.data["user_ids"] else { return };
    known.extend(users.map(Value::from));
    known.sort_unstable_by_key(Value::as_u64);
    known.dedup();
}

fn group_event(kind: &'static str, body: &pb::GroupNotice) -> Event {
    let group_id = uid(body.gid.as_ref());
    let users: Vec<u64> = body.to.iter().map(|xid| xid.uid).collect();
    let actor_id = uid(body.from.as_ref());
    let data = json!({ "group_id": group_id, "actor_id": actor_id, "user_ids": users, "content": body.content });
    Event { kind, order_key: format!("conversation {group_id} 0"), data, content: None }
}

fn roster_event(notice: &Notice) -> Option<Event> {
    let body = pb::RosterNotice::decode(notice.payload.clone()).ok()?;
    let kind = ROSTER_EVENTS.iter().find(|(kind, _)| *kind == body.r#type()).map(|(_, name)| *name)?;
    let (from, to) = (uid(body.from.as_ref()), uid(body.to.first()));
    let data = json!({ "user_id": from, "peer_id": to, "content": body.content });
    Some(Event { kind, order_key: format!("conversation {} {}", from.min(to), from.max(to)), data, content: None })
}

fn user_event(notice: &Notice) -> Option<Event> {
    let body = pb::UserNotice::decode(notice.payload.clone()).ok()?;
    let kind = match body.r#type() {
        pb::user_notice::Type::InfoUpdated if body.content == SETTINGS_CHANGED => return None,
        pb::user_notice::Type::InfoUpdated => kind::USER_PROFILE_UPDATED,
        pb::user_notice::Type::DeviceAdded => kind::USER_DEVICE_ADDED,
        _ => return None,
    };
    let ConversationKey::System(user) = notice.key else { return None };
    Some(Event::user(kind, user))
}

#[cfg(test)]
mod tests {
    use cerulean_types::GroupId;

    use super::*;

    fn user(number: u64) -> UserId {
        UserId::from_stored(number as i64)
    }

    fn kinds(notices: &[Notice]) -> Vec<&'static str> {
        of_notices(notices).into_iter().map(|event| event.kind).collect()
    }

    #[test]
    fn what_several_are_told_of_one_change_is_one_event() {
        let group = GroupId::from_stored(8);
        let one = Notice::group_for(user(1), Group::Kicked, group, user(9), &[user(1)], "");
        let other = Notice::group_for(user(2), Group::Kicked, group, user(9), &[user(2)], "");
        let told = of_notices(&[one.clone(), other]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].data["user_ids"], json!([1, 2]));
        let all = Notice::group(Group::Kicked, group, user(9), &[user(1)], "");
        assert_eq!(kinds(&[one, all.clone()]), ["group.kicked"]);
        let joined = Notice::group(Group::Joined, group, user(3), &[], "");
        assert_eq!(kinds(&[all, joined]), ["group.kicked", "group.joined"]);
    }

    #[test]
    fn a_friendship_has_two_sides_and_is_one_event() {
        let sides =
            [(1, 2), (2, 1)].map(|(one, other)| Notice::roster(user(one), Roster::Added, user(other), user(one), ""));
        assert_eq!(kinds(&sides), ["roster.added"]);
        let removed = |peer| Notice::roster(user(1), Roster::Removed, user(1), user(peer), "");
        assert_eq!(kinds(&[removed(2), removed(3)]), ["roster.removed", "roster.removed"]);
    }

    #[test]
    fn events_of_a_conversation_stand_in_one_line() {
        let group = GroupId::from_stored(8);
        let event = &of_notices(&[Notice::group(Group::Created, group, user(9), &[], "")])[0];
        assert_eq!(event.order_key, order_key(ConversationKey::Group(group)));
        let event = &of_notices(&[Notice::roster(user(1), Roster::Applied, user(4), user(2), "")])[0];
        assert_eq!(event.order_key, order_key(ConversationKey::pair(user(2), user(4))));
    }

    #[test]
    fn only_those_who_ask_get_what_was_said() {
        let receivers = HashMap::from([("user.online".to_owned(), vec!["one".to_owned(), "two".to_owned()])]);
        let mut watch = Watch { receivers, wanting_content: HashSet::from(["two".to_owned()]) };
        let event = || Event::user(kind::USER_ONLINE, user(1)).with_content(json!({ "text": "hello" }));
        let told = |watch: &Watch, event: Event| -> Vec<(Vec<String>, bool)> {
            let rows = watch.rows_of(event, &AppSettings::default(), 5, [[1; 16], [2; 16]]);
            rows.into_iter().map(|row| (row.hooks, row.body.contains("hello"))).collect()
        };
        let (one, two) = (vec!["one".to_owned()], vec!["two".to_owned()]);
        assert_eq!(told(&watch, event()), [(one, false), (two, true)]);
        let both = vec!["one".to_owned(), "two".to_owned()];
        assert_eq!(told(&watch, Event::user(kind::USER_ONLINE, user(1))), [(both.clone(), false)]);
        watch.wanting_content.clear();
        assert_eq!(told(&watch, event()), [(both, false)]);
        assert_eq!(told(&watch, Event::user(kind::USER_OFFLINE, user(1))), []);
    }

    #[test]
    fn private_notes_are_nobody_elses_affair() {
        let noted = Notice::roster(user(1), Roster::InfoUpdated, user(1), user(2), "{}");
        let muted = Notice::group_for(user(1), Group::Muted, GroupId::from_stored(8), user(1), &[], "");
        assert!(of_notices(&[noted, muted]).is_empty());
    }
}
