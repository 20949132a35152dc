//! Sockets: what a client can see of `spec/wire.md` and `spec/extensions.md`.

mod bad_input;
mod device;
mod group;
mod handshake;
mod history;
mod idempotency;
mod kick;
mod large_group;
mod limits;
mod newcomer;
mod operation;
mod presence;
mod provision;
mod pull;
mod push;
mod refusal;
mod restart;
mod rtc;
mod send;
mod slow;
mod socket_io;
mod stream;
mod unread;

use cerulean_testkit::pb::meta::NameSpace;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{SocketClient, pb};

const MESSAGE: NameSpace = NameSpace::Message;

/// The code and reason of an answer.
fn status_of(status: Option<&pb::Status>) -> (ErrorCode, &str) {
    let status = status.expect("every answer has a status");
    (status.code(), &status.reason)
}

/// Sends texts without waiting for each, then waits for all answers; their ids.
async fn texts(client: &mut SocketClient, to: u64, contents: impl IntoIterator<Item = String>) -> Vec<u64> {
    let mut client_mids = Vec::new();
    for content in contents {
        let meta = client.message(to, cerulean_testkit::text_body(to, &content));
        client_mids.push(meta.id);
        client.post(meta).await;
    }
    let mut mids = Vec::new();
    for client_mid in client_mids {
        let answer = client.answer_to(client_mid).await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
        mids.push(answer.server_mid);
    }
    mids
}

/// `count` numbered texts.
fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("text {number}")).collect()
}

/// UNREAD without the user's own system line.
async fn chats(client: &mut SocketClient) -> Vec<(u64, u32, i32)> {
    client.unread().await.into_iter().filter(|(uid, ..)| *uid != 0).collect()
}
