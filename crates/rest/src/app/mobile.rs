//! Phone numbers: sign-in by a code, and binding one to an account. Each step is a code checked by `verification` and then one action of
//! `accounts`.

use axum::extract::State;
use cerulean_accounts::{
    AccountError, ProfileChange, bind_contact, confirm_own_password, grant_sign_in, own_mobile, update_profile,
};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_types::{Code, Contact};
use cerulean_verification::{Proof, ProofOf, Purpose, VerificationError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::captcha::mobile;
use crate::{ApiResult, AppScope, Caller, Rest};

/// A number and the code that was sent there.
#[derive(Deserialize, ToSchema)]
pub struct MobileAndCode {
    #[serde(deserialize_with = "lenient::text")]
    captcha: String,
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// A number and the proof of an earlier step.
#[derive(Deserialize, ToSchema)]
pub struct MobileAndProof {
    sign: String,
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// A number, the code that was sent there, and the proof of an earlier step.
#[derive(Deserialize, ToSchema)]
pub struct MobileCodeAndProof {
    #[serde(deserialize_with = "lenient::text")]
    captcha: String,
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
    sign: String,
}

/// A number.
#[derive(Deserialize, ToSchema)]
pub struct MobileNumber {
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// A password.
#[derive(Deserialize, ToSchema)]
pub struct OwnPassword {
    #[serde(deserialize_with = "lenient::text")]
    password: String,
}

/// What signs in the account of a number, or binds the number to one that is still to be made.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum MobileSignIn {
    /// The account.
    Bound {
        /// Its name.
        username: String,
        /// Signs in once, within a minute; not the account's password.
        password: String,
    },
    /// There is none yet.
    New {
        /// For `/app/user/mobile_bind_with_sign`.
        sign: String,
    },
}

/// The proof for the next step.
#[derive(Serialize, ToSchema)]
pub struct MobileProof {
    sign: String,
}

/// The caller's number; status 1 when he has proven it.
#[derive(Serialize, ToSchema)]
pub struct MobileStanding {
    status: i32,
    mobile: String,
}

/// `GET /app/user/info_pwd`
pub async fn sign_in_info(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<MobileAndCode>,
) -> Reply<MobileSignIn> {
    rest.verification.require_mobile_codes(app).await?;
    let contact = mobile(&call.mobile)?;
    rest.verification.check_code(app, &contact, Purpose::Any, &call.captcha).await?;
    ok(match grant_sign_in(&rest.platform, app, &contact).await? {
        Some(grant) => MobileSignIn::Bound { username: grant.username, password: grant.secret },
        None => MobileSignIn::New { sign: rest.verification.issue_proof(app, &Proof::Contact(contact)).await? },
    })
}

/// `POST /app/user/mobile_bind`
pub async fn bind(State(rest): State<Rest>, caller: Caller, Params(call): Params<MobileAndCode>) -> Reply<bool> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    refuse_second_mobile(&rest, &caller, &contact).await?;
    rest.verification.check_code(caller.app, &contact, Purpose::Any, &call.captcha).await?;
    bind_to_caller(&rest, &caller, &contact, Code::MobileBound).await
}

/// `POST /app/user/mobile_bind_with_sign`
pub async fn bind_with_sign(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<MobileAndProof>,
) -> Reply<bool> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    refuse_second_mobile(&rest, &caller, &contact).await?;
    rest.verification.take_proof(caller.app, &call.sign, ProofOf::Contact(&contact)).await?;
    bind_to_caller(&rest, &caller, &contact, Code::MobileBound).await
}

/// `POST /app/user/mobile_update`: a number without proof, as long as there is none with.
pub async fn update(State(rest): State<Rest>, caller: Caller, Params(call): Params<MobileNumber>) -> Reply<bool> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    refuse_second_mobile(&rest, &caller, &contact).await?;
    let mut ctx = rest.write(&caller).await?;
    let change = ProfileChange { mobile: Some(contact.as_str().to_owned()), ..ProfileChange::default() };
    update_profile(&mut ctx, change).await.map_err(|error| taken(error, Code::MobileBound))?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /app/user/mobile_prechange_by_password`
pub async fn prechange_by_password(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<OwnPassword>,
) -> Reply<MobileProof> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let confirmed = confirm_own_password(&rest.accounts, caller.app, caller.actor, &call.password).await;
    let user = confirmed.map_err(|error| match error {
        AccountError::Rejected => ApiError::of(Code::WrongPassword),
        other => other.into(),
    })?;
    ok(MobileProof { sign: rest.verification.issue_proof(caller.app, &Proof::MayChange(user.get())).await? })
}

/// `POST /app/user/mobile_prechange_by_mobile`: the code went to the number that shall be left.
pub async fn prechange_by_mobile(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<MobileAndCode>,
) -> Reply<MobileProof> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    let ctx = rest.read(&caller).await?;
    let (own, user) = (own_mobile(&ctx).await?, ctx.require_user()?);
    drop(ctx);
    if !own.is_proven || own.contact.as_ref() != Some(&contact) {
        return Err(VerificationError::WrongCode.into());
    }
    rest.verification.check_code(caller.app, &contact, Purpose::Any, &call.captcha).await?;
    ok(MobileProof { sign: rest.verification.issue_proof(caller.app, &Proof::MayChange(user.get())).await? })
}

/// `POST /app/user/mobile_change`
pub async fn change(State(rest): State<Rest>, caller: Caller, Params(call): Params<MobileCodeAndProof>) -> Reply<bool> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    let user = rest.read(&caller).await?.require_user()?;
    // The code first: a slip of the finger there leaves the proof for another try.
    rest.verification.check_code(caller.app, &contact, Purpose::Any, &call.captcha).await?;
    rest.verification.take_proof(caller.app, &call.sign, ProofOf::MayChange(user)).await?;
    bind_to_caller(&rest, &caller, &contact, Code::MobileBound).await
}

/// `GET /app/user_verification`
pub async fn standing(State(rest): State<Rest>, caller: Caller) -> Reply<MobileStanding> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let ctx = rest.read(&caller).await?;
    let own = own_mobile(&ctx).await?;
    let mobile = own.contact.map(|contact| contact.as_str().to_owned()).unwrap_or_default();
    ok(MobileStanding { status: i32::from(own.is_proven), mobile })
}

/// `POST /app/user_verification_by_mobile`
pub async fn verify(State(rest): State<Rest>, caller: Caller, Params(call): Params<MobileAndCode>) -> Reply<bool> {
    rest.verification.require_mobile_codes(caller.app).await?;
    let contact = mobile(&call.mobile)?;
    refuse_second_mobile(&rest, &caller, &contact).await?;
    rest.verification.check_code(caller.app, &contact, Purpose::Any, &call.captcha).await?;
    bind_to_caller(&rest, &caller, &contact, Code::TooManyAccountsOnMobile).await
}

/// A number that was proven is only left by the steps of a change.
async fn refuse_second_mobile(rest: &Rest, caller: &Caller, contact: &Contact) -> ApiResult<()> {
    let ctx = rest.read(caller).await?;
    let own = own_mobile(&ctx).await?;
    if own.is_proven && own.contact.as_ref() != Some(contact) {
        return Err(ApiError::new(
            Code::MobileBound,
            "another number is bound: use mobile_prechange and mobile_change",
        ));
    }
    Ok(())
}

async fn bind_to_caller(rest: &Rest, caller: &Caller, contact: &Contact, if_taken: Code) -> Reply<bool> {
    let mut ctx = rest.write(caller).await?;
    bind_contact(&mut ctx, contact).await.map_err(|error| taken(error, if_taken))?;
    ctx.commit().await?;
    ok(true)
}

fn taken(error: AccountError, code: Code) -> ApiError {
    match error {
        AccountError::ContactTaken { .. } => ApiError::of(code),
        other => other.into(),
    }
}
