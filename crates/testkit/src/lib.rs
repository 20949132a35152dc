//! Boots a real server inside the test's own process and talks to it from outside, as clients do.
//!
//! Owns the harness and the clients by role; knows nothing of the server's inside beyond putting it together. A test reads
//! `let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;`. Start at [`TestServer`]; [`RestClient`] calls
//! the HTTP paths, [`SocketClient`] speaks frames over a raw WebSocket or Socket.IO. Everything that is waited for has a bound
//! ([`WITHIN`]) and nothing sleeps for luck: wait for a frame, or for a condition with [`eventually`].

mod chain;
mod database;
mod message;
mod model;
mod problems;
mod rest;
mod server;
mod socket;
mod user;
mod wait;

pub use chain::{Chain, chain_link};
pub use database::Database;
pub use message::{
    Address, body_of, content_of, contents_of, conversation_operation, group_notice_of, mids_of, operation,
    operation_of, presence_of, roster_notice_of, rtc_signal_of, text_body, typing_body, user_notice_of,
};
pub use model::{Model, Shown, ShownGroup};
pub use problems::expect_problems;
pub use rest::{Answer, Call, RestClient};
pub use server::{Starting, TestApp, TestServer};
pub use socket::{Connecting, Down, Event, SocketClient, Transport};
pub use user::{TestGroup, User};
pub use wait::{WITHIN, eventually, within};

/// The wire's messages.
pub use cerulean_proto::pb;
