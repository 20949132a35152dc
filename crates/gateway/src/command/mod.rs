//! What each frame of a client does. One file per command.

mod provision;
mod rtc;
mod send;
mod sync;
mod unread;

use bytes::Bytes;
use cerulean_proto::pb::frame::Command;
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{FrameError, Up, decode_frame, encode, pb};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::session::Identity;

/// What clients know as "sign in first" (wire.md 4).
const LOGIN_FIRST: &str = "you must login first";

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) async fn take_frame(&mut self, bytes: Bytes) {
        if bytes.len() > self.hub.options.frame_bytes {
            return self.refuse_large();
        }
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
            (Up::Sync(request), Some(identity)) => self.sync(identity, request).await,
            (Up::Sync(request), None) => {
                let (xid, client_mid) = addressed(&request);
                self.refuse_sync(ErrorCode::Unauthorized, LOGIN_FIRST, xid, client_mid);
            }
        }
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
