//! Lines of dumps that were let in and have no id by which they are known again.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::entity::imported_line::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

const TABLE: &str = "imported_lines";
/// Lines of one query.
const CHUNK: usize = 500;

/// The lines of dumps that an app has let in, by names that an import gives them.
#[derive(Debug)]
pub struct ImportedLines<'a> {
    tx: &'a Tx,
}

impl<'a> ImportedLines<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Which of these names are known.
    pub async fn find_many(&self, names: &[String]) -> Result<HashSet<String>, StorageError> {
        let mut found = HashSet::new();
        for chunk in names.chunks(CHUNK) {
            let mut by_index = HashMap::with_capacity(chunk.len());
            for name in chunk {
                by_index.insert(self.index(name)?, name);
            }
            let rows: Vec<Vec<u8>> = Entity::find()
                .select_only()
                .column(Column::LineIndex)
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::LineIndex.is_in(by_index.keys().cloned()))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(rows.into_iter().filter_map(|index| by_index.get(&index).map(|name| (*name).clone())));
        }
        Ok(found)
    }

    /// Makes names known; one that is stays so.
    pub async fn insert_many(&self, names: &[String]) -> Result<(), StorageError> {
        let columns = [Column::AppId, Column::LineIndex];
        for chunk in names.chunks(CHUNK) {
            let mut models = Vec::with_capacity(chunk.len());
            for name in chunk {
                models.push(ActiveModel { app_id: Set(self.tx.app().0), line_index: Set(self.index(name)?) });
            }
            Entity::insert_many(models)
                .on_conflict(OnConflict::columns(columns).do_nothing_on(columns).to_owned())
                .exec_without_returning(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    fn index(&self, name: &str) -> Result<Vec<u8>, StorageError> {
        self.tx.blind_index(TABLE, name)
    }
}
