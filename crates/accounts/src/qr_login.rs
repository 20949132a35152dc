//! Sign-in by a picture: a browser shows it, a device that is signed in scans it and agrees, the browser signs in.
//!
//! Two codes keep apart what may be seen and what may be done. The *ticket* stays in the browser, which asks with it how things stand and so
//! gets the sign-in secret. The *code*, made from the ticket and leading nowhere back, is what the picture shows: whoever photographs it can
//! at most scan it. A device that is handed the ticket instead may scan with that, too.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_delivery::{Ctx, Platform};
use cerulean_storage::Tx;
use cerulean_storage::qr_login::{QrLoginRow, QrLoginState};
use cerulean_types::{AppId, Millis};
use cerulean_vault::random_bytes;
use serde::{Deserialize, Serialize};

use crate::AccountError;
use crate::sign_in_secret::{SECRET_MS, is_secret_unused, keep_sign_in_secret, sign_in_secret_from};

/// How long a picture may be scanned and confirmed.
const SHOWN_MS: Millis = 3 * 60_000;
/// Pictures of one app at once; anyone may ask for one, so there must be an end.
const MAX_SHOWN: u64 = 10_000;
const USER_AGENT_CHARS: usize = 256;

/// Which browser asks, and from where: for the eyes of whoever confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingBrowser {
    /// What it calls itself; anything may stand there.
    pub user_agent: String,
    /// Address the request came from; behind a proxy that of the proxy.
    pub address: Option<IpAddr>,
}

/// A picture to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownQrLogin {
    /// Asks how things stand; not for others' eyes.
    pub ticket: String,
    /// What the picture says.
    pub code: String,
    /// Milliseconds.
    pub expires_at: Millis,
}

/// How a sign-in by a picture stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QrLoginStanding {
    /// Nobody has scanned it.
    Waiting,
    /// A user is asked.
    Scanned,
    /// He agreed.
    Confirmed {
        /// His name.
        username: String,
        /// Signs him in once, in place of the password, within a minute.
        secret: String,
    },
    /// He did not agree.
    Refused,
    /// Its time is over, it was used, or it never was.
    Gone,
}

/// What the confirming user is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrLoginRequest {
    /// Which browser asks.
    pub browser: AskingBrowser,
    /// Since when, in milliseconds.
    pub created_at: Millis,
    /// Until when he may answer, in milliseconds.
    pub expires_at: Millis,
}

/// Makes a picture for a browser.
pub async fn show_qr_login(
    platform: &Platform,
    app: AppId,
    browser: AskingBrowser,
) -> Result<ShownQrLogin, AccountError> {
    let ticket = URL_SAFE_NO_PAD.encode(random_bytes::<24>());
    let code = code_of(&ticket);
    let user_agent = browser.user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS).collect();
    let browser = serde_json::to_string(&AskingBrowser { user_agent, ..browser }).expect("a plain struct becomes JSON");
    let now = platform.clock.now();
    let expires_at = now + SHOWN_MS;
    let tx = platform.db.begin(app).await?;
    tx.qr_logins().delete_expired(now).await?;
    if tx.qr_logins().count().await? >= MAX_SHOWN {
        return Err(AccountError::TooManySecrets);
    }
    tx.qr_logins().insert(&hash(&code), &browser, now, expires_at).await?;
    tx.commit().await?;
    Ok(ShownQrLogin { ticket, code, expires_at })
}

/// How things stand, for the browser that holds the ticket. May be asked again and again until the secret is used.
pub async fn check_qr_login(platform: &Platform, app: AppId, ticket: &str) -> Result<QrLoginStanding, AccountError> {
    let tx = platform.db.read(app).await?;
    let Some(row) = tx.qr_logins().find(&hash(&code_of(ticket)), platform.clock.now()).await? else {
        return Ok(QrLoginStanding::Gone);
    };
    let user = match (row.state, row.user) {
        (QrLoginState::Shown, _) => return Ok(QrLoginStanding::Waiting),
        (QrLoginState::Scanned, _) => return Ok(QrLoginStanding::Scanned),
        (QrLoginState::Confirmed, Some(user)) => user,
        (QrLoginState::Refused | QrLoginState::Confirmed, _) => return Ok(QrLoginStanding::Refused),
    };
    let secret = secret_of(platform, app, &code_of(ticket))?;
    if !is_secret_unused(&tx, &secret, platform.clock.now()).await? {
        return Ok(QrLoginStanding::Gone);
    }
    let Some(user) = tx.users().find(user).await? else { return Ok(QrLoginStanding::Gone) };
    Ok(QrLoginStanding::Confirmed { username: user.profile.username, secret })
}

/// The acting user has scanned a picture; answers with what he is asked. The first one to scan it is the only one who may answer.
pub async fn scan_qr_login(ctx: &Ctx, code: &str) -> Result<QrLoginRequest, AccountError> {
    let user = ctx.require_user()?;
    let (code, row) = require_qr_login(&ctx.tx, code, ctx.now()).await?;
    if !ctx.tx.qr_logins().scan(&hash(&code), user, ctx.now()).await? {
        return Err(AccountError::QrLoginGone);
    }
    let browser = serde_json::from_str(&row.browser)
        .unwrap_or_else(|_| AskingBrowser { user_agent: String::new(), address: None });
    Ok(QrLoginRequest { browser, created_at: row.created_at, expires_at: row.expires_at })
}

/// The acting user agrees that the browser signs in as him.
pub async fn confirm_qr_login(ctx: &Ctx, code: &str) -> Result<(), AccountError> {
    let user = ctx.require_user()?;
    let now = ctx.now();
    let (code, _) = require_qr_login(&ctx.tx, code, now).await?;
    if !ctx.tx.qr_logins().confirm(&hash(&code), user, now, now + SECRET_MS).await? {
        return Err(AccountError::QrLoginGone);
    }
    let secret = secret_of(&ctx.platform, ctx.app(), &code)?;
    keep_sign_in_secret(&ctx.tx, &secret, user, now).await
}

/// The acting user does not agree.
pub async fn refuse_qr_login(ctx: &Ctx, code: &str) -> Result<(), AccountError> {
    let user = ctx.require_user()?;
    let (code, _) = require_qr_login(&ctx.tx, code, ctx.now()).await?;
    let is_his = ctx.tx.qr_logins().refuse(&hash(&code), user, ctx.now()).await?;
    if is_his { Ok(()) } else { Err(AccountError::QrLoginGone) }
}

/// The living picture that a code, or the ticket behind it, stands for.
async fn require_qr_login(tx: &Tx, text: &str, now: Millis) -> Result<(String, QrLoginRow), AccountError> {
    for code in [text.to_owned(), code_of(text)] {
        if let Some(row) = tx.qr_logins().find(&hash(&code), now).await? {
            return Ok((code, row));
        }
    }
    Err(AccountError::QrLoginGone)
}

fn code_of(ticket: &str) -> String {
    URL_SAFE_NO_PAD.encode(&blake3::derive_key("cerulean qr login code 1", ticket.as_bytes())[..24])
}

/// Made from the app's key, so that it need not be kept and is the same each time it is asked for.
fn secret_of(platform: &Platform, app: AppId, code: &str) -> Result<String, AccountError> {
    Ok(sign_in_secret_from(&platform.vault.sign(app, "qr login secret", code.as_bytes())?))
}

/// What is stored and looked up is a hash of 192 random bits: how long the look-up takes tells nothing about them.
fn hash(text: &str) -> [u8; 32] {
    *blake3::hash(text.as_bytes()).as_bytes()
}
