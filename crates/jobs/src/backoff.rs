//! How long to wait before the next attempt.

use cerulean_types::Millis;
use rand::Rng;

use crate::Policy;

/// Doubles from attempt to attempt, give or take a quarter, so that jobs which failed together do not come back together.
pub(crate) fn delay_after(policy: Policy, attempt: u32, rng: &mut impl Rng) -> Millis {
    let doublings = attempt.saturating_sub(1).min(40);
    let doubled = policy.first_delay_ms.saturating_mul(1 << doublings);
    let whole = doubled.clamp(policy.first_delay_ms, policy.longest_delay_ms);
    let quarter = whole / 4;
    whole + rng.random_range(-quarter..=quarter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let policy = Policy { attempts: 99, first_delay_ms: 1000, longest_delay_ms: 60_000, at_once: 1 };
        let mut rng = rand::rng();
        for (attempt, middle) in
            [(1, 1000), (2, 2000), (3, 4000), (6, 32_000), (7, 60_000), (64, 60_000), (200, 60_000)]
        {
            let delay = delay_after(policy, attempt, &mut rng);
            assert!((middle * 3 / 4..=middle * 5 / 4).contains(&delay), "attempt {attempt}: {delay}");
        }
    }

    #[test]
    fn delays_differ() {
        let policy = Policy { attempts: 99, first_delay_ms: 1000, longest_delay_ms: 60_000, at_once: 1 };
        let delays: std::collections::HashSet<_> = (0..50).map(|_| delay_after(policy, 5, &mut rand::rng())).collect();
        assert!(delays.len() > 10);
    }
}
