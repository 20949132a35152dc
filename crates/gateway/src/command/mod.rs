//! What each frame of a client does. One file per command.

mod provision;
mod rtc;
mod send;
mod sync;
mod unread;

use bytes::Bytes;
use cerulean_delivery::{AppRates, TrafficState};
use cerulean_proto::pb::frame::Command;
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{FrameError, Up, decode_frame, encode, pb};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::session::Identity;

/// Of an app whose settings are not in memory.
static NO_RATES: AppRates = AppRates {
    requests_per_minute: None,
    requests_per_minute_of_device: None,
    sends_per_minute: None,
    traffic_per_day: None,
};

/// What clients know as "sign in first" (wire.md 4).
const LOGIN_FIRST: &str = "you must login first";

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) async fn take_frame(&mut self, bytes: Bytes) {
        if bytes.len() > self.hub.options.frame_bytes {
            return self.refuse_large();
        }
        let length = bytes.len();
        let up = match decode_frame(bytes) {
            Ok(up) => up,
            Err(error) => return self.refuse_frame(error),
        };
        let identity = self.session.identity.get().copied();
        tracing::debug!(target: "cerulean::frame", session = self.session.number, command = command_name(&up), "frame");
        match (up, identity) {
            (Up::Provision(request), _) => Box::pin(self.provision(request)).await,
            (Up::Unread, Some(identity)) => Box::pin(self.unread(identity)).await,
            (Up::Unread, None) => self.session.send(encode::unread_error_frame(ErrorCode::Unauthorized, LOGIN_FIRST)),
            (Up::Sync(request), Some(identity)) => {
                if let Err(reason) = self.count_frame(&identity, length, request.meta.is_some()) {
                    let (xid, client_mid) = addressed(&request);
                    return self.refuse_sync(ErrorCode::RateLimitExceeded, reason, xid, client_mid);
                }
                self.sync(identity, request).await;
            }
            (Up::Sync(request), None) => {
                let (xid, client_mid) = addressed(&request);
                self.refuse_sync(ErrorCode::Unauthorized, LOGIN_FIRST, xid, client_mid);
            }
        }
    }

    /// Counts a frame and its bytes. Heartbeats are always answered (wire.md 5), and who has used up his traffic may still pull.
    fn count_frame(&self, identity: &Identity, length: usize, is_send: bool) -> Result<(), &'static str> {
        let platform = self.hub.platform();
        if platform.rates.frame_of(&self.session.frames).is_err() {
            return Err("frames come too fast: wait some seconds and try again");
        }
        let device = || platform.rates.traffic_of(identity.app, identity.user, identity.device);
        let traffic = self.session.traffic.get_or_init(device);
        let settings = platform.cached_settings(identity.app);
        let rates = settings.as_ref().map_or(&NO_RATES, |settings| &settings.rates);
        let TrafficState::Exceeded { is_news } = platform.rates.add_traffic(traffic, length, rates) else {
            return Ok(());
        };
        if is_news {
            let kind = pb::user_notice::Type::TrafficLimitExceeded as i32;
            self.session.send(self.hub.user_notice(identity.user, kind));
        }
        if is_send { Err("this device has sent as much as it may today") } else { Ok(()) }
    }

    async fn sync(&mut self, identity: Identity, request: pb::SyncUl) {
        if let Some(meta) = request.meta {
            self.take_send(identity, meta).await;
        } else if !request.watch_presence.is_empty() {
            if let Err(error) = self.hub.watch(&self.session, &identity, &request.watch_presence).await {
                tracing::error!("friends cannot be read: {error}");
                self.refuse_sync(ErrorCode::Fail, "storage failure, try again", 0, 0);
            }
        } else {
            Box::pin(self.pull(identity, request)).await;
        }
    }

    pub(crate) fn refuse_sync(&self, code: ErrorCode, reason: &str, xid: u64, client_mid: u64) {
        self.session.send(encode::sync_error_frame(code, reason, xid, client_mid));
    }

    pub(crate) fn refuse_large(&self) {
        let reason = format!("a frame may have at most {} bytes", self.hub.options.frame_bytes);
        self.refuse_sync(ErrorCode::InvalidParameter, &reason, 0, 0);
    }

    fn refuse_frame(&self, error: FrameError) {
        let reason = error.to_string();
        match error {
            FrameError::Malformed(Command::Provision) => {
                let status = Some(encode::status(ErrorCode::PbParserError, &reason));
                self.session.send(encode::provision_frame(&pb::Provision { status, ..Default::default() }));
            }
            FrameError::Malformed(_) => self.refuse_sync(ErrorCode::PbParserError, &reason, 0, 0),
            FrameError::UnknownCommand(_) => self.refuse_sync(ErrorCode::UnknownCommand, &reason, 0, 0),
            FrameError::Unsupported => self.refuse_sync(ErrorCode::EncryptMethodUnsupported, &reason, 0, 0),
        }
    }
}

fn addressed(request: &pb::SyncUl) -> (u64, u64) {
    let meta_to = request.meta.as_ref().and_then(|meta| meta.to.as_ref());
    let xid = request.xid.as_ref().or(meta_to).map_or(0, |xid| xid.uid);
    (xid, request.meta.as_ref().map_or(0, |meta| meta.id))
}

fn command_name(up: &Up) -> &'static str {
    match up {
        Up::Unread => "unread",
        Up::Sync(request) if request.meta.is_some() => "send",
        Up::Sync(request) if request.is_full_sync => "history",
        Up::Sync(_) => "pull",
        Up::Provision(_) => "provision",
    }
}
