//! Rows past their time, over all apps. They are absent to everyone already; here their space is freed.

use cerulean_types::Millis;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::{carrier_letter, qr_login, secret, send_count, sign_in_secret, verification_code};
use crate::{PlatformTx, StorageError};

/// How long letters of a development server can be read.
const LETTERS_KEPT_MS: Millis = 7 * 86_400_000;
/// Longer than any window that is counted.
const COUNTS_KEPT_MS: Millis = 2 * 86_400_000;

impl PlatformTx {
    /// Deletes codes, secrets, pictures, counts and letters past their time. How many rows there were.
    pub async fn delete_expired(&self, now: Millis) -> Result<u64, StorageError> {
        let conn = self.conn();
        let gone = [
            verification_code::Entity::delete_many()
                .filter(verification_code::Column::ExpiresAt.lte(now))
                .exec(conn)
                .await?,
            qr_login::Entity::delete_many().filter(qr_login::Column::ExpiresAt.lte(now)).exec(conn).await?,
            sign_in_secret::Entity::delete_many().filter(sign_in_secret::Column::ExpiresAt.lte(now)).exec(conn).await?,
            secret::Entity::delete_many().filter(secret::Column::ExpiresAt.lte(now)).exec(conn).await?,
            send_count::Entity::delete_many()
                .filter(send_count::Column::Since.lte(now - COUNTS_KEPT_MS))
                .exec(conn)
                .await?,
            carrier_letter::Entity::delete_many()
                .filter(carrier_letter::Column::CreatedAt.lte(now - LETTERS_KEPT_MS))
                .exec(conn)
                .await?,
        ];
        Ok(gone.iter().map(|done| done.rows_affected).sum())
    }
}
