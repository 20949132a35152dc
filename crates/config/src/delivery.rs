//! The section `delivery`.

use cerulean_types::limits;

use crate::Size;
use crate::describe::section;
use crate::error::Problems;

section! {
    /// How items reach devices.
    pub struct Delivery {
        /// Bytes waiting for one socket beyond which it gets only word that there is something new, until it has caught up.
        slow_socket_size: Size = Size::bytes(256 << 10);
        /// Items that one pull returns at most.
        pull_items: u32 = limits::PULL_ITEMS as u32;
    }
}

impl Delivery {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(
            (4 << 10..=64 << 20).contains(&self.slow_socket_size.as_bytes()),
            "delivery.slow_socket_size",
            "must be between 4 KiB and 64 MiB",
        );
        problems.require((1..=1000).contains(&self.pull_items), "delivery.pull_items", "must be between 1 and 1000");
    }
}
