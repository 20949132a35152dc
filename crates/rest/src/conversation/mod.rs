//! A user's conversations: `/client/v1/conversations…` and the pins of the server API.

mod chain;
mod list;
mod pin;
mod state;

use cerulean_http_kit::api::{Api, delete, get, post_or_put, put};
use cerulean_types::Code;

use crate::Rest;

/// What is refused of a conversation.
const CONVERSATIONS: &[Code] = &[Code::NotGroupMember];

pub(crate) fn routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/conversation/pin", post_or_put(pin::pin, "Pins a conversation").refuses(CONVERSATIONS))
        .route(
            "/user/conversation/unpin",
            post_or_put(pin::unpin, "Pins a conversation no longer").refuses(CONVERSATIONS),
        )
        .route("/user/conversation/pin_list", get(pin::list, "Pinned conversations"))
}

pub(crate) fn client_routes() -> Api<Rest> {
    Api::new("client")
        .route("/client/v1/conversations", get(list::list, "The caller's conversations, newest first"))
        .route(
            "/client/v1/conversations/{xid}",
            delete(state::clear, "Clears the caller's copy of a conversation").refuses(CONVERSATIONS),
        )
        .route(
            "/client/v1/conversations/{xid}/pin",
            put(state::pin, "Pins a conversation, or no longer").refuses(CONVERSATIONS),
        )
        .route(
            "/client/v1/conversations/{xid}/mute",
            put(state::mute, "Silences a conversation, or no longer").refuses(CONVERSATIONS),
        )
        .route(
            "/client/v1/conversations/{xid}/chain",
            get(chain::chain, "The hash chain of a conversation, without content").refuses(CONVERSATIONS),
        )
}
