//! Groups: what they are called and how they are set up. Who is in them is in [`crate::group_member`].

use cerulean_types::{GroupId, Millis, UserId, limits};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany,
};

use crate::entity::group::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

/// A moment that never comes: bans without an end.
pub const FOREVER: Millis = i64::MAX;
/// `status` of a group that was dissolved.
pub const DISSOLVED: u8 = 1;
/// `kind` of a group that everyone may find.
pub const PUBLIC: u8 = 1;
/// `kind` of a group that people come into and leave as they like.
pub const CHAT_ROOM: u8 = 2;

/// Longest list of keys in one query.
pub(crate) const KEYS_PER_QUERY: usize = 500;

/// A group as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Id.
    pub id: GroupId,
    /// The owner.
    pub owner: UserId,
    /// 0 private, 1 public, 2 chat room, 3 temporary.
    pub kind: u8,
    /// 0 normal, 1 dissolved.
    pub status: u8,
    /// Members now, the owner included.
    pub member_count: u64,
    /// Most members, where this group has a number of its own; otherwise the settings say.
    pub capacity: Option<u64>,
    /// Name.
    pub name: String,
    /// Address or object name of its picture.
    pub avatar: String,
    /// What it is about.
    pub description: String,
    /// Free for the app.
    pub ext: String,
    /// 0 anyone who applies joins, 1 admins decide, 2 nobody joins by applying.
    pub apply_approval: u8,
    /// Whether ordinary members may invite.
    pub member_invite: bool,
    /// Whether ordinary members may edit the group's information.
    pub member_modify: bool,
    /// Whether read receipts are on.
    pub read_ack: bool,
    /// Whether new members see what was said before them.
    pub history_visible: bool,
    /// Whether ordinary members see less of each other.
    pub hide_member_info: bool,
    /// Until when only admins may speak; 0 never, [`FOREVER`] without end.
    pub ban_all_until: Millis,
    /// When it was made.
    pub created_at: Millis,
    /// When its information last changed.
    pub updated_at: Millis,
}

/// What a cache of a group's audience needs of the group. Nothing sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupViewRow {
    /// How often it changed so far.
    pub version: i64,
    /// Until when only admins may speak; 0 never, [`FOREVER`] without end.
    pub ban_all_until: Millis,
    /// Whether new members see what was said before them.
    pub is_history_visible: bool,
}

/// A text of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupText {
    /// `name`
    Name,
    /// `avatar`
    Avatar,
    /// `description`
    Description,
    /// `ext`
    Ext,
}

impl GroupText {
    fn column(self) -> (Column, &'static str) {
        match self {
            Self::Name => (Column::Name, "groups.name"),
            Self::Avatar => (Column::Avatar, "groups.avatar"),
            Self::Description => (Column::Description, "groups.description"),
            Self::Ext => (Column::Ext, "groups.ext"),
        }
    }
}

/// A switch of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFlag {
    /// `member_invite`
    MemberInvite,
    /// `member_modify`
    MemberModify,
    /// `read_ack`
    ReadAck,
    /// `history_visible`
    HistoryVisible,
    /// `hide_member_info`
    HideMemberInfo,
}

impl GroupFlag {
    fn column(self) -> Column {
        match self {
            Self::MemberInvite => Column::MemberInvite,
            Self::MemberModify => Column::MemberModify,
            Self::ReadAck => Column::ReadAck,
            Self::HistoryVisible => Column::HistoryVisible,
            Self::HideMemberInfo => Column::HideMemberInfo,
        }
    }
}

/// Seals a text; an empty one stays empty, so that rows without it cost nothing.
pub(crate) fn seal_text(tx: &Tx, column: &str, row: &[u8], plain: &str) -> Result<Vec<u8>, StorageError> {
    if plain.is_empty() { Ok(Vec::new()) } else { tx.seal(column, row, plain) }
}

/// Opens what [`seal_text`] made.
pub(crate) fn unseal_text(tx: &Tx, column: &'static str, row: &[u8], blob: &[u8]) -> Result<String, StorageError> {
    if blob.is_empty() { Ok(String::new()) } else { tx.unseal(column, row, blob) }
}

/// Row key of something that is numbered inside a group, for sealing.
pub(crate) fn row_key(group: i64, inner: i64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&group.to_be_bytes());
    key[8..].copy_from_slice(&inner.to_be_bytes());
    key
}

/// The groups of an app.
#[derive(Debug)]
pub struct Groups<'a> {
    tx: &'a Tx,
}

impl<'a> Groups<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a group; a taken id is a duplicate error. `member_count` is stored as given: the caller adds as many members.
    pub async fn insert(&self, row: &GroupRow) -> Result<(), StorageError> {
        let seal = |text: GroupText, plain: &str| self.seal(row.id, text, plain);
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            group_id: Set(row.id.as_i64()),
            owner_id: Set(row.owner.as_i64()),
            kind: Set(row.kind.into()),
            status: Set(row.status.into()),
            member_count: Set(row.member_count as i64),
            // Servers from before groups followed the settings read this one.
            capacity: Set(row.capacity.unwrap_or(limits::GROUP_MEMBERS as u64) as i64),
            own_capacity: Set(row.capacity.map(|most| most as i64)),
            last_number: Set(0),
            name: Set(seal(GroupText::Name, &row.name)?),
            avatar: Set(seal(GroupText::Avatar, &row.avatar)?),
            description: Set(seal(GroupText::Description, &row.description)?),
            ext: Set(seal(GroupText::Ext, &row.ext)?),
            apply_approval: Set(row.apply_approval.into()),
            member_invite: Set(row.member_invite),
            member_modify: Set(row.member_modify),
            read_ack: Set(row.read_ack),
            history_visible: Set(row.history_visible),
            hide_member_info: Set(row.hide_member_info),
            ban_all_until: Set(row.ban_all_until),
            created_at: Set(row.created_at),
            updated_at: Set(row.updated_at),
            version: Set(0),
        };
        model.insert(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds a group, dissolved ones too.
    pub async fn find(&self, group: GroupId) -> Result<Option<GroupRow>, StorageError> {
        let found = self.one(group).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Finds a group and keeps others from changing it until this transaction ends.
    pub async fn find_for_update(&self, group: GroupId) -> Result<Option<GroupRow>, StorageError> {
        let found = self.one(group).lock_exclusive().one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Finds several groups by id; unknown ones are left out.
    pub async fn find_many(&self, groups: &[GroupId]) -> Result<Vec<GroupRow>, StorageError> {
        let mut rows = Vec::with_capacity(groups.len());
        for chunk in groups.chunks(KEYS_PER_QUERY) {
            let found = Entity::find()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.is_in(chunk.iter().map(|group| group.as_i64())))
                .all(self.tx.conn())
                .await?;
            for model in found {
                rows.push(self.open(model)?);
            }
        }
        Ok(rows)
    }

    /// Which of `groups` were dissolved.
    pub async fn dissolved_among(&self, groups: &[GroupId]) -> Result<Vec<GroupId>, StorageError> {
        let mut found = Vec::new();
        for chunk in groups.chunks(KEYS_PER_QUERY) {
            let ids: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::GroupId)
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.is_in(chunk.iter().map(|group| group.as_i64())))
                .filter(Column::Status.eq(i16::from(DISSOLVED)))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(ids.into_iter().map(GroupId::from_stored));
        }
        Ok(found)
    }

    /// Lists public groups by id.
    pub async fn list_public(&self, limit: u64) -> Result<Vec<GroupId>, StorageError> {
        let ids: Vec<i64> = Entity::find()
            .select_only()
            .column(Column::GroupId)
            .filter(Column::AppId.eq(self.tx.app().0))
            // Written out, because a partial index does not match a bound value.
            .filter(Expr::cust("kind = 1 AND status = 0"))
            .order_by_asc(Column::GroupId)
            .limit(limit)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(GroupId::from_stored).collect())
    }

    /// Counts the groups of the app, dissolved ones not counted.
    pub async fn count(&self) -> Result<u64, StorageError> {
        let count = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Expr::cust("status = 0"))
            .count(self.tx.conn())
            .await?;
        Ok(count)
    }

    /// One page of the groups that are not dissolved, by id, beginning after one.
    pub async fn list_after(&self, after: Option<GroupId>, limit: u64) -> Result<Vec<GroupRow>, StorageError> {
        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.gt(after.map_or(0, GroupId::as_i64)))
            .filter(Expr::cust("status = 0"))
            .order_by_asc(Column::GroupId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        found.into_iter().map(|model| self.open(model)).collect()
    }

    /// Sets the number of members after they came past [`Self::take_places`]; a capacity of the group's own follows where it is less.
    pub async fn set_member_count(&self, group: GroupId, members: u64) -> Result<(), StorageError> {
        let capacity = Expr::case(Expr::col(Column::OwnCapacity).lt(members as i64), members as i64)
            .finally(Expr::col(Column::OwnCapacity));
        let update = self.update_one(group).col_expr(Column::MemberCount, Expr::val(members as i64));
        self.exec(update.col_expr(Column::OwnCapacity, capacity.into())).await
    }

    /// Counts the groups a user owns, dissolved ones not counted.
    pub async fn count_owned(&self, owner: UserId) -> Result<u64, StorageError> {
        let count = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::OwnerId.eq(owner.as_i64()))
            .filter(Expr::cust("status = 0"))
            .count(self.tx.conn())
            .await?;
        Ok(count)
    }

    /// Changes a text.
    pub async fn set_text(&self, group: GroupId, text: GroupText, value: &str, at: Millis) -> Result<(), StorageError> {
        let sealed = self.seal(group, text, value)?;
        self.exec(self.update(group, at).col_expr(text.column().0, Expr::val(sealed))).await
    }

    /// Turns a switch.
    pub async fn set_flag(&self, group: GroupId, flag: GroupFlag, is_on: bool, at: Millis) -> Result<(), StorageError> {
        self.exec(self.update(group, at).col_expr(flag.column(), Expr::val(is_on))).await
    }

    /// Changes what happens to applications.
    pub async fn set_apply_approval(&self, group: GroupId, approval: u8, at: Millis) -> Result<(), StorageError> {
        self.exec(self.update(group, at).col_expr(Column::ApplyApproval, Expr::val(i16::from(approval)))).await
    }

    /// Silences ordinary members until a moment; 0 lets them speak.
    pub async fn set_ban_all(&self, group: GroupId, until: Millis, at: Millis) -> Result<(), StorageError> {
        self.exec(self.update(group, at).col_expr(Column::BanAllUntil, Expr::val(until))).await
    }

    /// Changes the most members it may have; nothing for what the settings say.
    pub async fn set_capacity(&self, group: GroupId, capacity: Option<u64>, at: Millis) -> Result<(), StorageError> {
        let own = Expr::val(capacity.map(|most| most as i64));
        self.exec(self.update(group, at).col_expr(Column::OwnCapacity, own)).await
    }

    /// Names another owner. The members' roles are changed apart.
    pub async fn set_owner(&self, group: GroupId, owner: UserId, at: Millis) -> Result<(), StorageError> {
        self.exec(self.update(group, at).col_expr(Column::OwnerId, Expr::val(owner.as_i64()))).await
    }

    /// Marks a group dissolved and empty. The members are removed apart.
    pub async fn dissolve(&self, group: GroupId, at: Millis) -> Result<(), StorageError> {
        let update = self.update(group, at);
        let update = update.col_expr(Column::Status, Expr::val(i16::from(DISSOLVED)));
        self.exec(update.col_expr(Column::MemberCount, Expr::val(0_i64))).await
    }

    /// Takes places for new members; `false` when that would be more than the capacity.
    pub async fn take_places(&self, group: GroupId, places: u64, capacity: u64) -> Result<bool, StorageError> {
        let raised = Expr::col(Column::MemberCount).add(places as i64);
        let result = self
            .update_one(group)
            .col_expr(Column::MemberCount, raised.clone())
            .filter(raised.lte(capacity as i64))
            .exec(self.tx.conn())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Gives back the places of those who left.
    pub async fn free_places(&self, group: GroupId, places: u64) -> Result<(), StorageError> {
        let lowered = Expr::col(Column::MemberCount).sub(places as i64);
        self.exec(self.update_one(group).col_expr(Column::MemberCount, lowered)).await
    }

    /// Takes the next number for something inside the group (announcement, shared file).
    pub async fn next_number(&self, group: GroupId) -> Result<i64, StorageError> {
        let raised = Expr::col(Column::LastNumber).add(1_i64);
        self.exec(self.update_one(group).col_expr(Column::LastNumber, raised)).await?;
        let number: Option<i64> =
            self.one(group).select_only().column(Column::LastNumber).into_tuple().one(self.tx.conn()).await?;
        number.ok_or_else(|| StorageError::Inconsistent { table: "groups", key: group.to_string() })
    }

    /// Takes a certain number for something inside the group, if it lies above all that were taken, or else the next one.
    pub async fn take_number(&self, group: GroupId, wanted: Option<i64>) -> Result<i64, StorageError> {
        if let Some(wanted) = wanted {
            let raise = self
                .update_one(group)
                .col_expr(Column::LastNumber, Expr::val(wanted))
                .filter(Column::LastNumber.lt(wanted));
            if raise.exec(self.tx.conn()).await?.rows_affected > 0 {
                return Ok(wanted);
            }
        }
        self.next_number(group).await
    }

    /// Counts one more change of who is in the group and who may speak, and tells the count.
    pub async fn raise_version(&self, group: GroupId) -> Result<i64, StorageError> {
        let raised = Expr::col(Column::Version).add(1_i64);
        self.exec(self.update_one(group).col_expr(Column::Version, raised)).await?;
        let version = self.version(group).await?;
        version.ok_or_else(|| StorageError::Inconsistent { table: "groups", key: group.to_string() })
    }

    /// How often the group changed so far.
    pub async fn version(&self, group: GroupId) -> Result<Option<i64>, StorageError> {
        Ok(self.one(group).select_only().column(Column::Version).into_tuple().one(self.tx.conn()).await?)
    }

    /// What a cache of the group's audience starts from, the members apart; nothing for one that is not there or dissolved.
    pub async fn find_for_view(&self, group: GroupId) -> Result<Option<GroupViewRow>, StorageError> {
        let found: Option<(i64, i16, i64, bool)> = self
            .one(group)
            .select_only()
            .columns([Column::Version, Column::Status, Column::BanAllUntil, Column::HistoryVisible])
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        let row = found.filter(|(_, status, ..)| *status != i16::from(DISSOLVED));
        Ok(row.map(|(version, _, ban_all_until, is_history_visible)| GroupViewRow {
            version,
            ban_all_until,
            is_history_visible,
        }))
    }

    fn one(&self, group: GroupId) -> sea_orm::Select<Entity> {
        Entity::find_by_id((self.tx.app().0, group.as_i64()))
    }

    fn update_one(&self, group: GroupId) -> UpdateMany<Entity> {
        Entity::update_many().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::GroupId.eq(group.as_i64()))
    }

    fn update(&self, group: GroupId, at: Millis) -> UpdateMany<Entity> {
        self.update_one(group).col_expr(Column::UpdatedAt, Expr::val(at))
    }

    async fn exec(&self, update: UpdateMany<Entity>) -> Result<(), StorageError> {
        update.exec(self.tx.conn()).await?;
        Ok(())
    }

    fn seal(&self, group: GroupId, text: GroupText, plain: &str) -> Result<Vec<u8>, StorageError> {
        seal_text(self.tx, text.column().1, &group.as_i64().to_be_bytes(), plain)
    }

    fn open(&self, model: Model) -> Result<GroupRow, StorageError> {
        let key = model.group_id.to_be_bytes();
        let unseal = |text: GroupText, blob: &[u8]| unseal_text(self.tx, text.column().1, &key, blob);
        Ok(GroupRow {
            id: GroupId::from_stored(model.group_id),
            owner: UserId::from_stored(model.owner_id),
            kind: model.kind as u8,
            status: model.status as u8,
            member_count: model.member_count as u64,
            capacity: model.own_capacity.map(|most| most as u64),
            name: unseal(GroupText::Name, &model.name)?,
            avatar: unseal(GroupText::Avatar, &model.avatar)?,
            description: unseal(GroupText::Description, &model.description)?,
            ext: unseal(GroupText::Ext, &model.ext)?,
            apply_approval: model.apply_approval as u8,
            member_invite: model.member_invite,
            member_modify: model.member_modify,
            read_ack: model.read_ack,
            history_visible: model.history_visible,
            hide_member_info: model.hide_member_info,
            ban_all_until: model.ban_all_until,
            created_at: model.created_at,
            updated_at: model.updated_at,
        })
    }
}
