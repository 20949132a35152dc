//! A system message to every user of an app, as a job.
//!
//! Users are read page by page in the order of their ids, so no list of them is held however many there are. Each page is one batch of the
//! log; after it the place is saved. An attempt that dies within a page leaves it to be sent again, and because the key of each send is made
//! from job and user, the log knows what it has.

use async_trait::async_trait;
use bytes::Bytes;
use cerulean_bus::BusEvent;
use cerulean_delivery::Ctx;
use cerulean_jobs::{Job, JobFailure, JobKind, NewJob, Runner, enqueue};
use cerulean_proto::pb;
use cerulean_storage::log::{Idempotency, NewItem};
use cerulean_types::{AppId, ConversationKey, DeviceSn, ItemKind, JobId, UserId, limits, namespace};
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::send::check_length;
use crate::{Messaging, SendError};

/// Users of one batch.
const PAGE: u64 = 500;
const LAST_CONTENT_TYPE: i32 = 6;

/// What every user shall be told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Broadcast {
    /// 0 to 6 as on the wire.
    pub content_type: i32,
    /// Text.
    pub content: String,
    /// JSON text.
    pub attachment: String,
    /// JSON text.
    pub config: String,
    /// Text of the app.
    pub ext: String,
}

/// A broadcast that will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedBroadcast {
    /// The job that sends it.
    pub job: JobId,
    /// How many users the app has now.
    pub users: u64,
}

/// Where the next attempt goes on.
#[derive(Serialize, Deserialize)]
struct Place {
    after: u64,
}

/// Has every user of the app told. Only for the administrator.
pub async fn broadcast(ctx: &mut Ctx, message: &Broadcast) -> Result<AcceptedBroadcast, SendError> {
    ctx.require_admin()?;
    if !(0..=LAST_CONTENT_TYPE).contains(&message.content_type) {
        return Err(SendError::BadBody("content_type must be 0 to 6"));
    }
    check_length("content", message.content.len(), ctx.platform.limits.text_bytes)?;
    check_length("attachment", message.attachment.len(), limits::EXTRA_BYTES)?;
    check_length("config", message.config.len(), limits::EXTRA_BYTES)?;
    check_length("ext", message.ext.len(), limits::EXTRA_BYTES)?;
    let parts = [&message.content, &message.attachment, &message.config, &message.ext];
    if parts.iter().all(|part| part.is_empty()) {
        return Err(SendError::BadBody("the message is empty"));
    }
    let users = ctx.tx.users().count().await?;
    let job = enqueue(&ctx.tx, ctx.now(), NewJob::new(JobKind::Broadcast, message).total(users)).await?;
    ctx.emit(BusEvent::JobQueued);
    Ok(AcceptedBroadcast { job, users })
}

/// Runs `JobKind::Broadcast`.
pub struct SendBroadcast(pub Messaging);

#[async_trait]
impl Runner for SendBroadcast {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let payload = body_of(job.payload()?);
        let mut after = job.checkpoint().and_then(|place: Place| UserId::parse(place.after).ok());
        let mut done = job.done();
        loop {
            let reading = self.0.platform().db.read(job.app()).await?;
            let users = reading.users().list_ids(after, PAGE).await?;
            drop(reading);
            let Some(last) = users.last().copied() else {
                return Ok(Some(json!({ "sent": done })));
            };
            self.send_page(job, &users, &payload).await?;
            done += users.len() as u64;
            after = Some(last);
            job.save(done, job.total().max(done), &Place { after: last.get() }).await?;
        }
    }
}

impl SendBroadcast {
    async fn send_page(&self, job: &Job, users: &[UserId], payload: &Bytes) -> Result<(), JobFailure> {
        let log = &self.0.platform().log;
        let sends: Vec<_> =
            users.iter().map(|user| log.append_soon(item_for(job.app(), job.id(), *user, payload))).collect();
        for stored in sends {
            stored.await.map_err(|error| JobFailure::retry(format!("the log refused it: {error}")))?;
        }
        Ok(())
    }
}

fn body_of(message: Broadcast) -> Bytes {
    let body = pb::MessageBody {
        r#type: pb::message_body::Type::Chat as i32,
        content: message.content,
        ctype: message.content_type,
        config: message.config,
        attachment: message.attachment,
        ext: message.ext,
        qos: pb::message_body::QoS::AtLeastOnce as i32,
        is_system: true,
        ..Default::default()
    };
    body.encode_to_vec().into()
}

fn item_for(app: AppId, job: JobId, user: UserId, payload: &Bytes) -> NewItem {
    NewItem {
        app,
        key: ConversationKey::System(user),
        namespace: namespace::MESSAGE,
        kind: ItemKind::Message,
        related: None,
        from: 0,
        from_device: DeviceSn::NONE,
        to: user.get(),
        payload: payload.clone(),
        idempotency: Idempotency::SendKey(send_key(job, user)),
        reply: None,
    }
}

fn send_key(job: JobId, user: UserId) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("cerulean broadcast 1");
    hasher.update(&job.0.to_be_bytes());
    hasher.update(&user.get().to_be_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    key
}
