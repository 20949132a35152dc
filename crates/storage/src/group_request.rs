//! Applications to groups and invitations into them. The latest of each kind per user and group is kept; handled ones stay listed.

use cerulean_types::{GroupId, Millis, UserId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::entity::group_request::{ActiveModel, Column, Entity, Model};
use crate::group::{KEYS_PER_QUERY, row_key, seal_text, unseal_text};
use crate::{StorageError, Tx};

/// Which way a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestKind {
    /// A user asks the group.
    Application = 0,
    /// The group asks a user.
    Invitation = 1,
}

impl RequestKind {
    fn stored(self) -> i16 {
        self as i16
    }

    fn column(self) -> &'static str {
        match self {
            Self::Application => "group_requests.application",
            Self::Invitation => "group_requests.invitation",
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestStatus {
    /// Nobody answered yet.
    Pending = 0,
    /// Yes.
    Accepted = 1,
    /// No.
    Declined = 2,
}

/// A request as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRequestRow {
    /// Group.
    pub group: GroupId,
    /// Applicant or invitee.
    pub user: UserId,
    /// Who invited; `None` in an application.
    pub inviter: Option<UserId>,
    /// Why, in the asker's words.
    pub reason: String,
    /// What became of it.
    pub status: RequestStatus,
    /// From when on it is void.
    pub expires_at: Millis,
    /// When it was made or answered.
    pub updated_at: Millis,
}

impl GroupRequestRow {
    /// Whether it can still be answered.
    pub fn is_open(&self, now: Millis) -> bool {
        self.status == RequestStatus::Pending && self.expires_at > now
    }
}

/// Where a page of requests ended: they are listed newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestCursor {
    /// `updated_at` of the last one.
    pub updated_at: Millis,
    /// Its group.
    pub group: GroupId,
    /// Its user.
    pub user: UserId,
}

/// The applications and invitations of an app's groups.
#[derive(Debug)]
pub struct GroupRequests<'a> {
    tx: &'a Tx,
    kind: RequestKind,
}

impl<'a> GroupRequests<'a> {
    pub(crate) fn new(tx: &'a Tx, kind: RequestKind) -> Self {
        Self { tx, kind }
    }

    /// Records a request in the place of an earlier one.
    pub async fn put(&self, row: &GroupRequestRow) -> Result<(), StorageError> {
        let key = row_key(row.group.as_i64(), row.user.as_i64());
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            group_id: Set(row.group.as_i64()),
            user_id: Set(row.user.as_i64()),
            kind: Set(self.kind.stored()),
            inviter_id: Set(row.inviter.map_or(0, UserId::as_i64)),
            reason: Set(seal_text(self.tx, self.kind.column(), &key, &row.reason)?),
            status: Set(row.status as i16),
            expires_at: Set(row.expires_at),
            updated_at: Set(row.updated_at),
        };
        let replaced = [Column::InviterId, Column::Reason, Column::Status, Column::ExpiresAt, Column::UpdatedAt];
        let key_columns = [Column::AppId, Column::GroupId, Column::UserId, Column::Kind];
        let conflict = OnConflict::columns(key_columns).update_columns(replaced).to_owned();
        Entity::insert(model).on_conflict(conflict).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds the request of a user and a group.
    pub async fn find(&self, group: GroupId, user: UserId) -> Result<Option<GroupRequestRow>, StorageError> {
        let key = (self.tx.app().0, group.as_i64(), user.as_i64(), self.kind.stored());
        let found = Entity::find_by_id(key).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Records the answer; nothing happens where there is no request.
    pub async fn set_status(
        &self,
        group: GroupId,
        user: UserId,
        status: RequestStatus,
        at: Millis,
    ) -> Result<(), StorageError> {
        Entity::update_many()
            .col_expr(Column::Status, Expr::val(status as i16))
            .col_expr(Column::UpdatedAt, Expr::val(at))
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .filter(Column::UserId.eq(user.as_i64()))
            .filter(Column::Kind.eq(self.kind.stored()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Lists the requests of some groups, newest first.
    pub async fn list_of_groups(
        &self,
        groups: &[GroupId],
        after: Option<RequestCursor>,
        limit: u64,
    ) -> Result<Vec<GroupRequestRow>, StorageError> {
        self.page(self.in_groups(groups), after, limit).await
    }

    /// Counts the requests of some groups.
    pub async fn count_of_groups(&self, groups: &[GroupId]) -> Result<u64, StorageError> {
        Ok(self.in_groups(groups).count(self.tx.conn()).await?)
    }

    /// Lists a user's requests, newest first.
    pub async fn list_of_user(
        &self,
        user: UserId,
        after: Option<RequestCursor>,
        limit: u64,
    ) -> Result<Vec<GroupRequestRow>, StorageError> {
        self.page(self.all().filter(Column::UserId.eq(user.as_i64())), after, limit).await
    }

    /// Counts a user's requests.
    pub async fn count_of_user(&self, user: UserId) -> Result<u64, StorageError> {
        Ok(self.all().filter(Column::UserId.eq(user.as_i64())).count(self.tx.conn()).await?)
    }

    /// Users whose requests are open, at most so many.
    pub async fn open_users(&self, group: GroupId, now: Millis, limit: u64) -> Result<Vec<UserId>, StorageError> {
        let open = self.open_in(group, now).order_by_asc(Column::UserId).limit(limit);
        let ids: Vec<i64> = open.select_only().column(Column::UserId).into_tuple().all(self.tx.conn()).await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    /// Those of the users whose requests are open.
    pub async fn open_among(&self, group: GroupId, users: &[UserId], now: Millis) -> Result<Vec<UserId>, StorageError> {
        let mut found = Vec::new();
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let open = self.open_in(group, now).filter(Column::UserId.is_in(chunk.iter().map(|user| user.as_i64())));
            let ids: Vec<i64> = open.select_only().column(Column::UserId).into_tuple().all(self.tx.conn()).await?;
            found.extend(ids.into_iter().map(UserId::from_stored));
        }
        Ok(found)
    }

    /// Answers the open requests of these users in the group's name.
    pub async fn close(
        &self,
        group: GroupId,
        users: &[UserId],
        status: RequestStatus,
        at: Millis,
    ) -> Result<(), StorageError> {
        for chunk in users.chunks(KEYS_PER_QUERY) {
            Entity::update_many()
                .col_expr(Column::Status, Expr::val(status as i16))
                .col_expr(Column::UpdatedAt, Expr::val(at))
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.eq(group.as_i64()))
                .filter(Column::UserId.is_in(chunk.iter().map(|user| user.as_i64())))
                .filter(Column::Kind.eq(self.kind.stored()))
                .filter(Column::Status.eq(RequestStatus::Pending as i16))
                .exec(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// Forgets all requests of a user, of this kind.
    pub async fn remove_of_user(&self, user: UserId) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::UserId.eq(user.as_i64()))
            .filter(Column::Kind.eq(self.kind.stored()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Forgets all requests of a group, of this kind.
    pub async fn remove_all(&self, group: GroupId) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .filter(Column::Kind.eq(self.kind.stored()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    fn all(&self) -> Select<Entity> {
        Entity::find().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::Kind.eq(self.kind.stored()))
    }

    fn open_in(&self, group: GroupId, now: Millis) -> Select<Entity> {
        self.in_groups(&[group])
            .filter(Column::Status.eq(RequestStatus::Pending as i16))
            .filter(Column::ExpiresAt.gt(now))
    }

    fn in_groups(&self, groups: &[GroupId]) -> Select<Entity> {
        self.all().filter(Column::GroupId.is_in(groups.iter().map(|group| group.as_i64())))
    }

    async fn page(
        &self,
        requests: Select<Entity>,
        after: Option<RequestCursor>,
        limit: u64,
    ) -> Result<Vec<GroupRequestRow>, StorageError> {
        let found = requests
            .filter(after.map_or_else(Condition::all, is_after))
            .order_by_desc(Column::UpdatedAt)
            .order_by_asc(Column::GroupId)
            .order_by_asc(Column::UserId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        found.into_iter().map(|model| self.open(model)).collect()
    }

    fn open(&self, model: Model) -> Result<GroupRequestRow, StorageError> {
        let key = row_key(model.group_id, model.user_id);
        let status = match model.status {
            0 => RequestStatus::Pending,
            1 => RequestStatus::Accepted,
            2 => RequestStatus::Declined,
            _ => {
                let key = format!("{} {}", model.group_id, model.user_id);
                return Err(StorageError::Inconsistent { table: "group_requests", key });
            }
        };
        Ok(GroupRequestRow {
            group: GroupId::from_stored(model.group_id),
            user: UserId::from_stored(model.user_id),
            inviter: (model.inviter_id != 0).then(|| UserId::from_stored(model.inviter_id)),
            reason: unseal_text(self.tx, self.kind.column(), &key, &model.reason)?,
            status,
            expires_at: model.expires_at,
            updated_at: model.updated_at,
        })
    }
}

fn is_after(cursor: RequestCursor) -> Condition {
    let (at, group, user) = (cursor.updated_at, cursor.group.as_i64(), cursor.user.as_i64());
    let same_group = Condition::all().add(Column::GroupId.eq(group)).add(Column::UserId.gt(user));
    let same_moment = Condition::all()
        .add(Column::UpdatedAt.eq(at))
        .add(Condition::any().add(Column::GroupId.gt(group)).add(same_group));
    Condition::any().add(Column::UpdatedAt.lt(at)).add(same_moment)
}
