//! The XSYNC protocol: protobuf frames, the WebSocket framing below them, and the Socket.IO 2 / Engine.IO 3 packets some clients wrap them in.
//!
//! Owns bytes on the wire and nothing else: no sockets, no time, no state beyond a half-read message. The description is `spec/wire.md`,
//! our additions are `spec/extensions.md`. Start at [`decode_frame`] for what comes in and [`encode`] for what goes out; [`ws`] cuts a byte
//! stream into messages, [`socket_io`] unwraps the other transport. A new frame field goes into `spec/xsync.proto` and a vector beside it.

/// Messages generated from `spec/xsync.proto`.
#[allow(missing_docs, clippy::all, clippy::pedantic, rustdoc::all, reason = "generated code")]
pub mod pb {
    include!(concat!(env!("OUT_DIR"), "/im.floo.protobuf.rs"));
}

pub mod body;
pub mod encode;
pub mod form;
mod frame;
pub mod socket_io;
pub mod ws;

pub use frame::{FrameError, Up, decode_frame};

/// Encodes any message of [`pb`].
pub fn encode_message(message: &impl prost::Message) -> bytes::Bytes {
    message.encode_to_vec().into()
}
