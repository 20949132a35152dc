//! The parts that verification works with.

use std::sync::Arc;

use cerulean_delivery::Platform;

/// Codes, pictures and proofs. Cheap to clone.
#[derive(Clone)]
pub struct Verification {
    pub(crate) platform: Arc<Platform>,
}

impl Verification {
    /// Joins the parts.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self { platform }
    }
}
