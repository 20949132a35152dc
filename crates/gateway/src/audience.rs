//! Who of a large group is online here, so that a message to 100 000 members costs no more than those it reaches.
//!
//! Small groups need none of this: their members are looked up one by one. For a large one the first item counts through the shorter of
//! members and users online, and from then on the list is kept up to date. It may name users who have left; they are passed over.

use std::collections::{HashMap, HashSet};

use cerulean_delivery::GroupFacts;
use cerulean_types::{AppId, GroupId, UserId};
use parking_lot::Mutex;

/// Groups of more members than this have their online members listed.
const LARGE: usize = 500;
/// Most lists of one app. With more of them, those are dropped that were not asked for lately.
const MOST_LISTS: usize = 1_000;

#[derive(Default)]
pub(crate) struct Audiences(Mutex<HashMap<AppId, Lists>>);

#[derive(Default)]
struct Lists {
    groups: HashMap<GroupId, List>,
    uses: u64,
}

struct List {
    online: HashSet<UserId>,
    last_use: u64,
}

impl Audiences {
    /// Calls `deliver` for every member who may be online; it tells whether he is. `online` are the users of the app who are.
    pub fn reach<'a>(
        &self,
        app: AppId,
        group: GroupId,
        facts: &GroupFacts,
        online: impl ExactSizeIterator<Item = &'a (AppId, UserId)>,
        mut deliver: impl FnMut(UserId) -> bool,
    ) {
        if facts.len() <= LARGE && facts.len() <= online.len() {
            for user in facts.members() {
                deliver(user);
            }
            return;
        }
        if facts.len() <= LARGE {
            for user in of_app(app, online).filter(|user| facts.is_member(*user)) {
                deliver(user);
            }
            return;
        }
        let mut apps = self.0.lock();
        let lists = apps.entry(app).or_default();
        lists.uses += 1;
        let last_use = lists.uses;
        lists.make_room(group);
        let list = lists.groups.entry(group).or_insert_with(|| List {
            online: of_app(app, online).filter(|user| facts.is_member(*user)).collect(),
            last_use,
        });
        list.last_use = last_use;
        list.online.retain(|user| facts.is_member(*user) && deliver(*user));
    }

    /// A user has come online: `is_member` tells of which groups he is, or nothing where memory does not tell. It is called without the
    /// lock, because it takes locks of its own.
    pub fn enter(&self, app: AppId, user: UserId, is_member: impl Fn(GroupId) -> Option<bool>) {
        for (group, is_member) in self.listed(app).into_iter().map(|group| (group, is_member(group))) {
            match is_member {
                Some(true) => self.join(app, group, &[user]),
                Some(false) => {}
                None => self.forget(app, group),
            }
        }
    }

    fn listed(&self, app: AppId) -> Vec<GroupId> {
        self.0.lock().get(&app).map_or_else(Vec::new, |lists| lists.groups.keys().copied().collect())
    }

    /// Users who are online have come into a group.
    pub fn join(&self, app: AppId, group: GroupId, online: &[UserId]) {
        if let Some(list) = self.0.lock().get_mut(&app).and_then(|lists| lists.groups.get_mut(&group)) {
            list.online.extend(online);
        }
    }

    /// A group is not what it was.
    pub fn forget(&self, app: AppId, group: GroupId) {
        if let Some(lists) = self.0.lock().get_mut(&app) {
            lists.groups.remove(&group);
        }
    }
}

fn of_app<'a>(app: AppId, online: impl Iterator<Item = &'a (AppId, UserId)>) -> impl Iterator<Item = UserId> {
    online.filter(move |(of, _)| *of == app).map(|(_, user)| *user)
}

impl Lists {
    /// Before one more list: drops the half that was not used for longest.
    fn make_room(&mut self, group: GroupId) {
        if self.groups.len() < MOST_LISTS || self.groups.contains_key(&group) {
            return;
        }
        let mut uses: Vec<u64> = self.groups.values().map(|list| list.last_use).collect();
        let middle = uses.len() / 2;
        let (_, median, _) = uses.select_nth_unstable(middle);
        let median = *median;
        self.groups.retain(|_, list| list.last_use > median);
    }
}
