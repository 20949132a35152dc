//! The actions of the roster against a real database: what changes, who is told, what is refused.

use std::sync::Arc;

use cerulean_bus::{Bus, BusEvent, LocalBus};
use cerulean_delivery::{Ctx, Limits, Platform, PlatformOptions};
use cerulean_proto::pb;
use cerulean_proto::pb::roster_notice::Type;
use cerulean_roster::{Apply, EditNotes, RosterError};
use cerulean_storage::DbOptions;
use cerulean_storage::user::{Profile, UserSettings};
use cerulean_types::{
    Actor, AppId, AppSlug, Clock, Code, ConversationKey, DeviceSn, PublicError, StoredItem, UserId, limits, namespace,
};
use cerulean_vault::Vault;
use parking_lot::Mutex;
use prost::Message;
use tempfile::TempDir;

/// A notice: whose line, kind, from, to, content.
type Told = (UserId, Type, UserId, UserId, String);

struct World {
    platform: Arc<Platform>,
    app: AppId,
    clock: Clock,
    items: Arc<Mutex<Vec<StoredItem>>>,
    relations: Arc<Mutex<Vec<(UserId, UserId)>>>,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (vault, clock) = (Vault::in_memory(), Clock::adjustable());
        let (items, relations) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let bus = Arc::new(LocalBus::default());
        let (seen_items, seen_relations) = (items.clone(), relations.clone());
        bus.subscribe(Arc::new(move |event| match event {
            BusEvent::Committed(committed) => seen_items.lock().extend(committed.iter().cloned()),
            BusEvent::RelationChanged { user, peer, .. } => seen_relations.lock().push((*user, *peer)),
            _ => {}
        }));
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: vault.clone(),
            bus,
            clock: clock.clone(),
            limits: Limits::default(),
        };
        let platform = Platform::open(options).await.unwrap();
        let tx = platform.db.platform().await.unwrap();
        let app = tx.apps().insert(&AppSlug::parse("tested").unwrap(), "Tested", 1).await.unwrap().id;
        tx.commit().await.unwrap();
        vault.ensure_app(app).unwrap();
        Self { platform, app, clock, items, relations, _folder: folder }
    }

    async fn user(&self, name: &str, auth_mode: i32) -> UserId {
        let number = name.bytes().fold(1_000_u64, |sum, byte| sum * 7 + u64::from(byte));
        let id = UserId::parse(number << 3 | 1).unwrap();
        let tx = self.platform.db.begin(self.app).await.unwrap();
        let profile = Profile { username: name.into(), mobile: format!("+49{number}"), ..Profile::default() };
        tx.users().insert(id, &profile, "", 1).await.unwrap();
        let settings = UserSettings { auth_mode, auth_answer: "blue".into(), ..UserSettings::default() };
        tx.users().set_settings(id, &settings).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Replaces what the app decides for itself.
    async fn set(&self, settings: &str) {
        let tx = self.platform.db.platform().await.unwrap();
        tx.apps().update(self.app, "normal", settings).await.unwrap();
        tx.commit().await.unwrap();
        self.platform.bus.publish(BusEvent::AppChanged { app: self.app });
    }

    async fn ctx(&self, user: UserId) -> Ctx {
        self.platform.ctx(self.app, Actor::User { id: user, device: DeviceSn(1) }).await.unwrap()
    }

    async fn apply(&self, from: UserId, to: UserId) -> Result<(), RosterError> {
        self.apply_with(
            from,
            Apply { target: to, alias: String::new(), reason: "hi".into(), auth_answer: String::new() },
        )
        .await
    }

    async fn apply_with(&self, from: UserId, cmd: Apply) -> Result<(), RosterError> {
        let mut ctx = self.ctx(from).await;
        cerulean_roster::apply(&mut ctx, cmd).await?;
        ctx.commit().await.unwrap();
        Ok(())
    }

    async fn accept(&self, user: UserId, applicant: UserId) -> Result<(), RosterError> {
        let mut ctx = self.ctx(user).await;
        cerulean_roster::accept(&mut ctx, applicant).await?;
        ctx.commit().await.unwrap();
        Ok(())
    }

    async fn befriend(&self, one: UserId, other: UserId) {
        self.apply(one, other).await.unwrap();
        self.accept(other, one).await.unwrap();
        self.told(2).await;
    }

    /// Waits for at least this many notices, takes them and forgets them.
    async fn told(&self, at_least: usize) -> Vec<Told> {
        for _ in 0..500 {
            if self.items.lock().len() >= at_least {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        self.platform.tasks.close();
        self.platform.tasks.wait().await;
        self.platform.tasks.reopen();
        let items = std::mem::take(&mut *self.items.lock());
        assert!(items.len() >= at_least, "{} of {at_least} notices", items.len());
        items.iter().map(read_notice).collect()
    }

    async fn friends(&self, user: UserId) -> Vec<UserId> {
        cerulean_roster::list_friends(&mut self.ctx(user).await, "", None).await.unwrap().friends
    }

    async fn relation(&self, viewer: UserId, of: UserId) -> i32 {
        cerulean_roster::find_item(&mut self.ctx(viewer).await, of).await.unwrap().relation
    }
}

fn read_notice(item: &StoredItem) -> Told {
    assert_eq!(item.namespace, namespace::ROSTER_NOTICE);
    let ConversationKey::System(receiver) = item.key else { panic!("roster notices stand in system lines") };
    let notice = pb::RosterNotice::decode(item.payload.clone()).unwrap();
    assert_eq!(notice.to.len(), 1, "clients ignore a notice with another number of receivers");
    let uid = |xid: &pb::Xid| UserId::parse(xid.uid).unwrap();
    (receiver, notice.r#type(), uid(notice.from.as_ref().unwrap()), uid(&notice.to[0]), notice.content)
}

fn told(receiver: UserId, kind: Type, from: UserId, to: UserId, content: &str) -> Told {
    (receiver, kind, from, to, content.to_owned())
}

fn code<T: std::fmt::Debug>(outcome: Result<T, RosterError>) -> Code {
    outcome.unwrap_err().code()
}

fn notes(peer: UserId) -> EditNotes {
    EditNotes { peer, alias: None, ext: None, mute_notification: None }
}

#[tokio::test]
async fn an_application_is_accepted_and_both_are_told() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    world.apply(alice, bob).await.unwrap();
    assert_eq!(world.told(1).await, [told(bob, Type::Applied, alice, bob, "hi")]);
    assert!(world.friends(alice).await.is_empty());
    world.accept(bob, alice).await.unwrap();
    let expected = [told(alice, Type::Accepted, bob, alice, ""), told(bob, Type::Accepted, bob, alice, "")];
    let mut heard = world.told(2).await;
    heard.sort_by_key(|told| told.0 != alice);
    assert_eq!(heard, expected);
    assert_eq!((world.friends(alice).await, world.friends(bob).await), (vec![bob], vec![alice]));
    assert_eq!((world.relation(alice, bob).await, world.relation(bob, alice).await), (0, 0));
    assert_eq!(*world.relations.lock(), [(bob, alice)]);
    let page = cerulean_roster::list_applications(&mut world.ctx(bob).await, "", None).await.unwrap();
    assert_eq!((page.applications.len(), page.applications[0].status), (1, 1), "a handled application stays listed");
    assert_eq!(code(world.accept(bob, alice).await), Code::RosterApplicationGone);
    assert_eq!(code(world.apply(alice, bob).await), Code::AlreadyFriend);
}

#[tokio::test]
async fn an_open_user_becomes_a_friend_at_once() {
    let world = World::new().await;
    let (alice, open) = (world.user("alice", 1).await, world.user("open", 0).await);
    world.apply(alice, open).await.unwrap();
    let kinds: Vec<_> = world.told(4).await.into_iter().map(|told| (told.0, told.1, told.2)).collect();
    for expected in [
        (alice, Type::Accepted, open),
        (open, Type::Accepted, open),
        (alice, Type::Added, open),
        (open, Type::Added, alice),
    ] {
        assert!(kinds.contains(&expected), "{expected:?} in {kinds:?}");
    }
    assert_eq!(world.friends(open).await, [alice]);
}

#[tokio::test]
async fn an_answer_is_compared_and_a_closed_user_refuses() {
    let world = World::new().await;
    let (alice, asking, closed) =
        (world.user("alice", 1).await, world.user("asking", 2).await, world.user("closed", 3).await);
    assert_eq!(code(world.apply(alice, asking).await), Code::RosterApplicationRefused);
    assert_eq!(code(world.apply(alice, closed).await), Code::RosterApplicationRefused);
    let right = Apply { target: asking, alias: "A".into(), reason: String::new(), auth_answer: "blue".into() };
    world.apply_with(alice, right).await.unwrap();
    assert_eq!(world.friends(alice).await, [asking]);
    let item = cerulean_roster::find_item(&mut world.ctx(alice).await, asking).await.unwrap();
    assert_eq!(item.alias, "A");
}

#[tokio::test]
async fn a_declined_or_expired_application_cannot_be_accepted() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    world.apply(alice, bob).await.unwrap();
    let mut ctx = world.ctx(bob).await;
    cerulean_roster::decline(&mut ctx, alice, "no").await.unwrap();
    ctx.commit().await.unwrap();
    let heard = world.told(3).await;
    assert!(heard.contains(&told(alice, Type::Declined, bob, alice, "no")), "{heard:?}");
    assert!(heard.contains(&told(bob, Type::Declined, bob, alice, "no")), "{heard:?}");
    assert_eq!(code(world.accept(bob, alice).await), Code::RosterApplicationGone);
    assert_eq!(code(cerulean_roster::decline(&mut world.ctx(bob).await, alice, "").await), Code::RosterApplicationGone);

    world.apply(alice, bob).await.unwrap();
    world.clock.advance(cerulean_roster::APPLICATION_MS + 1);
    assert_eq!(code(world.accept(bob, alice).await), Code::RosterApplicationGone);
}

#[tokio::test]
async fn deleting_a_friend_ends_it_for_both() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    let delete = async |user, peer| {
        let mut ctx = world.ctx(user).await;
        cerulean_roster::delete(&mut ctx, peer).await?;
        ctx.commit().await.unwrap();
        Ok::<_, RosterError>(())
    };
    assert_eq!(code(delete(alice, bob).await), Code::BadParameter, "they are strangers");
    world.befriend(alice, bob).await;
    world.told(0).await;
    world.relations.lock().clear();
    delete(alice, bob).await.unwrap();
    assert!(world.told(2).await.contains(&told(alice, Type::Removed, alice, bob, "")));
    assert!(world.friends(alice).await.is_empty() && world.friends(bob).await.is_empty());
    assert_eq!((world.relation(alice, bob).await, world.relation(bob, alice).await), (1, 1));
    assert_eq!(*world.relations.lock(), [(alice, bob)]);
    delete(bob, alice).await.unwrap();
    assert_eq!(
        world.told(1).await,
        [told(bob, Type::Removed, bob, alice, "")],
        "a client that still shows him drops him"
    );
}

#[tokio::test]
async fn a_block_stops_messages_and_applications_but_not_the_friendship() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    let mut ctx = world.ctx(alice).await;
    cerulean_roster::block(&mut ctx, bob).await.unwrap();
    cerulean_roster::block(&mut ctx, bob).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(world.told(1).await, [told(alice, Type::Blocked, alice, bob, "")], "told once, and not to the other");
    assert_eq!(*world.relations.lock(), [(alice, bob)]);
    assert_eq!((world.relation(alice, bob).await, world.relation(bob, alice).await), (3, 2));
    assert_eq!(cerulean_roster::list_blocked(&mut world.ctx(alice).await).await.unwrap(), [bob]);
    assert_eq!(code(world.apply(bob, alice).await), Code::Blocked);
    assert_eq!(code(world.apply(alice, bob).await), Code::Blocked);
    let may = async |from, to| cerulean_roster::may_message(&mut world.ctx(from).await, from, to).await.unwrap();
    assert!(!may(alice, bob).await && !may(bob, alice).await);

    let mut ctx = world.ctx(alice).await;
    cerulean_roster::unblock(&mut ctx, bob).await.unwrap();
    cerulean_roster::unblock(&mut ctx, bob).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(world.told(1).await, [told(alice, Type::Unblocked, alice, bob, "")]);
    assert!(may(bob, alice).await);
    world.befriend(bob, alice).await;
    assert_eq!(world.relation(alice, bob).await, 0);
}

#[tokio::test]
async fn notes_are_told_to_own_devices_only() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    let mut ctx = world.ctx(alice).await;
    let edit = EditNotes { alias: Some("Bobby".into()), mute_notification: Some(true), ..notes(bob) };
    cerulean_roster::edit_notes(&mut ctx, edit).await.unwrap();
    cerulean_roster::edit_notes(&mut ctx, EditNotes { ext: Some("x".into()), ..notes(bob) }).await.unwrap();
    cerulean_roster::edit_notes(&mut ctx, notes(bob)).await.unwrap();
    ctx.commit().await.unwrap();
    let heard = world.told(3).await;
    let updated = told(alice, Type::InfoUpdated, alice, bob, r#"{"alias":"Bobby","mute_notification":true}"#);
    assert!(heard.contains(&updated), "{heard:?}");
    assert!(heard.iter().all(|told| told.0 == alice));
    assert_eq!(heard.len(), 3);
    let item = cerulean_roster::find_item(&mut world.ctx(alice).await, bob).await.unwrap();
    assert_eq!((item.alias.as_str(), item.ext.as_str(), item.mute_notification), ("Bobby", "x", true));
    let too_long = EditNotes { alias: Some("x".repeat(limits::NAME_CHARS + 1)), ..notes(bob) };
    assert_eq!(code(cerulean_roster::edit_notes(&mut world.ctx(alice).await, too_long).await), Code::BadParameter);
}

#[tokio::test]
async fn items_come_in_the_order_asked_for_without_unknown_ids() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    let unknown = UserId::parse(77 << 3 | 1).unwrap();
    let mut ctx = world.ctx(alice).await;
    let items = cerulean_roster::list_items(&mut ctx, &[bob, unknown, alice, bob]).await.unwrap();
    assert_eq!(items.iter().map(|item| item.user_id).collect::<Vec<_>>(), [bob.get(), alice.get()]);
    assert_eq!(cerulean_roster::find_item_by_name(&mut ctx, "BOB").await.unwrap().user_id, bob.get());
    assert_eq!(code(cerulean_roster::find_item_by_name(&mut ctx, "nobody").await), Code::UserNotFound);
    assert_eq!(code(cerulean_roster::find_item_by_mobile(&mut ctx, "").await), Code::UserNotFound);
    let too_many = vec![bob; limits::BATCH_ITEMS + 1];
    assert_eq!(code(cerulean_roster::list_items(&mut ctx, &too_many).await), Code::BadParameter);
}

#[tokio::test]
async fn friends_and_applications_come_in_pages() {
    let world = World::new().await;
    let target = world.user("target", 1).await;
    let mut names = Vec::new();
    for name in ["ann", "ben", "cleo"] {
        let id = world.user(name, 1).await;
        world.apply(id, target).await.unwrap();
        world.clock.advance(10);
        names.push(id);
    }
    let mut ctx = world.ctx(target).await;
    let first = cerulean_roster::list_applications(&mut ctx, "", Some(2)).await.unwrap();
    let second = cerulean_roster::list_applications(&mut ctx, &first.cursor, Some(2)).await.unwrap();
    let seen: Vec<u64> = first.applications.iter().chain(&second.applications).map(|row| row.user_id).collect();
    assert_eq!(seen, names.iter().rev().map(|id| id.get()).collect::<Vec<_>>());
    assert_eq!(second.cursor, "");
    assert_eq!(code(cerulean_roster::list_applications(&mut ctx, "junk", None).await), Code::BadParameter);
    for name in &names {
        cerulean_roster::accept(&mut ctx, *name).await.unwrap();
    }
    names.sort_unstable();
    let first = cerulean_roster::list_friends(&mut ctx, "", Some(2)).await.unwrap();
    assert_eq!(first.friends, names[..2]);
    let second = cerulean_roster::list_friends(&mut ctx, &first.cursor, Some(2)).await.unwrap();
    assert_eq!((second.friends.as_slice(), second.cursor.as_str()), (&names[2..], ""));
    assert_eq!(code(cerulean_roster::list_friends(&mut ctx, "junk", None).await), Code::BadParameter);
}

#[tokio::test]
async fn mutual_applications_are_settled_together() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    world.apply(alice, bob).await.unwrap();
    world.apply(bob, alice).await.unwrap();
    world.accept(alice, bob).await.unwrap();
    assert_eq!(code(world.accept(bob, alice).await), Code::RosterApplicationGone);
    assert_eq!(world.friends(bob).await, [alice]);
}

#[tokio::test]
async fn a_batch_tells_which_applications_were_refused() {
    let world = World::new().await;
    let (alice, open, closed) =
        (world.user("alice", 1).await, world.user("open", 0).await, world.user("closed", 3).await);
    let to = |target| Apply { target, alias: String::new(), reason: String::new(), auth_answer: String::new() };
    let mut ctx = world.ctx(alice).await;
    let outcome = cerulean_roster::apply_batch(&mut ctx, vec![to(closed), to(open), to(alice)]).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(outcome.success, [open]);
    assert_eq!(outcome.fails.iter().map(|fail| fail.0).collect::<Vec<_>>(), [closed, alice]);
    assert_eq!(world.friends(alice).await, [open]);
}

#[tokio::test]
async fn oneself_the_unknown_and_other_apps_are_refused() {
    let world = World::new().await;
    let alice = world.user("alice", 1).await;
    let unknown = UserId::parse(77 << 3 | 1).unwrap();
    for (peer, expected) in [(alice, Code::BadParameter), (unknown, Code::UserNotFound)] {
        assert_eq!(code(world.apply(alice, peer).await), expected);
        let mut ctx = world.ctx(alice).await;
        assert_eq!(code(cerulean_roster::accept(&mut ctx, peer).await), expected);
        assert_eq!(code(cerulean_roster::decline(&mut ctx, peer, "").await), expected);
        assert_eq!(code(cerulean_roster::delete(&mut ctx, peer).await), expected);
        assert_eq!(code(cerulean_roster::block(&mut ctx, peer).await), expected);
        assert_eq!(code(cerulean_roster::unblock(&mut ctx, peer).await), expected);
        assert_eq!(code(cerulean_roster::edit_notes(&mut ctx, notes(peer)).await), expected);
    }
    let tx = world.platform.db.platform().await.unwrap();
    let other_app = tx.apps().insert(&AppSlug::parse("other").unwrap(), "Other", 1).await.unwrap().id;
    tx.commit().await.unwrap();
    world.platform.vault.ensure_app(other_app).unwrap();
    let mut ctx = world.platform.ctx(other_app, Actor::Admin { acting_for: None }).await.unwrap();
    assert_eq!(code(cerulean_roster::find_item(&mut ctx, alice).await), Code::UserNotFound);
    assert_eq!(
        code(cerulean_roster::list_blocked(&mut ctx).await),
        Code::PermissionDenied,
        "an administrator acts for nobody"
    );
}

#[tokio::test]
async fn only_those_concerned_and_the_administrator_ask_who_may_message() {
    let world = World::new().await;
    let (alice, bob, eve) = (world.user("alice", 1).await, world.user("bob", 1).await, world.user("eve", 1).await);
    assert_eq!(code(cerulean_roster::may_message(&mut world.ctx(eve).await, alice, bob).await), Code::PermissionDenied);
    let mut admin = world.platform.ctx(world.app, Actor::Admin { acting_for: None }).await.unwrap();
    assert!(cerulean_roster::may_message(&mut admin, alice, bob).await.unwrap());
    drop(admin);
    world.set(r#"{"friends_only":true}"#).await;
    assert!(!cerulean_roster::may_message(&mut world.ctx(alice).await, alice, bob).await.unwrap());
    world.befriend(alice, bob).await;
    assert!(cerulean_roster::may_message(&mut world.ctx(alice).await, alice, bob).await.unwrap());
}

#[tokio::test]
async fn a_user_has_so_many_friends() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 0).await, world.user("bob", 1).await);
    let (carol, dave) = (world.user("carol", 1).await, world.user("dave", 0).await);
    world.set(r#"{"friends_per_user":1}"#).await;
    world.apply(carol, bob).await.unwrap();
    world.apply(bob, alice).await.unwrap();
    assert_eq!(code(world.apply(dave, alice).await), Code::PermissionDenied, "alice has her friend");
    assert_eq!(code(cerulean_roster::accept(&mut world.ctx(bob).await, carol).await), Code::PermissionDenied);
    let apply = |target| Apply { target, alias: String::new(), reason: String::new(), auth_answer: String::new() };
    let mut ctx = world.ctx(carol).await;
    let outcome = cerulean_roster::apply_batch(&mut ctx, vec![apply(alice), apply(dave)]).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!((outcome.success, outcome.fails.len()), (vec![dave], 1));
    let page = cerulean_roster::list_applications(&mut world.ctx(alice).await, "", None).await.unwrap();
    assert!(page.applications.iter().all(|open| open.user_id != carol.get()), "what is refused leaves no trace");
    world.set(r#"{"friends_per_user":2}"#).await;
    cerulean_roster::accept(&mut world.ctx(bob).await, carol).await.unwrap();
}

fn asking(target: UserId, reason: &str, auth_answer: &str) -> Apply {
    Apply { target, alias: String::new(), reason: reason.into(), auth_answer: auth_answer.into() }
}

#[tokio::test]
async fn a_question_without_an_answer_lets_nobody_in() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 2).await);
    let tx = world.platform.db.begin(world.app).await.unwrap();
    let settings = UserSettings { auth_mode: 2, ..UserSettings::default() };
    tx.users().set_settings(bob, &settings).await.unwrap();
    tx.commit().await.unwrap();
    world.apply_with(alice, asking(bob, "hi", "")).await.unwrap();
    assert_eq!(world.told(1).await, [(bob, Type::Applied, alice, bob, "hi".into())]);
    assert_eq!(world.friends(bob).await, []);
}

#[tokio::test]
async fn answers_are_tried_so_often() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 2).await);
    for _ in 0..5 {
        let refused = world.apply_with(alice, asking(bob, "", "red")).await;
        assert_eq!(code(refused), Code::RosterApplicationRefused);
    }
    let right = asking(bob, "", "blue");
    assert_eq!(code(world.apply_with(alice, right.clone()).await), Code::RateLimited, "the right one as well");
    world.clock.advance(3_600_000);
    world.apply_with(alice, right).await.unwrap();
    assert_eq!(world.friends(bob).await, [alice]);
}

#[tokio::test]
async fn the_target_hears_of_an_application_so_often() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    for _ in 0..10 {
        world.apply(alice, bob).await.unwrap();
    }
    assert_eq!(world.told(1).await.len(), 1);
    for reason in ["please", "please!"] {
        world.apply_with(alice, asking(bob, reason, "")).await.unwrap();
    }
    assert_eq!(world.told(2).await.len(), 2);
    assert_eq!(code(world.apply_with(alice, asking(bob, "PLEASE", "")).await), Code::RateLimited);
    world.clock.advance(8 * 3_600_000);
    world.apply_with(alice, asking(bob, "PLEASE", "")).await.unwrap();
}

#[tokio::test]
async fn who_blocks_an_applicant_does_not_accept_him() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    world.apply(alice, bob).await.unwrap();
    let mut ctx = world.ctx(bob).await;
    cerulean_roster::block(&mut ctx, alice).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(code(world.accept(bob, alice).await), Code::Blocked);
    assert_eq!(world.friends(bob).await, []);
    let mut ctx = world.ctx(bob).await;
    cerulean_roster::unblock(&mut ctx, alice).await.unwrap();
    ctx.commit().await.unwrap();
    world.accept(bob, alice).await.unwrap();
}

#[tokio::test]
async fn names_and_notes_have_no_control_characters() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice", 1).await, world.user("bob", 1).await);
    for bad in ["\u{0}", "a\u{7}"] {
        let ask = Apply { alias: bad.into(), ..asking(bob, "", "") };
        assert_eq!(code(world.apply_with(alice, ask).await), Code::BadParameter);
        assert_eq!(code(world.apply_with(alice, asking(bob, bad, "")).await), Code::BadParameter);
    }
}
