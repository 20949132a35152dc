//! Whom the app's own pushes reach: aliases, tags, badges.

use cerulean_types::UserId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::{push_setting, push_tag};
use crate::{StorageError, Tx};

const SETTINGS: &str = "push_settings";
const TAGS: &str = "push_tags";

/// What an app has set for pushes to a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushSettings {
    /// The app's name for the user; empty without one.
    pub alias: String,
    /// Number on the icon.
    pub badge: i32,
}

/// What names receivers of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushKey<'a> {
    /// A label.
    Tag(&'a str),
    /// The app's name for a user.
    Alias(&'a str),
    /// The token named beside the alias.
    Token(&'a str),
}

/// Push settings of an app's users.
#[derive(Debug)]
pub struct Push<'a> {
    tx: &'a Tx,
}

impl<'a> Push<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// What is set for a user.
    pub async fn settings(&self, user: UserId) -> Result<PushSettings, StorageError> {
        let found = push_setting::Entity::find_by_id((self.tx.app().0, user.as_i64())).one(self.tx.conn()).await?;
        let Some(row) = found else { return Ok(PushSettings::default()) };
        Ok(PushSettings { alias: self.tx.unseal(SETTINGS, &row_key(user), &row.alias)?, badge: row.badge })
    }

    /// Names a user for pushes; an empty alias takes the name away. The token is kept as an index only.
    pub async fn set_alias(&self, user: UserId, alias: &str, token: Option<&str>) -> Result<(), StorageError> {
        let model = push_setting::ActiveModel {
            app_id: Set(self.tx.app().0),
            user_id: Set(user.as_i64()),
            alias: Set(self.tx.seal(SETTINGS, &row_key(user), alias)?),
            alias_index: Set(self.index("alias", alias)?),
            token_index: Set(self.index("token", token.unwrap_or_default())?),
            badge: Set(0),
        };
        let mut columns = vec![push_setting::Column::Alias, push_setting::Column::AliasIndex];
        if token.is_some() {
            columns.push(push_setting::Column::TokenIndex);
        }
        self.upsert(model, columns).await
    }

    /// Sets the number on the icon.
    pub async fn set_badge(&self, user: UserId, badge: i32) -> Result<(), StorageError> {
        let model = push_setting::ActiveModel {
            app_id: Set(self.tx.app().0),
            user_id: Set(user.as_i64()),
            alias: Set(self.tx.seal(SETTINGS, &row_key(user), "")?),
            alias_index: Set(None),
            token_index: Set(None),
            badge: Set(badge),
        };
        self.upsert(model, vec![push_setting::Column::Badge]).await
    }

    async fn upsert(
        &self,
        model: push_setting::ActiveModel,
        columns: Vec<push_setting::Column>,
    ) -> Result<(), StorageError> {
        let mut conflict = OnConflict::columns([push_setting::Column::AppId, push_setting::Column::UserId]);
        conflict.update_columns(columns);
        push_setting::Entity::insert(model).on_conflict(conflict).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// The labels of a user, in the order of the alphabet.
    pub async fn tags(&self, user: UserId) -> Result<Vec<String>, StorageError> {
        let rows = push_tag::Entity::find().filter(self.tags_of(user)).all(self.tx.conn()).await?;
        let open = |row: push_tag::Model| self.tx.unseal(TAGS, &row_key(user), &row.tag);
        let mut tags = rows.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        tags.sort_unstable();
        Ok(tags)
    }

    /// How many labels a user has.
    pub async fn count_tags(&self, user: UserId) -> Result<u64, StorageError> {
        Ok(push_tag::Entity::find().filter(self.tags_of(user)).count(self.tx.conn()).await?)
    }

    /// Adds labels; those that are there stay.
    pub async fn add_tags(&self, user: UserId, tags: &[String]) -> Result<(), StorageError> {
        for tag in tags {
            let model = push_tag::ActiveModel {
                app_id: Set(self.tx.app().0),
                user_id: Set(user.as_i64()),
                tag_index: Set(self.index("tag", tag)?.unwrap_or_default()),
                tag: Set(self.tx.seal(TAGS, &row_key(user), tag)?),
            };
            let key = [push_tag::Column::AppId, push_tag::Column::UserId, push_tag::Column::TagIndex];
            let mut conflict = OnConflict::columns(key);
            conflict.update_column(push_tag::Column::Tag);
            push_tag::Entity::insert(model).on_conflict(conflict).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Takes labels away.
    pub async fn remove_tags(&self, user: UserId, tags: &[String]) -> Result<(), StorageError> {
        let indexes = tags.iter().map(|tag| Ok(self.index("tag", tag)?.unwrap_or_default()));
        let indexes = indexes.collect::<Result<Vec<_>, StorageError>>()?;
        push_tag::Entity::delete_many()
            .filter(self.tags_of(user))
            .filter(push_tag::Column::TagIndex.is_in(indexes))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Takes all labels away.
    pub async fn clear_tags(&self, user: UserId) -> Result<(), StorageError> {
        push_tag::Entity::delete_many().filter(self.tags_of(user)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Forgets a user.
    pub async fn delete_user(&self, user: UserId) -> Result<(), StorageError> {
        self.clear_tags(user).await?;
        push_setting::Entity::delete_by_id((self.tx.app().0, user.as_i64())).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Users that a key names, in ascending order.
    pub async fn find_users(&self, key: PushKey<'_>) -> Result<Vec<UserId>, StorageError> {
        let app = self.tx.app().0;
        let numbers: Vec<i64> = match key {
            PushKey::Tag(tag) => {
                let column = push_tag::Column::UserId;
                push_tag::Entity::find()
                    .select_only()
                    .column(column)
                    .filter(push_tag::Column::AppId.eq(app))
                    .filter(push_tag::Column::TagIndex.eq(self.index("tag", tag)?.unwrap_or_default()))
                    .order_by_asc(column)
                    .into_tuple()
                    .all(self.tx.conn())
                    .await?
            }
            PushKey::Alias(alias) => self.named(push_setting::Column::AliasIndex, self.index("alias", alias)?).await?,
            PushKey::Token(token) => self.named(push_setting::Column::TokenIndex, self.index("token", token)?).await?,
        };
        Ok(numbers.into_iter().filter_map(|number| UserId::parse(u64::try_from(number).ok()?).ok()).collect())
    }

    async fn named(&self, by: push_setting::Column, index: Option<Vec<u8>>) -> Result<Vec<i64>, StorageError> {
        let Some(index) = index else { return Ok(Vec::new()) };
        let users = push_setting::Entity::find()
            .select_only()
            .column(push_setting::Column::UserId)
            .filter(push_setting::Column::AppId.eq(self.tx.app().0))
            .filter(by.eq(index))
            .order_by_asc(push_setting::Column::UserId);
        Ok(users.into_tuple().all(self.tx.conn()).await?)
    }

    /// Nothing is found by an empty text.
    fn index(&self, field: &str, text: &str) -> Result<Option<Vec<u8>>, StorageError> {
        if text.is_empty() {
            return Ok(None);
        }
        self.tx.blind_index(&format!("push.{field}"), text).map(Some)
    }

    fn tags_of(&self, user: UserId) -> Condition {
        Condition::all()
            .add(push_tag::Column::AppId.eq(self.tx.app().0))
            .add(push_tag::Column::UserId.eq(user.as_i64()))
    }
}

fn row_key(user: UserId) -> [u8; 8] {
    user.get().to_be_bytes()
}
