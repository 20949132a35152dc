//! `GET /client/v1/conversations/{xid}/chain`: the hash chain without content, for checking.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::{Params, ProblemReply, lenient};
use cerulean_storage::log::read::ChainLink;
use cerulean_types::MessageId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::{conversation, require_user};
use crate::{Caller, Rest};

/// Which part.
#[derive(Deserialize, ToSchema)]
pub struct ChainOf {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    after: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    limit: Option<u64>,
}

/// A part of the chain, ascending.
#[derive(Serialize, ToSchema)]
pub struct ChainPage {
    items: Vec<ChainLinkView>,
    has_more: bool,
}

#[derive(Serialize, ToSchema)]
struct ChainLinkView {
    mid: u64,
    position: u64,
    sender: u64,
    timestamp: i64,
    namespace: u8,
    digest: String,
    link: String,
}

const LARGEST_PAGE: u64 = 1000;

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl ChainLinkView {
    fn of(link: &ChainLink) -> Self {
        Self {
            mid: link.mid.0,
            position: link.position,
            sender: link.sender,
            timestamp: link.timestamp,
            namespace: link.namespace,
            digest: hex(&link.digest),
            link: hex(&link.link),
        }
    }
}

/// Links after an item.
pub async fn chain(
    State(rest): State<Rest>,
    caller: Caller,
    Path(xid): Path<u64>,
    Params(request): Params<ChainOf>,
) -> ProblemReply<Json<ChainPage>> {
    let user = require_user(&caller)?;
    let limit = request.limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE) as usize;
    let after = MessageId(request.after.unwrap_or(0));
    let mut links =
        cerulean_messaging::chain(&rest.messaging, caller.app, user, conversation(xid)?, after, limit + 1).await?;
    let has_more = links.len() > limit;
    links.truncate(limit);
    Ok(Json(ChainPage { items: links.iter().map(ChainLinkView::of).collect(), has_more }))
}
