//! Actions against a real database.

mod coming;
mod dissolve;
mod facts;
mod going;
mod quotas;
mod rights;
mod scale;
mod sharing;

use std::sync::Arc;

use cerulean_bus::{Bus, BusEvent, LocalBus};
use cerulean_delivery::{Ctx, Limits, Platform, PlatformOptions};
use cerulean_proto::pb;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::DbOptions;
use cerulean_storage::user::{Profile, UserSettings};
use cerulean_types::{
    Actor, AppId, AppSlug, Clock, Code, ConversationKey, DeviceSn, GroupId, PublicError, StoredItem, UserId, namespace,
};
use cerulean_vault::Vault;
use parking_lot::Mutex;
use prost::Message;
use tempfile::TempDir;

use crate::*;

/// A group notice that reached a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    line: ConversationKey,
    kind: Type,
    from: UserId,
    to: Vec<UserId>,
    content: String,
}

fn told(item: &StoredItem) -> Told {
    let body = pb::GroupNotice::decode(item.payload.clone()).unwrap();
    let user = |xid: pb::Xid| UserId::parse(xid.uid).unwrap();
    Told {
        line: item.key,
        kind: Type::try_from(body.r#type).unwrap(),
        from: user(body.from.unwrap()),
        to: body.to.into_iter().map(user).collect(),
        content: body.content,
    }
}

#[derive(Default)]
struct Heard {
    told: Vec<Told>,
    changes: usize,
}

/// A platform with two apps, and what went over its bus.
struct Bench {
    platform: Arc<Platform>,
    clock: Clock,
    app: AppId,
    other_app: AppId,
    heard: Arc<Mutex<Heard>>,
    _folder: TempDir,
}

/// Runs an action as a user or as the administrator and commits what succeeds.
macro_rules! act {
    ($bench:expr, $actor:expr, $action:ident($($argument:expr),*)) => {{
        let mut ctx = $bench.ctx($actor).await;
        let result = $action(&mut ctx, $($argument),*).await;
        if result.is_ok() {
            ctx.commit().await.unwrap();
            $bench.settle().await;
        }
        result
    }};
}
use act;

/// The administrator, in nobody's place.
const ADMINISTRATOR: Actor = Actor::Admin { acting_for: None };

trait Acts {
    fn actor(self) -> Actor;
}

impl Acts for UserId {
    fn actor(self) -> Actor {
        Actor::User { id: self, device: DeviceSn(1) }
    }
}

impl Acts for Actor {
    fn actor(self) -> Actor {
        self
    }
}

impl Bench {
    async fn start() -> Self {
        Self::with_capacity(100).await
    }

    async fn with_capacity(group_members: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::adjustable();
        let bus = Arc::new(LocalBus::default());
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ear = heard.clone();
        bus.subscribe(Arc::new(move |event| match event {
            BusEvent::Committed(items) => {
                let notices = items.iter().filter(|item| item.namespace == namespace::GROUP_NOTICE).map(told);
                ear.lock().told.extend(notices);
            }
            BusEvent::GroupChanged { .. } => ear.lock().changes += 1,
            _ => {}
        }));
        let vault = Vault::in_memory();
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: vault.clone(),
            bus,
            clock: clock.clone(),
            limits: Limits { group_members, ..Limits::default() },
        };
        let platform = Platform::open(options).await.unwrap();
        let mut apps = Vec::new();
        for slug in ["demo", "other"] {
            let tx = platform.db.platform().await.unwrap();
            let row = tx.apps().insert(&AppSlug::parse(slug).unwrap(), slug, 1).await.unwrap();
            tx.commit().await.unwrap();
            vault.ensure_app(row.id).unwrap();
            apps.push(row.id);
        }
        Self { platform, clock, app: apps[0], other_app: apps[1], heard, _folder: folder }
    }

    async fn ctx(&self, actor: impl Acts) -> Ctx {
        self.platform.ctx(self.app, actor.actor()).await.unwrap()
    }

    async fn user_in(&self, app: AppId, name: &str) -> UserId {
        let ctx = self.platform.ctx(app, ADMINISTRATOR).await.unwrap();
        let id = UserId::random(&mut ctx.rng());
        let profile = Profile { username: name.into(), avatar: format!("avatars/{name}"), ..Profile::default() };
        let now = ctx.now();
        ctx.tx.users().insert(id, &profile, "no password", now).await.unwrap();
        ctx.commit().await.unwrap();
        id
    }

    async fn users<const N: usize>(&self) -> [UserId; N] {
        let mut ids = Vec::new();
        for number in 0..N {
            ids.push(self.user_in(self.app, &format!("user{number}")).await);
        }
        ids.try_into().unwrap()
    }

    async fn ask_before_joining(&self, user: UserId) {
        let ctx = self.ctx(ADMINISTRATOR).await;
        let settings = UserSettings { group_confirm: true, ..UserSettings::default() };
        ctx.tx.users().set_settings(user, &settings).await.unwrap();
        ctx.commit().await.unwrap();
    }

    /// A group of `owner` with others in it; what was told on the way is forgotten.
    async fn group(&self, owner: UserId, others: &[UserId]) -> GroupId {
        let cmd = CreateGroup { name: "Kegelclub".into(), members: others.to_vec(), ..CreateGroup::default() };
        let info = act!(self, owner, create_group(cmd)).unwrap();
        self.hear();
        info.row.id
    }

    /// Changes what the app decides for itself.
    async fn change_settings(&self, change: impl FnOnce(&mut cerulean_delivery::AppSettings)) {
        let mut settings = (*self.platform.settings_of(self.app).await.unwrap()).clone();
        change(&mut settings);
        let tx = self.platform.db.platform().await.unwrap();
        tx.apps().update(self.app, "normal", &serde_json::to_string(&settings).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        self.platform.bus.publish(BusEvent::AppChanged { app: self.app });
    }

    /// Waits until the notices of what was committed are in the log.
    async fn settle(&self) {
        self.platform.tasks.close();
        self.platform.tasks.wait().await;
        self.platform.tasks.reopen();
    }

    /// What was told since the last time, and how many changes caches heard of.
    fn hear(&self) -> (Vec<Told>, usize) {
        let heard = std::mem::take(&mut *self.heard.lock());
        (heard.told, heard.changes)
    }

    async fn members(&self, group: GroupId) -> Vec<UserId> {
        let ctx = self.ctx(ADMINISTRATOR).await;
        let rows = ctx.tx.group_members().all_for_view(group).await.unwrap();
        let row = ctx.tx.groups().find(group).await.unwrap().unwrap();
        assert_eq!(row.member_count, rows.len() as u64, "the count is kept");
        rows.into_iter().map(|row| row.user_id).collect()
    }

    async fn is_member(&self, group: GroupId, user: UserId) -> bool {
        self.members(group).await.contains(&user)
    }
}

fn sorted<const N: usize>(mut users: [UserId; N]) -> Vec<UserId> {
    users.sort_unstable();
    users.to_vec()
}

fn to_group(group: GroupId, kind: Type, from: UserId, to: &[UserId], content: &str) -> Told {
    Told { line: ConversationKey::Group(group), kind, from, to: to.to_vec(), content: content.into() }
}

fn to_user(receiver: UserId, kind: Type, from: UserId, to: &[UserId], content: &str) -> Told {
    Told { line: ConversationKey::System(receiver), kind, from, to: to.to_vec(), content: content.into() }
}

/// Order between conversations is free.
#[track_caller]
fn assert_told(heard: (Vec<Told>, usize), mut expected: Vec<Told>) {
    let mut told = heard.0;
    let key = |told: &Told| (told.line, told.kind as i32, told.from, told.to.clone());
    told.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(told, expected);
}

#[track_caller]
fn assert_code<T: std::fmt::Debug>(result: Result<T, GroupError>, code: Code) {
    assert_eq!(result.expect_err("refused").code(), code);
}

fn succeeded(user: UserId) -> Outcome {
    Outcome { user, result: Ok(()) }
}

fn failed(user: UserId, refusal: Refusal) -> Outcome {
    Outcome { user, result: Err(refusal) }
}

fn invite(group: GroupId, users: &[UserId]) -> Invite {
    Invite { group, users: users.to_vec(), reason: "komm".into() }
}

fn application(group: GroupId) -> Apply {
    Apply { group, reason: "bitte".into() }
}
