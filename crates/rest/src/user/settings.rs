//! What a user sets for himself.

use axum::extract::State;
use cerulean_accounts::{SettingsChange, find_user_by_id, update_settings};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_storage::user::UserSettings;
use cerulean_types::UserId;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// The caller's settings, all of them.
#[derive(Serialize, ToSchema)]
pub struct SettingsReply {
    id: u64,
    user_id: u64,
    /// Who may become a friend: 0 anyone, 1 by approval, 2 by the right answer, 3 nobody.
    auth_mode: i32,
    /// Question of mode 2.
    auth_question: String,
    /// Answer of mode 2.
    auth_answer: String,
    /// Download attachments at once.
    auto_download: bool,
    /// Invitations to groups need the user's consent.
    group_confirm: bool,
    /// No push at all.
    no_push: bool,
    /// Push without the text.
    no_push_detail: bool,
    /// Hour from which there is no push.
    no_push_start_hour: i32,
    /// Hour until which there is no push; the same as the start for none.
    no_push_end_hour: i32,
    /// No sound.
    no_sounds: bool,
    /// Name shown in a push.
    push_nick_name: String,
    /// Push address from before devices had their own.
    push_token: String,
    /// Hour from which devices are silent.
    silence_start_time: i32,
    /// Hour until which devices are silent.
    silence_end_time: i32,
    /// Vibrate.
    vibratory: bool,
}

impl SettingsReply {
    /// The settings of a user.
    pub fn new(user: UserId, settings: UserSettings) -> Self {
        Self {
            id: user.get(),
            user_id: user.get(),
            auth_mode: settings.auth_mode,
            auth_question: settings.auth_question,
            auth_answer: settings.auth_answer,
            auto_download: settings.auto_download,
            group_confirm: settings.group_confirm,
            no_push: settings.no_push,
            no_push_detail: settings.no_push_detail,
            no_push_start_hour: settings.no_push_start_hour,
            no_push_end_hour: settings.no_push_end_hour,
            no_sounds: settings.no_sounds,
            push_nick_name: settings.push_nick_name,
            push_token: settings.push_token,
            silence_start_time: settings.silence_start_time,
            silence_end_time: settings.silence_end_time,
            vibratory: settings.vibratory,
        }
    }
}

/// What to change.
#[derive(Deserialize, ToSchema)]
pub struct SettingsUpdate {
    /// Clients send it along as they were given it.
    #[serde(default, rename = "id")]
    #[schema(value_type = Option<i64>)]
    _id: Option<IgnoredAny>,
    /// Whose settings: the caller's own, or with the administrator's token anyone's.
    #[serde(default, deserialize_with = "lenient::opt_id")]
    user_id: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    auth_mode: Option<i64>,
    auth_question: Option<String>,
    auth_answer: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    auto_download: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    group_confirm: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    no_push: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    no_push_detail: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    no_push_start_hour: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    no_push_end_hour: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    no_sounds: Option<bool>,
    push_nick_name: Option<String>,
    push_token: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    silence_start_time: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    silence_end_time: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    vibratory: Option<bool>,
}

/// A number to set.
#[derive(Deserialize, ToSchema)]
pub struct NumberOf {
    #[serde(deserialize_with = "lenient::number")]
    value: i64,
}

/// A flag to set.
#[derive(Deserialize, ToSchema)]
pub struct FlagOf {
    #[serde(deserialize_with = "lenient::flag")]
    value: bool,
}

/// A text to set.
#[derive(Deserialize, ToSchema)]
pub struct TextOf {
    #[serde(deserialize_with = "lenient::text")]
    value: String,
}

/// Hours without push.
#[derive(Deserialize, ToSchema)]
pub struct HoursOf {
    #[serde(deserialize_with = "lenient::number")]
    no_push_start_hour: i64,
    #[serde(deserialize_with = "lenient::number")]
    no_push_end_hour: i64,
}

/// `GET /user/settings`
pub async fn read(State(rest): State<Rest>, caller: Caller) -> Reply<SettingsReply> {
    let ctx = rest.read(&caller).await?;
    let row = find_user_by_id(&ctx, ctx.require_user()?).await?;
    ok(SettingsReply::new(row.id, row.settings))
}

/// `POST /user/settings`
pub async fn update(State(rest): State<Rest>, caller: Caller, Params(call): Params<SettingsUpdate>) -> Reply<bool> {
    let caller = match call.user_id {
        Some(number) => caller.in_place_of(&rest, number).await?,
        None => caller,
    };
    let change = SettingsChange {
        auth_mode: call.auth_mode,
        auth_question: call.auth_question,
        auth_answer: call.auth_answer,
        auto_download: call.auto_download,
        group_confirm: call.group_confirm,
        no_push: call.no_push,
        no_push_detail: call.no_push_detail,
        no_push_start_hour: call.no_push_start_hour,
        no_push_end_hour: call.no_push_end_hour,
        no_sounds: call.no_sounds,
        push_nick_name: call.push_nick_name,
        push_token: call.push_token,
        silence_start_time: call.silence_start_time,
        silence_end_time: call.silence_end_time,
        vibratory: call.vibratory,
    };
    apply(&rest, &caller, change).await
}

/// `POST /user/authmode`
pub async fn auth_mode(State(rest): State<Rest>, caller: Caller, Params(call): Params<NumberOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { auth_mode: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/push`: true is off.
pub async fn push(State(rest): State<Rest>, caller: Caller, Params(call): Params<FlagOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { no_push: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/push/detail`: true hides the text.
pub async fn push_detail(State(rest): State<Rest>, caller: Caller, Params(call): Params<FlagOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { no_push_detail: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/push/limit`
pub async fn push_limit(State(rest): State<Rest>, caller: Caller, Params(call): Params<HoursOf>) -> Reply<bool> {
    let change = SettingsChange {
        no_push_start_hour: Some(call.no_push_start_hour),
        no_push_end_hour: Some(call.no_push_end_hour),
        ..SettingsChange::default()
    };
    apply(&rest, &caller, change).await
}

/// `POST /user/push/nickname`
pub async fn push_nickname(State(rest): State<Rest>, caller: Caller, Params(call): Params<TextOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { push_nick_name: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/sounds`: true is off.
pub async fn sounds(State(rest): State<Rest>, caller: Caller, Params(call): Params<FlagOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { no_sounds: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/vibratory`
pub async fn vibratory(State(rest): State<Rest>, caller: Caller, Params(call): Params<FlagOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { vibratory: Some(call.value), ..SettingsChange::default() }).await
}

/// `POST /user/download`
pub async fn download(State(rest): State<Rest>, caller: Caller, Params(call): Params<FlagOf>) -> Reply<bool> {
    apply(&rest, &caller, SettingsChange { auto_download: Some(call.value), ..SettingsChange::default() }).await
}

async fn apply(rest: &Rest, caller: &Caller, change: SettingsChange) -> Reply<bool> {
    let mut ctx = rest.write(caller).await?;
    update_settings(&mut ctx, change).await?;
    ctx.commit().await?;
    ok(true)
}
