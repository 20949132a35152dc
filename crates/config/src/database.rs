//! The section `database`.

use std::path::PathBuf;

use crate::Secret;
use crate::describe::section;
use crate::error::Problems;

section! {
    /// The database.
    pub struct Database {
        /// Empty: SQLite in the data folder. For PostgreSQL: postgres://user:password@host:5432/name
        url: Secret;
        /// Reads `url` from a file instead.
        url_file: Option<PathBuf> => "/run/secrets/cerulean-database-url";
        /// Connections to PostgreSQL that this node keeps at most.
        connections: u32 = 16;
    }
}

impl Database {
    /// Whether the database is the file in the data folder.
    pub fn is_sqlite(&self) -> bool {
        self.url.is_empty()
    }

    pub(crate) fn read_secret_files(&mut self, problems: &mut Problems) {
        self.url.read_file(self.url_file.as_deref(), "database.url", problems);
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        let url = self.url.expose();
        let is_known = url.is_empty() || url.starts_with("postgres://") || url.starts_with("postgresql://");
        problems.require(is_known, "database.url", "must be empty or start with postgres://");
        problems.require((2..=1000).contains(&self.connections), "database.connections", "must be between 2 and 1000");
    }
}
