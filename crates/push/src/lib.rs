//! Pushes: who is told of a message that way, those that an app asks for, and what became of them.
//!
//! Owns the decision who gets a push of a message and what it shows ([`Pushes`]), aliases, tags and badges of users, push tasks and the devices they are for. Knows no vendor: a device waits in its task until something that speaks to the service of its
//! [`Channel`] takes it, and this server has none yet. Start at [`notify`]; settings of a user are in [`set_alias`] and its neighbours.

mod audience;
mod channel;
mod error;
mod plan;
mod settings;
mod task;

pub use audience::Audience;
pub use channel::Channel;
pub use error::PushError;
pub use plan::{Connections, Plan, Pushes, Shown};
pub use settings::{add_tags, clear_tags, list_tags, remove_tags, set_alias, set_badge};
pub use task::{Counts, Notify, Progress, notify, require_certificate, task_progress};
