//! Parameters that several calls share.

use cerulean_groups::Paging;
use cerulean_http_kit::{ApiError, lenient};
use cerulean_types::{Code, GroupId, UserId, limits};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use crate::ApiResult;

/// A number that is no group's id names no group.
pub(super) fn group_of(number: u64) -> ApiResult<GroupId> {
    GroupId::parse(number).map_err(|_| ApiError::of(Code::GroupNotFound))
}

/// A number that is no user's id names nobody.
pub(super) fn user_of(number: u64) -> ApiResult<UserId> {
    UserId::parse(number).map_err(|_| ApiError::of(Code::UserNotFound))
}

/// A group.
#[derive(Deserialize, ToSchema)]
pub struct OneGroup {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
}

impl OneGroup {
    pub(super) fn id(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }
}

/// A group and some of its users.
#[derive(Deserialize, ToSchema)]
pub struct GroupUsers {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::ids")]
    user_list: Vec<u64>,
}

impl GroupUsers {
    pub(super) fn group(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }

    /// Those numbers that can name users.
    pub(super) fn users(&self) -> Vec<UserId> {
        self.user_list.iter().filter_map(|number| UserId::parse(*number).ok()).collect()
    }

    /// Those that cannot.
    pub(super) fn nobodies(&self) -> Vec<u64> {
        self.user_list.iter().copied().filter(|number| UserId::parse(*number).is_err()).collect()
    }
}

/// A group and a flag.
#[derive(Deserialize, ToSchema)]
pub struct GroupFlagValue {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::flag")]
    pub(super) value: bool,
}

impl GroupFlagValue {
    pub(super) fn id(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }
}

/// A group and a text.
#[derive(Deserialize, ToSchema)]
pub struct GroupTextValue {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::text")]
    pub(super) value: String,
}

impl GroupTextValue {
    pub(super) fn id(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }
}

/// Which part of a list is wanted: all of it unless a limit is named.
#[derive(Deserialize, ToSchema)]
pub struct PageParams {
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    limit: Option<i64>,
    /// The `version` of an earlier answer. It may be sent, and the whole list is answered all the same.
    #[serde(default, rename = "version")]
    #[schema(value_type = Option<i64>)]
    _version: Option<IgnoredAny>,
}

impl PageParams {
    /// Reads the cursor with `parse`; an empty one begins at the start.
    pub(super) fn read<C>(&self, parse: impl Fn(&str) -> Option<C>) -> ApiResult<Paging<C>> {
        let limit = match self.limit {
            None => i64::MAX as u64,
            Some(limit) if limit > 0 => (limit as u64).min(limits::BATCH_ITEMS as u64),
            Some(_) => return Err(ApiError::new(Code::BadParameter, "bad request parameter: limit is below 1")),
        };
        let after = match self.cursor.as_deref() {
            None | Some("") => None,
            Some(text) => {
                let bad = || ApiError::new(Code::BadParameter, "bad request parameter: cursor was not given out here");
                Some(parse(text).ok_or_else(bad)?)
            }
        };
        Ok(Paging { after, limit })
    }
}

/// Reads a cursor that is a user.
pub(super) fn user_cursor(text: &str) -> Option<UserId> {
    text.parse().ok().and_then(|number| UserId::parse(number).ok())
}

/// A group and a part of one of its lists.
#[derive(Deserialize, ToSchema)]
pub struct GroupPage {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(flatten)]
    pub(super) page: PageParams,
}

impl GroupPage {
    pub(super) fn id(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }
}

/// An answer to an invitation.
#[derive(Deserialize, ToSchema)]
pub struct InvitationAnswer {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    /// The inviter, or the caller himself: clients disagree, and it is not read.
    #[serde(default, rename = "user_id")]
    #[schema(value_type = Option<u64>)]
    _user_id: Option<IgnoredAny>,
    #[serde(rename = "approval", deserialize_with = "lenient::flag")]
    pub(super) is_accepted: bool,
}

impl InvitationAnswer {
    pub(super) fn group(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }
}

/// An answer to an application.
#[derive(Deserialize, ToSchema)]
pub struct ApplicationAnswer {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    /// Who applied.
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(rename = "approval", deserialize_with = "lenient::flag")]
    pub(super) is_accepted: bool,
}

impl ApplicationAnswer {
    pub(super) fn group(&self) -> ApiResult<GroupId> {
        group_of(self.group_id)
    }

    pub(super) fn user(&self) -> ApiResult<UserId> {
        user_of(self.user_id)
    }
}
