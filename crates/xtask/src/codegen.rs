//! Generated files that are committed: each generator with what it writes.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result, ensure};

use crate::process::{command, root, run as run_command};

/// A command that writes a file, or the files of a folder.
struct Generator {
    line: &'static str,
    output: &'static str,
}

const GENERATORS: &[Generator] = &[
    // The TypeScript side of spec/xsync.proto; the Rust side is compiled in crates/proto/build.rs and not committed.
    Generator { line: "npm --prefix web run codegen", output: "web/packages/sdk/src/gen" },
    // From the structs of crates/config; its own test is the writer.
    Generator {
        line: "cargo test --quiet --locked --package cerulean-config committed_example_is_fresh",
        output: "docs/operations/cerulean.example.toml",
    },
    // From the routes of every door.
    Generator {
        line: "cargo test --quiet --locked --package cerulean-server --lib committed_openapi_document_is_fresh",
        output: "spec/openapi.json",
    },
];

/// Tells tests that compare with a committed file to write it instead.
const UPDATE: &str = "CERULEAN_UPDATE";

/// Runs every generator; with `check`, fails when that changed a file.
pub fn run(check: bool) -> Result<()> {
    let mut changed = Vec::new();
    for generator in GENERATORS {
        println!("== {}", generator.output);
        let output = root().join(generator.output);
        let before = snapshot(&output)?;
        let mut command = command(generator.line);
        command.env(UPDATE, "1");
        run_command(command)?;
        let after = snapshot(&output)?;
        changed.extend(differences(&before, &after));
    }
    for path in &changed {
        println!("changed: {path}");
    }
    ensure!(
        !check || changed.is_empty(),
        "generated files are stale: run `cargo xtask codegen` and commit what it changed"
    );
    Ok(())
}

type Files = BTreeMap<String, Vec<u8>>;

/// What a file, or every file below a folder, holds; nothing when there is none.
fn snapshot(path: &Path) -> Result<Files> {
    let mut files = Files::new();
    collect(path, &mut files).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(files)
}

fn collect(path: &Path, files: &mut Files) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.exists() {
        files.insert(path.display().to_string(), fs::read(path)?);
    }
    Ok(())
}

fn differences(before: &Files, after: &Files) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn changed_new_and_vanished_files_are_differences() {
        let before = files(&[("same", "1"), ("changed", "1"), ("vanished", "1")]);
        let after = files(&[("same", "1"), ("changed", "2"), ("new", "1")]);
        assert_eq!(differences(&before, &after), ["changed", "new", "vanished"]);
    }

    #[test]
    fn missing_output_is_an_empty_snapshot() {
        assert!(snapshot(&root().join("no/such/folder")).unwrap().is_empty());
    }
}
