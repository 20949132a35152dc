//! What a client shows, kept up to date by notices alone, as `spec/wire.md` section 10 says that the SDK does.
//!
//! Where that section says "adds the group" or "adds the other", the SDK fetches what it adds; so does the model, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use cerulean_proto::pb;
use cerulean_proto::pb::conversation_operation::OpType as ConversationType;
use cerulean_proto::pb::group_notice::Type as GroupType;
use cerulean_proto::pb::roster_notice::Type as RosterType;
use cerulean_proto::pb::user_notice::Type as UserType;
use serde_json::{Map, Value, json};

use crate::message::{Address, conversation_operation_of, group_notice_of, roster_notice_of, user_notice_of};
use crate::rest::RestClient;
use crate::user::User;

/// Fields of a group's information that notices tell.
const INFO: &[&str] = &[
    "name",
    "avatar",
    "description",
    "ext",
    "owner_id",
    "type",
    "apply_approval",
    "ban_expire_time",
    "capacity",
    "hide_member_info",
    "history_visible",
    "member_invite",
    "member_modify",
    "read_ack",
    "msg_mute_mode",
    "msg_push_mode",
];
/// Fields of a friend that notices tell.
const FRIEND: &[&str] = &[
    "username",
    "nick_name",
    "avatar",
    "description",
    "public_info",
    "alias",
    "ext",
    "mute_notification",
    "auth_mode",
    "auth_question",
];

/// What a client shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shown {
    /// His own profile.
    pub profile: Map<String, Value>,
    /// His settings.
    pub settings: Map<String, Value>,
    /// Numbers of the devices he is signed in with.
    pub devices: BTreeSet<u64>,
    /// Conversations he pinned.
    pub pinned: BTreeSet<u64>,
    /// Conversations he silenced.
    pub muted: BTreeSet<u64>,
    /// Friends, by id.
    pub friends: BTreeMap<u64, Map<String, Value>>,
    /// Whom the user has blocked.
    pub blocked: BTreeSet<u64>,
    /// Who asks to be his friend.
    pub applicants: BTreeSet<u64>,
    /// Groups that he is invited into, and by whom.
    pub invitations: BTreeMap<u64, u64>,
    /// Groups, by id.
    pub groups: BTreeMap<u64, ShownGroup>,
}

/// What a client shows of a group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShownGroup {
    /// Information.
    pub info: Map<String, Value>,
    /// Members and the names on their cards.
    pub members: BTreeMap<u64, String>,
    /// Admins without the owner.
    pub admins: BTreeSet<u64>,
    /// Who may not speak.
    pub banned: BTreeSet<u64>,
    /// Titles of announcements, oldest first.
    pub announcements: Vec<String>,
    /// Names of shared files.
    pub files: BTreeMap<u64, String>,
    /// What the owner and the admins see besides.
    pub staff: Option<ShownToStaff>,
}

/// What a client shows of a group to those who manage it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShownToStaff {
    /// Who may not come in.
    pub blocked: BTreeSet<u64>,
    /// Who asks to come in.
    pub applicants: BTreeSet<u64>,
}

/// A client that hears notices.
pub struct Model {
    me: u64,
    rest: RestClient,
    /// What it shows now.
    pub shown: Shown,
}

impl Model {
    /// A client that has just signed in and fetched everything.
    pub async fn fetch(user: &User) -> Self {
        let mut model = Self { me: user.uid(), rest: user.rest(), shown: Shown::default() };
        model.shown = model.fetch_all().await;
        model
    }

    /// What a client would show that fetched everything now.
    pub async fn fetch_all(&self) -> Shown {
        let mut shown = Shown {
            profile: self.fetch_own("/user/profile").await,
            settings: self.fetch_own("/user/settings").await,
            ..Shown::default()
        };
        let devices = self.rest.get("/user/device/list").data().await;
        shown.devices = devices.as_array().expect("a list").iter().map(device_sn).collect();
        for item in self.rest.get("/client/v1/conversations").send().await.json()["items"].as_array().expect("a list") {
            let xid = item["xid"].as_u64().expect("a number");
            if item["is_pinned"] == true {
                shown.pinned.insert(xid);
            }
            if item["is_muted"] == true {
                shown.muted.insert(xid);
            }
        }
        for friend in numbers(&self.rest.get("/roster/list").data().await) {
            let item = self.fetch_friend(friend).await.expect("a friend is shown");
            shown.friends.insert(friend, item);
        }
        shown.blocked = numbers(&self.rest.get("/roster/blocked_list").data().await).collect();
        let applications = self.rest.get("/roster/apply/list").data().await;
        shown.applicants = pending(&applications).map(user_id).collect();
        let invitations = self.rest.get("/group/invitation_list").data().await;
        shown.invitations =
            pending(&invitations).map(|one| (number(&one["group_id"]), number(&one["inviter_id"]))).collect();
        for group in numbers(&self.rest.get("/group/user_joined").data().await) {
            let fetched = self.fetch_group(group).await.expect("a joined group is shown");
            shown.groups.insert(group, fetched);
        }
        shown
    }

    async fn fetch_own(&self, path: &str) -> Map<String, Value> {
        self.rest.get(path).data().await.as_object().expect("an object").clone()
    }

    async fn fetch_friend(&self, user: u64) -> Option<Map<String, Value>> {
        let answer = self.rest.get("/roster/id").query(&[("user_id", &user.to_string())]).send().await.json();
        answer["data"].as_object().map(|item| chosen(item, FRIEND))
    }

    async fn fetch_group(&self, group: u64) -> Option<ShownGroup> {
        let id = group.to_string();
        let list =
            async |path: &str| self.rest.get(path).query(&[("group_id", &id)]).send().await.json()["data"].take();
        let info = chosen(list("/group/info").await.as_object()?, INFO);
        let name = |member: &Value| (user_id(member), member["display_name"].as_str().unwrap_or_default().to_owned());
        let members = list("/group/member_list").await.as_array()?.iter().map(name).collect();
        let admins = list("/group/admin_list").await.as_array()?.iter().map(user_id).collect();
        let banned = list("/group/banned_list").await.as_array()?.iter().map(user_id).collect();
        let announcements = self.fetch_announcements(group).await;
        let files = self.fetch_files(group).await;
        let staff = self.fetch_for_staff(group).await;
        Some(ShownGroup { info, members, admins, banned, announcements, files, staff })
    }

    /// Nothing for those who do not manage the group.
    async fn fetch_for_staff(&self, group: u64) -> Option<ShownToStaff> {
        let id = group.to_string();
        let blocked = self.rest.get("/group/blocked_list").query(&[("group_id", &id)]).send().await.json();
        let blocked = blocked["data"].as_array()?.iter().map(user_id).collect();
        let applications = self.rest.post("/group/application_list", json!({"group_list": [group]})).data().await;
        let applicants = pending(&applications).map(|one| number(&one["applicant_id"])).collect();
        Some(ShownToStaff { blocked, applicants })
    }

    async fn fetch_files(&self, group: u64) -> BTreeMap<u64, String> {
        let listed = self.rest.get("/group/file/list").query(&[("group_id", &group.to_string())]).send().await.json();
        let name = |file: &Value| (number(&file["file_id"]), file["name"].as_str().expect("a name").to_owned());
        listed["data"].as_array().into_iter().flatten().map(name).collect()
    }

    async fn fetch_announcements(&self, group: u64) -> Vec<String> {
        let listed = self.rest.get("/group/announcement/list").query(&[("group_id", &group.to_string())]).data().await;
        let title = |one: &Value| one["title"].as_str().expect("a title").to_owned();
        listed.as_array().expect("a list").iter().map(title).collect()
    }

    /// Hears items in the order of their ids, whatever conversations they came in.
    pub async fn hear(&mut self, mut metas: Vec<pb::Meta>) {
        metas.sort_by_key(|meta| meta.id);
        for meta in metas {
            match pb::meta::NameSpace::try_from(meta.ns) {
                Ok(pb::meta::NameSpace::GroupNotice) => self.hear_group(group_notice_of(&meta)).await,
                Ok(pb::meta::NameSpace::RosterNotice) => self.hear_roster(roster_notice_of(&meta)).await,
                Ok(pb::meta::NameSpace::UserNotice) => self.hear_user(user_notice_of(&meta)).await,
                Ok(pb::meta::NameSpace::Conversation) => self.hear_conversation(&meta),
                _ => {}
            }
        }
    }

    async fn hear_user(&mut self, notice: pb::UserNotice) {
        let content: Value = serde_json::from_str(&notice.content).unwrap_or_default();
        match notice.r#type() {
            UserType::InfoUpdated if content["changed"] == "settings" => {
                self.shown.settings = self.fetch_own("/user/settings").await;
            }
            UserType::InfoUpdated => self.shown.profile = self.fetch_own("/user/profile").await,
            UserType::DeviceAdded | UserType::DeviceLogin => {
                self.shown.devices.insert(device_sn(&content));
            }
            UserType::DeviceLogout => {
                self.shown.devices.remove(&device_sn(&content));
            }
            kind => panic!("{kind:?} is never stored"),
        }
    }

    fn hear_conversation(&mut self, meta: &pb::Meta) {
        let (kind, operation) = conversation_operation_of(meta);
        let xid = operation.xid.expect("it names the conversation").uid;
        let shown = &mut self.shown;
        match kind {
            ConversationType::Pin => drop(shown.pinned.insert(xid)),
            ConversationType::Unpin => drop(shown.pinned.remove(&xid)),
            ConversationType::Mute => drop(shown.muted.insert(xid)),
            ConversationType::Unmute => drop(shown.muted.remove(&xid)),
            // Groups are listed even while nothing is shown of them.
            ConversationType::DeleteEverywhere if !shown.groups.contains_key(&xid) => shown.forget(xid),
            _ => {}
        }
    }

    async fn hear_roster(&mut self, notice: pb::RosterNotice) {
        let from = notice.from.as_ref().expect("roster notices name whom they come from").uid;
        let [to] = &notice.to[..] else { panic!("a roster notice names one: {notice:?}") };
        let other = if from == self.me { to.uid } else { from };
        match notice.r#type() {
            RosterType::Accepted | RosterType::Added => {
                self.shown.applicants.remove(&other);
                if let Some(item) = self.fetch_friend(other).await {
                    self.shown.friends.insert(other, item);
                }
            }
            RosterType::Applied if from != self.me => {
                self.shown.applicants.insert(from);
            }
            RosterType::Declined if from == self.me => {
                self.shown.applicants.remove(&other);
            }
            RosterType::Removed => {
                self.shown.friends.remove(&other);
            }
            RosterType::InfoUpdated => {
                if let Some(friend) = self.shown.friends.get_mut(&other) {
                    merge(friend, &notice.content, FRIEND);
                }
            }
            RosterType::Blocked => {
                self.shown.blocked.insert(other);
            }
            RosterType::Unblocked => {
                self.shown.blocked.remove(&other);
            }
            _ => {}
        }
    }

    async fn hear_group(&mut self, notice: pb::GroupNotice) {
        let group = notice.gid.as_ref().expect("group notices name their group").uid;
        let from = notice.from.as_ref().expect("group notices name whom they come from").uid;
        let to: Vec<u64> = notice.to.iter().map(|xid| xid.uid).collect();
        let is_mine = from == self.me;
        match notice.r#type() {
            GroupType::Created => self.add(group).await,
            GroupType::Joined | GroupType::InviteAccepted if is_mine => self.add(group).await,
            GroupType::ApplyAccepted if to.contains(&self.me) && !is_mine => self.add(group).await,
            GroupType::Destroyed => self.shown.leave(group),
            GroupType::Leaved if is_mine => self.shown.leave(group),
            GroupType::Kicked | GroupType::Blocked if to.contains(&self.me) => self.shown.leave(group),
            GroupType::Invited if to.contains(&self.me) => {
                self.shown.invitations.insert(group, from);
            }
            GroupType::InviteDeclined if is_mine => {
                self.shown.invitations.remove(&group);
            }
            GroupType::FileUploaded | GroupType::FileUpdated if self.shown.groups.contains_key(&group) => {
                let files = self.fetch_files(group).await;
                self.shown.groups.entry(group).or_default().files = files;
            }
            GroupType::AnnouncementUpdated if self.shown.groups.contains_key(&group) => {
                // Who was put out meanwhile finds nothing; the notice of that follows.
                if let Some(fetched) = self.fetch_group(group).await {
                    let shown = self.shown.groups.entry(group).or_default();
                    shown.announcements = fetched.announcements;
                }
            }
            kind => {
                if let Some(shown) = self.shown.groups.get_mut(&group) {
                    shown.hear(kind, from, &to, &notice.content);
                }
                self.follow_role(kind, group, is_mine || to.contains(&self.me)).await;
            }
        }
    }

    /// Who comes to manage a group looks at what only those see, and who does not any more stops to.
    async fn follow_role(&mut self, kind: GroupType, group: u64, is_concerned: bool) {
        let is_about_roles =
            matches!(kind, GroupType::AdminGranted | GroupType::AdminRevoked | GroupType::OwnerAssigned);
        if is_about_roles && is_concerned && self.shown.groups.contains_key(&group) {
            let staff = self.fetch_for_staff(group).await;
            self.shown.groups.entry(group).or_default().staff = staff;
        }
    }

    async fn add(&mut self, group: u64) {
        // Who comes and is put out again before he looks finds nothing; the notice of that follows.
        let fetched = self.fetch_group(group).await.unwrap_or_default();
        self.shown.groups.insert(group, fetched);
        self.shown.invitations.remove(&group);
    }
}

impl Shown {
    /// A conversation is not listed any more.
    fn forget(&mut self, xid: u64) {
        self.pinned.remove(&xid);
        self.muted.remove(&xid);
    }

    fn leave(&mut self, group: u64) {
        self.groups.remove(&group);
        self.invitations.remove(&group);
        self.forget(group);
    }
}

impl ShownGroup {
    fn hear(&mut self, kind: GroupType, from: u64, to: &[u64], content: &str) {
        match kind {
            GroupType::Joined | GroupType::InviteAccepted => {
                self.members.insert(from, String::new());
                self.change_staffs(|staff| {
                    staff.applicants.remove(&from);
                });
            }
            GroupType::Leaved => self.drop_members(&[from]),
            GroupType::Kicked => self.drop_members(to),
            GroupType::Blocked => {
                self.drop_members(to);
                self.change_staffs(|staff| {
                    staff.blocked.extend(to);
                    staff.applicants.retain(|user| !to.contains(user));
                });
            }
            GroupType::Unblocked => self.change_staffs(|staff| staff.blocked.retain(|user| !to.contains(user))),
            GroupType::Applyed => self.change_staffs(|staff| {
                staff.applicants.insert(from);
            }),
            GroupType::ApplyAccepted | GroupType::ApplyDeclined => {
                self.change_staffs(|staff| staff.applicants.retain(|user| !to.contains(user)));
            }
            GroupType::FileDeleted => {
                let deleted: Value = serde_json::from_str(content).expect("what was deleted is JSON");
                let gone: BTreeSet<u64> = numbers(&deleted["file_list"]).collect();
                self.files.retain(|id, _| !gone.contains(id));
            }
            GroupType::OwnerAssigned => {
                self.info.insert("owner_id".into(), json!(to[0]));
                self.admins.remove(&to[0]);
                self.banned.remove(&to[0]);
            }
            GroupType::AdminGranted => self.admins.extend(to),
            GroupType::AdminRevoked => self.admins.retain(|admin| !to.contains(admin)),
            GroupType::Banned => self.banned.extend(to),
            GroupType::Unbanned => self.banned.retain(|user| !to.contains(user)),
            GroupType::InfoUpdated => {
                let changed: Value = serde_json::from_str(content).expect("what changed is JSON");
                match changed["property"].as_str() {
                    Some("display_name") => {
                        let name = changed["display_name"].as_str().expect("a name").to_owned();
                        self.members.insert(from, name);
                    }
                    _ => merge(&mut self.info, content, INFO),
                }
            }
            GroupType::Muted | GroupType::Unmuted | GroupType::MessageSetting => merge(&mut self.info, content, INFO),
            _ => {}
        }
    }

    /// What the owner and the admins see changes, where the client belongs to one.
    fn change_staffs(&mut self, change: impl FnOnce(&mut ShownToStaff)) {
        if let Some(staff) = &mut self.staff {
            change(staff);
        }
    }

    fn drop_members(&mut self, users: &[u64]) {
        for user in users {
            self.members.remove(user);
            self.admins.remove(user);
            self.banned.remove(user);
        }
    }
}

fn numbers(list: &Value) -> impl Iterator<Item = u64> {
    list.as_array().expect("a list").iter().map(|number| number.as_u64().expect("a number"))
}

/// Those of a list that nobody answered yet.
fn pending(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().expect("a list").iter().filter(|one| one["status"] == 0)
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

fn device_sn(device: &Value) -> u64 {
    device["device_sn"].as_u64().expect("devices have numbers")
}

fn user_id(member: &Value) -> u64 {
    member["user_id"].as_u64().expect("members have ids")
}

fn chosen(from: &Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    fields.iter().map(|field| ((*field).to_owned(), from[*field].clone())).collect()
}

fn merge(into: &mut Map<String, Value>, content: &str, fields: &[&str]) {
    let Ok(Value::Object(changed)) = serde_json::from_str(content) else { return };
    into.extend(changed.into_iter().filter(|(field, _)| fields.contains(&field.as_str())));
}
