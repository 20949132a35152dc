//! Devices: the installations a user has signed in with.

use cerulean_types::{DeviceSn, Millis, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::entity::device::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

const TABLE: &str = "devices";

/// Under what a device's own name is stored: keyed by app and user, so that the same installation cannot be followed across users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuidIndex(pub(crate) Vec<u8>);

/// Where pushes for a device go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAddress {
    /// Token of the phone vendor.
    pub device_token: String,
    /// Name of the certificate or channel.
    pub notifier_name: String,
}

/// A device as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// User.
    pub user: UserId,
    /// Number inside the user.
    pub sn: DeviceSn,
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web, 0 unknown.
    pub platform: i32,
    /// What the installation says of itself.
    pub info: String,
    /// Where pushes go.
    pub push: Option<PushAddress>,
    /// Milliseconds.
    pub last_login: Millis,
    /// Milliseconds.
    pub created_at: Millis,
}

/// The devices of an app's users.
#[derive(Debug)]
pub struct Devices<'a> {
    tx: &'a Tx,
}

impl<'a> Devices<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// The stored form of a device's own name.
    pub fn guid_index(&self, user: UserId, guid: &str) -> Result<GuidIndex, StorageError> {
        Ok(GuidIndex(self.tx.blind_index("devices.guid", &format!("{user}:{guid}"))?))
    }

    /// Adds a device. A known guid or number is a duplicate error.
    pub async fn insert(&self, row: &DeviceRow, guid: &GuidIndex) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            user_id: Set(row.user.as_i64()),
            device_sn: Set(row.sn.0 as i32),
            guid_index: Set(guid.0.clone()),
            platform: Set(row.platform),
            info: Set(self.tx.seal(TABLE, &row_key(row.user, row.sn), &row.info)?),
            push: Set(self.seal_push(row.user, row.sn, row.push.as_ref())?),
            last_login: Set(row.last_login),
            created_at: Set(row.created_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds a device by its own name.
    pub async fn find_by_guid(&self, user: UserId, guid: &GuidIndex) -> Result<Option<DeviceRow>, StorageError> {
        let found = self.of(user).filter(Column::GuidIndex.eq(guid.0.clone())).one(self.tx.conn()).await?;
        found.map(|row| self.open(row)).transpose()
    }

    /// Finds a device by number.
    pub async fn find(&self, user: UserId, sn: DeviceSn) -> Result<Option<DeviceRow>, StorageError> {
        let found = Entity::find().filter(self.is(user, sn)).one(self.tx.conn()).await?;
        found.map(|row| self.open(row)).transpose()
    }

    /// All devices of a user by number.
    pub async fn list(&self, user: UserId) -> Result<Vec<DeviceRow>, StorageError> {
        let rows = self.of(user).order_by_asc(Column::DeviceSn).all(self.tx.conn()).await?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    /// Devices of these users that pushes can reach.
    pub async fn list_reachable(&self, users: &[UserId]) -> Result<Vec<DeviceRow>, StorageError> {
        let numbers = users.iter().map(|user| user.as_i64());
        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::UserId.is_in(numbers))
            .filter(Column::Push.is_not_null())
            .order_by_asc(Column::UserId)
            .order_by_asc(Column::DeviceSn)
            .all(self.tx.conn())
            .await?;
        found.into_iter().map(|row| self.open(row)).collect()
    }

    /// Notes a sign-in and what the installation says of itself now.
    pub async fn touch(
        &self,
        user: UserId,
        sn: DeviceSn,
        platform: i32,
        info: &str,
        at: Millis,
    ) -> Result<(), StorageError> {
        let change = ActiveModel {
            platform: Set(platform),
            info: Set(self.tx.seal(TABLE, &row_key(user, sn), info)?),
            last_login: Set(at),
            ..Default::default()
        };
        Entity::update_many().set(change).filter(self.is(user, sn)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Sets or clears where pushes go.
    pub async fn set_push(&self, user: UserId, sn: DeviceSn, push: Option<&PushAddress>) -> Result<(), StorageError> {
        let change = ActiveModel { push: Set(self.seal_push(user, sn, push)?), ..Default::default() };
        Entity::update_many().set(change).filter(self.is(user, sn)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Forgets a device; its number is never given again.
    pub async fn delete(&self, user: UserId, sn: DeviceSn) -> Result<bool, StorageError> {
        let done = Entity::delete_many().filter(self.is(user, sn)).exec(self.tx.conn()).await?;
        Ok(done.rows_affected > 0)
    }

    /// Forgets all devices of a user.
    pub async fn delete_all(&self, user: UserId) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::UserId.eq(user.as_i64()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    fn of(&self, user: UserId) -> sea_orm::Select<Entity> {
        Entity::find().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::UserId.eq(user.as_i64()))
    }

    fn is(&self, user: UserId, sn: DeviceSn) -> Condition {
        Condition::all()
            .add(Column::AppId.eq(self.tx.app().0))
            .add(Column::UserId.eq(user.as_i64()))
            .add(Column::DeviceSn.eq(sn.0 as i32))
    }

    fn seal_push(
        &self,
        user: UserId,
        sn: DeviceSn,
        push: Option<&PushAddress>,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(push) = push else { return Ok(None) };
        let text = serde_json::to_string(push).expect("plain structs become JSON");
        Ok(Some(self.tx.seal(TABLE, &push_key(user, sn), &text)?))
    }

    fn open(&self, row: Model) -> Result<DeviceRow, StorageError> {
        let user = UserId::from_stored(row.user_id);
        let sn = DeviceSn(row.device_sn as u32);
        let push = match row.push {
            Some(blob) => {
                let text = self.tx.unseal(TABLE, &push_key(user, sn), &blob)?;
                let inconsistent = |_| StorageError::Inconsistent { table: TABLE, key: format!("{user} {}", sn.0) };
                Some(serde_json::from_str(&text).map_err(inconsistent)?)
            }
            None => None,
        };
        Ok(DeviceRow {
            user,
            sn,
            platform: row.platform,
            info: self.tx.unseal(TABLE, &row_key(user, sn), &row.info)?,
            push,
            last_login: row.last_login,
            created_at: row.created_at,
        })
    }
}

fn row_key(user: UserId, sn: DeviceSn) -> Vec<u8> {
    [&user.get().to_be_bytes()[..], &sn.0.to_be_bytes()].concat()
}

fn push_key(user: UserId, sn: DeviceSn) -> Vec<u8> {
    [&row_key(user, sn)[..], b"push"].concat()
}
