//! The hash chain, for checking.

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{TestServer, chain_link};
use serde_json::Value;

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("hexadecimal")).expect("hexadecimal")
}

#[tokio::test]
async fn anyone_who_takes_part_can_check_the_chain() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut socket = alice.socket().await;
    let mut sent = Vec::new();
    for number in 0..12 {
        sent.push(socket.text(&bob, &format!("message {number}")).await);
    }
    socket.operate(&bob, OpType::Recall, sent[3].server_mid, Some(bob.id.get())).await;
    let (mut previous, mut after, mut seen) = (vec![0; 32], 0, 0);
    loop {
        let path = format!("/client/v1/conversations/{}/chain?after={after}&limit=5", alice.id);
        let page = bob.rest().get(&path).send().await.json();
        for item in page["items"].as_array().unwrap() {
            let number = |name: &str| item[name].as_u64().unwrap();
            let (mid, namespace) = (number("mid"), u8::try_from(number("namespace")).unwrap());
            let link =
                chain_link(&previous, mid, number("sender"), number("timestamp"), namespace, &bytes(&item["digest"]));
            assert_eq!(bytes(&item["link"]), link, "{item}");
            seen += 1;
            assert_eq!(number("position"), seen);
            if let Some(reply) = sent.iter().find(|reply| reply.server_mid == mid) {
                assert_eq!(reply.link, link, "as its sender was told");
            }
            (previous, after) = (link, mid);
        }
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen, 13, "a recalled message leaves its digest");
    server.stop().await;
}
