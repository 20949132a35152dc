//! Which database a test server keeps its things in.

use std::path::Path;

use cerulean_storage::DbOptions;
use sea_orm::{ConnectionTrait, Database as Connector};

/// A fresh database.
#[derive(Debug, Clone)]
pub enum Database {
    /// Files in the data directory.
    Sqlite,
    /// A database of its own on the server that `CERULEAN_TEST_POSTGRES` names.
    Postgres {
        /// Where databases are made and dropped.
        server: String,
        /// Name of this one.
        name: String,
    },
}

impl Database {
    /// A fresh database on PostgreSQL; nothing where `CERULEAN_TEST_POSTGRES` names no server, which is a failure where `CI` is set.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("CERULEAN_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "CERULEAN_TEST_POSTGRES must name a server in CI");
            return None;
        };
        let name = format!("testkit_{:016x}", rand::random::<u64>());
        let admin = Connector::connect(&server).await.expect("the PostgreSQL server answers");
        admin.execute_unprepared(&format!("create database {name}")).await.expect("its user may create databases");
        Some(Self::Postgres { server, name })
    }

    pub(crate) fn options(&self, folder: &Path) -> DbOptions {
        match self {
            Self::Sqlite => DbOptions::Sqlite { folder: folder.to_owned() },
            Self::Postgres { server, name } => {
                let (base, _) = server.rsplit_once('/').expect("the URL names a database");
                DbOptions::Postgres { url: format!("{base}/{name}"), max_connections: 8 }
            }
        }
    }

    pub(crate) async fn drop_it(&self) {
        if let Self::Postgres { server, name } = self {
            let admin = Connector::connect(server).await.expect("the PostgreSQL server answers");
            admin.execute_unprepared(&format!("drop database {name} with (force)")).await.expect("ours to drop");
        }
    }
}
