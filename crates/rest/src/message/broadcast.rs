//! `POST /message/broadcast`: a system message to every user of the app.

use axum::extract::State;
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_messaging::{SendError, ServerSend};
use cerulean_types::{Actor, Code, MessageId, PublicError, Xid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, Rest};

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

/// How many were told.
#[derive(Serialize, ToSchema)]
pub struct BroadcastResult {
    send_num: u64,
    success: bool,
}

const PAGE: u64 = 500;

/// Tells all users, page by page, so that no list of them is held. A user removed meanwhile is passed over.
pub async fn broadcast(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<BroadcastMessage>,
) -> Reply<BroadcastResult> {
    if !caller.actor.is_admin() {
        return Err(ApiError::new(Code::PermissionDenied, "broadcasts are sent with the administrator's token"));
    }
    if request.r#type != 1 {
        return Err(ApiError::new(Code::BadParameter, "type is 1: broadcasts go to users"));
    }
    let mut send_num = 0;
    let mut offset = 0;
    loop {
        let users = {
            let tx = rest.platform.db.read(caller.app).await?;
            tx.users().list(offset, PAGE).await?
        };
        if users.is_empty() {
            return ok(BroadcastResult { send_num, success: true });
        }
        offset += users.len() as u64;
        let cmd = ServerSend {
            app: caller.app,
            actor: Actor::System,
            from: None,
            targets: users.iter().map(|user| Xid::User(user.id)).collect(),
            content_type: i32::try_from(request.content_type).unwrap_or(-1),
            content: request.content.clone(),
            attachment: request.attachment.clone(),
            config: request.config.clone(),
            ext: request.ext.clone(),
            online_only: false,
            related: MessageId(0),
            transaction_id: None,
        };
        send_num += send_page(&rest, cmd).await?;
    }
}

async fn send_page(rest: &Rest, cmd: ServerSend) -> Result<u64, SendError> {
    match rest.messaging.send_from_server(cmd.clone()).await {
        Ok(mids) => Ok(mids.len() as u64),
        Err(error) if error.code() == Code::UserNotFound => {
            let mut sent = 0;
            for target in &cmd.targets {
                match rest.messaging.send_from_server(ServerSend { targets: vec![*target], ..cmd.clone() }).await {
                    Ok(_) => sent += 1,
                    Err(error) if error.code() == Code::UserNotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(sent)
        }
        Err(error) => Err(error),
    }
}
