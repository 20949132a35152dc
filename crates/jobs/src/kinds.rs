//! The closed list of kinds of work.

use cerulean_types::Millis;

/// How a kind of work is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts before it fails for good.
    pub attempts: u32,
    /// Wait after the first failed attempt; it doubles with each further one …
    pub first_delay_ms: Millis,
    /// … up to this.
    pub longest_delay_ms: Millis,
    /// How many of this kind a node runs at once.
    pub at_once: usize,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $policy:expr;)+) => {
        /// A kind of work.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum JobKind {
            $($(#[$doc])* $kind,)+
        }

        impl JobKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in the database, in metrics and in the console; never changed.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// How it is treated.
            pub fn policy(self) -> Policy {
                match self {
                    $(Self::$kind => $policy,)+
                }
            }
        }
    };
}

/// Comes round again anyway.
const PERIODIC: Policy = Policy { attempts: 3, first_delay_ms: 10_000, longest_delay_ms: 60_000, at_once: 1 };

kinds! {
    /// Removes the objects of uploads that never ended.
    RemoveAbandonedUploads = "remove_abandoned_uploads", PERIODIC;
    /// Forgets tokens that are past their time.
    ForgetExpiredTokens = "forget_expired_tokens", PERIODIC;
    /// Forgets events that were told to webhooks, or given up, long ago.
    ForgetWebhooks = "forget_webhooks", PERIODIC;
    /// Deletes codes, one-time secrets and the like past their time.
    DeleteExpired = "delete_expired", PERIODIC;
    /// Carries a verification code to a phone number or an e-mail address.
    DeliverCode = "deliver_code", Policy { attempts: 6, first_delay_ms: 2_000, longest_delay_ms: 60_000, at_once: 8 };
    /// Tells every user of an app something.
    Broadcast = "broadcast", Policy { attempts: 20, first_delay_ms: 5_000, longest_delay_ms: 300_000, at_once: 2 };
    /// Tells many users or groups something.
    Notify = "notify", Policy { attempts: 20, first_delay_ms: 5_000, longest_delay_ms: 300_000, at_once: 2 };
    /// Tells the members of a large group that it is dissolved, and forgets them.
    DissolveGroup = "dissolve_group", Policy { attempts: 20, first_delay_ms: 5_000, longest_delay_ms: 300_000, at_once: 2 };
    /// Forgets jobs that ended long ago.
    ForgetEndedJobs = "forget_ended_jobs", PERIODIC;
}

impl JobKind {
    /// Finds a kind by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let names: HashSet<_> = JobKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), JobKind::ALL.len());
        assert!(JobKind::ALL.iter().all(|kind| JobKind::find(kind.name()) == Some(*kind)));
        assert_eq!(JobKind::find("unheard of"), None);
    }

    #[test]
    fn every_policy_makes_sense() {
        for policy in JobKind::ALL.iter().map(|kind| kind.policy()) {
            assert!(policy.attempts > 0 && policy.at_once > 0);
            assert!(0 < policy.first_delay_ms && policy.first_delay_ms <= policy.longest_delay_ms);
        }
    }
}
