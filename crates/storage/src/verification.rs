//! Codes that prove a phone number or an e-mail address, and how many were sent of late.

use cerulean_types::{Contact, Millis};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::entity::{proven_contact, send_count, verification_code};
use crate::user::UserKey;
use crate::{StorageError, Tx};

/// What a try of a code met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTry {
    /// There is none, or its time is over.
    Absent,
    /// It was tried too often.
    Exhausted,
    /// The keyed hash to compare with; the try is counted.
    Expected([u8; 32]),
}

/// The verification of an app.
#[derive(Debug)]
pub struct Verifications<'a> {
    tx: &'a Tx,
}

impl<'a> Verifications<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Keeps the code for a contact; the one before is void.
    pub async fn put_code(
        &self,
        contact: &Contact,
        purpose: &str,
        code_hash: &[u8; 32],
        expires_at: Millis,
    ) -> Result<(), StorageError> {
        use verification_code::{ActiveModel, Column, Entity};

        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            contact_index: Set(self.index(contact)?),
            purpose: Set(purpose.to_owned()),
            code_hash: Set(code_hash.to_vec()),
            attempts: Set(0),
            expires_at: Set(expires_at),
        };
        let before = OnConflict::columns([Column::AppId, Column::ContactIndex, Column::Purpose])
            .update_columns([Column::CodeHash, Column::Attempts, Column::ExpiresAt])
            .to_owned();
        Entity::insert(model).on_conflict(before).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Counts a try of the code for a contact. Commit it whatever comes of it.
    pub async fn try_code(
        &self,
        contact: &Contact,
        purpose: &str,
        most: u32,
        now: Millis,
    ) -> Result<CodeTry, StorageError> {
        use verification_code::{Column, Entity};

        let living = self.code(contact, purpose)?.add(Column::ExpiresAt.gt(now));
        let tried = Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(living.clone().add(Column::Attempts.lt(most as i32)))
            .exec_with_returning(self.tx.conn())
            .await?;
        if let Some(row) = tried.into_iter().next() {
            let inconsistent = |_| StorageError::Inconsistent { table: "verification_codes", key: purpose.to_owned() };
            return Ok(CodeTry::Expected(row.code_hash.as_slice().try_into().map_err(inconsistent)?));
        }
        let is_there = Entity::find().filter(living).one(self.tx.conn()).await?.is_some();
        Ok(if is_there { CodeTry::Exhausted } else { CodeTry::Absent })
    }

    /// Uses a code up. Whether it was still the one expected.
    pub async fn take_code(
        &self,
        contact: &Contact,
        purpose: &str,
        code_hash: &[u8; 32],
    ) -> Result<bool, StorageError> {
        use verification_code::{Column, Entity};

        let same = self.code(contact, purpose)?.add(Column::CodeHash.eq(code_hash.to_vec()));
        Ok(Entity::delete_many().filter(same).exec(self.tx.conn()).await?.rows_affected > 0)
    }

    /// Counts one more of something within a window of time; answers how many there were, this one included.
    pub async fn count(&self, what: &str, value: &str, window_ms: Millis, now: Millis) -> Result<u32, StorageError> {
        use send_count::{ActiveModel, Column, Entity};

        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            bucket: Set(self.tx.blind_index(&format!("send_counts.{what}"), value)?),
            since: Set(now),
            number: Set(1),
        };
        let is_over = || Expr::col((Entity, Column::Since)).lte(now - window_ms);
        let number = Expr::col((Entity, Column::Number)).add(1);
        let conflict = OnConflict::columns([Column::AppId, Column::Bucket])
            .value(Column::Number, CaseStatement::new().case(is_over(), 1).finally(number))
            .value(Column::Since, CaseStatement::new().case(is_over(), now).finally(Expr::col((Entity, Column::Since))))
            .to_owned();
        let row = Entity::insert(model).on_conflict(conflict).exec_with_returning(self.tx.conn()).await?;
        Ok(row.number as u32)
    }

    /// Notes that a user has proven a contact; whoever had proven it before has no longer.
    pub async fn put_proven(
        &self,
        user: cerulean_types::UserId,
        contact: &Contact,
        now: Millis,
    ) -> Result<(), StorageError> {
        use proven_contact::{ActiveModel, Column, Entity};

        let index = self.index(contact)?;
        let same = Condition::any()
            .add(Column::ContactIndex.eq(index.clone()))
            .add(Condition::all().add(Column::UserId.eq(user.as_i64())).add(Column::Kind.eq(contact.kind())));
        let of_app = Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(same);
        Entity::delete_many().filter(of_app).exec(self.tx.conn()).await?;
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            user_id: Set(user.as_i64()),
            kind: Set(contact.kind().to_owned()),
            contact_index: Set(index),
            proven_at: Set(now),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Whether a user has proven this contact.
    pub async fn is_proven(&self, user: cerulean_types::UserId, contact: &Contact) -> Result<bool, StorageError> {
        use proven_contact::{Column, Entity};

        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::ContactIndex.eq(self.index(contact)?))
            .filter(Column::UserId.eq(user.as_i64()))
            .one(self.tx.conn())
            .await?;
        Ok(found.is_some())
    }

    fn code(&self, contact: &Contact, purpose: &str) -> Result<Condition, StorageError> {
        use verification_code::Column;

        Ok(Condition::all()
            .add(Column::AppId.eq(self.tx.app().0))
            .add(Column::ContactIndex.eq(self.index(contact)?))
            .add(Column::Purpose.eq(purpose)))
    }

    /// The same index by which users are found, so that the two can be held against each other.
    fn index(&self, contact: &Contact) -> Result<Vec<u8>, StorageError> {
        let key = UserKey::from(contact);
        let inconsistent = || StorageError::Inconsistent { table: "verification_codes", key: "empty contact".into() };
        key.index(self.tx)?.1.ok_or_else(inconsistent)
    }
}
