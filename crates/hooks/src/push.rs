//! Messages that users who are not connected would be told of by push.

use std::sync::Arc;

use async_trait::async_trait;
use cerulean_delivery::Event;
use cerulean_delivery::event::{Watch, kind};
use cerulean_storage::StorageError;
use cerulean_types::{StoredItem, UserId};
use serde_json::json;

use crate::Hooks;

/// Users named in one event at most; more of them are told in several.
const USERS_PER_EVENT: usize = 1000;

/// Who is told of a message, each list by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushPlan {
    /// Those who may be shown what it says.
    pub users: Vec<UserId>,
    /// Those who want to know only that there is one.
    pub users_without_detail: Vec<UserId>,
}

/// What a push of a message shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushText {
    /// Whom it is from.
    pub sender_name: String,
    /// The group it was said in.
    pub group_name: String,
    /// What it says.
    pub text: String,
}

/// Knows who would be told of a message by push, and how.
#[async_trait]
pub trait PushPlanner: Send + Sync {
    /// Who is told.
    async fn plan(&self, item: &StoredItem) -> Result<PushPlan, StorageError>;

    /// What they are shown.
    async fn describe(&self, item: &StoredItem) -> Result<PushText, StorageError>;
}

impl Hooks {
    /// Asks this one about pushes from now on. Called once, where the server is put together.
    pub fn set_pushes(&self, pushes: Arc<dyn PushPlanner>) {
        let is_first = self.0.pushes.set(pushes).is_ok();
        debug_assert!(is_first, "a server has one planner of pushes");
    }

    /// The events that receivers make pushes of a message from, in a fixed order.
    pub(crate) async fn push_events(&self, watch: &Watch, item: &StoredItem) -> Result<Vec<Event>, StorageError> {
        let Some(pushes) = self.0.pushes.get() else { return Ok(Vec::new()) };
        let plan = pushes.plan(item).await?;
        let is_described = watch.wants_content(kind::PUSH_MESSAGE) && !plan.users.is_empty();
        let text = if is_described { Some(pushes.describe(item).await?) } else { None };
        let mut facts = crate::message::address(item.from, item.to);
        facts["mid"] = item.mid.0.into();
        facts["sent_at"] = item.timestamp.into();
        facts["content_type"] = crate::message::body_of(item).ctype.into();
        let mut events = Vec::new();
        for (users, is_detail_hidden) in [(&plan.users, false), (&plan.users_without_detail, true)] {
            for some in users.chunks(USERS_PER_EVENT) {
                let users: Vec<u64> = some.iter().map(|user| user.get()).collect();
                let event = Event::conversation(kind::PUSH_MESSAGE, item.key, facts.clone())
                    .with("user_ids", users)
                    .with("is_detail_hidden", is_detail_hidden);
                let content = text.as_ref().filter(|_| !is_detail_hidden).map(
                    |text| json!({ "sender_name": text.sender_name, "group_name": text.group_name, "text": text.text }),
                );
                events.push(Event { content, ..event });
            }
        }
        Ok(events)
    }
}
