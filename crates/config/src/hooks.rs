//! The section `hooks`.

use toml::Value;

use crate::Span;
use crate::describe::{Kind, Leaf, section};
use crate::error::Problems;

section! {
    /// Webhooks: how receivers are treated. What they may be is in the section `egress`.
    pub struct Hooks {
        /// How long after each failed try the next one follows, a tenth more or less; when all have failed, the event is
        /// given up and waits among the dead letters.
        retry_after: Vec<Span> = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map(|s| Span::millis(s * 1000)).to_vec();
        /// How long a receiver may take to answer.
        timeout: Span = Span::millis(15_000);
        /// Requests to one receiver at a time.
        requests_per_receiver: u32 = 8;
        /// Requests to the receivers of one app at a time.
        requests_per_app: u32 = 32;
        /// Events that may wait for one receiver. The oldest of more are given up without a try, and stand among the dead
        /// letters.
        waiting_per_receiver: u32 = 100_000;
        /// How long delivered events are kept, for looking at and sending again.
        keep_delivered: Span = Span::millis(3 * 86_400_000);
        /// How long events that were given up are kept.
        keep_failed: Span = Span::millis(30 * 86_400_000);
    }
}

impl Leaf for Vec<Span> {
    const KIND: Kind = Kind::List;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.iter().map(ToString::to_string).collect::<Vec<_>>()))
    }
}

impl Hooks {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(self.retry_after.len() <= 20, "hooks.retry_after", "must hold at most 20 spans");
        problems.require(
            self.retry_after.iter().all(|span| (100..=7 * 86_400_000).contains(&span.as_millis())),
            "hooks.retry_after",
            "must hold spans between 100 ms and 7 d",
        );
        problems.require(
            (100..=120_000).contains(&self.timeout.as_millis()),
            "hooks.timeout",
            "must be between 100 ms and 2 min",
        );
        problems.require(
            (1..=1000).contains(&self.requests_per_receiver),
            "hooks.requests_per_receiver",
            "must be between 1 and 1000",
        );
        problems.require(
            (1..=1000).contains(&self.requests_per_app),
            "hooks.requests_per_app",
            "must be between 1 and 1000",
        );
        problems.require(
            (100..=10_000_000).contains(&self.waiting_per_receiver),
            "hooks.waiting_per_receiver",
            "must be between 100 and 10000000",
        );
    }
}
