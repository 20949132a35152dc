//! The durable job queue: work that outlives the call it was asked in, and everything periodic.
//!
//! Owns when and where work runs: leases, attempts, backoff, turns of schedules, an orderly stop. Knows nothing of what the work is: a
//! domain implements [`Runner`] beside its rules, and `server` joins kinds and runners.
//!
//! Start at [`NewJob`] (asking for work, inside the transaction that makes it necessary) and [`Worker`] (doing it). Any number of nodes may
//! run workers on one database. A job runs at least once: a worker that dies leaves its lease behind, and when that runs out another worker
//! begins a further attempt at the last checkpoint. So a runner must be **safe to run twice**.
//!
//! To add a kind: a line in `kinds.rs`, a runner in its domain, a line where `server` joins them, a row in `docs/operations/jobs.md`. What
//! comes round periodically also gets a line in `schedule.rs`.

mod backoff;
mod enqueue;
mod failure;
mod forget;
mod job;
mod kinds;
mod manage;
mod schedule;
mod worker;

pub use enqueue::{NewJob, enqueue};
pub use failure::JobFailure;
pub use forget::ForgetEndedJobs;
pub use job::Job;
pub use kinds::{JobKind, Policy};
pub use manage::{JobError, JobFilter, JobRow, JobState, cancel_job, list_jobs, require_job};
pub use schedule::{SCHEDULES, Schedule};
pub use worker::{Runner, Runners, Worker, WorkerOptions};
