//! What large groups cost: counted in statements and reads, never in time.

use cerulean_bus::{BusEvent, GroupChange};
use cerulean_delivery::GroupView;

use super::*;

const LARGE: usize = 100_000;

impl Bench {
    /// Puts many members into a group who have no other life.
    pub(super) async fn crowd(&self, group: GroupId, size: usize) -> Vec<UserId> {
        let mut ctx = self.ctx(ADMINISTRATOR).await;
        let mut rng = ctx.rng();
        let mut crowd: Vec<UserId> = (0..size).map(|_| UserId::random(&mut rng)).collect();
        crowd.sort_unstable();
        crowd.dedup();
        let now = ctx.now();
        ctx.tx.group_members().insert(group, &crowd, 0, now).await.unwrap();
        assert!(ctx.tx.groups().take_places(group, crowd.len() as u64, 1 << 40).await.unwrap());
        let version = ctx.tx.groups().raise_version(group).await.unwrap();
        ctx.emit(BusEvent::GroupChanged { app: self.app, group, version, change: GroupChange::Remade });
        ctx.commit().await.unwrap();
        crowd
    }

    async fn view(&self, group: GroupId) -> Arc<GroupView> {
        self.platform.group_view(self.app, group).await.unwrap().expect("the group is there")
    }

    /// Statements that `work` takes.
    async fn statements(&self, work: impl AsyncFnOnce()) -> u64 {
        let before = self.platform.db.statements();
        work().await;
        self.platform.db.statements() - before
    }
}

/// Statements of every change of one member, and of what follows for those who send.
async fn costs_at(size: usize) -> Vec<(&'static str, u64)> {
    let bench = Bench::with_capacity(LARGE + 100).await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    let crowd = bench.crowd(group, size).await;
    let view = bench.view(group).await;
    assert_eq!(view.read().len(), crowd.len() + 1);
    let mut costs = Vec::new();
    macro_rules! cost {
        ($name:literal, $work:expr) => {
            let cost = bench
                .statements(async || {
                    $work;
                    bench.view(group).await;
                })
                .await;
            costs.push(($name, cost));
        };
    }
    cost!("invite", act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap());
    assert!(view.read().is_member(bob));
    cost!("mute", act!(bench, bob, set_mute_mode(group, 2)).unwrap());
    assert!(view.read().wants_no_messages(bob));
    let ban = BanMembers { group, users: vec![bob], duration: BanDuration::Forever };
    cost!("ban", act!(bench, alice, ban_members(ban.clone())).unwrap());
    let member = view.read().member(bob).unwrap();
    assert!(!view.read().may_speak(member, bench.clock.now()));
    cost!("unban", act!(bench, alice, unban_members(group, &[bob])).unwrap());
    let member = view.read().member(bob).unwrap();
    assert!(view.read().may_speak(member, bench.clock.now()));
    cost!("appoint", act!(bench, alice, add_admins(group, &[bob])).unwrap());
    assert_eq!(view.read().member(bob).unwrap().role, 1);
    cost!("kick", act!(bench, alice, kick_members(group, &[bob])).unwrap());
    assert!(!view.read().is_member(bob));
    cost!("block", act!(bench, alice, block_users(group, &crowd[..1])).unwrap());
    assert!(!view.read().is_member(crowd[0]));
    act!(bench, alice, set_apply_approval(group, 0)).unwrap();
    cost!("apply", act!(bench, carol, apply(application(group))).unwrap());
    assert!(view.read().is_member(carol));
    cost!("transfer", act!(bench, alice, transfer_group(group, carol)).unwrap());
    assert_eq!(view.read().owner(), Some(carol));
    cost!("ban all", act!(bench, carol, ban_everyone(group, BanDuration::Forever)).unwrap());
    let member = view.read().member(crowd[1]).unwrap();
    assert!(!view.read().may_speak(member, bench.clock.now()));
    cost!("leave", act!(bench, alice, leave_group(group)).unwrap());
    assert!(!view.read().is_member(alice));
    cost!("page", act!(bench, carol, list_members(group, Paging { after: Some(crowd[3]), limit: 5 })).unwrap());
    cost!("info", act!(bench, carol, require_info(group)).unwrap());
    assert_eq!(bench.statements(async || drop(bench.view(group).await)).await, 0, "asking who is there costs nothing");
    let count = act!(bench, carol, require_info(group)).unwrap().row.member_count;
    assert_eq!(view.read().len() as u64, count);
    costs
}

#[tokio::test]
async fn a_change_costs_the_same_in_a_group_of_ten_and_of_100_000() {
    let small = costs_at(10).await;
    let large = costs_at(LARGE).await;
    assert_eq!(small, large);
    for (name, cost) in large {
        assert!(cost <= 24, "{name} takes {cost} statements");
    }
}

#[tokio::test]
async fn the_administrator_makes_a_group_of_thousands_at_once() {
    let bench = Bench::with_capacity(LARGE).await;
    let [alice] = bench.users().await;
    let ctx = bench.ctx(ADMINISTRATOR).await;
    let mut crowd = Vec::new();
    for number in 0..INVITED_USERS + 500 {
        let id = UserId::random(&mut ctx.rng());
        let profile = Profile { username: format!("crowd{number}"), ..Profile::default() };
        ctx.tx.users().insert(id, &profile, "no password", 1).await.unwrap();
        crowd.push(id);
    }
    ctx.commit().await.unwrap();
    let as_alice = Actor::Admin { acting_for: Some(alice) };
    let (first, others) = crowd.split_at(INVITED_USERS);
    let cmd = CreateGroup { name: "everyone".into(), members: first.to_vec(), ..CreateGroup::default() };
    let group = act!(bench, as_alice, create_group(cmd)).unwrap().row.id;
    let (told, changes) = bench.hear();
    assert_eq!((told.len(), changes), (1, 1), "one item tells all of them");
    assert_eq!(told[0].to.len(), NAMED_MEMBERS, "and names as many as fit into an item");

    let cmd = Invite { group, users: others.to_vec(), reason: String::new() };
    let outcomes = act!(bench, as_alice, invite_users(cmd)).unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    let (told, changes) = bench.hear();
    assert_eq!((told.len(), changes), (1, 1), "and so does one of a crowd that is brought in");
    assert_eq!((told[0].kind, told[0].from, told[0].to.len()), (Type::Created, alice, others.len()));
    assert_eq!(bench.view(group).await.read().len(), crowd.len() + 1);

    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = act!(bench, alice, list_members(group, Paging { after, limit: 400 })).unwrap();
        assert_eq!(page.total, crowd.len() as u64 + 1);
        listed.extend(page.items.iter().map(|card| card.user));
        match page.items.last() {
            Some(last) => after = Some(last.user),
            None => break,
        }
    }
    crowd.push(alice);
    crowd.sort_unstable();
    assert_eq!(listed, crowd);
}

#[tokio::test]
async fn a_lost_event_heals() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert!(bench.view(group).await.read().is_member(bob));
    let lose = async |user: UserId| {
        let ctx = bench.ctx(ADMINISTRATOR).await;
        ctx.tx.group_members().remove(group, &[user]).await.unwrap();
        ctx.tx.groups().free_places(group, 1).await.unwrap();
        ctx.tx.groups().raise_version(group).await.unwrap();
        ctx.commit().await.unwrap();
    };
    // The next event leaves a gap.
    lose(bob).await;
    assert!(bench.view(group).await.read().is_member(bob), "nobody told");
    act!(bench, alice, invite_users(invite(group, &[carol]))).unwrap();
    assert!(bench.platform.cached_group(bench.app, group).is_none(), "memory is not believed over the gap");
    let view = bench.view(group).await;
    assert!(!view.read().is_member(bob) && view.read().is_member(carol));
    // No event comes any more: after a while the database is asked.
    lose(carol).await;
    bench.clock.advance(61_000);
    assert!(!bench.view(group).await.read().is_member(carol));
    assert!(bench.platform.cached_group(bench.app, group).is_some());
}

#[tokio::test]
async fn changes_that_come_in_the_wrong_order_end_right() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    let view = bench.view(group).await;
    let hear = |version, change| {
        bench.platform.bus.publish(BusEvent::GroupChanged { app: bench.app, group, version, change });
    };
    hear(3, GroupChange::Left { users: [carol].into() });
    assert!(bench.platform.cached_group(bench.app, group).is_none());
    hear(2, GroupChange::Joined { users: [carol].into(), at: 5 });
    assert!(bench.platform.cached_group(bench.app, group).is_some(), "the gap is closed");
    assert!(!view.read().is_member(carol));
    hear(2, GroupChange::Joined { users: [carol].into(), at: 5 });
    assert!(!view.read().is_member(carol), "an old change is passed over");
}

#[tokio::test]
async fn a_group_that_is_made_after_it_was_asked_for_is_found() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, alice, destroy_group(group)).unwrap();
    assert!(bench.platform.group_view(bench.app, group).await.unwrap().is_none());
    assert_eq!(bench.platform.place_of(bench.app, group, bob).await.unwrap(), None);
    assert!(bench.platform.group_view(bench.other_app, group).await.unwrap().is_none());
}
