//! E-mail addresses, and new passwords for whoever forgot his: by a code.

use axum::extract::State;
use axum::response::NoContent;
use cerulean_accounts::{
    bind_contact, check_new_password, confirm_own_password, find_by_proven, own_email, set_password,
};
use cerulean_http_kit::{Params, Problem, ProblemReply, lenient};
use cerulean_types::{Actor, Contact};
use cerulean_verification::{Purpose, VerificationError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::address::Address;
use crate::{AppScope, Caller, Rest};

/// Where to send a code.
#[derive(Deserialize, ToSchema)]
pub struct EmailReceiver {
    email: String,
}

/// An address and its code; the password where an address shall be left that was proven.
#[derive(Deserialize, ToSchema)]
pub struct EmailAndCode {
    email: String,
    #[serde(deserialize_with = "lenient::text")]
    code: String,
    password: Option<String>,
}

/// Whose password: by phone number or address.
#[derive(Deserialize, ToSchema)]
pub struct PasswordForgotten {
    contact: String,
}

/// The code and the new password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordReset {
    contact: String,
    #[serde(deserialize_with = "lenient::text")]
    code: String,
    new_password: String,
}

fn email(text: &str) -> Result<Contact, Problem> {
    let refused = VerificationError::BadContact { field: "email", expected: "an e-mail address" };
    Contact::email(text).ok_or_else(|| refused.into())
}

fn contact(text: &str) -> Result<Contact, Problem> {
    let expected = "a phone number or an e-mail address";
    let refused = VerificationError::BadContact { field: "contact", expected };
    Contact::email(text).or_else(|| Contact::mobile(text)).ok_or_else(|| refused.into())
}

/// `POST /client/v1/email/code`
pub async fn send_email_code(
    State(rest): State<Rest>,
    caller: Caller,
    Address(address): Address,
    Params(call): Params<EmailReceiver>,
) -> ProblemReply<NoContent> {
    rest.verification.send_code(caller.app, &email(&call.email)?, Purpose::Bind, address).await?;
    Ok(NoContent)
}

/// `PUT /client/v1/email`
pub async fn bind_email(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<EmailAndCode>,
) -> ProblemReply<NoContent> {
    let contact = email(&call.email)?;
    rest.verification.require_feature(caller.app, &contact).await?;
    let own = own_email(&rest.read(&caller).await?).await?;
    if own.is_proven && own.contact.as_ref() != Some(&contact) {
        let password = call.password.as_deref().unwrap_or_default();
        confirm_own_password(&rest.accounts, caller.app, caller.actor, password).await?;
    }
    rest.verification.check_code(caller.app, &contact, Purpose::Bind, &call.code).await?;
    let mut ctx = rest.write(&caller).await?;
    bind_contact(&mut ctx, &contact).await?;
    ctx.commit().await?;
    Ok(NoContent)
}

/// `POST /client/v1/password-reset/code`: the answer is the same whether anybody is known by the contact.
pub async fn send_reset_code(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Address(address): Address,
    Params(call): Params<PasswordForgotten>,
) -> ProblemReply<NoContent> {
    let contact = contact(&call.contact)?;
    let is_known = find_by_proven(&rest.platform, app, &contact).await?.is_some();
    rest.verification.send_code_if(is_known, app, &contact, Purpose::ResetPassword, address).await?;
    Ok(NoContent)
}

/// `POST /client/v1/password-reset`
pub async fn reset_password(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<PasswordReset>,
) -> ProblemReply<NoContent> {
    let contact = contact(&call.contact)?;
    // Before the code is used up.
    check_new_password(&call.new_password)?;
    rest.verification.check_code(app, &contact, Purpose::ResetPassword, &call.code).await?;
    let user = find_by_proven(&rest.platform, app, &contact).await?.ok_or(VerificationError::WrongCode)?;
    set_password(&rest.accounts, app, Actor::System, user, &call.new_password).await?;
    Ok(NoContent)
}
