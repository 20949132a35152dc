//! Call signalling where no media server is configured: the send is answered, and the call fails cleanly (wire.md 11).

use cerulean_proto::encode::{self, Item};
use cerulean_proto::pb;
use cerulean_types::{MessageId, Xid, namespace};
use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::session::Identity;

/// Janus' own code for a plugin that is not there.
const NO_SUCH_PLUGIN: u32 = 460;

#[derive(serde::Deserialize)]
struct Signal {
    #[serde(default)]
    transaction: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) fn refuse_call(&self, identity: &Identity, meta: &pb::Meta) {
        let now = self.hub.platform().clock.now();
        let mid = MessageId::at(now).0;
        let reply = encode::SendReply {
            xid: Xid::System.get(),
            client_mid: meta.id,
            server_mid: mid,
            server_time: now as u64,
            ..Default::default()
        };
        self.session.send(encode::send_reply_frame(&reply));
        let signal = pb::RtcSignal::decode(meta.payload.clone()).unwrap_or_default();
        let transaction =
            serde_json::from_str(&signal.content).map_or_else(|_| String::new(), |read: Signal| read.transaction);
        let error = serde_json::json!({"code": NO_SUCH_PLUGIN, "reason": "calls are not enabled on this server"});
        let content = serde_json::json!({"janus": "error", "transaction": transaction, "error": error}).to_string();
        let payload = pb::RtcSignal {
            r#type: pb::rtc_signal::Type::VideoRoom as i32,
            content,
            media_server: signal.media_server,
        };
        let payload = payload.encode_to_vec();
        let item = Item {
            mid,
            from: (0, 0),
            to: identity.user.get(),
            timestamp: now as u64,
            namespace: namespace::RTC_SIGNAL,
            payload: &payload,
            payload_tail: &[],
            link: &[],
            digest: &[],
            position: 0,
            prev_mid: 0,
            recalled_by: 0,
        };
        self.session.send(encode::items_frame(Xid::System.get(), &[item], 0, false, true));
    }
}
