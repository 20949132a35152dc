//! Asking for work.

use cerulean_storage::job::NewJobRow;
use cerulean_storage::{StorageError, Tx};
use cerulean_types::{JobId, Millis};
use serde::Serialize;

use crate::JobKind;

/// Work to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    kind: JobKind,
    payload: Vec<u8>,
    due_at: Option<Millis>,
    total: u64,
    unique_key: Option<String>,
}

impl NewJob {
    /// Work of a kind; the payload is sealed when it is stored.
    pub fn new(kind: JobKind, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_vec(payload).expect("payloads are plain structs, which become JSON");
        Self { kind, payload, due_at: None, total: 0, unique_key: None }
    }

    /// Not before this moment.
    pub fn due_at(self, due_at: Millis) -> Self {
        Self { due_at: Some(due_at), ..self }
    }

    /// How much there is to do, for whoever looks at its progress.
    pub fn total(self, total: u64) -> Self {
        Self { total, ..self }
    }

    /// While a job of this kind with this key lives in the app, asking again names that one. Nothing personal: the key is not sealed.
    pub fn unique_key(self, key: impl Into<String>) -> Self {
        Self { unique_key: Some(key.into()), ..self }
    }
}

/// Writes a job into the transaction of whatever makes it necessary. Emit `BusEvent::JobQueued` with it, so that it begins right after commit
/// and not at the next poll.
pub async fn enqueue(tx: &Tx, now: Millis, new: NewJob) -> Result<JobId, StorageError> {
    let row = NewJobRow {
        kind: new.kind.name(),
        payload: &new.payload,
        due_at: new.due_at.unwrap_or(now),
        total: new.total,
        unique_key: new.unique_key.as_deref(),
        created_at: now,
    };
    tx.jobs().insert(&row).await
}
