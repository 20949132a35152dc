//! Tokens: what lets a user or an app's administrator in.

use cerulean_types::{DeviceSn, Millis, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::device::GuidIndex;
use crate::entity::token::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

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

    /// Notes which device uses a token.
    pub async fn set_device(&self, number: i64, device: DeviceSn) -> Result<(), StorageError> {
        let change = ActiveModel { device_sn: Set(device.0 as i32), ..Default::default() };
        Entity::update_many().set(change).filter(self.is(number)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Revokes one token.
    pub async fn delete(&self, number: i64) -> Result<bool, StorageError> {
        let done = Entity::delete_many().filter(self.is(number)).exec(self.tx.conn()).await?;
        Ok(done.rows_affected > 0)
    }

    /// Revokes the tokens of a user but one; answers with their numbers.
    pub async fn delete_of_user(&self, user: UserId, except: Option<i64>) -> Result<Vec<i64>, StorageError> {
        let mut filter = self.of(user.as_i64());
        if let Some(number) = except {
            filter = filter.add(Column::TokenNo.ne(number));
        }
        self.delete_where(filter).await
    }

    /// Revokes the tokens that a device used last; answers with their numbers.
    pub async fn delete_of_device(&self, user: UserId, device: DeviceSn) -> Result<Vec<i64>, StorageError> {
        self.delete_where(self.of(user.as_i64()).add(Column::DeviceSn.eq(device.0 as i32))).await
    }

    /// Forgets the tokens of a user that are past their time.
    pub async fn delete_expired(&self, user: UserId, now: Millis) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(self.of(user.as_i64()).add(Column::ExpiresAt.lte(now)))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Revokes the administrator's tokens; answers with their numbers.
    pub async fn delete_admin(&self) -> Result<Vec<i64>, StorageError> {
        self.delete_where(self.of(ADMIN)).await
    }

    async fn delete_where(&self, filter: Condition) -> Result<Vec<i64>, StorageError> {
        let gone = Entity::delete_many().filter(filter).exec_with_returning(self.tx.conn()).await?;
        Ok(gone.into_iter().map(|row| row.token_no).collect())
    }

    fn is(&self, number: i64) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::TokenNo.eq(number))
    }

    fn of(&self, user: i64) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::UserId.eq(user))
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
