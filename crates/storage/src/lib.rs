//! Everything Cerulean remembers: entities, migrations, repositories, and the conversation log.
//!
//! Owns SQL and hides which database speaks it (SQLite or PostgreSQL). Knows no permissions, no HTTP, no frames: absence is `Option`,
//! and a row that makes no sense is a [`StorageError::Inconsistent`] naming table and key.
//!
//! Start at [`Db`] and [`Tx`]. A `Tx` belongs to one app, so a query that forgets the app cannot be written; what is platform-wide goes
//! through [`PlatformTx`]. To add a noun: an entity in `entity/<noun>.rs`, a migration in `migration/`, a repository in `<noun>.rs` with a
//! method on `Tx`, and its tests in `conformance/<noun>.rs`, which run on both databases. Messages are in [`log`].

pub mod conformance;
mod db;
pub mod entity;
mod error;
mod expired;
pub mod log;
pub mod migration;
mod outbox;
mod tx;

pub use db::{Db, DbOptions};
pub use error::StorageError;
pub use outbox::{Outbox, OutboxRow};
pub use tx::{PlatformTx, Tx};

pub mod app;
pub mod carrier_outbox;
pub mod device;
pub mod external_id;
pub mod file;
pub mod group;
pub mod group_announcement;
pub mod group_file;
pub mod group_member;
pub mod group_request;
pub mod group_restriction;
pub mod hook;
pub mod hook_queue;
pub mod import;
pub mod imported_line;
pub mod job;
pub mod job_queue;
pub mod push;
pub mod push_task;
pub mod qr_login;
pub mod roster;
pub mod schedule;
pub mod secret;
pub mod sign_in_secret;
pub mod token;
pub mod usage;
pub mod user;
pub mod verification;
