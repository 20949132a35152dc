//! PROVISION: the log-in of a connection (wire.md 4).

use cerulean_accounts::{ProvisionError, ProvisionRequest, provision};
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{encode, pb};
use cerulean_types::UserId;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::session::{EXPLICIT_ACK, Identity, PRESENCE, RECALLS};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub(crate) async fn provision(&mut self, request: pb::Provision) {
        match self.try_provision(request).await {
            Ok(identity) => {
                let answer = pb::Provision {
                    status: Some(encode::status(ErrorCode::Ok, "")),
                    xid: Some(pb::Xid { uid: identity.user.get(), device_sn: identity.device.0 }),
                    capabilities: identity.capabilities,
                    server_time: self.hub.platform().clock.now() as u64,
                    ..Default::default()
                };
                self.session.send(encode::provision_frame(&answer));
            }
            // The connection stays a while: clients whose token is refused would come back at once (wire.md 4).
            Err((code, reason)) => {
                let status = Some(encode::status(code, &reason));
                self.session.send(encode::provision_frame(&pb::Provision { status, ..Default::default() }));
            }
        }
    }

    async fn try_provision(&mut self, request: pb::Provision) -> Result<Identity, (ErrorCode, String)> {
        let uid = request.xid.as_ref().map_or(0, |xid| xid.uid);
        let user_id = UserId::parse(uid)
            .map_err(|_| (ErrorCode::InvalidToken, "token invalid or expired: sign in again".into()))?;
        if let Some(known) = self.session.identity.get() {
            let is_same = known.user == user_id;
            return if is_same {
                Ok(*known)
            } else {
                Err((ErrorCode::InvalidParameter, "this connection is signed in already".into()))
            };
        }
        let wanted = ProvisionRequest {
            user_id,
            token: request.token,
            device_guid: request.device_guid,
            os_type: request.os_type,
            device_info: request.device_info,
        };
        let provisioned = provision(&self.hub.accounts, &wanted).await.map_err(refusal)?;
        let identity = Identity {
            app: provisioned.app,
            user: provisioned.user,
            device: provisioned.device,
            token_no: provisioned.token_no,
            expires_at: provisioned.expires_at,
            capabilities: request.capabilities & (EXPLICIT_ACK | PRESENCE | RECALLS),
        };
        self.session.identity.set(identity).expect("checked above, and only this task sets it");
        self.hub.add(&identity, &self.session);
        // A revocation between the check and the registration would not have found this session: look again.
        if let Err(error) = provision(&self.hub.accounts, &wanted).await {
            self.session.end(None);
            return Err(refusal(error));
        }
        Ok(identity)
    }
}

fn refusal(error: ProvisionError) -> (ErrorCode, String) {
    let code = match &error {
        ProvisionError::InvalidToken => ErrorCode::InvalidToken,
        ProvisionError::UserFrozen => ErrorCode::UserFrozen,
        ProvisionError::AppFrozen => ErrorCode::AppFrozen,
        ProvisionError::TooManyDevices { .. } => ErrorCode::TooManyDevices,
        ProvisionError::Storage(inner) => {
            tracing::error!("provision failed: {inner}");
            return (ErrorCode::Fail, "storage failure, try again".into());
        }
    };
    (code, error.to_string())
}
