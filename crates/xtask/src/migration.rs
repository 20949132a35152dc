//! New migrations.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::process::root;

/// Writes the file of a migration and names it in the list.
pub fn create(name: &str) -> Result<()> {
    let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    ensure!(
        is_plain && !name.is_empty(),
        "a migration is named with small letters, digits and underscores: add_group_topics"
    );
    let folder = root().join("crates/storage/src/migration");
    let list_path = folder.join("mod.rs");
    let list = fs::read_to_string(&list_path).with_context(|| format!("cannot read {}", list_path.display()))?;
    let module = format!("m{:04}_{name}", last_number(&list) + 1);
    let path = folder.join(format!("{module}.rs"));
    ensure!(!path.exists(), "{} is there already", path.display());
    fs::write(&path, TEMPLATE)?;
    fs::write(&list_path, add_to_list(&list, &module)?)?;
    println!("wrote {}\nThe steps that follow: docs/guides/add-a-storage-query.md", path.display());
    Ok(())
}

fn last_number(list: &str) -> u32 {
    let numbers = list.lines().filter_map(|line| line.strip_prefix("mod m")?.get(..4)?.parse().ok());
    numbers.max().unwrap_or(0)
}

fn add_to_list(list: &str, module: &str) -> Result<String> {
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    insert_after_last(&mut lines, "mod m", format!("mod {module};"))?;
    insert_after_last(&mut lines, "            Box::new(m", format!("            Box::new({module}::Migration),"))?;
    Ok(lines.join("\n") + "\n")
}

fn insert_after_last(lines: &mut Vec<String>, prefix: &str, new: String) -> Result<()> {
    let last = lines
        .iter()
        .rposition(|line| line.starts_with(prefix))
        .context("the list of migrations has another shape than expected")?;
    lines.insert(last + 1, new);
    Ok(())
}

const TEMPLATE: &str = "//! What changes, and why.

use sea_orm_migration::prelude::*;

/// Says what it creates or changes.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let conn = manager.get_connection();
        conn.execute_unprepared(\"\").await?;
        Ok(())
    }
}
";

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "mod m0001_apps;\nmod m0020_roster;\n\n        vec![\n            Box::new(m0001_apps::Migration),\n            Box::new(m0020_roster::Migration),\n        ]\n";

    #[test]
    fn number_follows_the_highest() {
        assert_eq!(last_number(LIST), 20);
        assert_eq!(last_number(""), 0);
    }

    #[test]
    fn new_migration_stands_last_in_both_lists() {
        let list = add_to_list(LIST, "m0021_topics").unwrap();
        assert!(list.contains("mod m0020_roster;\nmod m0021_topics;\n"));
        assert!(
            list.contains(
                "Box::new(m0020_roster::Migration),\n            Box::new(m0021_topics::Migration),\n        ]"
            )
        );
    }

    #[test]
    fn unknown_shape_of_the_list_is_refused() {
        assert!(add_to_list("nothing here", "m0021_topics").is_err());
    }
}
