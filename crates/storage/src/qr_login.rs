//! Sign-ins by a picture.

use cerulean_types::{Millis, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::qr_login::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

const TABLE: &str = "qr_logins";

/// How far a sign-in by a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrLoginState {
    /// Nobody has scanned it.
    Shown,
    /// A user has, and is asked.
    Scanned,
    /// He agreed: the browser may sign in.
    Confirmed,
    /// He did not.
    Refused,
}

impl QrLoginState {
    const ALL: [Self; 4] = [Self::Shown, Self::Scanned, Self::Confirmed, Self::Refused];

    fn as_stored(self) -> i32 {
        match self {
            Self::Shown => 0,
            Self::Scanned => 1,
            Self::Confirmed => 2,
            Self::Refused => 3,
        }
    }
}

/// A sign-in by a picture as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrLoginRow {
    /// How far it is.
    pub state: QrLoginState,
    /// JSON: which browser asks, and from where.
    pub browser: String,
    /// Who scanned it.
    pub user: Option<UserId>,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds.
    pub expires_at: Millis,
}

/// The sign-ins by a picture of an app. What is past its time is absent.
#[derive(Debug)]
pub struct QrLogins<'a> {
    tx: &'a Tx,
}

impl<'a> QrLogins<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds one under the hash of the code in its picture.
    pub async fn insert(
        &self,
        code_hash: &[u8; 32],
        browser: &str,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            code_hash: Set(code_hash.to_vec()),
            state: Set(QrLoginState::Shown.as_stored()),
            browser: Set(self.tx.seal(TABLE, code_hash, browser)?),
            user_id: Set(None),
            created_at: Set(now),
            expires_at: Set(expires_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds one.
    pub async fn find(&self, code_hash: &[u8; 32], now: Millis) -> Result<Option<QrLoginRow>, StorageError> {
        let found = Entity::find().filter(self.is(code_hash, now)).one(self.tx.conn()).await?;
        found.map(|row| self.open(row)).transpose()
    }

    /// Notes who has scanned it. Whether he is the first, or the same as before.
    pub async fn scan(&self, code_hash: &[u8; 32], user: UserId, now: Millis) -> Result<bool, StorageError> {
        let is_free = Condition::any()
            .add(Self::is_in(QrLoginState::Shown))
            .add(Condition::all().add(Self::is_in(QrLoginState::Scanned)).add(Column::UserId.eq(user.as_i64())));
        let change = ActiveModel {
            state: Set(QrLoginState::Scanned.as_stored()),
            user_id: Set(Some(user.as_i64())),
            ..Default::default()
        };
        self.change(self.is(code_hash, now).add(is_free), change).await
    }

    /// Notes that whoever scanned it agrees, and until when that is good. Whether it was his to say.
    pub async fn confirm(
        &self,
        code_hash: &[u8; 32],
        user: UserId,
        now: Millis,
        expires_at: Millis,
    ) -> Result<bool, StorageError> {
        let change = ActiveModel {
            state: Set(QrLoginState::Confirmed.as_stored()),
            expires_at: Set(expires_at),
            ..Default::default()
        };
        self.change(self.is_asked(code_hash, user, now), change).await
    }

    /// Notes that whoever scanned it does not agree. Whether it was his to say.
    pub async fn refuse(&self, code_hash: &[u8; 32], user: UserId, now: Millis) -> Result<bool, StorageError> {
        let change = ActiveModel { state: Set(QrLoginState::Refused.as_stored()), ..Default::default() };
        self.change(self.is_asked(code_hash, user, now), change).await
    }

    /// Forgets what is past its time.
    pub async fn delete_expired(&self, now: Millis) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::ExpiresAt.lte(now))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// How many there are.
    pub async fn count(&self) -> Result<u64, StorageError> {
        Ok(Entity::find().filter(Column::AppId.eq(self.tx.app().0)).count(self.tx.conn()).await?)
    }

    async fn change(&self, filter: Condition, change: ActiveModel) -> Result<bool, StorageError> {
        let done = Entity::update_many().set(change).filter(filter).exec(self.tx.conn()).await?;
        Ok(done.rows_affected > 0)
    }

    fn is(&self, code_hash: &[u8; 32], now: Millis) -> Condition {
        Condition::all()
            .add(Column::AppId.eq(self.tx.app().0))
            .add(Column::CodeHash.eq(code_hash.to_vec()))
            .add(Column::ExpiresAt.gt(now))
    }

    fn is_in(state: QrLoginState) -> sea_orm::sea_query::SimpleExpr {
        Column::State.eq(state.as_stored())
    }

    fn is_asked(&self, code_hash: &[u8; 32], user: UserId, now: Millis) -> Condition {
        self.is(code_hash, now).add(Self::is_in(QrLoginState::Scanned)).add(Column::UserId.eq(user.as_i64()))
    }

    fn open(&self, row: Model) -> Result<QrLoginRow, StorageError> {
        let inconsistent = || StorageError::Inconsistent { table: TABLE, key: row.created_at.to_string() };
        let state = QrLoginState::ALL.into_iter().find(|state| state.as_stored() == row.state);
        Ok(QrLoginRow {
            state: state.ok_or_else(inconsistent)?,
            browser: self.tx.unseal(TABLE, &row.code_hash, &row.browser)?,
            user: row.user_id.map(UserId::from_stored),
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}
