//! Joins the decision who is told by push to the webhooks that tell it.

use async_trait::async_trait;
use cerulean_hooks::{PushPlan, PushPlanner, PushText};
use cerulean_push::{Plan, Pushes, Shown};
use cerulean_storage::StorageError;
use cerulean_types::StoredItem;

/// Plans pushes for the receivers of `push.message`.
pub(crate) struct PlanPushes(pub(crate) Pushes);

#[async_trait]
impl PushPlanner for PlanPushes {
    async fn plan(&self, item: &StoredItem) -> Result<PushPlan, StorageError> {
        let Plan { users, users_without_detail } = self.0.plan(item).await?;
        Ok(PushPlan { users, users_without_detail })
    }

    async fn describe(&self, item: &StoredItem) -> Result<PushText, StorageError> {
        let Shown { sender_name, group_name, text } = self.0.describe(item).await?;
        Ok(PushText { sender_name, group_name, text })
    }
}
