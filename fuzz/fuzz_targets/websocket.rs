//! WebSocket framing: however the bytes are cut, the same messages come out, and nothing panics or grows without bound.
#![no_main]

use cerulean_proto::ws::{Message, Reader};
use libfuzzer_sys::fuzz_target;

fn read(data: &[u8], step: usize) -> (Vec<Message>, bool) {
    let mut reader = Reader::new(1 << 12);
    let mut out = Vec::new();
    for chunk in data.chunks(step) {
        if reader.feed(&mut chunk.to_vec(), &mut out).is_err() {
            return (out, false);
        }
    }
    (out, true)
}

fuzz_target!(|data: &[u8]| {
    let whole = read(data, data.len().max(1));
    for step in [1, 3, 17] {
        assert_eq!(read(data, step), whole);
    }
});
