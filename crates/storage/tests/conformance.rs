//! Runs the conformance suite on both databases. PostgreSQL is named by `CERULEAN_TEST_POSTGRES` (a URL whose user may create databases);
//! where `CI` is set its absence is a failure.

use cerulean_storage::{Db, DbOptions, conformance};
use cerulean_types::{AppId, AppSlug};
use cerulean_vault::Vault;
use sea_orm::{ConnectionTrait, Database};

async fn app_in(db: &Db, vault: &Vault) -> AppId {
    let tx = db.platform().await.unwrap();
    let row = tx.apps().insert(&AppSlug::parse("tested").unwrap(), "Tested", 1).await.unwrap();
    tx.commit().await.unwrap();
    vault.ensure_app(row.id).unwrap();
    row.id
}

async fn postgres_url(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("CERULEAN_TEST_POSTGRES") else {
        assert!(std::env::var_os("CI").is_none(), "CERULEAN_TEST_POSTGRES must name a server in CI");
        return None;
    };
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("drop database if exists {name}")).await.unwrap();
    admin.execute_unprepared(&format!("create database {name}")).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

macro_rules! run {
    ($module:ident::$test:ident) => {
        mod $test {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                let folder = tempfile::tempdir().unwrap();
                let vault = Vault::in_memory();
                let options = DbOptions::Sqlite { folder: folder.path().to_owned() };
                let db = Db::open(&options, vault.clone()).await.unwrap();
                let app = app_in(&db, &vault).await;
                conformance::$module::$test(db, app, vault).await;
            }

            #[tokio::test]
            async fn postgres() {
                let name = concat!("conformance_", stringify!($module), "_", stringify!($test));
                let Some(url) = postgres_url(name).await else { return };
                let vault = Vault::in_memory();
                let db = Db::open(&DbOptions::Postgres { url, max_connections: 4 }, vault.clone()).await.unwrap();
                let app = app_in(&db, &vault).await;
                conformance::$module::$test(db, app, vault).await;
            }
        }
    };
}

cerulean_storage::for_each_test!(run);
