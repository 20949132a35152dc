//! What comes round periodically.

use cerulean_storage::job::NewJobRow;
use cerulean_storage::{Db, StorageError};
use cerulean_types::Millis;

use crate::JobKind;

const HOUR_MS: Millis = 3_600_000;

/// Periodic work: each turn is a job of the installation, made by whichever node sees first that it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// What to do; its name is the name of the schedule.
    pub kind: JobKind,
    /// From the beginning of one turn to the next, in milliseconds.
    pub every_ms: Millis,
}

/// All of them.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { kind: JobKind::RemoveAbandonedUploads, every_ms: HOUR_MS },
    Schedule { kind: JobKind::ForgetExpiredTokens, every_ms: HOUR_MS },
    Schedule { kind: JobKind::ForgetWebhooks, every_ms: HOUR_MS },
    Schedule { kind: JobKind::DeleteExpired, every_ms: HOUR_MS },
    Schedule { kind: JobKind::ForgetEndedJobs, every_ms: HOUR_MS },
];

/// Adds the rows of schedules that are new; their first turn is due at once.
pub(crate) async fn ensure_rows(db: &Db, schedules: &[Schedule], now: Millis) -> Result<(), StorageError> {
    let tx = db.platform().await?;
    for schedule in schedules {
        tx.schedules().ensure(schedule.kind.name(), now).await?;
    }
    tx.commit().await
}

/// Makes the jobs of all turns that are due; answers when the next turn is.
///
/// Turn and job are one transaction. A turn that comes while the job of the one before still lives makes no second one.
pub(crate) async fn take_turns(db: &Db, schedules: &[Schedule], now: Millis) -> Result<Option<Millis>, StorageError> {
    let reading = db.platform_read().await?;
    let rows = reading.schedules().list().await?;
    drop(reading);
    let mut next = None;
    for schedule in schedules {
        let name = schedule.kind.name();
        let Some(row) = rows.iter().find(|row| row.name == name) else { continue };
        let next_at = if row.next_at <= now { now + schedule.every_ms } else { row.next_at };
        if row.next_at <= now {
            let tx = db.platform().await?;
            if tx.schedules().take_turn(name, now, next_at).await? {
                let job = NewJobRow {
                    kind: name,
                    payload: b"{}",
                    due_at: now,
                    total: 0,
                    unique_key: Some("turn"),
                    created_at: now,
                };
                tx.jobs().insert(&job).await?;
                tx.commit().await?;
            }
        }
        next = Some(next.map_or(next_at, |soonest: Millis| soonest.min(next_at)));
    }
    Ok(next)
}
