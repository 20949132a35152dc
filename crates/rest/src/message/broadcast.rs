//! `POST /message/broadcast`: a system message to every user of the app.

use axum::extract::State;
use axum::http::HeaderName;
use cerulean_http_kit::{ApiError, Envelope, Params, lenient, ok};
use cerulean_messaging::{AcceptedBroadcast, Broadcast, broadcast as send_broadcast};
use cerulean_types::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ApiResult, Caller, Rest};

/// Names the job that sends to many, for `/console/v1/jobs/{id}`.
pub(super) const JOB: HeaderName = HeaderName::from_static("cerulean-job");

/// What to tell everyone.
#[derive(Deserialize, ToSchema)]
pub struct BroadcastMessage {
    #[serde(deserialize_with = "lenient::number")]
    r#type: i64,
    #[serde(deserialize_with = "lenient::number")]
    content_type: i64,
    #[serde(default)]
    content: String,
    #[serde(default)]
    attachment: String,
    #[serde(default)]
    config: String,
    #[serde(default)]
    ext: String,
}

/// How many are being told.
#[derive(Serialize, ToSchema)]
pub struct BroadcastResult {
    send_num: u64,
    success: bool,
}

/// A broadcast that is accepted; a job sends it.
type Accepted = ([(HeaderName, String); 1], Envelope<BroadcastResult>);

/// Accepts the broadcast.
pub async fn broadcast(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<BroadcastMessage>,
) -> ApiResult<Accepted> {
    if request.r#type != 1 {
        return Err(ApiError::new(Code::BadParameter, "type is 1: broadcasts go to users"));
    }
    let message = Broadcast {
        content_type: i32::try_from(request.content_type).unwrap_or(-1),
        content: request.content,
        attachment: request.attachment,
        config: request.config,
        ext: request.ext,
    };
    let mut ctx = rest.write(&caller).await?;
    let AcceptedBroadcast { job, users } = send_broadcast(&mut ctx, &message).await?;
    ctx.commit().await?;
    Ok(([(JOB, job.to_string())], ok(BroadcastResult { send_num: users, success: true })?))
}
