//! Every frame recorded from the real SDK decodes to what was recorded and survives re-encoding.

use bytes::Bytes;
use cerulean_proto::{FrameError, Up, decode_frame, pb};
use prost::Message;
use rand::{Rng, SeedableRng};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let text = include_str!("../../../spec/vectors.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let vectors = file["vectors"].as_array().unwrap().clone();
    assert_eq!(vectors.len() as u64, file["count"].as_u64().unwrap());
    vectors
}

fn frame_bytes(vector: &Value) -> Bytes {
    hex::decode(vector["hex"].as_str().unwrap()).unwrap().into()
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn check_xid(xid: Option<&pb::Xid>, expected: &Value, name: &str) {
    let Some(xid) = xid else {
        assert!(expected.is_null(), "{name}: xid missing");
        return;
    };
    assert_eq!(
        (xid.uid, u64::from(xid.device_sn)),
        (number(&expected["uid"]), number(&expected["deviceSN"])),
        "{name}"
    );
}

fn check_meta(meta: &pb::Meta, expected: &Value, name: &str) {
    assert_eq!((meta.id, meta.timestamp), (number(&expected["id"]), number(&expected["timestamp"])), "{name}");
    check_xid(meta.from.as_ref(), &expected["from"], name);
    check_xid(meta.to.as_ref(), &expected["to"], name);
    let namespace = meta.ns();
    if expected["ns"].is_string() {
        assert_eq!(namespace.as_str_name(), text(&expected["ns"]), "{name}");
    }
    let body = &expected["payload"];
    let payload = meta.payload.clone();
    match namespace {
        pb::meta::NameSpace::Message | pb::meta::NameSpace::Push => {
            let read = pb::MessageBody::decode(payload).unwrap();
            assert_eq!(read.content, text(&body["content"]), "{name}");
            assert_eq!(read.config, text(&body["config"]), "{name}");
            assert_eq!(read.attachment, text(&body["attachment"]), "{name}");
            assert_eq!(read.ext, text(&body["ext"]), "{name}");
            if body["type"].is_string() {
                assert_eq!(read.r#type().as_str_name(), text(&body["type"]), "{name}");
            }
            let operation = read.operation.unwrap_or_default();
            assert_eq!(operation.mid, number(&body["operation"]["mid"]), "{name}");
        }
        pb::meta::NameSpace::GroupNotice => {
            let read = pb::GroupNotice::decode(payload).unwrap();
            check_xid(read.gid.as_ref(), &body["gid"], name);
            assert_eq!(read.content, text(&body["content"]), "{name}");
        }
        pb::meta::NameSpace::RosterNotice => {
            let read = pb::RosterNotice::decode(payload).unwrap();
            check_xid(read.from.as_ref(), &body["from"], name);
        }
        pb::meta::NameSpace::UserNotice => {
            pb::UserNotice::decode(payload).unwrap();
        }
        pb::meta::NameSpace::Conversation => {
            pb::Conversation::decode(payload).unwrap();
        }
        pb::meta::NameSpace::RtcSignal => {
            let read = pb::RtcSignal::decode(payload).unwrap();
            assert_eq!(read.content, text(&body["content"]), "{name}");
        }
        _ => {}
    }
}

#[test]
fn every_vector_decodes_as_recorded_and_re_encodes() {
    for vector in vectors() {
        let name = text(&vector["name"]);
        let expected = &vector["decoded"];
        let frame = pb::Frame::decode(frame_bytes(&vector)).unwrap();
        assert_eq!(frame.command().as_str_name(), text(&expected["command"]), "{name}");
        let payload = &expected["payload"];
        let is_up = vector["direction"] == "up";
        let again: Vec<u8> = match (frame.command(), is_up) {
            (pb::frame::Command::Sync, true) => {
                let sync = pb::SyncUl::decode(frame.payload.clone()).unwrap();
                assert_eq!(
                    (sync.key, sync.is_full_sync),
                    (number(&payload["key"]), payload["is_full_sync"] == true),
                    "{name}"
                );
                check_xid(sync.xid.as_ref(), &payload["xid"], name);
                if let Some(meta) = &sync.meta {
                    check_meta(meta, &payload["meta"], name);
                }
                assert_eq!(pb::SyncUl::decode(&sync.encode_to_vec()[..]).unwrap(), sync);
                sync.encode_to_vec()
            }
            (pb::frame::Command::Sync, false) => {
                let sync = pb::SyncDl::decode(frame.payload.clone()).unwrap();
                assert_eq!(sync.next_key, number(&payload["next_key"]), "{name}");
                assert_eq!(sync.metas.len(), payload["metas"].as_array().map_or(0, Vec::len), "{name}");
                for (meta, expected) in sync.metas.iter().zip(payload["metas"].as_array().into_iter().flatten()) {
                    check_meta(meta, expected, name);
                }
                assert_eq!(pb::SyncDl::decode(&sync.encode_to_vec()[..]).unwrap(), sync);
                sync.encode_to_vec()
            }
            (pb::frame::Command::Unread, false) => {
                let unread = pb::UnreadDl::decode(frame.payload.clone()).unwrap();
                assert_eq!(unread.unread.len(), payload["unread"].as_array().map_or(0, Vec::len), "{name}");
                unread.encode_to_vec()
            }
            (pb::frame::Command::Unread, true) => Vec::new(),
            (pb::frame::Command::Notice, _) => pb::Notice::decode(frame.payload.clone()).unwrap().encode_to_vec(),
            (pb::frame::Command::Provision, _) => {
                let provision = pb::Provision::decode(frame.payload.clone()).unwrap();
                assert_eq!(provision.token, text(&payload["token"]), "{name}");
                check_xid(provision.xid.as_ref(), &payload["xid"], name);
                provision.encode_to_vec()
            }
        };
        assert!(again.len() <= frame.payload.len(), "{name}: explicit zeros are the only bytes that may go");
        if is_up {
            assert!(
                matches!(decode_frame(frame_bytes(&vector)), Ok(Up::Unread | Up::Sync(_) | Up::Provision(_))),
                "{name}"
            );
        }
    }
}

#[test]
fn broken_frames_are_refused_without_panic() {
    assert_eq!(decode_frame(Bytes::from_static(&[0xff, 0xff])), Err(FrameError::Malformed(pb::frame::Command::Sync)));
    assert_eq!(decode_frame(Bytes::from_static(&[0x18, 0x2a])), Err(FrameError::UnknownCommand(42)));
    assert_eq!(decode_frame(Bytes::from_static(&[0x10, 0x01])), Err(FrameError::Unsupported));
    let seeds: Vec<Vec<u8>> = vectors().iter().map(|vector| frame_bytes(vector).to_vec()).collect();
    let mut rng = rand::rngs::StdRng::seed_from_u64(11);
    for round in 0..30_000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..rng.random_range(1..6) {
            let place = rng.random_range(0..bytes.len());
            match rng.random_range(0..3) {
                0 => bytes[place] = rng.random(),
                1 => bytes.truncate(place.max(1)),
                _ => bytes.insert(place, rng.random()),
            }
        }
        let _ = decode_frame(bytes.into());
    }
}
