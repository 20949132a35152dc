//! Who is told of a message by push, and what he is shown.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cerulean_bus::BusEvent;
use cerulean_delivery::{AppSettings, Platform};
use cerulean_proto::pb;
use cerulean_proto::pb::message_body::ContentType;
use cerulean_storage::StorageError;
use cerulean_storage::user::{UserRow, UserStatus};
use cerulean_types::{AppId, ConversationKey, GroupId, ItemKind, Millis, StoredItem, UserId};
use moka::sync::Cache;
use prost::Message;
use serde::Deserialize;

/// Users whose settings are remembered; one takes some 50 bytes.
const REMEMBERED: u64 = 500_000;
/// How long settings are believed, so that one read while it was changed does not stay.
const BELIEVED: Duration = Duration::from_mins(1);
/// Users read at once.
const USERS: usize = 500;
/// Longest text that is shown, in characters.
const TEXT_CHARS: usize = 200;
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// Knows who is connected; the gateway does, `server` joins them.
pub trait Connections: Send + Sync {
    /// Whether any device of the user is connected.
    fn is_online(&self, app: AppId, user: UserId) -> bool;
}

/// Who is told of a message, each list by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Those who may be shown what it says.
    pub users: Vec<UserId>,
    /// Those who want to know only that there is one.
    pub users_without_detail: Vec<UserId>,
}

impl Plan {
    pub(crate) fn add(&mut self, user: UserId, wish: Wish, hour: i32) {
        if wish.is_told_at(hour) {
            let list = if wish.hides_detail { &mut self.users_without_detail } else { &mut self.users };
            list.push(user);
        }
    }
}

/// What a push of a message shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Whom it is from; empty when it is from the system.
    pub sender_name: String,
    /// The group it was said in; empty outside of groups.
    pub group_name: String,
    /// What it says, cut where it is long; empty when it is no text.
    pub text: String,
}

/// What a user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    is_off: bool,
    hides_detail: bool,
    quiet_from: i32,
    quiet_until: i32,
}

impl Wish {
    pub(crate) fn of(row: &UserRow) -> Self {
        Self {
            is_off: row.settings.no_push || row.status != UserStatus::Normal,
            hides_detail: row.settings.no_push_detail,
            quiet_from: row.settings.no_push_start_hour,
            quiet_until: row.settings.no_push_end_hour,
        }
    }

    fn is_told_at(&self, hour: i32) -> bool {
        let (from, until) = (self.quiet_from, self.quiet_until);
        let is_quiet = if from <= until { (from..until).contains(&hour) } else { hour >= from || hour < until };
        !self.is_off && !is_quiet
    }
}

/// Plans pushes. Cheap to clone.
#[derive(Clone)]
pub struct Pushes(Arc<Inner>);

struct Inner {
    platform: Arc<Platform>,
    connections: Weak<dyn Connections>,
    wishes: Cache<(AppId, UserId), Wish>,
}

impl Pushes {
    /// Joins the bus, so that changed settings act on the next message. Whoever knows the connections is not kept alive by it, because he
    /// leads back here by way of what is told of messages.
    pub fn new(platform: Arc<Platform>, connections: Weak<dyn Connections>) -> Self {
        let wishes = Cache::builder().max_capacity(REMEMBERED).time_to_live(BELIEVED).build();
        let inner = Arc::new(Inner { platform, connections, wishes });
        let weak = Arc::downgrade(&inner);
        inner.platform.bus.subscribe(Arc::new(move |event| {
            if let (Some(inner), BusEvent::UserChanged { app, user }) = (weak.upgrade(), event) {
                inner.wishes.invalidate(&(*app, *user));
            }
        }));
        Self(inner)
    }

    /// Who is told of a message: those it is for who are not connected, have not muted it, and want to be told at this hour.
    pub async fn plan(&self, item: &StoredItem) -> Result<Plan, StorageError> {
        let body = pb::MessageBody::decode(item.payload.clone()).unwrap_or_default();
        let is_shown = item.kind == ItemKind::Message && !item.is_erased && body.ctype() != ContentType::Command;
        if !is_shown {
            return Ok(Plan::default());
        }
        let mut users = match item.key {
            ConversationKey::Group(group) => self.of_group(item, group, &body).await?,
            ConversationKey::Pair(..) => self.of_pair(item).await?,
            ConversationKey::System(user) => self.unless_online(item.app, [user]),
        };
        if users.is_empty() {
            return Ok(Plan::default());
        }
        for user in self.0.platform.log.muted_by(item.app, item.key).await? {
            users.remove(&user);
        }
        self.willing(item.app, users).await
    }

    /// Those of some users who want to be told at this hour.
    async fn willing(&self, app: AppId, users: HashSet<UserId>) -> Result<Plan, StorageError> {
        let hour = hour_of(&*self.0.platform.settings_of(app).await?, self.0.platform.clock.now());
        let mut users: Vec<UserId> = users.into_iter().collect();
        users.sort_unstable();
        let mut plan = Plan::default();
        for some in users.chunks(USERS) {
            let wishes = self.wishes_of(app, some).await?;
            for (user, wish) in some.iter().filter_map(|user| Some((*user, wishes.get(user)?))) {
                plan.add(user, *wish, hour);
            }
        }
        Ok(plan)
    }

    fn unless_online(&self, app: AppId, users: impl IntoIterator<Item = UserId>) -> HashSet<UserId> {
        let connections = self.0.connections.upgrade();
        let is_online = |user: UserId| connections.as_ref().is_some_and(|known| known.is_online(app, user));
        users.into_iter().filter(|user| !is_online(*user)).collect()
    }

    async fn of_pair(&self, item: &StoredItem) -> Result<HashSet<UserId>, StorageError> {
        let Ok(receiver) = UserId::parse(item.to) else { return Ok(HashSet::new()) };
        let mut users = self.unless_online(item.app, [receiver]);
        if let (false, Ok(sender)) = (users.is_empty(), UserId::parse(item.from)) {
            let friend = self.0.platform.db.read(item.app).await?.roster().find_item(receiver, sender).await?;
            if friend.is_some_and(|friend| friend.mute_notification) {
                users.clear();
            }
        }
        Ok(users)
    }

    async fn of_group(
        &self,
        item: &StoredItem,
        group: GroupId,
        body: &pb::MessageBody,
    ) -> Result<HashSet<UserId>, StorageError> {
        let platform = &self.0.platform;
        let Some(view) = platform.group_view(item.app, group).await? else { return Ok(HashSet::new()) };
        let (mut users, is_from_staff) = {
            let facts = view.read();
            let others = facts.members().filter(|user| user.get() != item.from && !facts.wants_no_messages(*user));
            let sender = UserId::parse(item.from).ok().and_then(|sender| facts.member(sender));
            // What the server says weighs as much as what an administrator says.
            (self.unless_online(item.app, others), item.from == 0 || sender.is_some_and(|sender| sender.role > 0))
        };
        if users.is_empty() {
            return Ok(users);
        }
        let mentions = Mentions::of(body);
        for wish in platform.db.read(item.app).await?.group_members().wishes(group).await? {
            let is_mentioned = mentions.includes(wish.user);
            let is_wanted = match wish.push_mode {
                0 => true,
                2 => is_from_staff || is_mentioned,
                3 => is_from_staff,
                4 => is_mentioned,
                _ => false,
            };
            let is_muted = wish.mute_mode != 0 || wish.not_disturb;
            if is_muted || !is_wanted {
                users.remove(&wish.user);
            }
        }
        Ok(users)
    }

    async fn wishes_of(&self, app: AppId, users: &[UserId]) -> Result<HashMap<UserId, Wish>, StorageError> {
        let remembered = users.iter().filter_map(|user| Some((*user, self.0.wishes.get(&(app, *user))?)));
        let mut known: HashMap<UserId, Wish> = remembered.collect();
        let unknown: Vec<UserId> = users.iter().copied().filter(|user| !known.contains_key(user)).collect();
        if !unknown.is_empty() {
            for row in self.0.platform.db.read(app).await?.users().find_many(&unknown).await? {
                let wish = Wish::of(&row);
                self.0.wishes.insert((app, row.id), wish);
                known.insert(row.id, wish);
            }
        }
        Ok(known)
    }

    /// What is shown of a message to those who may see what it says.
    pub async fn describe(&self, item: &StoredItem) -> Result<Shown, StorageError> {
        let body = pb::MessageBody::decode(item.payload.clone()).unwrap_or_default();
        let tx = self.0.platform.db.read(item.app).await?;
        let mut shown = Shown { text: text_of(&body), ..Shown::default() };
        if let Ok(sender) = UserId::parse(item.from) {
            shown.sender_name = tx.users().find(sender).await?.map(name_of).unwrap_or_default();
        }
        if let ConversationKey::Group(group) = item.key {
            shown.group_name = tx.groups().find(group).await?.map(|group| group.name).unwrap_or_default();
        }
        Ok(shown)
    }
}

/// The hour of the day for an app's users.
pub(crate) fn hour_of(settings: &AppSettings, now: Millis) -> i32 {
    let local = now + i64::from(settings.push_utc_offset_minutes) * MINUTE_MS;
    local.div_euclid(HOUR_MS).rem_euclid(24) as i32
}

fn name_of(row: UserRow) -> String {
    let names = [row.settings.push_nick_name, row.profile.nick_name, row.profile.username];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

/// The part of `config` that concerns pushes (wire.md 7).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mentions {
    mention_all: bool,
    mention_list: Vec<serde_json::Value>,
    push_message: String,
}

impl Mentions {
    fn of(body: &pb::MessageBody) -> Self {
        serde_json::from_str(&body.config).unwrap_or_default()
    }

    fn includes(&self, user: UserId) -> bool {
        let is_user = |named: &serde_json::Value| match named {
            serde_json::Value::String(text) => text.parse() == Ok(user.get()),
            named => named.as_u64() == Some(user.get()),
        };
        self.mention_all || self.mention_list.iter().any(is_user)
    }
}

fn text_of(body: &pb::MessageBody) -> String {
    let own = Mentions::of(body).push_message;
    let text = match body.ctype() {
        _ if !own.is_empty() => own.as_str(),
        ContentType::Text => body.content.as_str(),
        _ => "",
    };
    text.chars().take(TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(quiet_from: i32, quiet_until: i32) -> Wish {
        Wish { is_off: false, hides_detail: false, quiet_from, quiet_until }
    }

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let told = |from, until| (0..24).filter(|hour| wish(from, until).is_told_at(*hour)).collect::<Vec<_>>();
        assert_eq!(told(22, 7), (7..22).collect::<Vec<_>>());
        assert_eq!(told(1, 23), [0, 23]);
        assert_eq!(told(5, 5).len(), 24);
        assert!((0..24).all(|hour| !Wish { is_off: true, ..wish(0, 0) }.is_told_at(hour)));
    }

    #[test]
    fn hours_are_those_of_the_apps_clock() {
        let at = 1_767_225_600_000; // midnight in London
        let of = |minutes| AppSettings { push_utc_offset_minutes: minutes, ..AppSettings::default() };
        assert_eq!([0, 480, -60, 330, 840].map(|minutes| hour_of(&of(minutes), at)), [0, 8, 23, 5, 14]);
    }

    #[test]
    fn mentions_and_texts_for_pushes_are_read() {
        let of = |config: &str, content: &str, ctype: ContentType| pb::MessageBody {
            config: config.into(),
            content: content.into(),
            ctype: ctype.into(),
            ..Default::default()
        };
        let user = UserId::parse(38_654_705_673).unwrap();
        let named = |config: &str| Mentions::of(&of(config, "", ContentType::Text)).includes(user);
        assert!(named(r#"{"mentionList":[1,38654705673]}"#) && named(r#"{"mentionList":["38654705673"]}"#));
        assert!(named(r#"{"mentionAll":true}"#));
        assert!(!named(r#"{"mentionList":[1,"x",null,-1]}"#) && !named("") && !named("[]"));
        assert_eq!(text_of(&of("{}", &"字".repeat(300), ContentType::Text)), "字".repeat(200));
        assert_eq!(text_of(&of(r#"{"pushMessage":"look"}"#, "x", ContentType::Image)), "look");
        assert_eq!(text_of(&of("", "a file's name", ContentType::File)), "");
    }
}
