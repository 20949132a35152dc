//! Which of our numbers stands for which id of the system that something came from.

use std::collections::HashMap;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::entity::external_id::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

const TABLE: &str = "external_ids";
/// Ids of one `in (…)`.
const CHUNK: usize = 500;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum ExternalKind {
    /// A user.
    User = 0,
    /// A group.
    Group = 1,
    /// An announcement of a group.
    Announcement = 2,
    /// A file that a group shares.
    SharedFile = 3,
}

/// The external ids of an app.
#[derive(Debug)]
pub struct ExternalIds<'a> {
    tx: &'a Tx,
}

impl<'a> ExternalIds<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Our numbers for ids of a source; unknown ones are left out.
    pub async fn find_many(
        &self,
        kind: ExternalKind,
        source: &str,
        ids: &[&str],
    ) -> Result<HashMap<String, i64>, StorageError> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let mut by_index = HashMap::with_capacity(chunk.len());
            for id in chunk {
                by_index.insert(self.index(kind, source, id)?, *id);
            }
            let rows: Vec<(Vec<u8>, i64)> = Entity::find()
                .select_only()
                .columns([Column::ExternalIndex, Column::Id])
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::Kind.eq(kind as i16))
                .filter(Column::ExternalIndex.is_in(by_index.keys().cloned()))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(
                rows.into_iter().filter_map(|(index, number)| Some(((*by_index.get(&index)?).to_owned(), number))),
            );
        }
        Ok(found)
    }

    /// Records numbers for ids of a source; one that has a number is a duplicate error.
    pub async fn insert_many(&self, kind: ExternalKind, source: &str, ids: &[(&str, i64)]) -> Result<(), StorageError> {
        for chunk in ids.chunks(CHUNK) {
            let mut models = Vec::with_capacity(chunk.len());
            for (id, number) in chunk {
                let index = self.index(kind, source, id)?;
                let text = serde_json::to_string(&[source, id]).expect("texts become JSON");
                models.push(ActiveModel {
                    app_id: Set(self.tx.app().0),
                    kind: Set(kind as i16),
                    external: Set(self.tx.seal(TABLE, &index, &text)?),
                    external_index: Set(index),
                    id: Set(*number),
                });
            }
            Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// The ids under which something of ours is known: source and id.
    pub async fn names_of(&self, kind: ExternalKind, number: i64) -> Result<Vec<(String, String)>, StorageError> {
        let rows = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::Kind.eq(kind as i16))
            .filter(Column::Id.eq(number))
            .all(self.tx.conn())
            .await?;
        let inconsistent = |_| StorageError::Inconsistent { table: TABLE, key: number.to_string() };
        rows.into_iter()
            .map(|row| {
                let text = self.tx.unseal(TABLE, &row.external_index, &row.external)?;
                serde_json::from_str(&text).map_err(inconsistent)
            })
            .collect()
    }

    fn index(&self, kind: ExternalKind, source: &str, id: &str) -> Result<Vec<u8>, StorageError> {
        self.tx.blind_index(TABLE, &format!("{}\0{source}\0{id}", kind as i16))
    }
}
