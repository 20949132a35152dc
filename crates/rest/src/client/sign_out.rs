//! Sign-out.

use axum::extract::State;
use axum::response::NoContent;
use cerulean_http_kit::ProblemReply;

use crate::{Caller, Rest};

/// `POST /client/v1/sign-out`: the token of the call stops working, and its connections end.
pub async fn sign_out(State(rest): State<Rest>, caller: Caller) -> ProblemReply<NoContent> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_accounts::sign_out(&mut ctx, caller.token_no).await?;
    ctx.commit().await?;
    Ok(NoContent)
}
