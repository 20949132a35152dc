//! How much an app did in a day or month.

use cerulean_types::Millis;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::usage::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

const DAY_MS: i64 = 86_400_000;

/// What is counted, over which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    kind: i32,
    is_month: bool,
}

/// Messages of a day, UTC.
pub const DAY: Period = Period { kind: 1, is_month: false };
/// Messages of a calendar month, UTC.
pub const MONTH: Period = Period { kind: 2, is_month: true };

impl Period {
    /// The number of the period a moment belongs to: days since 1970, or months since the year 0.
    pub fn period_of(self, at: Millis) -> i64 {
        let days = at.div_euclid(DAY_MS);
        if self.is_month { month_of(days) } else { days }
    }
}

/// Months since the year 0 of a day since 1970, in the Gregorian calendar.
fn month_of(days: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last of its year (Hinnant's `civil_from_days`).
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + march_based + 2
}

/// The counts of an app.
#[derive(Debug)]
pub struct UsageCounts<'a> {
    tx: &'a Tx,
}

impl<'a> UsageCounts<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds to the period a moment belongs to.
    pub async fn add(&self, period: Period, at: Millis, amount: u64) -> Result<(), StorageError> {
        let row = ActiveModel {
            app_id: Set(self.tx.app().0),
            kind: Set(period.kind),
            period: Set(period.period_of(at)),
            amount: Set(amount as i64),
        };
        let sum = Expr::col((Entity, Column::Amount)).add(amount as i64);
        let key = [Column::AppId, Column::Kind, Column::Period];
        Entity::insert(row)
            .on_conflict(OnConflict::columns(key).value(Column::Amount, sum).to_owned())
            .exec_without_returning(self.tx.conn())
            .await?;
        Ok(())
    }

    /// How much is counted in the period a moment belongs to.
    pub async fn find(&self, period: Period, at: Millis) -> Result<u64, StorageError> {
        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::Kind.eq(period.kind))
            .filter(Column::Period.eq(period.period_of(at)))
            .one(self.tx.conn())
            .await?;
        Ok(found.map_or(0, |row| row.amount as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_the_calendar() {
        let day = |year: i64, month: i64| year * 12 + month - 1;
        for (days, expected) in [
            (0, day(1970, 1)),
            (30, day(1970, 1)),
            (31, day(1970, 2)),
            (59, day(1970, 3)),
            (11_016, day(2000, 2)),
            (11_017, day(2000, 3)),
            (19_782, day(2024, 2)),
            (19_783, day(2024, 3)),
            (20_453, day(2025, 12)),
            (20_454, day(2026, 1)),
        ] {
            assert_eq!(MONTH.period_of(days * DAY_MS + 5), expected, "day {days}");
        }
        assert_eq!((DAY.period_of(DAY_MS - 1), DAY.period_of(DAY_MS)), (0, 1));
    }
}
