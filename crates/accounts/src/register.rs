//! Registration.

use cerulean_delivery::event::kind;
use cerulean_delivery::{AppQuotas, Ctx, Event};
use cerulean_storage::Tx;
use cerulean_storage::user::{Profile, UserKey, UserRow};
use cerulean_types::{Actor, AppId, UserId};

use crate::name::{check_password, check_username};
use crate::{AccountError, Accounts};

/// Most users of one batch: as many as can be hashed before clients give up waiting.
pub const BATCH_USERS: usize = 200;
/// Longest beginning of a generated name, in characters.
const PREFIX_CHARS: usize = 40;

/// Who registers a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisteredBy {
    /// A person, which the app may not allow.
    Oneself,
    /// The app's administrator or the command line.
    Admin,
}

/// Registers a user.
#[derive(Clone)]
pub struct RegisterUser {
    /// Name to sign in with.
    pub username: String,
    /// Password.
    pub password: String,
}

/// Where pushes for a new user go. Empty texts say nothing.
#[derive(Clone, Default)]
pub struct PushRegistration {
    /// The app's name for him.
    pub alias: String,
    /// The token of his device.
    pub token: String,
}

/// What became of one user of a batch.
#[derive(Debug)]
pub struct Registered {
    /// Name asked for.
    pub username: String,
    /// The user, or why not.
    pub outcome: Result<UserRow, AccountError>,
}

/// Registers a user under a free name.
pub async fn register_user(
    accounts: &Accounts,
    app: AppId,
    by: RegisteredBy,
    command: RegisterUser,
) -> Result<UserRow, AccountError> {
    register_with_push(accounts, app, by, command, PushRegistration::default()).await
}

/// Registers a user under a free name, with where pushes for him go.
pub async fn register_with_push(
    accounts: &Accounts,
    app: AppId,
    by: RegisteredBy,
    command: RegisterUser,
    push: PushRegistration,
) -> Result<UserRow, AccountError> {
    check_may_register(accounts, app, by).await?;
    check_username(&command.username)?;
    check_password(&command.password)?;
    check_push(&push)?;
    if !is_name_free(accounts, app, &command.username).await? {
        return Err(AccountError::NameTaken);
    }
    let password_hash = accounts.hashing.hash(&command.password).await?;
    insert(accounts, app, &command.username, &password_hash, &push).await
}

/// Registers many users; each succeeds or fails by itself. Only for the administrator.
pub async fn register_batch(
    accounts: &Accounts,
    app: AppId,
    list: Vec<RegisterUser>,
) -> Result<Vec<Registered>, AccountError> {
    if list.len() > BATCH_USERS {
        let reason = format!("at most {BATCH_USERS} users in one call");
        return Err(AccountError::BadField { field: "list", reason });
    }
    // A few at a time: more would only wait for the same cores.
    let mut done = Vec::with_capacity(list.len());
    for pair in list.chunks(2) {
        let one = |command: RegisterUser| async {
            let username = command.username.clone();
            let outcome = register_user(accounts, app, RegisteredBy::Admin, command).await;
            Registered { username, outcome }
        };
        match pair {
            [first, second] => {
                let (first, second) = tokio::join!(one(first.clone()), one(second.clone()));
                done.extend([first, second]);
            }
            rest => {
                for command in rest {
                    done.push(one(command.clone()).await);
                }
            }
        }
    }
    Ok(done)
}

/// Registers a visitor under a generated name that starts with `prefix`.
pub async fn register_anonymous(
    accounts: &Accounts,
    app: AppId,
    by: RegisteredBy,
    prefix: &str,
    password: String,
) -> Result<UserRow, AccountError> {
    let prefix = if prefix.is_empty() { "anon_" } else { prefix };
    if prefix.chars().count() > PREFIX_CHARS {
        return Err(AccountError::BadName { reason: "the beginning of a generated name has at most 40 characters" });
    }
    let random = u64::from_be_bytes(cerulean_vault::random_bytes()) >> 16;
    // The underscore keeps a prefix of digits from becoming a name of digits only.
    let separator = if prefix.ends_with('_') { "" } else { "_" };
    let username = format!("{prefix}{separator}{random:012x}");
    register_user(accounts, app, by, RegisterUser { username, password }).await
}

/// Whether a well-formed name can be registered now.
pub async fn is_name_free(accounts: &Accounts, app: AppId, username: &str) -> Result<bool, AccountError> {
    check_username(username)?;
    let tx = accounts.platform.db.read(app).await?;
    Ok(tx.users().find_by(UserKey::Username(username)).await?.is_none())
}

async fn check_may_register(accounts: &Accounts, app: AppId, by: RegisteredBy) -> Result<(), AccountError> {
    let settings = accounts.platform.settings_of(app).await?;
    if !settings.is_normal() {
        return Err(AccountError::AppFrozen);
    }
    if by == RegisteredBy::Oneself && !settings.open_registration {
        return Err(AccountError::RegistrationClosed);
    }
    let tx = accounts.platform.db.read(app).await?;
    check_place(&accounts.platform.quotas_of(&settings), &tx).await
}

/// Refuses a user more than the app may have.
async fn check_place(quotas: &AppQuotas, tx: &Tx) -> Result<(), AccountError> {
    match quotas.users {
        Some(limit) if tx.users().count().await? >= limit => Err(AccountError::TooManyUsers { limit }),
        _ => Ok(()),
    }
}

async fn insert(
    accounts: &Accounts,
    app: AppId,
    username: &str,
    password_hash: &str,
    push: &PushRegistration,
) -> Result<UserRow, AccountError> {
    let profile = Profile { username: username.to_owned(), ..Profile::default() };
    // The name may have been taken meanwhile, or the random id exist; only the second is worth another try.
    for _ in 0..3 {
        let mut ctx = accounts.platform.ctx(app, Actor::System).await?;
        // Counted again in the transaction: others may have registered while the password was hashed.
        check_place(&ctx.platform.quotas_of(&ctx.settings), &ctx.tx).await?;
        let id = UserId::random(&mut ctx.rng());
        match ctx.tx.users().insert(id, &profile, password_hash, ctx.now()).await {
            Ok(mut row) => {
                register_push(&ctx, &mut row, push).await?;
                ctx.record(Event::user(kind::USER_REGISTERED, id).with("username", username));
                ctx.commit().await?;
                return Ok(row);
            }
            Err(error) if error.is_duplicate() => {}
            Err(error) => return Err(error.into()),
        }
        drop(ctx);
        if !is_name_free(accounts, app, username).await? {
            return Err(AccountError::NameTaken);
        }
    }
    Err(AccountError::Busy)
}

/// Longest alias and token, in characters.
const PUSH_CHARS: usize = 128;

fn check_push(push: &PushRegistration) -> Result<(), AccountError> {
    for (field, text) in [("alias", &push.alias), ("push_token", &push.token)] {
        if text.chars().count() > PUSH_CHARS {
            return Err(AccountError::BadField { field, reason: format!("at most {PUSH_CHARS} characters") });
        }
    }
    Ok(())
}

async fn register_push(ctx: &Ctx, row: &mut UserRow, push: &PushRegistration) -> Result<(), AccountError> {
    let token = Some(push.token.as_str()).filter(|token| !token.is_empty());
    if push.alias.is_empty() && token.is_none() {
        return Ok(());
    }
    ctx.tx.push().set_alias(row.id, &push.alias, token).await?;
    if let Some(token) = token {
        row.settings.push_token = token.to_owned();
        ctx.tx.users().set_settings(row.id, &row.settings).await?;
    }
    Ok(())
}
