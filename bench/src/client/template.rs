//! A send, encoded once; per message only its numbers are written over.

use prost::encoding::encode_varint;

use super::line::{BINARY_HEADER, put_header};

/// Client ids count up from here: all of them take the same number of bytes.
const FIRST_CLIENT_MID: u64 = 1 << 42;
const CLIENT_MID_BYTES: usize = 7;
/// Digits of the message's number, the last bytes of its text and of the frame.
const DIGITS: usize = 10;
const SEND_KEY_BYTES: usize = 16;

/// Whom messages go to, and their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub from: u64,
    pub to: u64,
    pub is_group: bool,
    pub text_bytes: usize,
    /// With a send key, as our SDK sends; without one, as older clients do.
    pub has_send_key: bool,
}

pub(crate) struct Template {
    bytes: Vec<u8>,
    client_mid_at: usize,
    send_key_at: Option<usize>,
    /// Part of all send keys of this template, so that they differ from those of others.
    key_prefix: u64,
}

fn number(field: u64, value: u64, out: &mut Vec<u8>) {
    encode_varint(field << 3, out);
    encode_varint(value, out);
}

fn bytes(field: u64, value: &[u8], out: &mut Vec<u8>) {
    encode_varint(field << 3 | 2, out);
    encode_varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

fn fixed_varint(mut value: u64, out: &mut [u8]) {
    let last = out.len() - 1;
    for byte in &mut out[..last] {
        *byte = 0x80 | (value & 0x7f) as u8;
        value >>= 7;
    }
    out[last] = (value & 0x7f) as u8;
}

impl Template {
    /// The text stands last in the frame and ends with the message's number, so that a relay's peer finds it too.
    pub fn new(message: Message) -> Self {
        let text = format!("{:.<width$}", "cerulean ", width = message.text_bytes.max(DIGITS));
        let mut body = Vec::new();
        number(1, if message.is_group { 3 } else { 2 }, &mut body);
        bytes(6, &[], &mut body);
        bytes(4, text.as_bytes(), &mut body);
        let (mut from, mut to) = (Vec::new(), Vec::new());
        number(1, message.from, &mut from);
        number(1, message.to, &mut to);
        let mut meta = Vec::new();
        number(1, FIRST_CLIENT_MID, &mut meta);
        bytes(2, &from, &mut meta);
        bytes(3, &to, &mut meta);
        number(5, 1, &mut meta);
        if message.has_send_key {
            bytes(103, &[0; SEND_KEY_BYTES], &mut meta);
        }
        let before_body = meta.len();
        bytes(6, &body, &mut meta);
        let body_field = meta.len() - before_body;
        let meta_bytes = meta.len();
        let mut sync = Vec::new();
        bytes(3, &meta, &mut sync);
        let mut frame = Vec::new();
        number(1, 0, &mut frame);
        number(2, 0, &mut frame);
        number(3, 1, &mut frame);
        bytes(4, &sync, &mut frame);
        let mut whole = Vec::new();
        put_header(BINARY_HEADER, frame.len(), &mut whole);
        whole.extend_from_slice(&frame);
        let client_mid_at = whole.len() - meta_bytes + 1;
        let send_key_at = message.has_send_key.then(|| whole.len() - body_field - SEND_KEY_BYTES);
        Self { bytes: whole, client_mid_at, send_key_at, key_prefix: rand::random() }
    }

    /// Appends the message with this number, ready for the socket.
    pub fn put(&mut self, sequence: u64, out: &mut Vec<u8>) {
        fixed_varint(
            FIRST_CLIENT_MID + sequence,
            &mut self.bytes[self.client_mid_at..self.client_mid_at + CLIENT_MID_BYTES],
        );
        if let Some(at) = self.send_key_at {
            self.bytes[at..at + 8].copy_from_slice(&self.key_prefix.to_le_bytes());
            self.bytes[at + 8..at + SEND_KEY_BYTES].copy_from_slice(&sequence.to_le_bytes());
        }
        let end = self.bytes.len();
        let mut rest = sequence;
        for digit in self.bytes[end - DIGITS..].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(&self.bytes);
    }
}

/// The number in a client id.
pub(crate) fn sequence_of_client_mid(client_mid: u64) -> Option<u64> {
    client_mid.checked_sub(FIRST_CLIENT_MID)
}

/// The number at the end of a body, or of a whole frame.
pub(crate) fn sequence_of_text(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.get(bytes.len().checked_sub(DIGITS)?..)?;
    digits.iter().try_fold(0_u64, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use cerulean_proto::{Up, decode_frame, pb, ws};
    use prost::Message as _;

    use super::*;

    #[test]
    fn server_reads_what_is_patched() {
        let message = Message { from: 1 << 45, to: 300, is_group: true, text_bytes: 128, has_send_key: true };
        let mut template = Template::new(message);
        for sequence in [0, 1, 9_999_999, 1 << 30] {
            let mut bytes = Vec::new();
            template.put(sequence, &mut bytes);
            let mut out = Vec::new();
            ws::Reader::new(1 << 20).feed(&mut bytes, &mut out).unwrap();
            let [ws::Message::Binary(frame)] = &out[..] else { panic!("one binary message") };
            assert_eq!(sequence_of_text(frame), Some(sequence));
            let Ok(Up::Sync(pb::SyncUl { meta: Some(meta), .. })) = decode_frame(frame.clone()) else {
                panic!("a send")
            };
            assert_eq!(sequence_of_client_mid(meta.id), Some(sequence));
            assert_eq!((meta.from.unwrap().uid, meta.to.unwrap().uid, meta.ns), (1 << 45, 300, 1));
            assert_eq!(meta.send_key[8..], sequence.to_le_bytes());
            let body = pb::MessageBody::decode(meta.payload).unwrap();
            assert_eq!((body.r#type(), body.content.len()), (pb::message_body::Type::Groupchat, 128));
        }
    }
}
