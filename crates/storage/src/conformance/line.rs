//! What users see of their conversations: states, history, counts.

use cerulean_proto::pb;
use cerulean_types::{AppId, ConversationKey, DeviceSn, GroupId, ItemKind, MessageId, StoredItem, UserId, namespace};
use cerulean_vault::Vault;
use prost::Message;

use super::log::fixture;
use crate::Db;
use crate::log::earlier::Stretch;
use crate::log::read::Cursor;
use crate::log::unread::ReadLine;
use crate::log::{NewItem, StateChange};

/// What is delivered only rises; a message can count as unread again; a device drops a conversation by itself.
pub async fn line_states_follow_what_users_do(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let (first, second) = (fixture.send("1").await, fixture.send("2").await);
    let change = |change| fixture.log.change_state(app, fixture.bob, fixture.pair(), change);
    for mid in [second.mid, first.mid] {
        change(StateChange::Delivered(mid)).await.expect("changed");
        change(StateChange::Read(mid)).await.expect("changed");
    }
    let state = async || fixture.log.state(app, fixture.bob, fixture.pair()).await.expect("state");
    assert_eq!((state().await.delivered_mid, state().await.read_mid), (second.mid, second.mid));
    for mid in [second.mid, MessageId(second.mid.0 + 9)] {
        change(StateChange::Unread(mid)).await.expect("changed");
        assert_eq!(state().await.read_mid, MessageId(second.mid.0 - 1));
    }
    let listed = fixture.log.states_of(app, fixture.bob).await.expect("states");
    assert_eq!(listed[0].delivered_mid, second.mid);
    let (phone, desk) = (DeviceSn(3), DeviceSn(4));
    let hide = |item: &StoredItem| StateChange::HideFrom { device: phone, mid: item.mid, position: item.position };
    change(hide(&first)).await.expect("changed");
    change(hide(&second)).await.expect("changed");
    let hidden = async |device| fixture.log.hidden_from(app, fixture.bob, device).await.expect("hidden");
    assert_eq!(hidden(phone).await.get(&fixture.pair()), Some(&second.mid));
    assert!(hidden(desk).await.is_empty());
    let cursors = fixture.log.cursors_of(app, fixture.bob, phone).await.expect("cursors");
    assert_eq!(cursors[&fixture.pair()].position, 2, "nothing of it is pending");
}

/// History goes backwards by pages and leaves out what the reader deleted or may not see.
pub async fn history_pages_backwards(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut mids = Vec::new();
    for n in 0..10 {
        mids.push(fixture.send(&format!("m{n}")).await.mid);
    }
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(mids[8])).await.expect("hidden");
    let page = |before, floor| fixture.log.history(app, fixture.pair(), fixture.bob, floor, before, 3);
    let ids = |page: Vec<crate::log::read::EditedMessage>| {
        page.into_iter().map(|edited| edited.message.mid).collect::<Vec<_>>()
    };
    assert_eq!(ids(page(MessageId(0), MessageId(0)).await.expect("page")), [mids[9], mids[7], mids[6]]);
    assert_eq!(ids(page(mids[6], MessageId(0)).await.expect("page")), [mids[5], mids[4], mids[3]]);
    assert_eq!(ids(page(mids[2], mids[0]).await.expect("page")), [mids[1]]);
}

/// What was taken back is listed between two ids with who did it, without its content and without what the reader deleted.
pub async fn recalled_messages_leave_who_took_them_back(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut mids = Vec::new();
    for n in 0..6 {
        mids.push(fixture.send_body(&format!("m{n}")).await.mid);
    }
    fixture.log.append(fixture.edit(ItemKind::Append, mids[1], "more")).await.expect("stored");
    for mid in [mids[1], mids[3], mids[4]] {
        fixture.log.append(fixture.edit(ItemKind::Recall, mid, "")).await.expect("stored");
    }
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(mids[4])).await.expect("hidden");
    let newest = MessageId(i64::MAX as u64);
    let recalled = async |user, above, below, limit| {
        fixture.log.recalled(app, fixture.pair(), user, above, below, limit).await.expect("recalled")
    };
    let all = recalled(fixture.bob, MessageId(0), newest, 10).await;
    assert_eq!(all.iter().map(|one| one.message.mid).collect::<Vec<_>>(), [mids[3], mids[1]]);
    for one in &all {
        assert_eq!((one.by, one.message.from), (fixture.alice.get(), fixture.alice.get()));
        assert!(one.message.is_erased && one.message.payload.is_empty());
    }
    assert_eq!(recalled(fixture.alice, MessageId(0), newest, 10).await.len(), 3, "deleted by another");
    assert_eq!(recalled(fixture.bob, mids[1], mids[3], 10).await, [], "the ends are not part of it");
    assert_eq!(recalled(fixture.bob, MessageId(0), newest, 1).await.len(), 1, "the newest");
}

/// Both users of a pair list it after its first item; read positions and cursors never move back.
pub async fn states_and_cursors_only_rise(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let first = fixture.send("1").await;
    let second = fixture.send("2").await;
    for user in [fixture.alice, fixture.bob] {
        let states = fixture.log.states_of(app, user).await.expect("states");
        assert_eq!(states.len(), 1);
        assert_eq!((states[0].key, states[0].head.mid, states[0].head.position), (fixture.pair(), second.mid, 2));
    }
    let change = |change| fixture.log.change_state(app, fixture.bob, fixture.pair(), change);
    change(StateChange::Read(second.mid)).await.expect("changed");
    change(StateChange::Read(first.mid)).await.expect("changed");
    change(StateChange::Pin(true)).await.expect("changed");
    let cursor =
        |item: &StoredItem| StateChange::Cursor { device: DeviceSn(3), mid: item.mid, position: item.position };
    change(cursor(&second)).await.expect("changed");
    change(cursor(&first)).await.expect("changed");
    let state = fixture.log.state(app, fixture.bob, fixture.pair()).await.expect("state");
    assert_eq!((state.read_mid, state.is_pinned, state.is_muted), (second.mid, true, false));
    let positions = fixture.log.read_positions(app, fixture.pair(), first.mid, None, 10).await.expect("positions");
    assert_eq!(positions, [(fixture.bob, second.mid)], "alice has read nothing");
    let from = |user| fixture.log.read_positions(app, fixture.pair(), MessageId(0), user, 1);
    assert_eq!(from(None).await.expect("positions"), [(fixture.alice, MessageId(0))]);
    assert_eq!(from(Some(fixture.alice)).await.expect("positions"), [(fixture.bob, second.mid)]);
    assert_eq!(from(Some(fixture.bob)).await.expect("positions"), []);
    let cursors = fixture.log.cursors_of(app, fixture.bob, DeviceSn(3)).await.expect("cursors");
    assert_eq!((cursors[&fixture.pair()].mid, cursors[&fixture.pair()].position), (second.mid, 2));
    assert_eq!(
        fixture.log.cursor_at(app, fixture.pair(), MessageId(second.mid.0 - 1)).await.expect("cursor").mid,
        first.mid
    );
}

/// Unread counts messages of others after the read position, up to a cap.
pub async fn unread_counts_others_messages(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut last = MessageId(0);
    for n in 0..5 {
        last = fixture.send(&n.to_string()).await.mid;
    }
    let count = async |user, read, cap| {
        let head = fixture.log.head(app, fixture.pair()).await.expect("head").mid;
        let line = ReadLine { key: fixture.pair(), read, head };
        let counts = fixture.log.count_unread(app, user, &[line], cap).await.expect("count");
        counts.get(&fixture.pair()).copied().unwrap_or(0)
    };
    assert_eq!(count(fixture.bob, MessageId(0), 100).await, 5);
    assert_eq!(count(fixture.bob, MessageId(0), 3).await, 3);
    assert_eq!(count(fixture.bob, last, 100).await, 0);
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 0, "own messages are not unread");
    // What is remembered of the count before holds nothing back: not what comes, not what counts as unread again.
    let answer = NewItem { from: fixture.bob.get(), to: fixture.alice.get(), ..fixture.message("answer") };
    let (answer, _) = fixture.log.append(answer).await.expect("stored");
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 1);
    assert_eq!(count(fixture.alice, answer.mid, 100).await, 0);
    assert_eq!(count(fixture.alice, last, 100).await, 1, "moved back");
    assert_eq!(count(fixture.bob, MessageId(0), 100).await, 5);
    let hide = StateChange::Hide(answer.mid);
    fixture.log.change_state(app, fixture.alice, fixture.pair(), hide).await.expect("hidden");
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 0, "deleted for her");
}

/// Heads and counts of many conversations come at once, each its own.
pub async fn many_conversations_are_looked_up_at_once(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let groups = [5002, 5006, 5010].map(|number| ConversationKey::Group(GroupId::from_stored(number)));
    assert!(fixture.log.heads(app, &groups).await.expect("heads").is_empty());
    for (size, key) in groups.iter().enumerate() {
        for number in 0..size {
            let message = NewItem { key: *key, ..fixture.message(&number.to_string()) };
            fixture.log.append(message).await.expect("stored");
        }
    }
    let notice = NewItem { key: groups[2], namespace: namespace::GROUP_NOTICE, ..fixture.message("notice") };
    let notice = NewItem { kind: ItemKind::Other, ..notice };
    fixture.log.append(notice).await.expect("stored");
    let heads = fixture.log.heads(app, &groups).await.expect("heads");
    let positions = groups.map(|key| heads.get(&key).map(|head| head.position));
    assert_eq!(positions, [None, Some(1), Some(3)], "empty ones are left out");
    assert!(fixture.log.heads(AppId(app.0 + 1), &groups).await.expect("heads").is_empty());
    let lines = groups.map(|key| {
        let head = heads.get(&key).map_or(MessageId(0), |head| head.mid);
        ReadLine { key, read: MessageId(0), head }
    });
    let counts = fixture.log.count_unread(app, fixture.bob, &lines, 100).await.expect("counts");
    assert_eq!(groups.map(|key| counts.get(&key).copied()), [None, Some(1), Some(2)]);
    let cursors = groups.map(|key| (key, Cursor::default()));
    let others = fixture.log.count_unwithheld(app, fixture.bob, &cursors).await.expect("counts");
    assert_eq!(groups.map(|key| others.get(&key).copied()), [None, None, Some(1)], "the notice");
    let own = fixture.log.count_unwithheld(app, fixture.alice, &cursors).await.expect("counts");
    assert_eq!(groups.map(|key| own.get(&key).copied()), [None, Some(1), Some(3)], "her messages too");
}

/// The time before a moment: messages only, as they were then, the newest up to a cap, as their reader may see them.
pub async fn earlier_messages_are_as_they_were(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let pair = fixture.pair();
    let body = |text: &str| pb::MessageBody { content: text.into(), ..Default::default() }.encode_to_vec().into();
    let mut items = Vec::new();
    for text in ["one", "two", "three", "four"] {
        let message = NewItem { payload: body(text), ..fixture.message(text) };
        items.push(fixture.log.append(message).await.expect("stored").0);
    }
    let edit = |kind, text: &str| {
        let edit = fixture.message(text);
        NewItem { kind, related: Some(items[1].mid), payload: body(text), ..edit }
    };
    for _ in 0..40 {
        fixture.log.append(edit(ItemKind::Append, "+")).await.expect("stored");
    }
    let recall = NewItem { kind: ItemKind::Recall, related: Some(items[2].mid), ..fixture.message("") };
    let (last, _) = fixture.log.append(recall).await.expect("stored");
    for _ in 0..40 {
        fixture.log.append(edit(ItemKind::Append, "-")).await.expect("stored");
    }
    fixture.send("later").await;
    let stretch = Stretch { key: pair, user: fixture.bob, after: MessageId(0), until: last.mid };
    let found = async |stretch: Stretch, cap| {
        let found = fixture.log.find_earlier(app, &stretch, cap).await.expect("found");
        (found.count, found.before.mid, found.end)
    };
    let end = Cursor { mid: last.mid, position: 45 };
    assert_eq!(found(stretch, 100).await, (3, MessageId(0), end));
    assert_eq!(found(stretch, 2).await, (2, items[0].mid, end));
    assert_eq!(found(Stretch { after: items[3].mid, ..stretch }, 2).await, (0, last.mid, end));
    let messages = fixture.log.earlier_messages(app, &stretch, 2).await.expect("messages");
    assert_eq!(messages.iter().map(|edited| edited.message.mid).collect::<Vec<_>>(), [items[0].mid, items[1].mid]);
    assert_eq!((messages[1].edits.len(), messages[1].message.prev_mid), (40, items[0].mid), "as it was then");
    let rest = Stretch { after: items[1].mid, ..stretch };
    let messages = fixture.log.earlier_messages(app, &rest, 10).await.expect("messages");
    assert_eq!(messages.iter().map(|edited| edited.message.mid).collect::<Vec<_>>(), [items[3].mid]);
    assert_eq!(messages[0].message.prev_mid, items[2].mid);
    let hide = StateChange::Hide(items[3].mid);
    fixture.log.change_state(app, fixture.bob, pair, hide).await.expect("hidden");
    assert_eq!(found(stretch, 100).await.0, 2);
    assert_eq!(found(Stretch { user: fixture.alice, ..stretch }, 100).await.0, 3, "hidden for bob only");
    let nothing = fixture.log.find_earlier(AppId(app.0 + 1), &stretch, 10).await.expect("found");
    assert_eq!(nothing.count, 0);
}

/// A message is found among groups by its author and id.
pub async fn messages_are_found_among_groups(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let groups = [5002, 5006].map(GroupId::from_stored);
    let message = NewItem { key: ConversationKey::Group(groups[1]), ..fixture.message("x") };
    let mid = fixture.log.append(message).await.expect("stored").0.mid;
    let is_in = async |app, groups: &[GroupId], author, mid| {
        fixture.log.is_message_in(app, groups, author, mid).await.expect("looked up")
    };
    assert!(is_in(app, &groups, fixture.alice, mid).await);
    assert!(!is_in(app, &groups[..1], fixture.alice, mid).await);
    assert!(!is_in(app, &[], fixture.alice, mid).await);
    assert!(!is_in(app, &groups, fixture.bob, mid).await);
    assert!(!is_in(app, &groups, fixture.alice, MessageId(mid.0 + 1)).await);
    assert!(!is_in(AppId(app.0 + 1), &groups, fixture.alice, mid).await);
}

/// Conversations of an app are listed in one order, and what an export asks of each is answered.
pub async fn lines_are_listed_in_order(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let group = ConversationKey::Group(GroupId::from_stored(5002));
    let message = fixture.send("pair").await;
    let other = |key| fixture.log.append(NewItem { key, kind: ItemKind::Other, ..fixture.message("other") });
    let notice = other(fixture.pair()).await.expect("stored").0;
    other(group).await.expect("stored");
    other(ConversationKey::System(fixture.bob)).await.expect("stored");
    let all = fixture.log.list_lines(app, None, 10).await.expect("list");
    assert_eq!(all, [ConversationKey::System(fixture.bob), fixture.pair(), group]);
    assert_eq!(fixture.log.list_lines(app, Some(all[0]), 1).await.expect("list"), all[1..2]);
    assert!(fixture.log.list_lines(AppId(app.0 + 1), None, 10).await.expect("list").is_empty());
    let last = fixture.log.last_of_history(app, fixture.pair(), notice.mid).await.expect("last");
    assert_eq!(last, Some((message.mid, message.timestamp)), "a notice is no part of history");
    assert_eq!(fixture.log.last_of_history(app, group, notice.mid).await.expect("last"), None);
    let times = fixture.log.times_of(app, fixture.pair(), &[message.mid, MessageId(1)]).await.expect("times");
    assert_eq!(Vec::from_iter(times), [(message.mid, message.timestamp)]);
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(message.mid)).await.expect("hidden");
    let both = [fixture.alice, fixture.bob];
    let hidden = fixture.log.hidden_among(app, fixture.pair(), &both).await.expect("hidden");
    assert_eq!(hidden, [(fixture.bob, message.mid)]);
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Pin(true)).await.expect("pinned");
    let states = fixture.log.states_among(app, fixture.pair(), &both).await.expect("states");
    let pinned: Vec<_> = states.iter().map(|(user, state)| (*user, state.is_pinned)).collect();
    assert_eq!(pinned, [(fixture.alice, false), (fixture.bob, true)]);
    assert!(fixture.log.states_among(app, group, &both).await.expect("states").is_empty());
    for is_muted in [true, false] {
        let change = StateChange::Mute(is_muted);
        fixture.log.change_state(app, fixture.alice, fixture.pair(), change).await.expect("muted");
        let expected: &[UserId] = if is_muted { &[fixture.alice] } else { &[] };
        assert_eq!(fixture.log.muted_by(app, fixture.pair()).await.expect("who"), expected);
    }
    assert!(fixture.log.muted_by(app, group).await.expect("who").is_empty());
}
