//! The section `previews`.

use ipnet::IpNet;

use crate::describe::section;
use crate::error::Problems;
use crate::{Size, Span};

section! {
    /// Previews of links that users send each other. The server fetches the page; ports and authorities are those of the
    /// section `egress`, its networks are not: every user may ask for any link.
    pub struct Previews {
        /// Whether there are previews. Turn it off where the server has no way into the public network.
        enabled: bool = true;
        /// Networks that may be linked to although they are private. Every user of every app can then read the titles and
        /// pictures of what is there.
        allow_networks: Vec<IpNet>;
        /// How long a site may take.
        timeout: Span = Span::millis(8_000);
        /// Pages and pictures fetched at once; one app may use half of them.
        at_once: u32 = 16;
        /// Memory for pages and pictures that were fetched.
        memory: Size = Size::bytes(64 << 20);
    }
}

impl Previews {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(
            (100..=60_000).contains(&self.timeout.as_millis()),
            "previews.timeout",
            "must be between 100 ms and 1 min",
        );
        problems.require((1..=1000).contains(&self.at_once), "previews.at_once", "must be between 1 and 1000");
        problems.require(
            (1 << 20..=16 << 30).contains(&self.memory.as_bytes()),
            "previews.memory",
            "must be between 1 MiB and 16 GiB",
        );
    }
}
