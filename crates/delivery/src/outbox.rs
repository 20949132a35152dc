//! From the outbox of a transaction into the log.

use std::sync::Arc;

use cerulean_storage::{OutboxRow, StorageError, Tx};
use cerulean_types::{AppId, ConversationKey, DeviceSn, Millis};
use serde::{Deserialize, Serialize};

use crate::{Notice, Platform};

/// A recorded notice with its send key.
pub(crate) type Waiting = ([u8; 16], Notice);

#[derive(Serialize, Deserialize)]
struct Stored {
    a: i64,
    b: i64,
    namespace: u8,
    from: u64,
    from_device: u32,
    to: u64,
    payload: Vec<u8>,
}

/// Writes notices into the transaction they belong to.
pub(crate) async fn record(tx: &Tx, notices: Vec<Notice>, now: Millis) -> Result<Vec<Waiting>, StorageError> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let waiting: Vec<Waiting> = notices.into_iter().map(|notice| (rand::random(), notice)).collect();
    let rows: Vec<([u8; 16], Vec<u8>)> = waiting.iter().map(|(send_key, notice)| (*send_key, encode(notice))).collect();
    tx.outbox().insert(&rows, now).await?;
    Ok(waiting)
}

fn encode(notice: &Notice) -> Vec<u8> {
    let (a, b) = notice.key.as_columns();
    let stored = Stored {
        a,
        b,
        namespace: notice.namespace,
        from: notice.from,
        from_device: notice.from_device.0,
        to: notice.to,
        payload: notice.payload.to_vec(),
    };
    serde_json::to_vec(&stored).expect("numbers and bytes always become JSON")
}

fn decode(row: &OutboxRow) -> Result<Waiting, StorageError> {
    let inconsistent = |_| StorageError::Inconsistent { table: "outbox", key: "send_key".into() };
    let stored: Stored = serde_json::from_slice(&row.item).map_err(inconsistent)?;
    let notice = Notice {
        key: ConversationKey::from_columns(stored.a, stored.b),
        namespace: stored.namespace,
        from: stored.from,
        from_device: DeviceSn(stored.from_device),
        to: stored.to,
        payload: stored.payload.into(),
    };
    Ok((row.send_key, notice))
}

impl Platform {
    /// Puts recorded notices into the log in their order and clears the outbox once they are durable there.
    pub(crate) fn send_out(self: &Arc<Self>, app: AppId, waiting: Vec<Waiting>) {
        if waiting.is_empty() {
            return;
        }
        let platform = self.clone();
        self.tasks.spawn(async move {
            if let Err(error) = platform.send_out_now(app, waiting).await {
                tracing::warn!(app.id = app.0, "notices stay in the outbox until the next start: {error}");
            }
        });
    }

    async fn send_out_now(&self, app: AppId, waiting: Vec<Waiting>) -> Result<(), StorageError> {
        let mut pending = Vec::with_capacity(waiting.len());
        let mut send_keys = Vec::with_capacity(waiting.len());
        for (send_key, notice) in waiting {
            pending.push(self.log.append_soon(notice.into_item(app, send_key)));
            send_keys.push(send_key);
        }
        for stored in pending {
            stored.await.map_err(|error| StorageError::Log(error.to_string()))?;
        }
        self.db.clear_outbox(app, &send_keys).await
    }

    /// Sends out what a stopped process left behind. Called once at start, before anyone connects.
    pub async fn recover_outbox(&self) -> Result<usize, StorageError> {
        let mut recovered = 0;
        loop {
            let tx = self.db.platform().await?;
            let rows = tx.waiting_outbox(500).await?;
            drop(tx);
            if rows.is_empty() {
                return Ok(recovered);
            }
            recovered += rows.len();
            for row in rows {
                self.send_out_now(row.app, vec![decode(&row)?]).await?;
            }
        }
    }
}
