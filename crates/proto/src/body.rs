//! Small edits on encoded message bodies. Protobuf lets a later field override an earlier one, so a value is set by appending it,
//! and whatever fields the client added stay as they were.

use prost::encoding::encode_varint;

/// Bytes that set `MessageBody.status` when appended.
pub fn status_tail(status: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(3);
    encode_varint(14 << 3, &mut out);
    encode_varint(u64::from(status), &mut out);
    out
}

/// Bytes that set `MessageBody.edit_timestamp` (milliseconds) when appended.
pub fn edit_timestamp_tail(at: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(9);
    encode_varint(15 << 3, &mut out);
    encode_varint(at, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::pb;

    #[test]
    fn appended_fields_override() {
        let body = pb::MessageBody { content: "a".into(), status: 0, edit_timestamp: 9, ..Default::default() };
        let mut bytes = body.encode_to_vec();
        bytes.extend(status_tail(2));
        bytes.extend(edit_timestamp_tail(1763600000000));
        let read = pb::MessageBody::decode(&bytes[..]).unwrap();
        assert_eq!((read.content.as_str(), read.status, read.edit_timestamp), ("a", 2, 1763600000000));
    }
}
