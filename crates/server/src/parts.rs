//! A node, put together.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use anyhow::Context;
use cerulean_accounts::{Accounts, Presence};
use cerulean_blobs::{BlobOptions, Blobs, S3Options};
use cerulean_bus::{Bus, LocalBus};
use cerulean_config::{BlobKind, Config, MailProtection};
use cerulean_console::{Console, ConsoleParts};
use cerulean_delivery::{AppQuotas, Limits, Platform, PlatformOptions, RateOptions};
use cerulean_egress::{Egress, EgressOptions};
use cerulean_files::Files;
use cerulean_gateway::{Gateway, GatewayOptions};
use cerulean_hooks::{Hooks, HooksOptions};
use cerulean_messaging::Messaging;
use cerulean_previews::{PreviewOptions, Previews, USER_AGENT};
use cerulean_push::{Connections, Pushes};
use cerulean_rest::{Rest, RestParts};
use cerulean_storage::DbOptions;
use cerulean_transfer::Transfer;
use cerulean_types::{AppId, Clock, UserId};
use cerulean_vault::Vault;
use cerulean_verification::{
    Carriers, MailCarrier, MailOptions, MailSecurity, SmsCarrier, SmsOptions, Verification, Wordings,
};

use crate::ask_hooks::AskHooks;
use crate::plan_pushes::PlanPushes;
use crate::transfer::join_transfer;

/// Where a node lives and how it behaves.
pub struct PartsOptions {
    /// The data directory; must exist and be locked by this process.
    pub data: PathBuf,
    /// The database.
    pub db: DbOptions,
    /// Uploaded files.
    pub blobs: BlobOptions,
    /// Numbers.
    pub limits: Limits,
    /// Sockets.
    pub gateway: GatewayOptions,
    /// What the server may call.
    pub egress: EgressOptions,
    /// How receivers of webhooks are treated.
    pub hooks: HooksOptions,
    /// Previews of links.
    pub previews: PreviewOptions,
    /// What links may lead to.
    pub preview_egress: EgressOptions,
    /// Mail that carries verification codes; the app's outbox where absent.
    pub mail: Option<MailOptions>,
    /// Text messages that carry verification codes; the app's outbox where absent.
    pub sms: Option<SmsOptions>,
    /// What letters in the outbox say.
    pub wordings: Wordings,
    /// How clients reach this server, when that differs from the `Host` they name.
    pub public_url: Option<String>,
    /// What the addresses of imported files begin with.
    pub base_url: String,
    /// Whether this node speaks TLS itself.
    pub is_tls: bool,
    /// Public name of the app of a development server.
    pub default_app: Option<String>,
    /// Time.
    pub clock: Clock,
}

impl PartsOptions {
    /// What a configuration asks for.
    pub fn from_config(config: &Config, clock: Clock) -> Self {
        let data = config.data.folder.clone();
        let db = if config.database.is_sqlite() {
            DbOptions::Sqlite { folder: data.clone() }
        } else {
            let url = config.database.url.expose().to_owned();
            DbOptions::Postgres { url, max_connections: config.database.connections }
        };
        let blobs = match config.blobs.kind {
            BlobKind::Directory => {
                let folder = config.blobs.folder.clone().unwrap_or_else(|| config.data.blobs_folder());
                BlobOptions::Directory { folder }
            }
            BlobKind::S3 => BlobOptions::S3(S3Options {
                endpoint: config.blobs.s3.endpoint.clone(),
                region: config.blobs.s3.region.clone(),
                bucket: config.blobs.s3.bucket.clone(),
                prefix: String::new(),
                access_key_id: config.blobs.s3.access_key.clone(),
                secret_access_key: config.blobs.s3.secret_key.expose().to_owned(),
                is_virtual_host_style: false,
            }),
        };
        let limits = Limits {
            text_bytes: config.limits.text_size.as_bytes() as usize,
            file_bytes: config.limits.file_size.as_bytes(),
            token_ms: config.limits.token_lifetime.as_millis(),
            group_members: config.limits.group_members as usize,
            recall_ms: config.limits.recall_within.as_millis(),
            rates: rate_options(&config.limits),
            quotas: quotas(&config.limits),
        };
        let gateway = GatewayOptions {
            outbox_bytes: config.delivery.slow_socket_size.as_bytes() as usize,
            frame_bytes: config.limits.frame_size.as_bytes() as usize,
            pull_items: config.delivery.pull_items as usize,
            ..GatewayOptions::default()
        };
        Self {
            data,
            db,
            blobs,
            limits,
            gateway,
            egress: egress_options(&config.egress),
            hooks: hooks_options(&config.hooks),
            previews: preview_options(&config.previews),
            preview_egress: preview_egress_options(config),
            mail: config.mail.is_smtp().then(|| mail_options(&config.mail)),
            sms: config.sms.is_http().then(|| sms_options(&config.sms)),
            wordings: Wordings {
                mail_subject: config.mail.subject.clone(),
                mail_text: config.mail.text.clone(),
                sms_text: config.sms.text.clone(),
            },
            public_url: config.server.public_url.clone(),
            base_url: base_url(config),
            is_tls: config.server.tls.is_on(),
            default_app: config.wants_demo().then(|| "demo".to_owned()),
            clock,
        }
    }
}

fn rate_options(config: &cerulean_config::Limits) -> RateOptions {
    RateOptions {
        requests_per_minute: config.requests_per_minute,
        requests_per_minute_of_device: config.requests_per_minute_of_device,
        requests_per_minute_of_app: config.requests_per_minute_of_app,
        connections_per_minute_of_address: config.connections_per_minute_of_address,
        sends_per_minute: config.sends_per_minute,
        sends_per_minute_of_app: config.sends_per_minute_of_app,
        frames_per_minute: config.frames_per_minute,
        traffic_per_day: config.traffic_per_day.as_bytes(),
        previews_per_minute: config.previews_per_minute,
    }
}

fn quotas(config: &cerulean_config::Limits) -> AppQuotas {
    let some = |number: u64| (number > 0).then_some(number);
    AppQuotas {
        users: some(config.users_of_app.into()),
        messages_per_day: some(config.messages_per_day_of_app.into()),
        messages_per_month: some(config.messages_per_month_of_app.into()),
        storage_bytes: some(config.files_of_app.as_bytes()),
    }
}

fn mail_options(config: &cerulean_config::Mail) -> MailOptions {
    MailOptions {
        host: config.host.clone(),
        port: config.port as u16,
        security: match config.security {
            MailProtection::Tls => MailSecurity::Tls,
            MailProtection::Starttls => MailSecurity::StartTls,
            MailProtection::None => MailSecurity::None,
        },
        ca_file: config.ca_file.clone(),
        username: config.username.clone(),
        password: config.password.expose().to_owned(),
        from: config.from.clone(),
        subject: config.subject.clone(),
        text: config.text.clone(),
        timeout: config.timeout.as_duration(),
    }
}

fn sms_options(config: &cerulean_config::Sms) -> SmsOptions {
    SmsOptions {
        url: config.url.clone(),
        method: config.method.clone(),
        headers: config.headers.clone(),
        body: config.body.clone(),
        content_type: config.content_type.clone(),
        text: config.text.clone(),
        secret: config.secret.expose().to_owned(),
        success_contains: config.success_contains.clone(),
        timeout: config.timeout.as_duration(),
    }
}

fn carriers(
    mail: Option<MailOptions>,
    sms: Option<SmsOptions>,
    wordings: Wordings,
    egress: &EgressOptions,
) -> anyhow::Result<Carriers> {
    let mail = mail.map(MailCarrier::new).transpose().map_err(anyhow::Error::msg)?;
    let sms = sms.map(|options| SmsCarrier::new(egress.clone(), options)).transpose().map_err(anyhow::Error::msg)?;
    Ok(Carriers { mail, sms, wordings })
}

fn egress_options(config: &cerulean_config::Egress) -> EgressOptions {
    EgressOptions {
        allow_networks: config.allow_networks.clone(),
        ports: config.ports.clone(),
        timeout: config.timeout.as_duration(),
        response_bytes: config.response_size.as_usize(),
        ca_file: config.ca_file.clone(),
        ..EgressOptions::default()
    }
}

fn preview_options(config: &cerulean_config::Previews) -> PreviewOptions {
    PreviewOptions {
        is_on: config.enabled,
        timeout: config.timeout.as_duration(),
        at_once: config.at_once as usize,
        memory_bytes: config.memory.as_bytes(),
    }
}

/// Links are chosen by anybody, so they reach less than what administrators set up.
fn preview_egress_options(config: &Config) -> EgressOptions {
    EgressOptions { allow_networks: config.previews.allow_networks.clone(), ..egress_options(&config.egress) }
}

fn hooks_options(config: &cerulean_config::Hooks) -> HooksOptions {
    HooksOptions {
        retry_after: config.retry_after.iter().map(|span| span.as_duration()).collect(),
        timeout: config.timeout.as_duration(),
        per_hook: config.requests_per_receiver as usize,
        per_app: config.requests_per_app as usize,
        waiting_per_hook: config.waiting_per_receiver.into(),
        keep_delivered: config.keep_delivered.as_duration(),
        keep_failed: config.keep_failed.as_duration(),
    }
}

/// The parts of a running node.
#[derive(Clone)]
pub struct Parts {
    /// What all actions share.
    pub platform: Arc<Platform>,
    /// Sign-in and tokens.
    pub accounts: Accounts,
    /// Sending.
    pub messaging: Messaging,
    /// Sockets.
    pub gateway: Gateway,
    /// Uploaded files.
    pub files: Files,
    /// Requests to addresses that other people chose.
    pub egress: Egress,
    /// Imports and exports.
    pub transfer: Transfer,
    /// Webhooks.
    pub hooks: Hooks,
    /// Verification codes.
    pub verification: Verification,
    /// What carries them.
    pub carriers: Carriers,
    /// State of the REST handlers.
    pub rest: Rest,
    /// State of the console's handlers.
    pub console: Console,
}

/// How clients reach the server, as far as the settings tell.
fn base_url(config: &Config) -> String {
    let scheme = if config.server.tls.is_on() { "https" } else { "http" };
    let own = || format!("{scheme}://{}", config.server.listen);
    config.server.public_url.as_ref().map_or_else(own, |url| url.trim_end_matches('/').to_owned())
}

struct Online(Gateway);

impl Presence for Online {
    fn is_online(&self, app: AppId, user: UserId) -> bool {
        self.0.is_online(app, user)
    }
}

impl Connections for Online {
    fn is_online(&self, app: AppId, user: UserId) -> bool {
        self.0.is_online(app, user)
    }
}

impl Parts {
    /// Opens keys, database, log and files, and joins what works on them.
    pub async fn open(options: PartsOptions) -> anyhow::Result<Self> {
        let vault = Vault::open(&options.data.join("keys")).context("cannot open the keys")?;
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let platform = Platform::open(PlatformOptions {
            db: options.db,
            vault,
            bus,
            clock: options.clock,
            limits: options.limits,
        })
        .await
        .context("cannot open the database")?;
        let blobs = Blobs::open(&options.blobs).context("cannot open the file store")?;
        let carriers = carriers(options.mail, options.sms, options.wordings, &options.egress)?;
        let egress = Egress::new(options.egress).context("cannot prepare the client of egress")?;
        let accounts = Accounts::new(platform.clone());
        let messaging = Messaging::new(platform.clone());
        let hooks =
            Hooks::open(platform.clone(), egress.clone(), options.hooks).await.context("cannot read the webhooks")?;
        messaging.set_screen(Arc::new(AskHooks(hooks.clone())));
        let gateway = Gateway::new(messaging.clone(), accounts.clone(), options.gateway);
        let online = Arc::new(Online(gateway.clone()));
        let connections: Weak<Online> = Arc::downgrade(&online);
        let pushes = Pushes::new(platform.clone(), connections);
        hooks.set_pushes(Arc::new(PlanPushes(pushes)));
        let files = Files::new(platform.clone(), blobs);
        let transfer = join_transfer(&files, platform.clone(), options.base_url);
        let verification = Verification::new(platform.clone());
        let preview_egress = EgressOptions { user_agent: USER_AGENT.to_owned(), ..options.preview_egress };
        let preview_egress = Egress::new(preview_egress).context("cannot prepare the client of previews")?;
        let previews = Previews::new(platform.clone(), preview_egress, options.previews);
        let rest = Rest::new(RestParts {
            platform: platform.clone(),
            accounts: accounts.clone(),
            messaging: messaging.clone(),
            files: files.clone(),
            verification: verification.clone(),
            presence: online,
            previews,
            public_url: options.public_url,
            is_tls: options.is_tls,
            default_app: options.default_app,
        });
        let console =
            Console::new(ConsoleParts { platform: platform.clone(), accounts: accounts.clone(), hooks: hooks.clone() });
        Ok(Self {
            platform,
            accounts,
            messaging,
            gateway,
            files,
            egress,
            transfer,
            hooks,
            verification,
            carriers,
            rest,
            console,
        })
    }

    /// Ends connections, commits what is queued, and returns when all is quiet.
    pub async fn close(&self) {
        self.gateway.close().await;
        self.hooks.close();
        self.files.close().await;
        self.platform.close().await;
    }
}
