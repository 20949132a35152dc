//! What an app tells its clients about itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most users or messages that forwarding may be bounded by.
const MOST_FORWARDED: u32 = 1_000;

/// What clients read at `/app/config`. Absent fields have their default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ClientSettings {
    /// Whether clients show no members of any group; otherwise each group decides.
    pub hide_member_info: bool,
    /// To how many users or groups clients let a message be forwarded at once.
    pub message_forward_max_user_num: u32,
    /// How many messages clients let be forwarded at once.
    pub message_forward_max_message_num: u32,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self { hide_member_info: false, message_forward_max_user_num: 50, message_forward_max_message_num: 100 }
    }
}

impl ClientSettings {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let numbers = [self.message_forward_max_user_num, self.message_forward_max_message_num];
        let are_bounded = numbers.iter().all(|number| (1..=MOST_FORWARDED).contains(number));
        if are_bounded { Ok(()) } else { Err("numbers of forwarding must be 1 to 1000") }
    }
}
