//! `POST|PUT /message/send`, `/message/notify`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use cerulean_http_kit::{ApiError, Params, lenient};
use cerulean_messaging::{ServerSend, notify as send_to_many};
use cerulean_types::{Actor, Code, GroupId, MessageId, UserId, Xid, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::broadcast::JOB;
use crate::{ApiResult, Caller, Rest};

/// What to send to whom.
#[derive(Deserialize, ToSchema)]
pub struct ServerMessage {
    #[serde(deserialize_with = "lenient::number")]
    r#type: i64,
    #[serde(deserialize_with = "lenient::ids")]
    targets: Vec<u64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    from_user_id: Option<u64>,
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
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    online_only: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    related_mid: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_long")]
    transaction_id: Option<i64>,
}

/// The ids stand beside `data`, and only where one target was named.
#[derive(Serialize, ToSchema)]
pub struct SentAnswer {
    code: u32,
    data: bool,
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_ids: Option<Vec<u64>>,
}

pub(super) fn targets(kind: i64, numbers: &[u64]) -> ApiResult<Vec<Xid>> {
    if numbers.is_empty() || numbers.len() > limits::BATCH_ITEMS {
        return Err(ApiError::new(
            Code::BadParameter,
            format!("targets must name 1 to {} receivers", limits::BATCH_ITEMS),
        ));
    }
    let nothing =
        |code, what, number: &u64| ApiError::new(code, format!("{what} not found (target {number}; nothing was sent)"));
    let read = |number: &u64| match kind {
        1 => UserId::parse(*number).map(Xid::User).map_err(|_| nothing(Code::UserNotFound, "user", number)),
        2 => GroupId::parse(*number).map(Xid::Group).map_err(|_| nothing(Code::GroupNotFound, "group", number)),
        _ => Err(ApiError::new(Code::BadParameter, "type is 1 for users and 2 for groups")),
    };
    numbers.iter().map(read).collect()
}

fn user(number: Option<u64>) -> ApiResult<Option<UserId>> {
    number.map(|number| UserId::parse(number).map_err(|_| ApiError::of(Code::UserNotFound))).transpose()
}

impl ServerMessage {
    pub(super) fn into_command(self, caller: &Caller, actor: Actor) -> ApiResult<ServerSend> {
        Ok(ServerSend {
            app: caller.app,
            actor,
            from: user(self.from_user_id)?,
            targets: targets(self.r#type, &self.targets)?,
            content_type: i32::try_from(self.content_type).unwrap_or(-1),
            content: self.content,
            attachment: self.attachment,
            config: self.config,
            ext: self.ext,
            online_only: self.online_only.unwrap_or(false),
            related: MessageId(self.related_mid.unwrap_or(0)),
            transaction_id: self.transaction_id,
        })
    }
}

impl SentAnswer {
    fn of(msg_ids: Option<Vec<u64>>) -> Json<Self> {
        Json(Self { code: Code::Ok.number(), data: true, message: None, msg_ids })
    }
}

async fn perform(rest: &Rest, cmd: ServerSend) -> ApiResult<Json<SentAnswer>> {
    let mids = rest.messaging.send_from_server(cmd).await?;
    Ok(SentAnswer::of((mids.len() == 1).then(|| mids.iter().map(|mid| mid.0).collect())))
}

/// Sends as the caller, or for an administrator as `from_user_id`, as the user acted for, or as the system.
pub async fn send(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<ServerMessage>,
) -> ApiResult<Json<SentAnswer>> {
    perform(&rest, request.into_command(&caller, caller.actor)?).await
}

/// The administrator's word: from the system unless `from_user_id` says otherwise. The system's word to several is sent by a job.
pub async fn notify(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<ServerMessage>,
) -> ApiResult<(Option<[(HeaderName, String); 1]>, Json<SentAnswer>)> {
    if !caller.actor.is_admin() {
        return Err(ApiError::new(Code::PermissionDenied, "notices are sent with the administrator's token"));
    }
    let actor = Actor::Admin { acting_for: None };
    let cmd = request.into_command(&caller, actor)?;
    if !cmd.is_notice_to_many() {
        return Ok((None, perform(&rest, cmd).await?));
    }
    let mut ctx = rest.write(&caller).await?;
    let job = send_to_many(&mut ctx, &rest.messaging, &cmd).await?;
    ctx.commit().await?;
    Ok((Some([(JOB, job.to_string())]), SentAnswer::of(None)))
}
