//! Which deliveries are meant.

use cerulean_hooks::{DeliveryFilter, DeliveryState};
use cerulean_http_kit::{Problem, lenient};
use cerulean_types::Code;
use serde::Deserialize;
use utoipa::ToSchema;

/// Names of states.
const STATES: [(&str, DeliveryState); 4] = [
    ("waiting", DeliveryState::Waiting),
    ("ready", DeliveryState::Ready),
    ("delivered", DeliveryState::Delivered),
    ("failed", DeliveryState::Failed),
];

/// As the caller says it; all of it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookDeliveryFilter {
    /// Of one receiver.
    hook: Option<String>,
    /// Of one event.
    event: Option<String>,
    /// `waiting` behind another of its conversation, `ready`, `delivered`, or `failed` for the dead letters.
    state: Option<String>,
    /// Recorded then or later, in milliseconds.
    #[serde(default, deserialize_with = "lenient::opt_number")]
    since: Option<i64>,
    /// Recorded before, in milliseconds.
    #[serde(default, deserialize_with = "lenient::opt_number")]
    until: Option<i64>,
}

/// How a state is called.
pub fn name_of(state: DeliveryState) -> &'static str {
    STATES.iter().find(|(_, known)| *known == state).map_or("", |(name, _)| name)
}

impl HookDeliveryFilter {
    /// As the queue understands it.
    pub fn read(self) -> Result<DeliveryFilter, Problem> {
        let state = match &self.state {
            None => None,
            Some(text) => {
                let unknown = || Problem::new(Code::BadParameter, "state is waiting, ready, delivered or failed");
                Some(STATES.iter().find(|(name, _)| name == text).ok_or_else(unknown)?.1)
            }
        };
        Ok(DeliveryFilter {
            hook: self.hook,
            kind: self.event,
            states: state.into_iter().collect(),
            since: self.since,
            until: self.until,
        })
    }
}
