//! Registration.

use cerulean_delivery::Event;
use cerulean_delivery::event::kind;
use cerulean_storage::user::{Profile, UserKey, UserRow};
use cerulean_types::{Actor, AppId, UserId};

use crate::name::{check_password, check_username};
use crate::{AccountError, Accounts};

/// Users of one batch: as many as can be hashed before clients give up waiting.
const BATCH_USERS: usize = 200;
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
    check_may_register(accounts, app, by).await?;
    check_username(&command.username)?;
    check_password(&command.password)?;
    if !is_name_free(accounts, app, &command.username).await? {
        return Err(AccountError::NameTaken);
    }
    let password_hash = accounts.hashing.hash(&command.password).await?;
    insert(accounts, app, &command.username, &password_hash).await
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
    Ok(())
}

async fn insert(accounts: &Accounts, app: AppId, username: &str, password_hash: &str) -> Result<UserRow, AccountError> {
    let profile = Profile { username: username.to_owned(), ..Profile::default() };
    // The name may have been taken meanwhile, or the random id exist; only the second is worth another try.
    for _ in 0..3 {
        let mut ctx = accounts.platform.ctx(app, Actor::System).await?;
        let id = UserId::random(&mut ctx.rng());
        match ctx.tx.users().insert(id, &profile, password_hash, ctx.now()).await {
            Ok(row) => {
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
