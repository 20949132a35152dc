//! Answers about lists of users.

use std::collections::HashSet;

use cerulean_types::UserId;

use crate::Refusal;

/// What became of one user of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Who.
    pub user: UserId,
    /// Done, or why not.
    pub result: Result<(), Refusal>,
}

/// The list without repeats, in its order.
pub(crate) fn unique(users: &[UserId]) -> Vec<UserId> {
    let mut seen = HashSet::with_capacity(users.len());
    users.iter().copied().filter(|user| seen.insert(*user)).collect()
}

/// Those for whom it was done.
pub(crate) fn done(outcomes: &[Outcome]) -> Vec<UserId> {
    outcomes.iter().filter(|outcome| outcome.result.is_ok()).map(|outcome| outcome.user).collect()
}
