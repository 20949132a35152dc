//! What all actions share: database, log, keys, bus, clock.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use cerulean_bus::{Bus, BusEvent};
use cerulean_proto::form::FormLimits;
use cerulean_storage::log::{Log, LogOptions};
use cerulean_storage::{Db, DbOptions, StorageError};
use cerulean_types::{Actor, AppId, AppSlug, Clock, UserId, limits};
use cerulean_vault::Vault;
use moka::sync::Cache;
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use utoipa::ToSchema;

use crate::audience::{self, Groups};
use crate::client_settings::ClientSettings;
use crate::event::{EventsRecorded, Watch, Watches};
use crate::{AppQuotas, AppRates, Ctx, DevicePolicy, Event, GroupRules, RateOptions, Rates, Usage};

/// Numbers an operator may change, for all apps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest text of a message, in bytes.
    pub text_bytes: usize,
    /// Largest uploaded file, in bytes.
    pub file_bytes: u64,
    /// Lifetime of a user's token, in milliseconds.
    pub token_ms: i64,
    /// Default capacity of a group.
    pub group_members: usize,
    /// How long an author may recall a message where the app does not say, in milliseconds.
    pub recall_ms: i64,
    /// How often things may be done.
    pub rates: RateOptions,
    /// How much an app may have.
    pub quotas: AppQuotas,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: limits::TEXT_BYTES,
            file_bytes: limits::FILE_BYTES,
            token_ms: limits::TOKEN_MS,
            group_members: limits::GROUP_MEMBERS,
            recall_ms: limits::RECALL_MS,
            rates: RateOptions::default(),
            quotas: AppQuotas::default(),
        }
    }
}

/// The clock that the hours set by users of the public protocol have always been read by.
const CHINA_MINUTES: i32 = 8 * 60;
/// Clocks on earth.
const UTC_OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;
/// Most users who help others.
const SUPPORT_STAFF: usize = 100;

/// What an app decides for itself. Absent fields have their default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AppSettings {
    /// Title for people.
    #[serde(skip)]
    pub title: String,
    /// Public name.
    #[serde(skip)]
    pub slug: String,
    /// `normal`, `frozen` or `banned`.
    #[serde(skip)]
    pub status: String,
    /// How long an author may recall a message, in milliseconds; 0 for never, -1 for always; absent for the server's setting.
    pub recall_ms: Option<i64>,
    /// Whether only friends may write to each other.
    pub friends_only: bool,
    /// Whether people may register themselves.
    pub open_registration: bool,
    /// How often someone may be kicked out of a group before he cannot come back by himself; 0 for as often as they like.
    pub kicks_before_ban: u32,
    /// Bounds of its groups.
    pub groups: GroupRules,
    /// Most friends of one user.
    pub friends_per_user: u64,
    /// How many devices of a user may be signed in at once.
    pub devices: DevicePolicy,
    /// Users who help others, by id, in the order they are shown; 100 at most.
    pub support_staff: Vec<u64>,
    /// Where the app is stricter than the server about how often things may be done.
    pub rates: AppRates,
    /// Where the app is stricter than the server about how much it may have.
    pub quotas: AppQuotas,
    /// Whether codes by text message prove phone numbers, sign in and reset passwords.
    pub mobile_codes: bool,
    /// Whether codes by mail prove e-mail addresses and reset passwords.
    pub email_codes: bool,
    /// Whether a text message takes a picture code first; clients that know no pictures get none then.
    pub picture_before_sms: bool,
    /// Verification codes that are sent within an hour at most.
    pub codes_per_hour: u32,
    /// Minutes by which the clock of its users is ahead of UTC, for the hours in which they want no push.
    pub push_utc_offset_minutes: i32,
    /// What its clients are told.
    pub clients: ClientSettings,
    /// Whether users get previews of links, which the server fetches for them.
    pub link_previews: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            title: String::new(),
            slug: String::new(),
            status: "normal".into(),
            recall_ms: None,
            friends_only: false,
            open_registration: true,
            kicks_before_ban: 3,
            groups: GroupRules::default(),
            friends_per_user: 5_000,
            devices: DevicePolicy::default(),
            support_staff: Vec::new(),
            rates: AppRates::default(),
            quotas: AppQuotas::default(),
            mobile_codes: false,
            email_codes: false,
            picture_before_sms: false,
            codes_per_hour: 1000,
            push_utc_offset_minutes: CHINA_MINUTES,
            clients: ClientSettings::default(),
            link_previews: true,
        }
    }
}

impl AppSettings {
    /// The name of a setting with a value it cannot have, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.recall_ms.is_some_and(|limit| limit < -1) {
            return Err(("recall_ms", "must be -1 for always, 0 for never, or milliseconds"));
        }
        self.groups.check().map_err(|reason| ("groups", reason))?;
        self.devices.check().map_err(|reason| ("devices", reason))?;
        let are_users = self.support_staff.iter().all(|number| UserId::parse(*number).is_ok());
        if self.support_staff.len() > SUPPORT_STAFF || !are_users {
            return Err(("support_staff", "must be ids of users, 100 at most"));
        }
        self.rates.check().map_err(|reason| ("rates", reason))?;
        if !UTC_OFFSETS.contains(&self.push_utc_offset_minutes) {
            return Err(("push_utc_offset_minutes", "must be minutes from -720 to 840"));
        }
        self.clients.check().map_err(|reason| ("clients", reason))?;
        Ok(())
    }

    /// Whether the app works at all.
    pub fn is_normal(&self) -> bool {
        self.status == "normal"
    }
}

/// Where the platform lives.
pub struct PlatformOptions {
    /// The database.
    pub db: DbOptions,
    /// Keys.
    pub vault: Vault,
    /// Events.
    pub bus: Arc<dyn Bus>,
    /// Time.
    pub clock: Clock,
    /// Numbers.
    pub limits: Limits,
}

/// What all actions share.
pub struct Platform {
    /// Everything but messages.
    pub db: Db,
    /// Messages.
    pub log: Log,
    /// Keys.
    pub vault: Vault,
    /// Events.
    pub bus: Arc<dyn Bus>,
    /// Time.
    pub clock: Clock,
    /// Numbers.
    pub limits: Limits,
    /// How often things are done.
    pub rates: Rates,
    /// How much apps have.
    pub usage: Arc<Usage>,
    /// Work that outlives the call it belongs to; waited for when the server stops.
    pub tasks: TaskTracker,
    /// What runs as long as the platform does.
    pub(crate) loops: TaskTracker,
    apps: Cache<String, AppId>,
    settings: Cache<AppId, Arc<AppSettings>>,
    pub(crate) groups: Groups,
    /// Tells whoever brings events to their receivers that there are some.
    pub events_recorded: EventsRecorded,
    watches: RwLock<Watches>,
    soon: Mutex<Option<mpsc::UnboundedSender<(AppId, Event)>>>,
}

impl Platform {
    /// Opens database and log and sends out what an earlier process left in the outbox.
    pub async fn open(options: PlatformOptions) -> Result<Arc<Self>, StorageError> {
        let db = Db::open(&options.db, options.vault.clone()).await?;
        let bus = options.bus.clone();
        let hook = Arc::new(move |items| bus.publish(BusEvent::Committed(items)));
        let form_limits = FormLimits { content: options.limits.text_bytes, extra: limits::EXTRA_BYTES };
        let log_options = LogOptions { form_limits, ..LogOptions::default() };
        let log = Log::open(log_options, &db, options.vault.clone(), options.clock.clone(), hook).await?;
        let (soon, later) = mpsc::unbounded_channel();
        let platform = Arc::new(Self {
            db,
            log,
            vault: options.vault,
            bus: options.bus,
            rates: Rates::new(options.limits.rates.clone(), options.clock.clone()),
            usage: Arc::default(),
            clock: options.clock,
            limits: options.limits,
            tasks: TaskTracker::new(),
            loops: TaskTracker::new(),
            apps: Cache::new(10_000),
            settings: Cache::new(10_000),
            groups: audience::groups(),
            events_recorded: EventsRecorded::default(),
            watches: RwLock::default(),
            soon: Mutex::new(Some(soon)),
        });
        platform.follow_bus();
        platform.loops.spawn(record_later(Arc::downgrade(&platform), later));
        platform.write_usage_down();
        let recovered = platform.recover_outbox().await?;
        if recovered > 0 {
            tracing::info!(recovered, "sent out {recovered} notices of the process before");
        }
        Ok(platform)
    }

    fn follow_bus(self: &Arc<Self>) {
        let weak: Weak<Self> = Arc::downgrade(self);
        self.bus.subscribe(Arc::new(move |event| {
            let Some(platform) = weak.upgrade() else { return };
            match event {
                BusEvent::GroupChanged { app, group, version, change } => {
                    platform.hear_group_change(*app, *group, *version, change);
                }
                BusEvent::AppChanged { app } => {
                    platform.settings.invalidate(app);
                    platform.apps.invalidate_all();
                }
                _ => {}
            }
        }));
    }

    /// Opens the context of an action that writes.
    pub async fn ctx(self: &Arc<Self>, app: AppId, actor: Actor) -> Result<Ctx, StorageError> {
        let settings = self.settings_of(app).await?;
        Ok(Ctx::new(self.clone(), actor, self.db.begin(app).await?, settings))
    }

    /// Opens the context of an action that only reads.
    pub async fn read_ctx(self: &Arc<Self>, app: AppId, actor: Actor) -> Result<Ctx, StorageError> {
        let settings = self.settings_of(app).await?;
        Ok(Ctx::new(self.clone(), actor, self.db.read(app).await?, settings))
    }

    /// Finds an app by its public name.
    pub async fn find_app(&self, slug: &AppSlug) -> Result<Option<AppId>, StorageError> {
        if let Some(app) = self.apps.get(slug.as_str()) {
            return Ok(Some(app));
        }
        let tx = self.db.platform_read().await?;
        let Some(row) = tx.apps().find_by_slug(slug).await? else { return Ok(None) };
        self.apps.insert(row.slug, row.id);
        Ok(Some(row.id))
    }

    /// The settings of an app; the defaults for one that is not there.
    pub async fn settings_of(&self, app: AppId) -> Result<Arc<AppSettings>, StorageError> {
        if let Some(settings) = self.settings.get(&app) {
            return Ok(settings);
        }
        let tx = self.db.platform_read().await?;
        let Some(row) = tx.apps().find(app).await? else { return Ok(Arc::default()) };
        let inconsistent = |_| StorageError::Inconsistent { table: "apps", key: app.0.to_string() };
        let stored: AppSettings = serde_json::from_str(&row.settings).map_err(inconsistent)?;
        let settings = Arc::new(AppSettings { title: row.title, slug: row.slug, status: row.status, ..stored });
        self.settings.insert(app, settings.clone());
        Ok(settings)
    }

    /// The settings of an app if they are in memory, for callers that may not wait.
    pub fn cached_settings(&self, app: AppId) -> Option<Arc<AppSettings>> {
        self.settings.get(&app)
    }

    /// Who asked for events of an app.
    pub fn watch_of(&self, app: AppId) -> Option<Arc<Watch>> {
        self.watches.read().get(&app).cloned()
    }

    /// Replaces who asked for events of an app.
    pub fn set_watch(&self, app: AppId, watch: Watch) {
        let mut watches = self.watches.write();
        let mut changed = (**watches).clone();
        if watch.receivers.is_empty() {
            changed.remove(&app);
        } else {
            changed.insert(app, Arc::new(watch));
        }
        *watches = Arc::new(changed);
    }

    /// Records an event that belongs to no transaction, such as a user's coming and going, in the background.
    pub fn record_soon(&self, app: AppId, event: Event) {
        let is_watched = self.watch_of(app).is_some_and(|watch| !watch.receivers_of(event.kind).is_empty());
        if is_watched {
            // Nobody listens any more when the platform is closing.
            let _ = self.soon.lock().as_ref().map(|soon| soon.send((app, event)));
        }
    }

    /// Finishes what is queued and closes the database; later sends are refused.
    pub async fn close(&self) {
        self.soon.lock().take();
        self.usage.stop();
        for tracker in [&self.tasks, &self.loops] {
            tracker.close();
            tracker.wait().await;
        }
        self.log.close().await;
        self.db.close().await;
    }
}

/// Events recorded together.
const RECORDED_TOGETHER: usize = 256;

/// Records events that belong to no transaction, all that are there at once.
async fn record_later(platform: Weak<Platform>, mut later: mpsc::UnboundedReceiver<(AppId, Event)>) {
    let mut taken = Vec::new();
    while later.recv_many(&mut taken, RECORDED_TOGETHER).await > 0 {
        let Some(platform) = platform.upgrade() else { return };
        let mut apps: HashMap<AppId, Vec<Event>> = HashMap::new();
        for (app, event) in taken.drain(..) {
            apps.entry(app).or_default().push(event);
        }
        for (app, events) in apps {
            if let Err(error) = platform.record_now(app, events).await {
                tracing::warn!(app.id = app.0, "events are not told: {error}");
            }
        }
    }
}

impl Platform {
    async fn record_now(self: &Arc<Self>, app: AppId, events: Vec<Event>) -> Result<(), StorageError> {
        let mut ctx = self.ctx(app, Actor::System).await?;
        for event in events {
            ctx.record(event);
        }
        ctx.commit().await
    }
}
