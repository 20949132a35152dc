//! Server side of RFC 6455 message framing, without I/O and without a buffer per idle connection.
//!
//! Own code because the frame bytes are shared by all receivers and because an idle session may not keep a read buffer;
//! `docs/decisions/0006-websocket-framing.md` has the reasons. The opening handshake is plain HTTP and lives in the gateway.

use bytes::{BufMut, Bytes, BytesMut};

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A whole message from the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A binary message.
    Binary(Bytes),
    /// A text message; valid UTF-8 is for the reader to check.
    Text(Bytes),
    /// A ping; answer with its bytes.
    Ping(Bytes),
    /// A pong, with the bytes of the ping it answers.
    Pong(Bytes),
    /// The client leaves.
    Close,
    /// A message longer than the limit; its bytes were passed over and the connection is fine.
    TooLarge,
}

/// A violation of RFC 6455, after which the connection must be closed with status 1002.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("websocket protocol violation: {0}")]
pub struct ProtocolError(pub &'static str);

/// Cuts what was read from a socket into messages. Holds memory only while a message is incomplete.
#[derive(Debug, Default)]
pub struct Reader {
    partial: BytesMut,
    fragments: Option<(u8, BytesMut)>,
    skip: u64,
    is_skipping_message: bool,
    max_bytes: usize,
}

struct Header {
    is_last: bool,
    opcode: u8,
    mask: [u8; 4],
    own_len: usize,
    payload_len: u64,
}

fn parse_header(bytes: &[u8]) -> Result<Option<Header>, ProtocolError> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0x70 != 0 {
        return Err(ProtocolError("reserved bits set"));
    }
    if second & 0x80 == 0 {
        return Err(ProtocolError("client frames must be masked"));
    }
    let (length_bytes, payload_len) = match (second & 0x7f, rest) {
        (126, [a, b, ..]) => (2, u64::from(u16::from_be_bytes([*a, *b]))),
        (127, [_, _, _, _, _, _, _, _, ..]) => {
            let length = rest[..8].try_into().expect("the pattern has eight bytes");
            (8, u64::from_be_bytes(length))
        }
        (126 | 127, _) => return Ok(None),
        (short, _) => (0, u64::from(short)),
    };
    let Some(mask) = rest.get(length_bytes..length_bytes + 4) else { return Ok(None) };
    let opcode = first & 0x0f;
    let is_last = first & 0x80 != 0;
    if opcode >= 8 && (!is_last || payload_len > 125) {
        return Err(ProtocolError("control frames are short and whole"));
    }
    if payload_len >> 62 != 0 {
        return Err(ProtocolError("impossible length"));
    }
    let mask = [mask[0], mask[1], mask[2], mask[3]];
    Ok(Some(Header { is_last, opcode, mask, own_len: 2 + length_bytes + 4, payload_len }))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3]]);
    let (blocks, rest) = payload.as_chunks_mut::<8>();
    for block in blocks {
        *block = (u64::from_ne_bytes(*block) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

impl Reader {
    /// A reader that passes over messages longer than `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes, ..Self::default() }
    }

    /// Takes bytes as read from the socket and appends the messages they complete to `out`. The bytes are unmasked in place.
    pub fn feed(&mut self, input: &mut [u8], out: &mut Vec<Message>) -> Result<(), ProtocolError> {
        if self.partial.is_empty() {
            let used = self.consume(input, out)?;
            self.partial.extend_from_slice(&input[used..]);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(input);
            let used = self.consume(&mut joined, out)?;
            if used < joined.len() {
                bytes::Buf::advance(&mut joined, used);
                self.partial = joined;
            }
        }
        Ok(())
    }

    fn consume(&mut self, bytes: &mut [u8], out: &mut Vec<Message>) -> Result<usize, ProtocolError> {
        let mut used = 0;
        loop {
            if self.skip > 0 {
                let step = self.skip.min((bytes.len() - used) as u64);
                self.skip -= step;
                used += step as usize;
                if self.skip > 0 {
                    return Ok(used);
                }
                if !self.is_skipping_message {
                    out.push(Message::TooLarge);
                }
            }
            let Some(header) = parse_header(&bytes[used..])? else { return Ok(used) };
            let body_start = used + header.own_len;
            let joined_len = header.payload_len + self.fragments.as_ref().map_or(0, |(_, joined)| joined.len() as u64);
            if header.opcode < 8 && (joined_len > self.max_bytes as u64 || self.is_skipping_message) {
                self.begin_skip(&header)?;
                used = body_start;
                if self.skip == 0 && !self.is_skipping_message {
                    out.push(Message::TooLarge);
                }
                continue;
            }
            let body_end = body_start + header.payload_len as usize;
            if body_end > bytes.len() {
                return Ok(used);
            }
            let payload = &mut bytes[body_start..body_end];
            unmask(payload, header.mask);
            if let Some(message) = self.take(&header, payload)? {
                out.push(message);
            }
            used = body_end;
        }
    }

    /// Passes over the rest of a message that is too long; its end yields one [`Message::TooLarge`].
    fn begin_skip(&mut self, header: &Header) -> Result<(), ProtocolError> {
        let is_continuation = header.opcode == CONTINUATION;
        if is_continuation != (self.fragments.is_some() || self.is_skipping_message) {
            return Err(ProtocolError("continuation out of place"));
        }
        self.fragments = None;
        self.is_skipping_message = !header.is_last;
        self.skip = header.payload_len;
        Ok(())
    }

    fn take(&mut self, header: &Header, payload: &[u8]) -> Result<Option<Message>, ProtocolError> {
        match header.opcode {
            TEXT | BINARY if self.fragments.is_some() => Err(ProtocolError("new message inside a fragmented one")),
            TEXT | BINARY if header.is_last => Ok(Some(whole(header.opcode, Bytes::copy_from_slice(payload)))),
            TEXT | BINARY => {
                self.fragments = Some((header.opcode, BytesMut::from(payload)));
                Ok(None)
            }
            CONTINUATION => {
                let Some((opcode, mut joined)) = self.fragments.take() else {
                    return Err(ProtocolError("continuation out of place"));
                };
                joined.extend_from_slice(payload);
                if header.is_last {
                    return Ok(Some(whole(opcode, joined.freeze())));
                }
                self.fragments = Some((opcode, joined));
                Ok(None)
            }
            CLOSE => Ok(Some(Message::Close)),
            PING => Ok(Some(Message::Ping(Bytes::copy_from_slice(payload)))),
            PONG => Ok(Some(Message::Pong(Bytes::copy_from_slice(payload)))),
            _ => Err(ProtocolError("unknown opcode")),
        }
    }
}

fn whole(opcode: u8, payload: Bytes) -> Message {
    if opcode == TEXT { Message::Text(payload) } else { Message::Binary(payload) }
}

fn put_header(opcode: u8, payload_len: usize, out: &mut impl BufMut) {
    out.put_u8(0x80 | opcode);
    match payload_len {
        0..126 => out.put_u8(payload_len as u8),
        126..0x1_0000 => {
            out.put_u8(126);
            out.put_u16(payload_len as u16);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(payload_len as u64);
        }
    }
}

/// Appends a binary message made of `parts`.
pub fn put_binary(parts: &[&[u8]], out: &mut impl BufMut) {
    put_header(BINARY, parts.iter().map(|part| part.len()).sum(), out);
    for part in parts {
        out.put_slice(part);
    }
}

/// Appends a text message.
pub fn put_text(text: &str, out: &mut impl BufMut) {
    put_header(TEXT, text.len(), out);
    out.put_slice(text.as_bytes());
}

/// Appends a ping that carries `payload` (125 bytes at most).
pub fn put_ping(payload: &[u8], out: &mut impl BufMut) {
    put_header(PING, payload.len(), out);
    out.put_slice(payload);
}

/// Appends the pong to a ping.
pub fn put_pong(payload: &[u8], out: &mut impl BufMut) {
    put_header(PONG, payload.len(), out);
    out.put_slice(payload);
}

/// Appends a close with its status (RFC 6455 section 7.4).
pub fn put_close(status: u16, out: &mut impl BufMut) {
    put_header(CLOSE, 2, out);
    out.put_u16(status);
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};

    use super::*;

    fn client_frame(is_last: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        put_header(opcode, payload.len(), &mut out);
        out[0] = if is_last { 0x80 | opcode } else { opcode };
        out[1] |= 0x80;
        let mask = [1, 2, 3, 250];
        out.extend(mask);
        out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
        out
    }

    fn read_in_steps(bytes: &[u8], step: usize, max: usize) -> Result<Vec<Message>, ProtocolError> {
        let mut reader = Reader::new(max);
        let mut out = Vec::new();
        for chunk in bytes.chunks(step) {
            reader.feed(&mut chunk.to_vec(), &mut out)?;
        }
        Ok(out)
    }

    #[test]
    fn messages_survive_any_cut() {
        let long = vec![b'x'; 70_000];
        let mut bytes = client_frame(true, BINARY, b"hello");
        bytes.extend(client_frame(false, TEXT, b"a"));
        bytes.extend(client_frame(true, PING, b"p"));
        bytes.extend(client_frame(false, CONTINUATION, b"b"));
        bytes.extend(client_frame(true, CONTINUATION, b"c"));
        bytes.extend(client_frame(true, BINARY, &long));
        bytes.extend(client_frame(true, CLOSE, &[3, 232]));
        let expected = vec![
            Message::Binary(Bytes::from_static(b"hello")),
            Message::Ping(Bytes::from_static(b"p")),
            Message::Text(Bytes::from_static(b"abc")),
            Message::Binary(long.into()),
            Message::Close,
        ];
        for step in [1, 2, 3, 7, 1000, bytes.len()] {
            assert_eq!(read_in_steps(&bytes, step, 1 << 20).unwrap(), expected, "step {step}");
        }
    }

    #[test]
    fn messages_over_the_limit_are_passed_over_once_and_the_next_is_read() {
        let mut bytes = client_frame(true, BINARY, &[1; 200]);
        bytes.extend(client_frame(true, BINARY, b"ok"));
        bytes.extend(client_frame(false, BINARY, &[1; 60]));
        bytes.extend(client_frame(false, CONTINUATION, &[1; 60]));
        bytes.extend(client_frame(true, CONTINUATION, &[1; 60]));
        bytes.extend(client_frame(true, BINARY, b"ok"));
        let ok = Message::Binary(Bytes::from_static(b"ok"));
        let expected = vec![Message::TooLarge, ok.clone(), Message::TooLarge, ok];
        for step in [1, 5, 64, bytes.len()] {
            assert_eq!(read_in_steps(&bytes, step, 100).unwrap(), expected, "step {step}");
        }
    }

    #[test]
    fn violations_are_refused() {
        let mut unmasked = Vec::new();
        put_binary(&[b"x"], &mut unmasked);
        let cases = [
            unmasked,
            client_frame(true, CONTINUATION, b""),
            client_frame(false, PING, b""),
            client_frame(true, 3, b""),
            [client_frame(false, TEXT, b"a"), client_frame(true, TEXT, b"b")].concat(),
        ];
        for case in cases {
            assert!(read_in_steps(&case, case.len(), 100).is_err(), "{case:?}");
        }
    }

    #[test]
    fn random_bytes_never_panic_nor_grow_without_bound() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..rng.random_range(0..64)).map(|_| rng.random()).collect();
            let mut reader = Reader::new(32);
            let mut out = Vec::new();
            let _ = reader.feed(&mut bytes.clone(), &mut out);
            assert!(reader.partial.len() <= 64 && out.len() <= 64);
        }
    }
}
