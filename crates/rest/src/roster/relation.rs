//! What the caller is to others: deleting friends, notes, blocks.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_roster::EditNotes;
use cerulean_types::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{OneUser, user_of};
use crate::{Caller, Rest};

/// What to note about a user; only what is present changes.
#[derive(Deserialize, ToSchema)]
pub struct NotesOf {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(default)]
    alias: Option<String>,
    #[serde(default)]
    ext: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    mute_notification: Option<bool>,
}

/// Two users.
#[derive(Deserialize, ToSchema)]
pub struct PairOf {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(deserialize_with = "lenient::id")]
    roster_id: u64,
}

/// `POST|DELETE /roster/delete`
pub async fn delete(State(rest): State<Rest>, caller: Caller, Params(who): Params<OneUser>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::delete(&mut ctx, who.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /roster/ext`
pub async fn edit_notes(State(rest): State<Rest>, caller: Caller, Params(notes): Params<NotesOf>) -> Reply<bool> {
    let peer = user_of(notes.user_id)?;
    let edit = EditNotes { peer, alias: notes.alias, ext: notes.ext, mute_notification: notes.mute_notification };
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::edit_notes(&mut ctx, edit).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /roster/block`
pub async fn block(State(rest): State<Rest>, caller: Caller, Params(who): Params<OneUser>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::block(&mut ctx, who.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|DELETE /roster/unblock`
pub async fn unblock(State(rest): State<Rest>, caller: Caller, Params(who): Params<OneUser>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::unblock(&mut ctx, who.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `GET /roster/blocked_list`
pub async fn list_blocked(State(rest): State<Rest>, caller: Caller) -> Reply<Vec<u64>> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_roster::list_blocked(&mut ctx).await?.into_iter().map(UserId::get).collect())
}

/// `GET /roster/may_message`: whether `user_id` may write to `roster_id`.
pub async fn may_message(State(rest): State<Rest>, caller: Caller, Params(pair): Params<PairOf>) -> Reply<bool> {
    let (from, to) = (user_of(pair.user_id)?, user_of(pair.roster_id)?);
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_roster::may_message(&mut ctx, from, to).await?)
}
