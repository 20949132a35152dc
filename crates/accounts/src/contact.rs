//! Phone numbers and e-mail addresses that users have proven to be theirs. The proof itself (a code that was sent there) is for
//! `verification`; callers bring it.

use cerulean_bus::BusEvent;
use cerulean_delivery::{Ctx, Notice, Platform};
use cerulean_proto::pb;
use cerulean_storage::Tx;
use cerulean_storage::user::{Profile, UserKey, UserRow};
use cerulean_types::{AppId, Contact, UserId};
use cerulean_vault::random_bytes;

use crate::sign_in_secret::{keep_sign_in_secret, sign_in_secret_from};
use crate::{AccountError, ProfileChange, require_self, update_profile};

/// What signs a user in once, because he has proven a contact of his.
#[derive(Clone)]
pub struct SignInGrant {
    /// His name.
    pub username: String,
    /// Stands, once and within a minute, in place of the password.
    pub secret: String,
}

/// A contact in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnContact {
    /// The number or address; nothing where there is none.
    pub contact: Option<Contact>,
    /// Whether its owner has proven it.
    pub is_proven: bool,
}

/// Puts a contact into the acting user's profile that he has just proven. An account that had it without ever proving it loses it.
pub async fn bind_contact(ctx: &mut Ctx, contact: &Contact) -> Result<(), AccountError> {
    let user = require_self(ctx).await?.id;
    if let Some(holder) = ctx.tx.users().find_by(UserKey::from(contact)).await?.filter(|holder| holder.id != user) {
        if ctx.tx.verifications().is_proven(holder.id, contact).await? {
            return Err(AccountError::ContactTaken { what: contact.kind() });
        }
        take_away(ctx, holder, contact).await?;
    }
    update_profile(ctx, change_to(contact)).await?;
    let now = ctx.now();
    Ok(ctx.tx.verifications().put_proven(user, contact, now).await?)
}

async fn take_away(ctx: &mut Ctx, holder: UserRow, contact: &Contact) -> Result<(), AccountError> {
    let profile = match contact {
        Contact::Mobile(_) => Profile { mobile: String::new(), ..holder.profile },
        Contact::Email(_) => Profile { email: String::new(), ..holder.profile },
    };
    ctx.tx.users().set_profile(holder.id, &profile).await?;
    ctx.emit(BusEvent::UserChanged { app: ctx.app(), user: holder.id });
    ctx.notify(Notice::user(holder.id, pb::user_notice::Type::InfoUpdated, ""));
    Ok(())
}

fn change_to(contact: &Contact) -> ProfileChange {
    match contact {
        Contact::Mobile(number) => ProfileChange { mobile: Some(number.clone()), ..ProfileChange::default() },
        Contact::Email(address) => ProfileChange { email: Some(address.clone()), ..ProfileChange::default() },
    }
}

/// The acting user's phone number.
pub async fn own_mobile(ctx: &Ctx) -> Result<OwnContact, AccountError> {
    let row = own_row(ctx).await?;
    own_contact(&ctx.tx, row.id, Contact::mobile(&row.profile.mobile)).await
}

/// The acting user's e-mail address.
pub async fn own_email(ctx: &Ctx) -> Result<OwnContact, AccountError> {
    let row = own_row(ctx).await?;
    own_contact(&ctx.tx, row.id, Contact::email(&row.profile.email)).await
}

async fn own_row(ctx: &Ctx) -> Result<UserRow, AccountError> {
    let user = ctx.require_user()?;
    ctx.tx.users().find(user).await?.ok_or(AccountError::UserNotFound)
}

async fn own_contact(tx: &Tx, user: UserId, contact: Option<Contact>) -> Result<OwnContact, AccountError> {
    let is_proven = match &contact {
        Some(contact) => tx.verifications().is_proven(user, contact).await?,
        None => false,
    };
    Ok(OwnContact { contact, is_proven })
}

/// The user who has proven a contact and has it still.
pub async fn find_by_proven(
    platform: &Platform,
    app: AppId,
    contact: &Contact,
) -> Result<Option<UserId>, AccountError> {
    let tx = platform.db.read(app).await?;
    Ok(proven_holder(&tx, contact).await?.map(|row| row.id))
}

/// Lets the user in who has proven a contact, for a caller who has just proven it again. `None` where nobody has.
pub async fn grant_sign_in(
    platform: &Platform,
    app: AppId,
    contact: &Contact,
) -> Result<Option<SignInGrant>, AccountError> {
    let tx = platform.db.begin(app).await?;
    let Some(row) = proven_holder(&tx, contact).await? else { return Ok(None) };
    let secret = sign_in_secret_from(&random_bytes());
    keep_sign_in_secret(&tx, &secret, row.id, platform.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(SignInGrant { username: row.profile.username, secret }))
}

async fn proven_holder(tx: &Tx, contact: &Contact) -> Result<Option<UserRow>, AccountError> {
    let Some(row) = tx.users().find_by(UserKey::from(contact)).await? else { return Ok(None) };
    let is_proven = tx.verifications().is_proven(row.id, contact).await?;
    Ok(is_proven.then_some(row))
}
