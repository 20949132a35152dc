//! Sending: the answer, what the server fills in, what passes unchanged, what is never stored (wire.md 8).

use cerulean_testkit::pb::message_body::{self, ContentType};
use cerulean_testkit::{
    Address, Chain, TestServer, body_of, chain_link, content_of, mids_of, pb, text_body, typing_body,
};
use prost::Message;
use serde_json::Value;

use super::MESSAGE;

#[tokio::test]
async fn answer_has_everything_a_client_needs() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let meta = client.message(&bob, text_body(&bob, "one"));
    let client_mid = meta.id;
    let one = client.send(meta).await;
    assert_eq!((one.client_mid, one.xid.unwrap().uid), (client_mid, bob.uid()));
    assert_eq!((one.prev_mid, one.position, one.next_key, one.edit_timestamp), (0, 1, 0, 0));
    assert!(one.metas.is_empty() && !one.is_full_sync && !one.is_eager_sync);
    assert!(one.server_mid < 1 << 53 && one.server_time.abs_diff(server.clock.now() as u64) < 60_000);
    let two = client.text(&bob, "two").await;
    assert_eq!((two.prev_mid, two.position), (one.server_mid, 2));
    assert_eq!(two.link, chain_link(&one.link, two.server_mid, alice.uid(), two.server_time, 1, &two.digest));
    server.stop().await;
}

#[tokio::test]
async fn sender_and_time_are_the_server_s_to_say() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    let mut meta = client.message(&bob, text_body(&bob, "I am bob"));
    meta.from = Some(pb::Xid { uid: bob.uid(), device_sn: 77 });
    meta.timestamp = 1;
    meta.link = vec![9; 32].into();
    (meta.position, meta.prev_mid) = (99, 98);
    let reply = client.send(meta).await;
    let pushed = other.pushed(&alice).await;
    assert_eq!(pushed.from, Some(pb::Xid { uid: alice.uid(), device_sn: client.device }));
    assert_eq!((pushed.timestamp, pushed.position, pushed.prev_mid), (reply.server_time, 1, 0));
    Chain::default().follow(&pushed);
    server.stop().await;
}

#[tokio::test]
async fn texts_pass_byte_by_byte() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.connecting().socket_io().live().await);
    let body = pb::MessageBody {
        content: "你好 😀 👩\u{200d}💻 \u{2028} \u{0} \u{7f} \u{feff}".into(),
        config: r#"{ "b" : 9007199254740993, "a":"\u4f60" ,"a":2}"#.into(),
        attachment: "no JSON at all {".into(),
        ext: "\t \r\n".into(),
        sender_name: "爱丽丝".into(),
        ctype: ContentType::Command as i32,
        priority: 7,
        ..text_body(&bob, "")
    };
    // A field of a later version of the protocol.
    let mut payload = body.encode_to_vec();
    payload.extend([0x9a, 0x3f, 3, b'n', b'e', b'w']);
    let mut meta = client.message(&bob, body);
    meta.payload = payload.clone().into();
    client.send(meta).await;
    assert_eq!(&other.pushed(&alice).await.payload[..], &payload[..]);
    assert_eq!(&other.history(&alice, 0, 1).await.metas[0].payload[..], &payload[..]);
    let mut late = bob.with_token(server.fresh_token(&bob).await).device("late").await;
    assert_eq!(&late.pull_all(&alice).await[0].payload[..], &payload[..]);
    server.stop().await;
}

#[tokio::test]
async fn every_kind_of_content_is_delivered_and_kept() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    for ctype in 0..=8 {
        let body = pb::MessageBody { ctype, attachment: "{}".into(), ..text_body(&bob, "") };
        let meta = client.message(&bob, body);
        client.send(meta).await;
        assert_eq!(body_of(&other.pushed(&alice).await).ctype, ctype);
    }
    assert_eq!(other.history(&alice, 0, 20).await.metas.len(), 9);
    server.stop().await;
}

#[tokio::test]
async fn typing_reaches_who_is_there_and_is_never_stored() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.device("phone").await;
    let mut desk = alice.with_token(server.fresh_token(&alice).await).device("desk").await;
    let (mut here, mut there) = (bob.socket().await, bob.with_token(server.fresh_token(&bob).await).device("2").await);
    let before = client.text(&bob, "before").await;
    for device in [&mut here, &mut there] {
        assert_eq!(content_of(&device.pushed(&alice).await), "before");
    }
    let meta = client.message(&bob, typing_body(&bob));
    let reply = client.send(meta).await;
    assert_eq!((reply.position, reply.link.len()), (0, 0), "there is no place of it in the chain");
    for device in [&mut here, &mut there] {
        let typing = device.pushed(&alice).await;
        let body = body_of(&typing);
        assert_eq!((body.qos(), body.ext.as_str()), (message_body::QoS::AtMostOnce, r#"{"input_status":"typing"}"#));
        assert_eq!((typing.from.unwrap().uid, typing.to.unwrap().uid), (alice.uid(), bob.uid()));
        assert!(typing.link.is_empty() && typing.position == 0);
    }
    let after = client.text(&bob, "after").await;
    assert_eq!((after.prev_mid, after.position), (before.server_mid, 2));
    let mids = [after.server_mid, before.server_mid];
    for (device, xid) in [(&mut client, bob.uid()), (&mut here, alice.uid())] {
        assert_eq!(mids_of(&device.history(xid, 0, 20).await.metas), mids);
    }
    // The sender's other device shows the messages, not that she types.
    assert_eq!(desk.pushed(&bob).await.id, before.server_mid);
    assert_eq!(desk.pushed(&bob).await.id, after.server_mid);
    here.break_off();
    there.break_off();
    let mut late = bob.device("1").await;
    assert!(late.pull_all(&alice).await.iter().all(|meta| mids.contains(&meta.id)));
    server.stop().await;
}

#[tokio::test]
async fn typing_in_a_group_reaches_the_members() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob]).await;
    let (mut one, mut other, mut stranger) = (alice.socket().await, bob.socket().await, carol.socket().await);
    let meta = one.message(&group, typing_body(&group));
    one.send(meta).await;
    assert_eq!(other.pushed(&group).await.from.unwrap().uid, alice.uid());
    one.heartbeat().await;
    assert!(one.pushes_kept(&group).is_empty(), "not to the device that types");
    let meta = stranger.message(&group, typing_body(&group));
    stranger.refused(meta).await;
    server.stop().await;
}

#[tokio::test]
async fn sixty_four_kibibytes_fit() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    let text = "字".repeat((64 << 10) / 3) + "x";
    assert_eq!(text.len(), 64 << 10);
    client.text(&bob, &text).await;
    assert_eq!(content_of(&other.pushed(&alice).await), text);
    server.stop().await;
}

/// The frames that the real SDK makes, with the people in them replaced.
#[tokio::test]
async fn frames_of_the_real_sdk_are_taken() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    other.pull_all(&group).await;
    let file: Value = serde_json::from_str(include_str!("../../../../../spec/vectors.json")).unwrap();
    let number = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
    let (peer_then, group_then) = (number(&file["ids"]["peer"]), number(&file["ids"]["group"]));
    let mut taken = 0;
    for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["direction"] == "up") {
        let frame = hex_bytes(vector["hex"].as_str().unwrap());
        let frame = pb::Frame::decode(&frame[..]).unwrap();
        if frame.command() != pb::frame::Command::Sync {
            continue;
        }
        let Some(mut meta) = pb::SyncUl::decode(frame.payload).unwrap().meta else { continue };
        let uid = match meta.to.map(|to| to.uid) {
            Some(uid) if uid == peer_then => bob.uid(),
            Some(uid) if uid == group_then => group.uid(),
            _ => continue,
        };
        let body = body_of(&meta);
        let is_oper = body.r#type() == message_body::Type::Oper;
        let is_bare =
            body.content.is_empty() && body.attachment.is_empty() && body.ext.is_empty() && body.config.is_empty();
        if meta.ns != MESSAGE as i32 || is_oper || is_bare {
            continue;
        }
        meta.to = Some(pb::Xid { uid, device_sn: 0 });
        let payload = meta.payload.clone();
        client.send(meta).await;
        let xid = if uid == group.uid() { uid } else { alice.uid() };
        assert_eq!(other.pushed(xid).await.payload, payload, "{}", vector["name"]);
        taken += 1;
    }
    assert!(taken >= 10, "{taken}");
    server.stop().await;
}

fn hex_bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
