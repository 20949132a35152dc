//! Socket.IO 2 over Engine.IO 3, as far as clients of the protocol use it (wire.md 3.1): WebSocket only, one binary event named `frame`.

use bytes::BufMut;

use crate::ws;

/// First byte of an Engine.IO binary message.
pub const BINARY_MESSAGE: u8 = 4;
/// Announces the one binary event.
pub const FRAME_EVENT: &str = r#"451-["frame",{"_placeholder":true,"num":0}]"#;
/// How often the client pings, in milliseconds.
pub const PING_INTERVAL_MS: u64 = 25_000;
/// How long the client waits for the answer, in milliseconds.
pub const PING_TIMEOUT_MS: u64 = 60_000;

/// A text packet from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPacket {
    /// `2`: answer with `3` and the same text behind it.
    Ping,
    /// `41` or `1`: the client leaves.
    Leave,
    /// `451-["frame",…]`: a binary message with the frame follows.
    FrameEvent,
    /// `40` or a pong: nothing to do.
    Quiet,
    /// Something this server does not speak.
    Unknown,
}

/// Reads a text packet.
pub fn parse_text(text: &[u8]) -> TextPacket {
    match text {
        [b'2', ..] => TextPacket::Ping,
        b"1" | [b'4', b'1', ..] => TextPacket::Leave,
        [b'4', b'0', ..] | [b'3', ..] => TextPacket::Quiet,
        [b'4', b'5', b'1', b'-', json @ ..] if json.starts_with(br#"["frame""#) => TextPacket::FrameEvent,
        _ => TextPacket::Unknown,
    }
}

/// The two packets that open a connection. `sid` must need no JSON escaping.
pub fn put_open(sid: &str, out: &mut Vec<u8>) {
    let open = format!(
        r#"0{{"sid":"{sid}","upgrades":[],"pingInterval":{PING_INTERVAL_MS},"pingTimeout":{PING_TIMEOUT_MS}}}"#
    );
    ws::put_text(&open, out);
    ws::put_text("40", out);
}

/// Appends one frame as announced binary event.
pub fn put_frame(frame: &[u8], out: &mut impl BufMut) {
    ws::put_text(FRAME_EVENT, out);
    ws::put_binary(&[&[BINARY_MESSAGE], frame], out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_told_apart() {
        assert_eq!(parse_text(b"2"), TextPacket::Ping);
        assert_eq!(parse_text(b"2probe"), TextPacket::Ping);
        assert_eq!(parse_text(b"41"), TextPacket::Leave);
        assert_eq!(parse_text(FRAME_EVENT.as_bytes()), TextPacket::FrameEvent);
        assert_eq!(parse_text(br#"42["chat","x"]"#), TextPacket::Unknown);
        assert_eq!(parse_text(b""), TextPacket::Unknown);
    }
}
