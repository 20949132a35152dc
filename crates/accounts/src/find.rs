//! Looking users up.

use cerulean_delivery::Ctx;
use cerulean_storage::user::{UserRow, UserStatus};
use cerulean_types::UserId;

use crate::AccountError;
use crate::sign_in::find_by_any_key;

/// Largest page of [`list_users`].
const PAGE_USERS: u64 = 1000;

/// The user whose name, id, phone number or e-mail address is exactly this.
pub async fn find_user(ctx: &Ctx, query: &str) -> Result<Option<UserRow>, AccountError> {
    find_by_any_key(&ctx.tx, query.trim()).await
}

/// A user by id, or the error that there is none.
pub async fn find_user_by_id(ctx: &Ctx, user: UserId) -> Result<UserRow, AccountError> {
    ctx.tx.users().find(user).await?.ok_or(AccountError::UserNotFound)
}

/// Users who help others, in the order of the app's setting; those who are gone or frozen are left out.
pub async fn list_support_staff(ctx: &Ctx) -> Result<Vec<UserRow>, AccountError> {
    let mut staff = Vec::new();
    for number in &ctx.settings.support_staff {
        let Ok(id) = UserId::parse(*number) else { continue };
        staff.extend(ctx.tx.users().find(id).await?.filter(|row| row.status == UserStatus::Normal));
    }
    Ok(staff)
}

/// One page of all users, in the order of registration; pages count from 1. Only for the administrator.
pub async fn list_users(ctx: &Ctx, page: u64, size: u64) -> Result<Vec<UserRow>, AccountError> {
    ctx.require_admin()?;
    if page == 0 || size == 0 || size > PAGE_USERS {
        let reason = format!("page_num counts from 1, page_size is 1 to {PAGE_USERS}");
        return Err(AccountError::BadField { field: "page", reason });
    }
    // Pages beyond the largest offset a database takes are simply empty.
    let offset = (page - 1).saturating_mul(size).min(i64::MAX as u64);
    Ok(ctx.tx.users().list(offset, size).await?)
}
