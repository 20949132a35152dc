//! Members of groups. Made for groups of 100 000: membership, joining and leaving are keyed point operations, lists go by a cursor.

use cerulean_types::{GroupId, Millis, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Select, UpdateMany,
};

use crate::entity::group;
use crate::entity::group_member::{ActiveModel, Column, Entity, Model};
use crate::group::{DISSOLVED, KEYS_PER_QUERY, row_key, seal_text, unseal_text};
use crate::{StorageError, Tx};

/// `role` of an ordinary member.
pub const MEMBER: u8 = 0;
/// `role` of an admin.
pub const ADMIN: u8 = 1;
/// `role` of the owner.
pub const OWNER: u8 = 2;

const DISPLAY_NAME: &str = "group_members.display_name";
const IN_STANDING_GROUP: &str = "exists (select 1 from \"groups\" where \"groups\".app_id = group_members.app_id
    and \"groups\".group_id = group_members.group_id and \"groups\".status <> 1)";
/// Ten columns a row, and SQLite takes 32 766 values in a statement.
const ROWS_PER_INSERT: usize = 1000;

/// A member as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub user: UserId,
    /// [`MEMBER`], [`ADMIN`] or [`OWNER`].
    pub role: u8,
    /// Until when he may not speak; 0 never banned, [`crate::group::FOREVER`] without end.
    pub ban_until: Millis,
    /// When he joined.
    pub joined_at: Millis,
    /// The name on his card in this group, or empty.
    pub display_name: String,
    /// 0 loud, 1 no local notification, 2 no messages.
    pub mute_mode: u8,
    /// 0 all, 1 none, 2 admins and mentions, 3 admins, 4 mentions.
    pub push_mode: u8,
    /// Whether he switched "do not disturb" on.
    pub not_disturb: bool,
}

/// What a cache of a group's audience needs of a member. Nothing sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberViewRow {
    /// Who.
    pub user_id: UserId,
    /// [`MEMBER`], [`ADMIN`] or [`OWNER`].
    pub role: u8,
    /// Until when he may not speak; 0 never banned, [`crate::group::FOREVER`] without end.
    pub ban_until: Millis,
    /// When he joined.
    pub joined_at: Millis,
    /// 0 loud, 1 no local notification, 2 no messages.
    pub mute_mode: u8,
}

/// What a member set about being told of a group's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberWishRow {
    /// Who.
    pub user: UserId,
    /// 0 loud, 1 no local notification, 2 no messages.
    pub mute_mode: u8,
    /// 0 all, 1 none, 2 admins and mentions, 3 admins, 4 mentions.
    pub push_mode: u8,
    /// Whether he switched "do not disturb" on.
    pub not_disturb: bool,
}

/// A user's place in one of his groups, as a list of his conversations needs it. Nothing sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRow {
    /// Group.
    pub group: GroupId,
    /// When he joined.
    pub joined_at: Millis,
    /// 0 loud, 1 no local notification, 2 no messages.
    pub mute_mode: u8,
    /// Whether new members of the group see what was said before them.
    pub is_history_visible: bool,
}

/// Which members a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberFilter {
    /// Everyone.
    All,
    /// The owner and the admins.
    Staff,
    /// Those who may not speak at this moment.
    BannedAt(Millis),
}

/// The members of an app's groups.
#[derive(Debug)]
pub struct GroupMembers<'a> {
    tx: &'a Tx,
}

impl<'a> GroupMembers<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// All members of a group in one query, by id.
    pub async fn all_for_view(&self, group: GroupId) -> Result<Vec<MemberViewRow>, StorageError> {
        let rows: Vec<ViewTuple> =
            view_columns(self.of(group)).order_by_asc(Column::UserId).into_tuple().all(self.tx.conn()).await?;
        Ok(rows.into_iter().map(view_row).collect())
    }

    /// One member in one query, without what is sealed.
    pub async fn find_for_view(&self, group: GroupId, user: UserId) -> Result<Option<MemberViewRow>, StorageError> {
        let member = self.of(group).filter(Column::UserId.eq(user.as_i64()));
        let row: Option<ViewTuple> = view_columns(member).into_tuple().one(self.tx.conn()).await?;
        Ok(row.map(view_row))
    }

    /// What members set about being told of messages, by id; those who set nothing are left out.
    pub async fn wishes(&self, group: GroupId) -> Result<Vec<MemberWishRow>, StorageError> {
        let is_set =
            Condition::any().add(Column::MuteMode.ne(0)).add(Column::PushMode.ne(0)).add(Column::NotDisturb.eq(true));
        let rows: Vec<(i64, i16, i16, bool)> = self
            .of(group)
            .filter(is_set)
            .select_only()
            .columns([Column::UserId, Column::MuteMode, Column::PushMode, Column::NotDisturb])
            .order_by_asc(Column::UserId)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        let wish = |(user, mute_mode, push_mode, not_disturb): (i64, i16, i16, bool)| MemberWishRow {
            user: UserId::from_stored(user),
            mute_mode: mute_mode as u8,
            push_mode: push_mode as u8,
            not_disturb,
        };
        Ok(rows.into_iter().map(wish).collect())
    }

    /// A user's places in all his groups, by group. Dissolved ones are no groups any more, though their members are still being told.
    pub async fn places_of(&self, user: UserId) -> Result<Vec<PlaceRow>, StorageError> {
        let is_same_group = Condition::all()
            .add(Expr::col((group::Entity, group::Column::AppId)).equals((Entity, Column::AppId)))
            .add(Expr::col((group::Entity, group::Column::GroupId)).equals((Entity, Column::GroupId)));
        let query = Query::select()
            .columns([(Entity, Column::GroupId), (Entity, Column::JoinedAt), (Entity, Column::MuteMode)])
            .column((group::Entity, group::Column::HistoryVisible))
            .from(Entity)
            .join(JoinType::InnerJoin, group::Entity, is_same_group)
            .and_where(Expr::col((Entity, Column::AppId)).eq(self.tx.app().0))
            .and_where(Expr::col((Entity, Column::UserId)).eq(user.as_i64()))
            .and_where(Expr::col((group::Entity, group::Column::Status)).ne(i16::from(DISSOLVED)))
            .order_by((Entity, Column::GroupId), Order::Asc)
            .to_owned();
        let rows = self.tx.conn().query_all(&query).await?;
        let place = |row: &QueryResult| {
            Ok(PlaceRow {
                group: GroupId::from_stored(row.try_get("", "group_id")?),
                joined_at: row.try_get("", "joined_at")?,
                mute_mode: row.try_get::<i16>("", "mute_mode")? as u8,
                is_history_visible: row.try_get("", "history_visible")?,
            })
        };
        rows.iter().map(place).collect()
    }

    /// The groups a user is in, by id, and when he joined each; without dissolved ones, as in [`Self::places_of`].
    pub async fn groups_of(&self, user: UserId) -> Result<Vec<(GroupId, Millis)>, StorageError> {
        let rows: Vec<(i64, i64)> = Entity::find()
            .select_only()
            .columns([Column::GroupId, Column::JoinedAt])
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::UserId.eq(user.as_i64()))
            .filter(Expr::cust(IN_STANDING_GROUP))
            .order_by_asc(Column::GroupId)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(rows.into_iter().map(|(group, joined_at)| (GroupId::from_stored(group), joined_at)).collect())
    }

    /// Counts the groups of each of these users, without dissolved ones; those in none are left out.
    pub async fn count_groups_of(&self, users: &[UserId]) -> Result<Vec<(UserId, u64)>, StorageError> {
        let mut counts = Vec::new();
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let rows: Vec<(i64, i64)> = Entity::find()
                .select_only()
                .column(Column::UserId)
                .column_as(Column::GroupId.count(), "joined")
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::UserId.is_in(chunk.iter().map(|user| user.as_i64())))
                .filter(Expr::cust(IN_STANDING_GROUP))
                .group_by(Column::UserId)
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            counts.extend(rows.into_iter().map(|(user, joined)| (UserId::from_stored(user), joined as u64)));
        }
        Ok(counts)
    }

    /// Finds a member.
    pub async fn find(&self, group: GroupId, user: UserId) -> Result<Option<MemberRow>, StorageError> {
        let key = (self.tx.app().0, group.as_i64(), user.as_i64());
        let found = Entity::find_by_id(key).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Finds several members of a group; those who are none are left out.
    pub async fn find_many(&self, group: GroupId, users: &[UserId]) -> Result<Vec<MemberRow>, StorageError> {
        let mut rows = Vec::with_capacity(users.len());
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let found = self.of(group).filter(is_one_of(chunk)).all(self.tx.conn()).await?;
            for model in found {
                rows.push(self.open(model)?);
            }
        }
        Ok(rows)
    }

    /// Finds one user's membership in several groups, with the group.
    pub async fn find_in(&self, user: UserId, groups: &[GroupId]) -> Result<Vec<(GroupId, MemberRow)>, StorageError> {
        let mut rows = Vec::with_capacity(groups.len());
        for chunk in groups.chunks(KEYS_PER_QUERY) {
            let found = Entity::find()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.is_in(chunk.iter().map(|group| group.as_i64())))
                .filter(Column::UserId.eq(user.as_i64()))
                .all(self.tx.conn())
                .await?;
            for model in found {
                rows.push((GroupId::from_stored(model.group_id), self.open(model)?));
            }
        }
        Ok(rows)
    }

    /// Lists members by id, beginning after one.
    pub async fn list(
        &self,
        group: GroupId,
        filter: MemberFilter,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<MemberRow>, StorageError> {
        let found = self
            .filtered(group, filter)
            .filter(Column::UserId.gt(after.map_or(0, UserId::as_i64)))
            .order_by_asc(Column::UserId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        found.into_iter().map(|model| self.open(model)).collect()
    }

    /// Counts members.
    pub async fn count(&self, group: GroupId, filter: MemberFilter) -> Result<u64, StorageError> {
        Ok(self.filtered(group, filter).count(self.tx.conn()).await?)
    }

    /// Lists the ids of the owner and the admins.
    pub async fn staff(&self, group: GroupId) -> Result<Vec<UserId>, StorageError> {
        self.ids(self.filtered(group, MemberFilter::Staff), None, u64::MAX >> 1).await
    }

    /// Lists the ids of members, beginning after one.
    pub async fn list_ids(
        &self,
        group: GroupId,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<UserId>, StorageError> {
        self.ids(self.of(group), after, limit).await
    }

    /// Adds members with a role; one who is there already is a duplicate error.
    pub async fn insert(&self, group: GroupId, users: &[UserId], role: u8, at: Millis) -> Result<(), StorageError> {
        for chunk in users.chunks(ROWS_PER_INSERT) {
            let models = chunk.iter().map(|user| ActiveModel {
                app_id: Set(self.tx.app().0),
                group_id: Set(group.as_i64()),
                user_id: Set(user.as_i64()),
                role: Set(role.into()),
                ban_until: Set(0),
                joined_at: Set(at),
                display_name: Set(Vec::new()),
                mute_mode: Set(0),
                push_mode: Set(0),
                not_disturb: Set(false),
            });
            Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Adds members with all they have set, each once at most. Of one who is there already the earlier time of joining (the owner, who
    /// comes with his group, gets the time given here), the higher role and what he has set stay; only gaps are filled.
    pub async fn merge(&self, group: GroupId, members: &[MemberRow]) -> Result<(), StorageError> {
        let fill = OnConflict::columns([Column::AppId, Column::GroupId, Column::UserId])
            .value(Column::Role, keep("excluded.role <= group_members.role", "role"))
            .value(Column::BanUntil, keep("group_members.ban_until > 0", "ban_until"))
            .value(
                Column::JoinedAt,
                keep("group_members.role < 2 and group_members.joined_at <= excluded.joined_at", "joined_at"),
            )
            .value(Column::DisplayName, keep("length(group_members.display_name) > 0", "display_name"))
            .value(Column::MuteMode, keep("group_members.mute_mode <> 0", "mute_mode"))
            .value(Column::PushMode, keep("group_members.push_mode <> 0", "push_mode"))
            .value(Column::NotDisturb, Expr::cust("group_members.not_disturb or excluded.not_disturb"))
            .to_owned();
        for chunk in members.chunks(ROWS_PER_INSERT) {
            let mut models = Vec::with_capacity(chunk.len());
            for member in chunk {
                let key = row_key(group.as_i64(), member.user.as_i64());
                models.push(ActiveModel {
                    app_id: Set(self.tx.app().0),
                    group_id: Set(group.as_i64()),
                    user_id: Set(member.user.as_i64()),
                    role: Set(member.role.into()),
                    ban_until: Set(member.ban_until),
                    joined_at: Set(member.joined_at),
                    display_name: Set(seal_text(self.tx, DISPLAY_NAME, &key, &member.display_name)?),
                    mute_mode: Set(member.mute_mode.into()),
                    push_mode: Set(member.push_mode.into()),
                    not_disturb: Set(member.not_disturb),
                });
            }
            Entity::insert_many(models).on_conflict(fill.clone()).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Removes members and tells how many there were.
    pub async fn remove(&self, group: GroupId, users: &[UserId]) -> Result<u64, StorageError> {
        let mut removed = 0;
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let result = Entity::delete_many()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.eq(group.as_i64()))
                .filter(is_one_of(chunk))
                .exec(self.tx.conn())
                .await?;
            removed += result.rows_affected;
        }
        Ok(removed)
    }

    /// Gives members a role.
    pub async fn set_role(&self, group: GroupId, users: &[UserId], role: u8) -> Result<(), StorageError> {
        for chunk in users.chunks(KEYS_PER_QUERY) {
            self.update(group, chunk).col_expr(Column::Role, Expr::val(i16::from(role))).exec(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Silences members until a moment; 0 lets them speak.
    pub async fn set_ban(&self, group: GroupId, users: &[UserId], until: Millis) -> Result<(), StorageError> {
        for chunk in users.chunks(KEYS_PER_QUERY) {
            self.update(group, chunk).col_expr(Column::BanUntil, Expr::val(until)).exec(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Changes the name on a member's card; an empty one takes it away.
    pub async fn set_display_name(&self, group: GroupId, user: UserId, name: &str) -> Result<(), StorageError> {
        let sealed = seal_text(self.tx, DISPLAY_NAME, &row_key(group.as_i64(), user.as_i64()), name)?;
        self.update(group, &[user]).col_expr(Column::DisplayName, Expr::val(sealed)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Changes how loud the group is for a member.
    pub async fn set_mute_mode(&self, group: GroupId, user: UserId, mode: u8) -> Result<(), StorageError> {
        self.update(group, &[user]).col_expr(Column::MuteMode, Expr::val(i16::from(mode))).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Changes what is pushed to a member's phone.
    pub async fn set_push_mode(&self, group: GroupId, user: UserId, mode: u8) -> Result<(), StorageError> {
        self.update(group, &[user]).col_expr(Column::PushMode, Expr::val(i16::from(mode))).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Turns a member's "do not disturb".
    pub async fn set_not_disturb(&self, group: GroupId, user: UserId, is_on: bool) -> Result<(), StorageError> {
        self.update(group, &[user]).col_expr(Column::NotDisturb, Expr::val(is_on)).exec(self.tx.conn()).await?;
        Ok(())
    }

    fn of(&self, group: GroupId) -> Select<Entity> {
        Entity::find().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::GroupId.eq(group.as_i64()))
    }

    /// The conditions of the partial indexes are written out, because they do not match bound values.
    fn filtered(&self, group: GroupId, filter: MemberFilter) -> Select<Entity> {
        let members = self.of(group);
        match filter {
            MemberFilter::All => members,
            MemberFilter::Staff => members.filter(Expr::cust("role > 0")),
            MemberFilter::BannedAt(now) => members.filter(Expr::cust("ban_until > 0")).filter(Column::BanUntil.gt(now)),
        }
    }

    async fn ids(
        &self,
        members: Select<Entity>,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<i64> = members
            .select_only()
            .column(Column::UserId)
            .filter(Column::UserId.gt(after.map_or(0, UserId::as_i64)))
            .order_by_asc(Column::UserId)
            .limit(limit)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    fn update(&self, group: GroupId, users: &[UserId]) -> UpdateMany<Entity> {
        Entity::update_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .filter(is_one_of(users))
    }

    fn open(&self, model: Model) -> Result<MemberRow, StorageError> {
        let key = row_key(model.group_id, model.user_id);
        Ok(MemberRow {
            user: UserId::from_stored(model.user_id),
            role: model.role as u8,
            ban_until: model.ban_until,
            joined_at: model.joined_at,
            display_name: unseal_text(self.tx, DISPLAY_NAME, &key, &model.display_name)?,
            mute_mode: model.mute_mode as u8,
            push_mode: model.push_mode as u8,
            not_disturb: model.not_disturb,
        })
    }
}

type ViewTuple = (i64, i16, i64, i64, i16);

fn view_columns(members: Select<Entity>) -> Select<Entity> {
    let columns = [Column::UserId, Column::Role, Column::BanUntil, Column::JoinedAt, Column::MuteMode];
    members.select_only().columns(columns)
}

fn view_row((user, role, ban_until, joined_at, mute_mode): ViewTuple) -> MemberViewRow {
    MemberViewRow {
        user_id: UserId::from_stored(user),
        role: role as u8,
        ban_until,
        joined_at,
        mute_mode: mute_mode as u8,
    }
}

/// What is there where `condition` holds, otherwise what comes.
fn keep(condition: &str, column: &str) -> sea_orm::sea_query::SimpleExpr {
    Expr::cust(format!("case when {condition} then group_members.{column} else excluded.{column} end"))
}

fn is_one_of(users: &[UserId]) -> sea_orm::sea_query::SimpleExpr {
    Column::UserId.is_in(users.iter().map(|user| user.as_i64()))
}
