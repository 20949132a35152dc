//! `/message/…`: sending through the server API, history, read state.

mod broadcast;
mod history;
mod operation;
mod send;

use axum::Router;
use axum::routing::{get, post};

use crate::Rest;

pub(crate) use operation::{conversation, require_user};

pub(crate) fn routes() -> Router<Rest> {
    Router::new()
        .route("/message/send", post(send::send).put(send::send))
        .route("/message/notify", post(send::notify).put(send::notify))
        .route("/message/broadcast", post(broadcast::broadcast))
        .route("/message/recall", post(operation::recall).put(operation::recall))
        .route("/message/ack", get(operation::acknowledge))
        .route("/message/unread", get(history::unread))
        .route("/message/conversation", get(history::page).delete(operation::clear))
}
