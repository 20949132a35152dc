//! Tokens: what lets a user or an app's administrator in.

use std::collections::HashMap;

use cerulean_types::{DeviceSn, Millis, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::device::GuidIndex;
use crate::entity::sign_in;
use crate::entity::token::{ActiveModel, Column, Entity, Model};
use crate::{PlatformTx, StorageError, Tx};

const ADMIN: i64 = 0;

/// A token as stored; the text is known to its holder alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Number, part of the text.
    pub number: i64,
    /// BLAKE3 of the text.
    pub hash: [u8; 32],
    /// User, or `None` for the app's administrator.
    pub user: Option<UserId>,
    /// Device that used it last.
    pub device: DeviceSn,
    /// The only installation that may use it, if named at sign-in.
    pub guid: Option<GuidIndex>,
    /// Milliseconds; the largest number for never.
    pub expires_at: Millis,
    /// Milliseconds.
    pub created_at: Millis,
}

/// The tokens of an app. Revoking deletes.
#[derive(Debug)]
pub struct Tokens<'a> {
    tx: &'a Tx,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a token; a taken number is a duplicate error.
    pub async fn insert(&self, row: &TokenRow) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            token_no: Set(row.number),
            hash: Set(row.hash.to_vec()),
            user_id: Set(row.user.map_or(ADMIN, UserId::as_i64)),
            device_sn: Set(row.device.0 as i32),
            guid_index: Set(row.guid.as_ref().map(|guid| guid.0.clone())),
            expires_at: Set(row.expires_at),
            created_at: Set(row.created_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds a token by number, expired ones too.
    pub async fn find(&self, number: i64) -> Result<Option<TokenRow>, StorageError> {
        let found = Entity::find().filter(self.is(number)).one(self.tx.conn()).await?;
        found.map(open).transpose()
    }

    /// Notes that a device uses a token, in addition to those that did before.
    pub async fn set_device(
        &self,
        user: UserId,
        number: i64,
        device: DeviceSn,
        now: Millis,
    ) -> Result<(), StorageError> {
        let change = ActiveModel { device_sn: Set(device.0 as i32), ..Default::default() };
        Entity::update_many().set(change).filter(self.is(number)).exec(self.tx.conn()).await?;
        let sign_in = sign_in::ActiveModel {
            app_id: Set(self.tx.app().0),
            token_no: Set(number),
            device_sn: Set(device.0 as i32),
            user_id: Set(user.as_i64()),
            since: Set(now),
        };
        let key = [sign_in::Column::AppId, sign_in::Column::TokenNo, sign_in::Column::DeviceSn];
        sign_in::Entity::insert(sign_in)
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(self.tx.conn())
            .await?;
        Ok(())
    }

    /// The devices of a user that hold a token which is not past its time, by number, with the time they came with the newest of them.
    pub async fn signed_in_devices(&self, user: UserId, now: Millis) -> Result<Vec<(DeviceSn, Millis)>, StorageError> {
        let good = Entity::find()
            .select_only()
            .column(Column::TokenNo)
            .filter(self.of(user.as_i64()).add(Column::ExpiresAt.gt(now)))
            .into_query();
        let rows: Vec<(i32, i64)> = sign_in::Entity::find()
            .select_only()
            .column(sign_in::Column::DeviceSn)
            .column_as(sign_in::Column::Since.max(), "last")
            .filter(self.uses_of(user))
            .filter(sign_in::Column::TokenNo.in_subquery(good))
            .group_by(sign_in::Column::DeviceSn)
            .order_by_asc(sign_in::Column::DeviceSn)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(rows.into_iter().map(|(sn, since)| (DeviceSn(sn as u32), since)).collect())
    }

    /// The devices that use a token.
    pub async fn devices_of(&self, number: i64) -> Result<Vec<DeviceSn>, StorageError> {
        let rows: Vec<i32> = sign_in::Entity::find()
            .select_only()
            .column(sign_in::Column::DeviceSn)
            .filter(sign_in::Column::AppId.eq(self.tx.app().0))
            .filter(sign_in::Column::TokenNo.eq(number))
            .order_by_asc(sign_in::Column::DeviceSn)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(rows.into_iter().map(|sn| DeviceSn(sn as u32)).collect())
    }

    /// Revokes one token.
    pub async fn delete(&self, number: i64) -> Result<bool, StorageError> {
        Ok(!self.delete_where(self.is(number)).await?.is_empty())
    }

    /// Revokes the tokens of a user but one; answers with their numbers.
    pub async fn delete_of_user(&self, user: UserId, except: Option<i64>) -> Result<Vec<i64>, StorageError> {
        let mut filter = self.of(user.as_i64());
        if let Some(number) = except {
            filter = filter.add(Column::TokenNo.ne(number));
        }
        self.delete_where(filter).await
    }

    /// Revokes the tokens that a device uses, also those it shares with others, but one, which it only ceases to use. Answers with the
    /// numbers of those revoked.
    pub async fn delete_of_device(
        &self,
        user: UserId,
        device: DeviceSn,
        except: Option<i64>,
    ) -> Result<Vec<i64>, StorageError> {
        let uses = self.uses_of(user).add(sign_in::Column::DeviceSn.eq(device.0 as i32));
        let used =
            sign_in::Entity::find().select_only().column(sign_in::Column::TokenNo).filter(uses.clone()).into_query();
        let is_used = Condition::any().add(Column::TokenNo.in_subquery(used)).add(Column::DeviceSn.eq(device.0 as i32));
        let mut filter = self.of(user.as_i64()).add(is_used);
        if let Some(number) = except {
            filter = filter.add(Column::TokenNo.ne(number));
        }
        let numbers = self.delete_where(filter).await?;
        sign_in::Entity::delete_many().filter(uses).exec(self.tx.conn()).await?;
        Ok(numbers)
    }

    /// Forgets the tokens of a user that are past their time.
    pub async fn delete_expired(&self, user: UserId, now: Millis) -> Result<(), StorageError> {
        self.delete_where(self.of(user.as_i64()).add(Column::ExpiresAt.lte(now))).await.map(drop)
    }

    /// Revokes the administrator's tokens; answers with their numbers.
    pub async fn delete_admin(&self) -> Result<Vec<i64>, StorageError> {
        self.delete_where(self.of(ADMIN)).await
    }

    async fn delete_where(&self, filter: Condition) -> Result<Vec<i64>, StorageError> {
        let gone = Entity::delete_many().filter(filter).exec_with_returning(self.tx.conn()).await?;
        let numbers: Vec<i64> = gone.into_iter().map(|row| row.token_no).collect();
        forget_sign_ins(self.tx.conn(), self.tx.app().0, &numbers).await?;
        Ok(numbers)
    }

    fn uses_of(&self, user: UserId) -> Condition {
        Condition::all().add(sign_in::Column::AppId.eq(self.tx.app().0)).add(sign_in::Column::UserId.eq(user.as_i64()))
    }

    fn is(&self, number: i64) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::TokenNo.eq(number))
    }

    fn of(&self, user: i64) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::UserId.eq(user))
    }
}

/// Numbers of one `IN` list.
const LIST: usize = 500;

async fn forget_sign_ins(conn: &DatabaseTransaction, app: i32, numbers: &[i64]) -> Result<(), StorageError> {
    for part in numbers.chunks(LIST) {
        sign_in::Entity::delete_many()
            .filter(sign_in::Column::AppId.eq(app))
            .filter(sign_in::Column::TokenNo.is_in(part.iter().copied()))
            .exec(conn)
            .await?;
    }
    Ok(())
}

impl PlatformTx {
    /// Forgets tokens of all apps that are past their time, the oldest first; answers how many.
    pub async fn delete_expired_tokens(&self, now: Millis, limit: u64) -> Result<usize, StorageError> {
        let keys: Vec<(i32, i64)> = Entity::find()
            .select_only()
            .column(Column::AppId)
            .column(Column::TokenNo)
            .filter(Column::ExpiresAt.lte(now))
            .order_by_asc(Column::ExpiresAt)
            .limit(limit)
            .into_tuple()
            .all(self.conn())
            .await?;
        let mut by_app: HashMap<i32, Vec<i64>> = HashMap::new();
        for (app, number) in &keys {
            by_app.entry(*app).or_default().push(*number);
        }
        for (app, numbers) in by_app {
            for part in numbers.chunks(LIST) {
                Entity::delete_many()
                    .filter(Column::AppId.eq(app))
                    .filter(Column::TokenNo.is_in(part.iter().copied()))
                    .exec(self.conn())
                    .await?;
            }
            forget_sign_ins(self.conn(), app, &numbers).await?;
        }
        Ok(keys.len())
    }
}

fn open(row: Model) -> Result<TokenRow, StorageError> {
    let inconsistent = |_| StorageError::Inconsistent { table: "tokens", key: row.token_no.to_string() };
    Ok(TokenRow {
        number: row.token_no,
        hash: row.hash.as_slice().try_into().map_err(inconsistent)?,
        user: (row.user_id != ADMIN).then(|| UserId::from_stored(row.user_id)),
        device: DeviceSn(row.device_sn as u32),
        guid: row.guid_index.map(GuidIndex),
        expires_at: row.expires_at,
        created_at: row.created_at,
    })
}
