//! Actions against a real database.

mod device;
mod people;
mod sign_in;
mod token;

use std::sync::Arc;

use cerulean_bus::{Bus, BusEvent, LocalBus};
use cerulean_delivery::{Ctx, Limits, Platform, PlatformOptions};
use cerulean_storage::DbOptions;
use cerulean_types::{Actor, AppId, Clock, Code, DeviceSn, PublicError, UserId};
use cerulean_vault::Vault;
use parking_lot::Mutex;
use tempfile::TempDir;

use crate::*;

const PASSWORD: &str = "correct horse";

/// A platform with one app, and everything that went over its bus.
struct Bench {
    accounts: Accounts,
    platform: Arc<Platform>,
    clock: Clock,
    app: AppId,
    admin_token: String,
    heard: Arc<Mutex<Vec<BusEvent>>>,
    _folder: TempDir,
}

impl Bench {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::adjustable();
        let bus = Arc::new(LocalBus::default());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        bus.subscribe(Arc::new(move |event| ear.lock().push(event.clone())));
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: Vault::in_memory(),
            bus,
            clock: clock.clone(),
            limits: Limits::default(),
        };
        let platform = Platform::open(options).await.unwrap();
        let accounts = Accounts::new(platform.clone());
        let created = create_app(&platform, "demo", "Demo").await.unwrap();
        let (app, admin_token) = (created.app, created.admin_token);
        Self { accounts, platform, clock, app, admin_token, heard, _folder: folder }
    }

    async fn user(&self, name: &str) -> UserId {
        let command = RegisterUser { username: name.into(), password: PASSWORD.into() };
        register_user(&self.accounts, self.app, RegisteredBy::Oneself, command).await.unwrap().id
    }

    async fn try_sign_in(&self, name: &str, password: &str) -> Result<SignedIn, AccountError> {
        let name = SignInName::Any(name.into());
        let command = SignIn { name, password: password.into(), device_guid: None, address: None };
        sign_in(&self.accounts, self.app, command).await
    }

    async fn token(&self, name: &str) -> SignedIn {
        self.try_sign_in(name, PASSWORD).await.unwrap()
    }

    /// A context in which a user acts from a device.
    async fn acting(&self, user: UserId, device: DeviceSn) -> Ctx {
        self.platform.ctx(self.app, Actor::User { id: user, device }).await.unwrap()
    }

    async fn admin(&self) -> Ctx {
        self.platform.ctx(self.app, Actor::Admin { acting_for: None }).await.unwrap()
    }

    async fn connect(&self, user: UserId, token: &str, guid: &str) -> Result<Provisioned, ProvisionError> {
        let request = ProvisionRequest {
            user_id: user,
            token: token.into(),
            device_guid: guid.into(),
            os_type: 6,
            device_info: "Web".into(),
        };
        provision(&self.accounts, &request).await
    }

    async fn is_good(&self, token: &str) -> bool {
        self.accounts.authenticate(token, Some(self.app)).await.is_ok()
    }

    /// The `EndSessions` heard since the last call: whose, which, and the notice.
    fn ended(&self) -> Vec<(UserId, cerulean_bus::SessionsOf, Option<i32>)> {
        let heard = std::mem::take(&mut *self.heard.lock());
        let ends = heard.into_iter().filter_map(|event| match event {
            BusEvent::EndSessions { user, which, notice, .. } => Some((user, which, notice)),
            _ => None,
        });
        ends.collect()
    }
}

fn code<T>(outcome: Result<T, impl PublicError>) -> Code {
    outcome.err().map_or(Code::Ok, |error| error.code())
}
