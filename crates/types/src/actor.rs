//! Who acts.

use crate::{DeviceSn, UserId};

/// Who asks for an action, inside one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A user, from a device if known (0: none).
    User {
        /// The user.
        id: UserId,
        /// The device the token is bound to.
        device: DeviceSn,
    },
    /// The app's administrator; `acting_for` names a user whose place the call takes.
    Admin {
        /// The user acted for, if any.
        acting_for: Option<UserId>,
    },
    /// The server itself: jobs, the command line.
    System,
}

impl Actor {
    /// The user who acts, or in whose place the administrator acts.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::Admin { acting_for } => acting_for,
            Self::System => None,
        }
    }

    /// The device that acts.
    pub fn device(self) -> DeviceSn {
        match self {
            Self::User { device, .. } => device,
            _ => DeviceSn::NONE,
        }
    }

    /// Whether ordinary user limits do not apply.
    pub fn is_admin(self) -> bool {
        !matches!(self, Self::User { .. })
    }
}
