//! Who a token speaks for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cerulean_bus::BusEvent;
use cerulean_delivery::Platform;
use cerulean_storage::token::TokenRow;
use cerulean_storage::user::{UserState, UserStatus};
use cerulean_types::{AppId, DeviceSn, UserId};
use cerulean_vault::constant_time_eq;
use moka::sync::Cache;
use parking_lot::Mutex;

use crate::changes::Changes;
use crate::hashing::Hashing;
use crate::provision::KnownDevice;
use crate::throttle::Throttle;
use crate::token::TokenText;
use crate::{AccountError, AuthError};

/// Tokens and users kept in memory at most.
const REMEMBERED: u64 = 200_000;
/// How long, should an event of another node be lost.
const REMEMBERED_FOR: Duration = Duration::from_mins(1);

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A user, and the device that last used the token (0: none yet).
    User(UserId, DeviceSn),
    /// The app's administrator.
    Admin,
}

/// A token that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// App.
    pub app: AppId,
    /// Whom it speaks for.
    pub subject: Subject,
    /// Its number.
    pub token_no: i64,
}

/// Sign-in and the check of tokens. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) platform: Arc<Platform>,
    pub(crate) hashing: Arc<Hashing>,
    pub(crate) throttle: Arc<Throttle>,
    memory: Arc<Memory>,
}

/// A token as kept in memory.
#[derive(Debug)]
pub(crate) struct KnownToken {
    /// As it was read; `device` is kept up to date below.
    pub(crate) row: TokenRow,
    /// Epoch of its user when it was read.
    epoch: i64,
    device: AtomicU32,
}

impl KnownToken {
    /// The device that used it last.
    pub(crate) fn device(&self) -> DeviceSn {
        DeviceSn(self.device.load(Ordering::Relaxed))
    }

    /// Notes that a device uses it.
    pub(crate) fn set_device(&self, device: DeviceSn) {
        self.device.store(device.0, Ordering::Relaxed);
    }
}

/// A user as kept in memory.
pub(crate) struct KnownUser {
    pub(crate) state: UserState,
    /// His devices that have connected.
    pub(crate) devices: Mutex<Vec<KnownDevice>>,
}

struct Memory {
    tokens: Cache<(AppId, i64), Arc<KnownToken>>,
    users: Cache<(AppId, UserId), Arc<KnownUser>>,
    token_changes: Changes,
    user_changes: Changes,
}

impl Memory {
    fn new() -> Self {
        Self {
            tokens: Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build(),
            users: Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build(),
            token_changes: Changes::default(),
            user_changes: Changes::default(),
        }
    }

    fn forget_token(&self, app: AppId, token: i64) {
        self.token_changes.note(&(app, token));
        self.tokens.invalidate(&(app, token));
    }

    fn forget_user(&self, app: AppId, user: UserId) {
        self.user_changes.note(&(app, user));
        self.users.invalidate(&(app, user));
    }

    fn hear(&self, event: &BusEvent) {
        match event {
            BusEvent::TokenRevoked { app, token } => self.forget_token(*app, *token),
            BusEvent::UserChanged { app, user } | BusEvent::EndSessions { app, user, .. } => {
                self.forget_user(*app, *user);
            }
            _ => {}
        }
    }
}

impl Accounts {
    /// Starts with an empty memory that follows the bus.
    pub fn new(platform: Arc<Platform>) -> Self {
        let memory = Arc::new(Memory::new());
        let follower = memory.clone();
        platform.bus.subscribe(Arc::new(move |event| follower.hear(event)));
        Self { platform, hashing: Arc::new(Hashing::new()), throttle: Arc::new(Throttle::new()), memory }
    }

    /// Checks a token; where the caller names an app, the token must be of that app.
    pub async fn authenticate(&self, token: &str, expected_app: Option<AppId>) -> Result<Identity, AuthError> {
        let (app, known) = self.check_token(token, expected_app).await?;
        let subject = known.row.user.map_or(Subject::Admin, |user| Subject::User(user, known.device()));
        Ok(Identity { app, subject, token_no: known.row.number })
    }

    /// Refuses a user who is not of the app, or no more. One who is frozen is there.
    pub async fn require_user(&self, app: AppId, user: UserId) -> Result<(), AccountError> {
        self.user(app, user).await?.map(drop).ok_or(AccountError::UserNotFound)
    }

    /// Checks a token and that its user and app may act.
    pub(crate) async fn check_token(
        &self,
        text: &str,
        expected_app: Option<AppId>,
    ) -> Result<(AppId, Arc<KnownToken>), AuthError> {
        let (app, number) = TokenText::parse(text).ok_or(AuthError::InvalidToken)?;
        if expected_app.is_some_and(|expected| expected != app) {
            return Err(AuthError::InvalidToken);
        }
        let token = self.fresh_token(app, number).await?.ok_or(AuthError::InvalidToken)?;
        if !constant_time_eq(&TokenText::hash(text), &token.row.hash)
            || token.row.expires_at <= self.platform.clock.now()
        {
            return Err(AuthError::InvalidToken);
        }
        if let Some(user) = token.row.user {
            let known = self.user(app, user).await?.ok_or(AuthError::InvalidToken)?;
            if known.state.status == UserStatus::Frozen {
                return Err(AuthError::UserFrozen);
            }
        }
        if !self.platform.settings_of(app).await?.is_normal() {
            return Err(AuthError::AppFrozen);
        }
        Ok((app, token))
    }

    /// A token read no earlier than the last time its user's tokens were revoked.
    async fn fresh_token(&self, app: AppId, number: i64) -> Result<Option<Arc<KnownToken>>, AuthError> {
        let Some(token) = self.token(app, number).await? else { return Ok(None) };
        let Some(user) = token.row.user else { return Ok(Some(token)) };
        match self.user(app, user).await? {
            Some(known) if known.state.token_epoch == token.epoch => Ok(Some(token)),
            Some(_) => {
                self.memory.forget_token(app, number);
                self.token(app, number).await
            }
            None => Ok(None),
        }
    }

    async fn token(&self, app: AppId, number: i64) -> Result<Option<Arc<KnownToken>>, AuthError> {
        let key = (app, number);
        if let Some(token) = self.memory.tokens.get(&key) {
            return Ok(Some(token));
        }
        // Counted before the snapshot is taken, so that no change can fall between.
        let before = self.memory.token_changes.count(&key);
        let users_before = self.memory.user_changes.total();
        let tx = self.platform.db.read(app).await?;
        let Some(row) = tx.tokens().find(number).await? else { return Ok(None) };
        let epoch = match row.user {
            Some(user) => {
                let Some(state) = tx.users().find_state(user).await? else { return Ok(None) };
                // He is asked for next; here he costs no transaction of his own.
                self.keep_user(app, user, state, users_before);
                state.token_epoch
            }
            None => 0,
        };
        let token = Arc::new(KnownToken { device: AtomicU32::new(row.device.0), row, epoch });
        self.memory.tokens.insert(key, token.clone());
        if self.memory.token_changes.count(&key) != before {
            self.memory.tokens.invalidate(&key);
        }
        Ok(Some(token))
    }

    pub(crate) async fn user(&self, app: AppId, user: UserId) -> Result<Option<Arc<KnownUser>>, AuthError> {
        if let Some(known) = self.memory.users.get(&(app, user)) {
            return Ok(Some(known));
        }
        let before = self.memory.user_changes.total();
        let tx = self.platform.db.read(app).await?;
        let Some(state) = tx.users().find_state(user).await? else { return Ok(None) };
        Ok(Some(self.keep_user(app, user, state, before)))
    }

    /// Remembers a user, unless any user changed since `before`: then what was read may be stale.
    fn keep_user(&self, app: AppId, user: UserId, state: UserState, before: u64) -> Arc<KnownUser> {
        let key = (app, user);
        if let Some(known) = self.memory.users.get(&key).filter(|known| known.state == state) {
            return known;
        }
        let known = Arc::new(KnownUser { state, devices: Mutex::default() });
        self.memory.users.insert(key, known.clone());
        if self.memory.user_changes.total() != before {
            self.memory.users.invalidate(&key);
        }
        known
    }
}
