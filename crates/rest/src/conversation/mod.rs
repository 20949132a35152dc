//! A user's conversations: `/client/v1/conversations…` and the pins of the server API.

mod chain;
mod list;
mod pin;
mod state;

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::Rest;

pub(crate) fn routes() -> Router<Rest> {
    Router::new()
        .route("/user/conversation/pin", post(pin::pin).put(pin::pin))
        .route("/user/conversation/unpin", post(pin::unpin).put(pin::unpin))
        .route("/user/conversation/pin_list", get(pin::list))
}

pub(crate) fn client_routes() -> Router<Rest> {
    Router::new()
        .route("/client/v1/conversations", get(list::list))
        .route("/client/v1/conversations/{xid}", delete(state::clear))
        .route("/client/v1/conversations/{xid}/pin", put(state::pin))
        .route("/client/v1/conversations/{xid}/mute", put(state::mute))
        .route("/client/v1/conversations/{xid}/chain", get(chain::chain))
}
