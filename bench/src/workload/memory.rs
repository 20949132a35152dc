//! The most memory a server took during a workload.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::process::resident_bytes;

const EVERY: Duration = Duration::from_millis(50);

/// Looks at a process again and again until dropped.
pub(super) struct Peak {
    bytes: Rc<Cell<u64>>,
    task: tokio::task::JoinHandle<()>,
}

impl Peak {
    pub fn watch(pid: u32) -> Self {
        let bytes = Rc::new(Cell::new(0));
        let seen = bytes.clone();
        let task = tokio::task::spawn_local(async move {
            while let Ok(now) = resident_bytes(pid) {
                seen.set(seen.get().max(now));
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { bytes, task }
    }

    pub fn mib(&self) -> f64 {
        self.bytes.get() as f64 / f64::from(1 << 20)
    }
}

impl Drop for Peak {
    fn drop(&mut self) {
        self.task.abort();
    }
}
