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
    let path = folder.join(format!("{module}.sql"));
    ensure!(!path.exists(), "{} is there already", path.display());
    fs::write(&path, TEMPLATE)?;
    fs::write(&list_path, add_to_list(&list, &module)?)?;
    println!("wrote {}\nThe steps that follow: docs/guides/add-a-storage-query.md", path.display());
    Ok(())
}

fn last_number(list: &str) -> u32 {
    let numbers = list.lines().filter_map(|line| line.trim().strip_prefix("script!(\"m")?.get(..4)?.parse().ok());
    numbers.max().unwrap_or(0)
}

fn add_to_list(list: &str, module: &str) -> Result<String> {
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    let last = lines
        .iter()
        .rposition(|line| line.trim().starts_with("script!(\"m"))
        .context("the list of migrations has another shape than expected")?;
    lines.insert(last + 1, format!("    script!(\"{module}\"),"));
    Ok(lines.join("\n") + "\n")
}

const TEMPLATE: &str = "-- What changes, and why.\n";

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "const SCRIPTS: &[Script] = &[\n    script!(\"m0001_apps\"),\n    script!(\"m0020_roster\"),\n];\n";

    #[test]
    fn number_follows_the_highest() {
        assert_eq!(last_number(LIST), 20);
        assert_eq!(last_number(""), 0);
    }

    #[test]
    fn new_migration_stands_last_in_the_list() {
        let list = add_to_list(LIST, "m0021_topics").unwrap();
        assert!(list.ends_with("    script!(\"m0020_roster\"),\n    script!(\"m0021_topics\"),\n];\n"), "{list}");
    }

    #[test]
    fn unknown_shape_of_the_list_is_refused() {
        assert!(add_to_list("nothing here", "m0021_topics").is_err());
    }
}
