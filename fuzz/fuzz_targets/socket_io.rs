//! Socket.IO text packets: any bytes are told apart without panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = cerulean_proto::socket_io::parse_text(data);
});
