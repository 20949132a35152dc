//! Answers, with the names and types of the public protocol. No field is ever null.

use axum::Json;
use axum::response::{IntoResponse, Response};
use cerulean_groups::{Card, GroupInfo, Outcome, PageOf, Paging};
use cerulean_http_kit::api::{DescribeOutput, Description};
use cerulean_storage::group::FOREVER;
use cerulean_types::{Code, Millis, UserId};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A group.
#[derive(Serialize, ToSchema)]
pub struct InfoBody {
    group_id: u64,
    name: String,
    avatar: String,
    description: String,
    ext: String,
    owner_id: u64,
    /// The name of `owner_id` in the batch call.
    owner: u64,
    #[serde(rename = "type")]
    kind: u8,
    status: u8,
    count: u64,
    capacity: u64,
    created_at: i64,
    updated_at: i64,
    apply_approval: u8,
    ban_expire_time: i64,
    hide_member_info: bool,
    history_visible: bool,
    member_invite: bool,
    member_modify: bool,
    msg_mute_mode: u8,
    msg_push_mode: u8,
    /// Whether the caller silenced the group.
    not_disturb: bool,
    read_ack: bool,
}

/// Seconds since the epoch; -1 for ever, 0 when it is over.
pub(super) fn ban_expire_time(until: Millis) -> i64 {
    if until == FOREVER { -1 } else { until / 1000 }
}

impl From<GroupInfo> for InfoBody {
    fn from(info: GroupInfo) -> Self {
        let row = info.row;
        Self {
            group_id: row.id.get(),
            name: row.name,
            avatar: row.avatar,
            description: row.description,
            ext: row.ext,
            owner_id: row.owner.get(),
            owner: row.owner.get(),
            kind: row.kind,
            status: row.status,
            count: row.member_count,
            capacity: info.capacity,
            created_at: row.created_at,
            updated_at: row.updated_at,
            apply_approval: row.apply_approval,
            ban_expire_time: ban_expire_time(row.ban_all_until),
            hide_member_info: row.hide_member_info,
            history_visible: row.history_visible,
            member_invite: row.member_invite,
            member_modify: row.member_modify,
            msg_mute_mode: info.mute_mode,
            msg_push_mode: info.push_mode,
            not_disturb: info.not_disturb,
            read_ack: row.read_ack,
        }
    }
}

/// A member.
#[derive(Serialize, ToSchema)]
pub struct MemberBody {
    user_id: u64,
    display_name: String,
    join_time: i64,
    avatar: String,
    /// End of his ban in milliseconds; -1 for ever, 0 when he may speak.
    expired_time: i64,
}

impl From<Card> for MemberBody {
    fn from(card: Card) -> Self {
        Self {
            user_id: card.user.get(),
            display_name: card.display_name,
            join_time: card.joined_at,
            avatar: card.avatar,
            expired_time: if card.ban_until == FOREVER { -1 } else { card.ban_until },
        }
    }
}

/// What became of one user.
#[derive(Serialize, ToSchema)]
pub struct ResultBody {
    user_id: u64,
    result: &'static str,
    reason: String,
}

impl ResultBody {
    /// Done.
    pub(super) fn success(user: UserId) -> Self {
        Self { user_id: user.get(), result: "success", reason: String::new() }
    }
}

impl From<Outcome> for ResultBody {
    fn from(outcome: Outcome) -> Self {
        match outcome.result {
            Ok(()) => Self::success(outcome.user),
            Err(refusal) => Self { user_id: outcome.user.get(), result: "fail", reason: refusal.to_string() },
        }
    }
}

/// The results of a list of users, and of the numbers in it that name nobody.
pub(super) fn results(outcomes: Vec<Outcome>, nobodies: Vec<u64>) -> Vec<ResultBody> {
    let nobody = |number| ResultBody { user_id: number, result: "fail", reason: Code::UserNotFound.text().to_owned() };
    outcomes.into_iter().map(ResultBody::from).chain(nobodies.into_iter().map(nobody)).collect()
}

/// The envelope of a list with pages: `cursor`, `total` and `version` stand beside `data`.
#[derive(Serialize)]
pub struct Listing<T> {
    code: u32,
    data: Vec<T>,
    message: Option<String>,
    /// Where the next page begins; empty at the end.
    cursor: String,
    total: u64,
    /// The moment the list was read, in milliseconds.
    version: i64,
}

impl<T> Listing<T> {
    /// Shapes a page. `cursor_of` tells where to go on after the last item.
    pub(super) fn new<I, C>(
        page: PageOf<I>,
        paging: &Paging<C>,
        version: i64,
        cursor_of: impl Fn(&I) -> String,
        shape: impl Fn(I) -> T,
    ) -> Self {
        let is_full = page.items.len() as u64 == paging.limit;
        let cursor = page.items.last().filter(|_| is_full).map(cursor_of).unwrap_or_default();
        let data = page.items.into_iter().map(shape).collect();
        Self { code: Code::Ok.number(), data, message: None, cursor, total: page.total, version }
    }
}

impl<T: Serialize> IntoResponse for Listing<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<T> DescribeOutput for Listing<T>
where
    Vec<T>: ToSchema,
{
    fn describe(description: &mut Description) {
        let number = || json!({ "type": "integer", "format": "int64" });
        let beside = [("cursor", json!({ "type": "string" })), ("total", number()), ("version", number())];
        description.answer_envelope::<Vec<T>>(&beside);
    }
}

/// `2024-02-29T12:00:00.000Z`, where the public protocol wants a time as text.
pub(super) fn timestamp(at: Millis) -> String {
    let (days, in_day) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hours, minutes) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (seconds, millis) = (in_day / 1000 % 60, in_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar, whose cycle is 400 years of 146 097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_march_0000 = days + 719_468;
    let era = since_march_0000.div_euclid(146_097);
    let day_of_era = since_march_0000.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(951_782_400_123), "2000-02-29T00:00:00.123Z");
        assert_eq!(timestamp(1_704_067_199_999), "2023-12-31T23:59:59.999Z");
        assert_eq!(timestamp(1_709_210_096_000), "2024-02-29T12:34:56.000Z");
    }

    #[test]
    fn endless_bans_are_minus_one() {
        assert_eq!(ban_expire_time(FOREVER), -1);
        assert_eq!(ban_expire_time(1_700_000_000_999), 1_700_000_000);
    }

    #[test]
    fn a_full_page_tells_where_to_go_on() {
        let page = |items: Vec<u64>| PageOf { items, total: 5 };
        let paging = Paging::<u64> { after: None, limit: 2 };
        let full = Listing::new(page(vec![3, 4]), &paging, 9, u64::to_string, |item| item);
        assert_eq!((full.cursor.as_str(), full.total, full.version), ("4", 5, 9));
        assert_eq!(Listing::new(page(vec![5]), &paging, 9, u64::to_string, |item| item).cursor, "");
    }
}
