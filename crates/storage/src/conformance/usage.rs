//! How much apps did.

use cerulean_types::{AppId, Millis};
use cerulean_vault::Vault;

use crate::Db;
use crate::usage::{DAY, MONTH};

const DAY_MS: Millis = 86_400_000;

/// Amounts add up within their day and month, and belong to one app.
pub async fn usage_adds_up_by_period(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    for (day, amount) in [(0, 3), (0, 4), (30, 10), (31, 100)] {
        for period in [DAY, MONTH] {
            tx.usage().add(period, day * DAY_MS + 5, amount).await.expect("added");
        }
    }
    tx.commit().await.expect("commit");
    let tx = db.read(app).await.expect("read");
    let find = async |period, day: i64| tx.usage().find(period, day * DAY_MS + 9).await.expect("read");
    assert_eq!((find(DAY, 0).await, find(DAY, 1).await, find(DAY, 30).await, find(DAY, 31).await), (7, 0, 10, 100));
    assert_eq!((find(MONTH, 12).await, find(MONTH, 40).await, find(MONTH, 90).await), (17, 100, 0));
    let other = db.read(AppId(app.0 + 1)).await.expect("read");
    assert_eq!(other.usage().find(DAY, 5).await.expect("read"), 0);
}
