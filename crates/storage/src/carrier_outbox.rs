//! What a development server would have sent by mail or text message.

use cerulean_types::{JobId, Millis};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::carrier_letter::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

const TABLE: &str = "carrier_outbox";

/// A letter that was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierLetter {
    /// Number of the job that wrote it.
    pub number: JobId,
    /// `mail` or `sms`.
    pub carrier: String,
    /// Number or address.
    pub receiver: String,
    /// Text.
    pub content: String,
    /// Milliseconds.
    pub created_at: Millis,
}

/// The outbox of an app.
#[derive(Debug)]
pub struct CarrierOutbox<'a> {
    tx: &'a Tx,
}

impl<'a> CarrierOutbox<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a letter; one of the same number is replaced, because the job that wrote it may run twice.
    pub async fn put(&self, letter: &CarrierLetter) -> Result<(), StorageError> {
        let number = letter.number.as_i64();
        Entity::delete_by_id((self.tx.app().0, number)).exec(self.tx.conn()).await?;
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            letter_no: Set(number),
            carrier: Set(letter.carrier.clone()),
            receiver: Set(self.tx.seal(TABLE, &row_key(number, "receiver"), &letter.receiver)?),
            content: Set(self.tx.seal(TABLE, &row_key(number, "content"), &letter.content)?),
            created_at: Set(letter.created_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Lists letters, newest first.
    pub async fn list(&self, before: Option<JobId>, limit: u64) -> Result<Vec<CarrierLetter>, StorageError> {
        let mut query = Entity::find().filter(Column::AppId.eq(self.tx.app().0));
        if let Some(before) = before {
            query = query.filter(Column::LetterNo.lt(before.as_i64()));
        }
        let rows = query.order_by_desc(Column::LetterNo).limit(limit).all(self.tx.conn()).await?;
        rows.into_iter()
            .map(|row| {
                Ok(CarrierLetter {
                    number: JobId::from_stored(row.letter_no),
                    carrier: row.carrier,
                    receiver: self.tx.unseal(TABLE, &row_key(row.letter_no, "receiver"), &row.receiver)?,
                    content: self.tx.unseal(TABLE, &row_key(row.letter_no, "content"), &row.content)?,
                    created_at: row.created_at,
                })
            })
            .collect()
    }
}

fn row_key(number: i64, column: &str) -> Vec<u8> {
    format!("{number}/{column}").into_bytes()
}
