//! Pushes that an app asked for, and what became of them.

use cerulean_types::{DeviceSn, Millis, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::entity::{push_target, push_task};
use crate::{StorageError, Tx};

const TASKS: &str = "push_tasks";
/// Rows of one insert: few enough for the bound values of both databases.
const ROWS: usize = 500;

/// A device that a push is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushTarget {
    /// User.
    pub user: UserId,
    /// Device.
    pub device: DeviceSn,
    /// Which service it goes through, by number.
    pub channel: i32,
}

/// How many devices of a task one service has, by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushCount {
    /// Task.
    pub task: i64,
    /// Service, by number.
    pub channel: i32,
    /// 0 waiting, 1 sent, 2 received.
    pub state: i32,
    /// Devices.
    pub devices: i64,
}

/// Pushes of an app.
#[derive(Debug)]
pub struct PushTasks<'a> {
    tx: &'a Tx,
}

impl<'a> PushTasks<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// The task of an earlier request of this name.
    pub async fn find_request(&self, request: &str) -> Result<Option<i64>, StorageError> {
        let found = push_task::Entity::find()
            .filter(push_task::Column::AppId.eq(self.tx.app().0))
            .filter(push_task::Column::RequestKey.eq(self.request_key(request)?))
            .one(self.tx.conn())
            .await?;
        Ok(found.map(|row| row.id))
    }

    /// Keeps a push. A number or name that was used is a duplicate error.
    pub async fn insert(&self, id: i64, request: Option<&str>, content: &str, now: Millis) -> Result<(), StorageError> {
        let model = push_task::ActiveModel {
            app_id: Set(self.tx.app().0),
            id: Set(id),
            request_key: Set(request.map(|request| self.request_key(request)).transpose()?),
            content: Set(self.tx.seal(TASKS, &id.to_be_bytes(), content)?),
            created_at: Set(now),
        };
        push_task::Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// What a task pushes.
    pub async fn find_content(&self, task: i64) -> Result<Option<String>, StorageError> {
        let found = push_task::Entity::find_by_id((self.tx.app().0, task)).one(self.tx.conn()).await?;
        found.map(|row| self.tx.unseal(TASKS, &row.id.to_be_bytes(), &row.content)).transpose()
    }

    /// Those of the tasks that are this app's, in ascending order.
    pub async fn filter_known(&self, tasks: &[i64]) -> Result<Vec<i64>, StorageError> {
        let known = push_task::Entity::find()
            .select_only()
            .column(push_task::Column::Id)
            .filter(push_task::Column::AppId.eq(self.tx.app().0))
            .filter(push_task::Column::Id.is_in(tasks.iter().copied()));
        let mut known: Vec<i64> = known.into_tuple().all(self.tx.conn()).await?;
        known.sort_unstable();
        Ok(known)
    }

    /// Adds devices to a task, waiting.
    pub async fn add_targets(&self, task: i64, targets: &[PushTarget]) -> Result<(), StorageError> {
        for rows in targets.chunks(ROWS) {
            let models = rows.iter().map(|target| push_target::ActiveModel {
                app_id: Set(self.tx.app().0),
                task_id: Set(task),
                user_id: Set(target.user.as_i64()),
                device_sn: Set(target.device.0 as i32),
                channel: Set(target.channel),
                state: Set(0),
            });
            push_target::Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// How far tasks have come.
    pub async fn count_targets(&self, tasks: &[i64]) -> Result<Vec<PushCount>, StorageError> {
        let rows: Vec<(i64, i32, i32, i64)> = push_target::Entity::find()
            .select_only()
            .column(push_target::Column::TaskId)
            .column(push_target::Column::Channel)
            .column(push_target::Column::State)
            .column_as(push_target::Column::UserId.count(), "devices")
            .filter(push_target::Column::AppId.eq(self.tx.app().0))
            .filter(push_target::Column::TaskId.is_in(tasks.iter().copied()))
            .group_by(push_target::Column::TaskId)
            .group_by(push_target::Column::Channel)
            .group_by(push_target::Column::State)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(rows
            .into_iter()
            .map(|(task, channel, state, devices)| PushCount { task, channel, state, devices })
            .collect())
    }

    /// Forgets a user's part in all tasks.
    pub async fn delete_user(&self, user: UserId) -> Result<(), StorageError> {
        push_target::Entity::delete_many()
            .filter(push_target::Column::AppId.eq(self.tx.app().0))
            .filter(push_target::Column::UserId.eq(user.as_i64()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    fn request_key(&self, request: &str) -> Result<Vec<u8>, StorageError> {
        self.tx.blind_index("push.request", request)
    }
}
