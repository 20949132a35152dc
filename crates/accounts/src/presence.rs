//! Who is connected.

use cerulean_types::{AppId, UserId};

/// Knows who is connected; the gateway does, `server` joins them.
pub trait Presence: Send + Sync {
    /// Whether any device of the user is connected.
    fn is_online(&self, app: AppId, user: UserId) -> bool;
}
