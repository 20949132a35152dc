//! The outbox of a development server: what it would have sent.

use cerulean_delivery::Ctx;
use cerulean_storage::carrier_outbox::CarrierLetter;
use cerulean_types::JobId;

use crate::VerificationError;

/// Lists letters, newest first. Only for the administrator.
pub async fn list_outbox(
    ctx: &Ctx,
    before: Option<JobId>,
    limit: u64,
) -> Result<Vec<CarrierLetter>, VerificationError> {
    ctx.require_admin()?;
    Ok(ctx.tx.carrier_outbox().list(before, limit).await?)
}
