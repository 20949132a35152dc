//! `/message/…`: sending through the server API, history, read state.

mod ai;
mod broadcast;
mod history;
mod operation;
mod send;

use cerulean_http_kit::api::{Api, delete, get, post, post_or_put};
use cerulean_types::Code;

use crate::Rest;

pub(crate) use operation::{conversation, require_user};

/// What is refused to who sends.
const SENDING: &[Code] = &[Code::Blocked, Code::NotGroupMember, Code::MessageNotFound, Code::RecallTooLate];
/// What is refused of a conversation.
const CONVERSATIONS: &[Code] = &[Code::NotGroupMember];

pub(crate) fn routes() -> Api<Rest> {
    Api::new("message")
        .route("/message/send", post_or_put(send::send, "Sends a message to users or groups").refuses(SENDING))
        .route(
            "/message/notify",
            post_or_put(send::notify, "Sends a message from the system (administrator)").refuses(SENDING),
        )
        .route(
            "/ai/message/send",
            post_or_put(ai::send, "Sends a message in the name of an assistant's account").refuses(SENDING),
        )
        .route(
            "/message/broadcast",
            post(broadcast::broadcast, "Sends a message to every user of the app (administrator)"),
        )
        .route("/message/recall", post_or_put(operation::recall, "Takes a message back").refuses(SENDING))
        .route(
            "/message/ack",
            get(operation::acknowledge, "Says that a device has everything up to a message").refuses(CONVERSATIONS),
        )
        .route("/message/unread", get(history::unread, "Conversations with unread messages"))
        .route("/message/conversation", get(history::page, "A page of messages, newest first").refuses(CONVERSATIONS))
        .route(
            "/message/conversation",
            delete(operation::clear, "Clears the caller's copy of a conversation").refuses(CONVERSATIONS),
        )
}
