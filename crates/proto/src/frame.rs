//! Frames that clients send.

use bytes::Bytes;
use prost::Message;

use crate::pb;

/// A decoded frame from a client.
#[derive(Debug, Clone, PartialEq)]
pub enum Up {
    /// Heartbeat, or "give me my conversations".
    Unread,
    /// Pull, history, or send.
    Sync(pb::SyncUl),
    /// Log-in of the connection.
    Provision(pb::Provision),
}

/// Why a frame cannot be understood. The connection stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The bytes are no valid protobuf of the expected message; the command tells which reply type fits.
    #[error("malformed protobuf")]
    Malformed(pb::frame::Command),
    /// The command number is not one a client may send.
    #[error("unknown command {0}")]
    UnknownCommand(i32),
    /// The frame says that its payload is compressed or encrypted, which this server does not offer.
    #[error("compressed or encrypted frames are not supported")]
    Unsupported,
}

/// Decodes one frame. Payloads share the memory of `bytes`.
pub fn decode_frame(bytes: Bytes) -> Result<Up, FrameError> {
    let frame = pb::Frame::decode(bytes).map_err(|_| FrameError::Malformed(pb::frame::Command::Sync))?;
    if frame.compress_method != 0 || frame.encrypt_method != 0 {
        return Err(FrameError::Unsupported);
    }
    match pb::frame::Command::try_from(frame.command) {
        Ok(pb::frame::Command::Unread) => Ok(Up::Unread),
        Ok(command @ pb::frame::Command::Sync) => {
            pb::SyncUl::decode(frame.payload).map(Up::Sync).map_err(|_| FrameError::Malformed(command))
        }
        Ok(command @ pb::frame::Command::Provision) => {
            pb::Provision::decode(frame.payload).map(Up::Provision).map_err(|_| FrameError::Malformed(command))
        }
        Ok(pb::frame::Command::Notice) | Err(_) => Err(FrameError::UnknownCommand(frame.command)),
    }
}
