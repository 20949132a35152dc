//! How much was done, and what it cost, between two moments.

use std::time::{Duration, Instant};

use crate::process::cpu_time;

/// Runs before the measured span, so that caches are filled and connections warm.
pub(super) const WARM_UP: Duration = Duration::from_millis(700);

pub(super) struct Meter {
    pid: u32,
    started: Instant,
    cpu: Duration,
    count: u64,
}

/// A measured span.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub seconds: f64,
    pub count: u64,
    pub cpu: Duration,
}

impl Meter {
    pub fn start(pid: u32, count: u64) -> anyhow::Result<Self> {
        Ok(Self { pid, started: Instant::now(), cpu: cpu_time(pid)?, count })
    }

    pub fn stop(self, count: u64) -> anyhow::Result<Span> {
        let cpu = cpu_time(self.pid)?.saturating_sub(self.cpu);
        Ok(Span { seconds: self.started.elapsed().as_secs_f64(), count: count - self.count, cpu })
    }
}

impl Span {
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }

    pub fn cpu_ms_per_1000(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.count.max(1) as f64
    }
}
