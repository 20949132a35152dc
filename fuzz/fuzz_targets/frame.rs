//! Frames: any bytes are decoded or refused, and what was decoded encodes to something that decodes the same.
#![no_main]

use bytes::Bytes;
use cerulean_proto::{Up, decode_frame, pb};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(Up::Sync(request)) = decode_frame(Bytes::copy_from_slice(data)) {
        let again = prost_round_trip(&request);
        assert_eq!(again, request);
    }
});

fn prost_round_trip(request: &pb::SyncUl) -> pb::SyncUl {
    let payload = cerulean_proto::encode_message(request);
    match decode_frame(cerulean_proto::encode::frame(pb::frame::Command::Sync, payload)) {
        Ok(Up::Sync(again)) => again,
        other => panic!("{other:?}"),
    }
}
