//! `/console/v1/outbox`: what a development server would have sent by mail or text message.

use axum::Json;
use axum::extract::State;
use cerulean_http_kit::api::{Api, get};
use cerulean_http_kit::{Page, PageQuery, Params, ProblemReply};
use cerulean_types::JobId;
use cerulean_verification::list_outbox;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// Routes of the outbox.
pub fn routes() -> Api<Console> {
    Api::new("console").route(
        "/console/v1/outbox",
        get(list, "What a server without mail or text messages would have sent, newest first"),
    )
}

/// A letter that was not sent.
#[derive(Serialize, ToSchema)]
pub struct OutboxLetter {
    id: u64,
    /// `mail` or `sms`.
    carrier: String,
    receiver: String,
    content: String,
    /// Milliseconds since the epoch.
    created_at: i64,
}

/// `GET /console/v1/outbox`, newest first.
pub async fn list(
    State(console): State<Console>,
    admin: AppAdmin,
    Params(page): Params<PageQuery>,
) -> ProblemReply<Json<Page<OutboxLetter>>> {
    let limit = page.limit()?;
    let ctx = console.read(&admin).await?;
    let letters = list_outbox(&ctx, page.cursor::<u64>()?.map(JobId), limit as u64).await?;
    let next_cursor =
        (letters.len() == limit).then(|| letters.last().map(|letter| letter.number.to_string())).flatten();
    let items = letters
        .into_iter()
        .map(|letter| OutboxLetter {
            id: letter.number.0,
            carrier: letter.carrier,
            receiver: letter.receiver,
            content: letter.content,
            created_at: letter.created_at,
        })
        .collect();
    Ok(Json(Page { items, next_cursor }))
}
