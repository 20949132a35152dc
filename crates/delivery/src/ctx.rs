//! The context of an action.

use std::sync::Arc;

use cerulean_bus::BusEvent;
use cerulean_storage::{StorageError, Tx};
use cerulean_types::{Actor, AppId, Code, Millis, PublicError, UserId};
use rand::Rng;

use crate::event;
use crate::outbox;
use crate::{AppSettings, Event, Notice, Platform};

/// The caller is not who the action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CtxError {
    /// The action is a user's own, and the administrator named none in `user_id`.
    #[error("this call acts as a user: send a user's token, or the administrator's with the header user_id")]
    NeedsUser,
    /// The action is the administrator's.
    #[error("this call needs the app administrator's token")]
    NeedsAdmin,
}

impl PublicError for CtxError {
    fn code(&self) -> Code {
        Code::PermissionDenied
    }
}

/// Who acts, in which app, the open transaction, and what will leave after commit. Dropping it undoes everything.
pub struct Ctx {
    /// What all actions share.
    pub platform: Arc<Platform>,
    /// Who acts.
    pub actor: Actor,
    /// The open transaction.
    pub tx: Tx,
    /// The app's settings.
    pub settings: Arc<AppSettings>,
    notices: Vec<Notice>,
    events: Vec<BusEvent>,
    recorded: Vec<Event>,
}

impl Ctx {
    pub(crate) fn new(platform: Arc<Platform>, actor: Actor, tx: Tx, settings: Arc<AppSettings>) -> Self {
        Self { platform, actor, tx, settings, notices: Vec::new(), events: Vec::new(), recorded: Vec::new() }
    }

    /// The app.
    pub fn app(&self) -> AppId {
        self.tx.app()
    }

    /// Now, in milliseconds.
    pub fn now(&self) -> Millis {
        self.platform.clock.now()
    }

    /// Fresh randomness.
    pub fn rng(&self) -> impl Rng + use<> {
        rand::rng()
    }

    /// The user who acts.
    pub fn require_user(&self) -> Result<UserId, CtxError> {
        self.actor.user().ok_or(CtxError::NeedsUser)
    }

    /// Refuses everyone but the administrator and the server itself.
    pub fn require_admin(&self) -> Result<(), CtxError> {
        if self.actor.is_admin() { Ok(()) } else { Err(CtxError::NeedsAdmin) }
    }

    /// Records a notice; it reaches its conversation after commit, exactly once, even if the process dies in between.
    pub fn notify(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Records an event for caches and sessions; it leaves after commit and may be lost with the process.
    pub fn emit(&mut self, event: BusEvent) {
        self.events.push(event);
    }

    /// Records what receivers outside are told, with the change. Events that notices stand for need no call ([`crate::event`]).
    pub fn record(&mut self, event: Event) {
        self.recorded.push(event);
    }

    /// Makes the changes durable, then sends out what was recorded.
    pub async fn commit(self) -> Result<(), StorageError> {
        let now = self.now();
        let app = self.app();
        let mut is_to_be_told = false;
        if let Some(watch) = self.platform.watch_of(app) {
            let mut events = event::of_notices(&self.notices);
            events.extend(self.recorded);
            is_to_be_told = event::record(&self.tx, &watch, &self.settings, events, now).await?;
        }
        let waiting = outbox::record(&self.tx, self.notices, now).await?;
        self.tx.commit().await?;
        if is_to_be_told {
            self.platform.events_recorded.note(app);
        }
        for event in self.events {
            self.platform.bus.publish(event);
        }
        self.platform.send_out(app, waiting);
        Ok(())
    }
}
