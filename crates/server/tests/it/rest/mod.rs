//! The HTTP paths, on a real listener. What a handler does by itself is tested in `crates/rest/tests`; here is what several parts do
//! together: listener, limits, other people's sockets, time.

mod acting;
mod app;
mod bad_input;
mod client;
mod conversation;
mod document;
mod fields;
mod file;
mod group;
mod jobs;
mod limits;
mod message;
mod push;
mod readers;
mod roster;
mod sweep;
mod token;
mod user;

use cerulean_testkit::{SocketClient, User};
use serde_json::Value;

/// A session that has all notices so far, so that every further one is pushed and not only told of.
pub async fn listening(user: &User) -> SocketClient {
    let mut socket = user.socket().await;
    socket.pull_all(0).await;
    socket
}

/// The names of an object's fields, in order; none may be null.
pub fn fields(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    assert!(object.values().all(|field| !field.is_null()), "null in {value}");
    let mut names: Vec<_> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
