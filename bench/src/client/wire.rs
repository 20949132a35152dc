//! Reads what a server sends field by field, without building messages.

/// Bytes that are no protobuf of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the server sent malformed protobuf")
    }
}

impl std::error::Error for Malformed {}

#[derive(Clone, Copy)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for (index, byte) in self.0.iter().enumerate().take(10) {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = &self.0[index + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn next(&mut self) -> Result<Option<(u64, Value<'a>)>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            2 => {
                let length = self.varint()? as usize;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            _ => return Err(Malformed),
        };
        Ok(Some((key >> 3, value)))
    }
}

/// The number in a field of a message, 0 if absent.
fn number_in(bytes: &[u8], wanted: u64) -> Result<u64, Malformed> {
    let mut fields = Fields(bytes);
    while let Some((field, value)) = fields.next()? {
        if let (true, Value::Number(number)) = (field == wanted, value) {
            return Ok(number);
        }
    }
    Ok(0)
}

/// A frame from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Down<'a> {
    Unread(&'a [u8]),
    Sync(&'a [u8]),
    /// The conversation with something new.
    Notice(u64),
    Provision(&'a [u8]),
}

pub(crate) fn down(frame: &[u8]) -> Result<Down<'_>, Malformed> {
    let (mut command, mut payload) = (0, &[][..]);
    let mut fields = Fields(frame);
    while let Some((field, value)) = fields.next()? {
        match (field, value) {
            (3, Value::Number(number)) => command = number,
            (4, Value::Bytes(bytes)) => payload = bytes,
            _ => {}
        }
    }
    match command {
        0 => Ok(Down::Unread(payload)),
        1 => Ok(Down::Sync(payload)),
        2 => match Fields(payload).next()? {
            Some((1, Value::Bytes(xid))) => Ok(Down::Notice(number_in(xid, 1)?)),
            _ => Err(Malformed),
        },
        3 => Ok(Down::Provision(payload)),
        _ => Err(Malformed),
    }
}

/// An item of a SyncDL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Item<'a> {
    pub mid: u64,
    pub from: u64,
    pub payload: &'a [u8],
    pub position: u64,
}

fn item(bytes: &[u8]) -> Result<Item<'_>, Malformed> {
    let mut item = Item::default();
    let mut fields = Fields(bytes);
    while let Some((field, value)) = fields.next()? {
        match (field, value) {
            (1, Value::Number(mid)) => item.mid = mid,
            (2, Value::Bytes(xid)) => item.from = number_in(xid, 1)?,
            (6, Value::Bytes(payload)) => item.payload = payload,
            (101, Value::Number(position)) => item.position = position,
            _ => {}
        }
    }
    Ok(item)
}

/// Who sent the message in a client's frame, as a relay's peer sees it.
pub(crate) fn sender_of(frame: &[u8]) -> Result<u64, Malformed> {
    let Down::Sync(payload) = down(frame)? else { return Err(Malformed) };
    let mut fields = Fields(payload);
    while let Some((field, value)) = fields.next()? {
        if let (3, Value::Bytes(meta)) = (field, value) {
            return Ok(item(meta)?.from);
        }
    }
    Err(Malformed)
}

/// A SyncDL without its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sync {
    pub status: u64,
    pub next_key: u64,
    pub xid: u64,
    pub client_mid: u64,
    pub is_eager: bool,
}

/// Reads a SyncDL, handing out its items on the way.
pub(crate) fn sync<'a>(payload: &'a [u8], mut on_item: impl FnMut(Item<'a>)) -> Result<Sync, Malformed> {
    let mut read = Sync::default();
    let mut fields = Fields(payload);
    while let Some((field, value)) = fields.next()? {
        match (field, value) {
            (1, Value::Bytes(status)) => read.status = number_in(status, 1)?,
            (2, Value::Bytes(meta)) => on_item(item(meta)?),
            (3, Value::Number(key)) => read.next_key = key,
            (4, Value::Bytes(xid)) => read.xid = number_in(xid, 1)?,
            (5, Value::Number(mid)) => read.client_mid = mid,
            (10, Value::Number(flag)) => read.is_eager = flag != 0,
            _ => {}
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use cerulean_proto::encode;

    use super::*;

    #[test]
    fn server_frames_are_read() {
        let wire = encode::Item {
            mid: 77,
            from: (5, 1),
            to: 6,
            timestamp: 1,
            namespace: 1,
            payload: b"abc",
            payload_tail: &[],
            link: &[1; 32],
            digest: &[2; 32],
            position: 9,
            prev_mid: 76,
            recalled_by: 0,
        };
        let frame = encode::items_frame(6, &[wire, wire], 77, false, true);
        let Down::Sync(payload) = down(&frame).unwrap() else { panic!("a SYNC frame") };
        let mut items = Vec::new();
        let read = sync(payload, |item| items.push(item)).unwrap();
        assert_eq!(read, Sync { status: 1, next_key: 77, xid: 6, client_mid: 0, is_eager: true });
        assert_eq!(items, [Item { mid: 77, from: 5, payload: b"abc", position: 9 }; 2]);
        assert_eq!(down(&encode::notice_frame(0)).unwrap(), Down::Notice(0));
        assert_eq!(down(&encode::notice_frame(300)).unwrap(), Down::Notice(300));
        assert_eq!(down(&[0xff]), Err(Malformed));
    }
}
