//! What a user tells of himself.

use axum::extract::State;
use cerulean_accounts::{ProfileChange, find_user_by_id, update_profile};
use cerulean_http_kit::{Params, Reply, TextBody, lenient, ok};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// The caller's profile. Missing text is empty.
#[derive(Serialize, ToSchema)]
pub struct ProfileReply {
    user_id: u64,
    username: String,
    nick_name: String,
    avatar: String,
    description: String,
    mobile: String,
    email: String,
    public_info: String,
    private_info: String,
}

/// What to change.
#[derive(Deserialize, ToSchema)]
pub struct ProfileUpdate {
    nick_name: Option<String>,
    description: Option<String>,
    public_info: Option<String>,
    private_info: Option<String>,
}

/// A new name.
#[derive(Deserialize, ToSchema)]
pub struct NewNickname {
    #[serde(deserialize_with = "lenient::text")]
    nick_name: String,
}

/// A new picture.
#[derive(Deserialize, ToSchema)]
pub struct NewAvatar {
    avatar: String,
}

/// A new phone number; empty takes the old one away.
#[derive(Deserialize, ToSchema)]
pub struct NewMobile {
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// A new e-mail address; empty takes the old one away.
#[derive(Deserialize, ToSchema)]
pub struct NewEmail {
    email: String,
}

/// `GET /user/profile`
pub async fn read(State(rest): State<Rest>, caller: Caller) -> Reply<ProfileReply> {
    let ctx = rest.read(&caller).await?;
    let row = find_user_by_id(&ctx, ctx.require_user()?).await?;
    ok(ProfileReply {
        user_id: row.id.get(),
        username: row.profile.username,
        nick_name: row.profile.nick_name,
        avatar: row.profile.avatar,
        description: row.profile.description,
        mobile: row.profile.mobile,
        email: row.profile.email,
        public_info: row.profile.public_info,
        private_info: row.profile.private_info,
    })
}

/// `POST /user/profile`
pub async fn update(State(rest): State<Rest>, caller: Caller, Params(call): Params<ProfileUpdate>) -> Reply<bool> {
    let change = ProfileChange {
        nick_name: call.nick_name,
        description: call.description,
        public_info: call.public_info,
        private_info: call.private_info,
        ..ProfileChange::default()
    };
    apply(&rest, &caller, change).await
}

/// `POST /user/nickname`
pub async fn update_nickname(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<NewNickname>,
) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { nick_name: Some(call.nick_name), ..ProfileChange::default() }).await
}

/// `POST /user/avatar`
pub async fn update_avatar(State(rest): State<Rest>, caller: Caller, Params(call): Params<NewAvatar>) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { avatar: Some(call.avatar), ..ProfileChange::default() }).await
}

/// `POST /user/mobile`
pub async fn update_mobile(State(rest): State<Rest>, caller: Caller, Params(call): Params<NewMobile>) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { mobile: Some(call.mobile), ..ProfileChange::default() }).await
}

/// `POST /user/email`: the twin of `/user/mobile`; not in the public protocol.
pub async fn update_email(State(rest): State<Rest>, caller: Caller, Params(call): Params<NewEmail>) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { email: Some(call.email), ..ProfileChange::default() }).await
}

/// A new name to sign in with.
#[derive(Deserialize, ToSchema)]
pub struct NewUsername {
    #[serde(deserialize_with = "lenient::text")]
    username: String,
}

/// `POST|PUT /user/username`
pub async fn rename(State(rest): State<Rest>, caller: Caller, Params(call): Params<NewUsername>) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { username: Some(call.username), ..ProfileChange::default() }).await
}

/// `POST|PUT /user/public`: the body is the text.
pub async fn update_public(State(rest): State<Rest>, caller: Caller, TextBody(text): TextBody) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { public_info: Some(text), ..ProfileChange::default() }).await
}

/// `POST|PUT /user/private`: the body is the text.
pub async fn update_private(State(rest): State<Rest>, caller: Caller, TextBody(text): TextBody) -> Reply<bool> {
    apply(&rest, &caller, ProfileChange { private_info: Some(text), ..ProfileChange::default() }).await
}

async fn apply(rest: &Rest, caller: &Caller, change: ProfileChange) -> Reply<bool> {
    let mut ctx = rest.write(caller).await?;
    update_profile(&mut ctx, change).await?;
    ctx.commit().await?;
    ok(true)
}
