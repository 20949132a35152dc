//! The direction of dependencies: transports translate, domains decide, storage remembers.
//!
//! An arrow points down, never up or sideways. The table below is the picture in ARCHITECTURE.md.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process::{command, output_of};

struct Layer {
    name: &'static str,
    crates: &'static [&'static str],
    /// Crates from outside that would let this layer do another layer's work.
    refused: &'static [&'static str],
}

const DATABASE: &[&str] = &["rusqlite", "sea-orm", "sea-orm-migration", "sqlx"];
const DATABASE_AND_HTTP: &[&str] =
    &["axum", "http", "hyper", "reqwest", "tower", "rusqlite", "sea-orm", "sea-orm-migration", "sqlx"];
const ALL_IO: &[&str] = &[
    "axum",
    "http",
    "hyper",
    "opendal",
    "reqwest",
    "rusqlite",
    "sea-orm",
    "sea-orm-migration",
    "sqlx",
    "tokio",
    "tower",
];
const HTTP: &[&str] = &["axum", "http", "hyper", "tower"];

/// From the ground up.
const LAYERS: &[Layer] = &[
    Layer { name: "words", crates: &["types"], refused: ALL_IO },
    Layer { name: "ground", crates: &["config", "pictures", "proto", "vault"], refused: ALL_IO },
    Layer { name: "remember", crates: &["storage", "bus", "blobs", "egress"], refused: HTTP },
    Layer { name: "carry", crates: &["delivery", "jobs", "audit"], refused: DATABASE_AND_HTTP },
    Layer {
        name: "decide",
        crates: &[
            "accounts",
            "roster",
            "groups",
            "messaging",
            "files",
            "hooks",
            "moderation",
            "e2ee",
            "push",
            "previews",
            "agents",
            "calls",
            "backup",
            "trust",
            "transfer",
            "verification",
        ],
        refused: DATABASE_AND_HTTP,
    },
    Layer { name: "http", crates: &["http-kit"], refused: DATABASE },
    Layer { name: "translate", crates: &["rest", "console", "gateway"], refused: DATABASE },
    // A client, which the command line of the server carries.
    Layer { name: "measure", crates: &["bench"], refused: DATABASE },
    Layer { name: "join", crates: &["server"], refused: &[] },
    Layer { name: "try", crates: &["testkit"], refused: &[] },
];

/// Stands beside the product and uses none of it.
const TASKS: &str = "xtask";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Checks every crate of the workspace.
pub fn run() -> Result<()> {
    let text = output_of(command("cargo metadata --format-version 1 --no-deps --locked"))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cargo metadata has another shape than expected")?;
    let faults: Vec<String> = metadata.packages.iter().flat_map(faults_of).collect();
    for fault in &faults {
        println!("{fault}");
    }
    ensure!(faults.is_empty(), "{} dependencies go the wrong way (ARCHITECTURE.md, \"Layers\")", faults.len());
    println!("{} crates, every arrow points down", metadata.packages.len());
    Ok(())
}

fn faults_of(package: &Package) -> Vec<String> {
    let crate_name = short(&package.name);
    if crate_name == TASKS {
        let ours = package.dependencies.iter().filter(|dependency| is_ours(&dependency.name));
        return ours
            .map(|dependency| format!("{crate_name} → {}: xtask builds without the product", short(&dependency.name)))
            .collect();
    }
    let Some(level) = level_of(crate_name) else {
        return vec![format!("{crate_name} has no layer: add it to crates/xtask/src/layers.rs and ARCHITECTURE.md")];
    };
    package.dependencies.iter().filter_map(|dependency| fault_of(crate_name, level, dependency)).collect()
}

fn fault_of(crate_name: &str, level: usize, dependency: &Dependency) -> Option<String> {
    let is_for_tests = dependency.kind.as_deref() == Some("dev");
    let target = short(&dependency.name);
    if !is_ours(&dependency.name) {
        let layer = &LAYERS[level];
        let is_refused = dependency.kind.is_none() && layer.refused.contains(&target);
        return is_refused.then(|| format!("{crate_name} → {target}: not the work of layer \"{}\"", layer.name));
    }
    if is_for_tests && target == "testkit" {
        return None;
    }
    match level_of(target) {
        Some(target_level) if target_level < level => None,
        Some(target_level) if target_level == level => {
            Some(format!("{crate_name} → {target}: sideways in \"{}\"", LAYERS[level].name))
        }
        Some(target_level) => Some(format!(
            "{crate_name} → {target}: up, from \"{}\" to \"{}\"",
            LAYERS[level].name, LAYERS[target_level].name
        )),
        None => Some(format!("{crate_name} → {target}: has no layer")),
    }
}

fn level_of(crate_name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.crates.contains(&crate_name))
}

fn is_ours(name: &str) -> bool {
    name.starts_with("cerulean-")
}

fn short(name: &str) -> &str {
    name.strip_prefix("cerulean-").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(from: &str, to: &str, kind: Option<&str>) -> Vec<String> {
        let dependency = Dependency { name: to.to_owned(), kind: kind.map(str::to_owned) };
        faults_of(&Package { name: from.to_owned(), dependencies: vec![dependency] })
    }

    #[test]
    fn arrow_down_is_fine() {
        assert!(faults("cerulean-groups", "cerulean-storage", None).is_empty());
        assert!(faults("cerulean-rest", "cerulean-http-kit", None).is_empty());
    }

    #[test]
    fn arrow_up_or_sideways_is_a_fault() {
        assert_eq!(faults("cerulean-storage", "cerulean-groups", None).len(), 1);
        assert_eq!(faults("cerulean-roster", "cerulean-groups", None).len(), 1);
        assert_eq!(faults("cerulean-storage", "cerulean-delivery", Some("dev")).len(), 1);
    }

    #[test]
    fn tests_may_use_the_testkit() {
        assert!(faults("cerulean-server", "cerulean-testkit", Some("dev")).is_empty());
        assert_eq!(faults("cerulean-server", "cerulean-testkit", None).len(), 1);
    }

    #[test]
    fn domain_that_speaks_sql_or_http_is_a_fault() {
        assert_eq!(faults("cerulean-groups", "sea-orm", None).len(), 1);
        assert_eq!(faults("cerulean-groups", "axum", None).len(), 1);
        assert_eq!(faults("cerulean-rest", "sqlx", None).len(), 1);
        assert!(faults("cerulean-storage", "sqlx", None).is_empty());
        assert!(faults("cerulean-proto", "tokio", Some("dev")).is_empty());
    }

    #[test]
    fn unknown_crate_must_be_placed() {
        assert_eq!(faults("cerulean-novelty", "serde", None).len(), 1);
    }
}
