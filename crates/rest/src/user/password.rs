//! Passwords, and the removal that asks for one.

use axum::extract::State;
use cerulean_accounts::{change_password, confirm_removal, remove_user, set_password};
use cerulean_delivery::CtxError;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// A change of password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    #[serde(deserialize_with = "lenient::text")]
    old_password: String,
    #[serde(deserialize_with = "lenient::text")]
    new_password: String,
}

/// A password set by the administrator.
#[derive(Deserialize, ToSchema)]
pub struct PasswordSetting {
    #[serde(deserialize_with = "lenient::text")]
    password: String,
}

/// A removal.
#[derive(Deserialize, ToSchema)]
pub struct UserRemoval {
    password: Option<String>,
}

/// `POST /user/change_password`
pub async fn change(State(rest): State<Rest>, caller: Caller, Params(call): Params<PasswordChange>) -> Reply<bool> {
    let (old, new) = (&call.old_password, &call.new_password);
    change_password(&rest.accounts, caller.app, caller.actor, caller.token_no, old, new).await?;
    ok(true)
}

/// `POST /user/change_password_admin`: of the user in the header `user_id`.
pub async fn set(State(rest): State<Rest>, caller: Caller, Params(call): Params<PasswordSetting>) -> Reply<bool> {
    let user = caller.actor.user().ok_or(CtxError::NeedsUser)?;
    set_password(&rest.accounts, caller.app, caller.actor, user, &call.password).await?;
    ok(true)
}

/// `POST /user/delete`
pub async fn delete(State(rest): State<Rest>, caller: Caller, Params(call): Params<UserRemoval>) -> Reply<bool> {
    let user = confirm_removal(&rest.accounts, caller.app, caller.actor, call.password.as_deref()).await?;
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::forget_user(&mut ctx, user).await?;
    remove_user(&mut ctx, user).await?;
    ctx.commit().await?;
    ok(true)
}
