//! The checks of CI, the quick ones first.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::process::{command, run as run_command};
use crate::{codegen, layers};

struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", run: || shell("cargo fmt --all --check") },
    Step { name: "layers", run: layers::run },
    // Not `advisories`: deny.toml says why.
    Step { name: "deny", run: || shell("cargo deny --locked check licenses bans sources") },
    Step { name: "typos", run: || shell("typos") },
    // Before anything that compiles the server: it carries the built pages.
    Step { name: "web", run: || shell("./test web") },
    // `clippy::all` is denied in the workspace manifest; `pedantic` only warns.
    Step { name: "clippy", run: || shell("cargo clippy --workspace --all-targets --locked -- -D unused") },
    Step { name: "codegen", run: || codegen::run(true) },
    Step { name: "docs", run: docs },
    Step { name: "test", run: || shell("./test server browser crash api") },
];

/// The names of the steps, in order.
pub fn step_names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// Runs the named steps, or all, and stops at the first that fails.
pub fn run(names: &[String]) -> Result<()> {
    let mut times = Vec::new();
    for step in STEPS {
        if !names.is_empty() && !names.iter().any(|name| name == step.name) {
            continue;
        }
        println!("\n==== {}", step.name);
        let start = Instant::now();
        (step.run)().with_context(|| format!("step {} failed; alone: cargo xtask ci {}", step.name, step.name))?;
        times.push((step.name, start.elapsed()));
    }
    print_times(&times);
    Ok(())
}

fn print_times(times: &[(&str, Duration)]) {
    println!("\n==== all steps passed");
    for (name, time) in times {
        println!("{name:>8} {:>6.1} s", time.as_secs_f32());
    }
}

fn shell(line: &str) -> Result<()> {
    run_command(command(line))
}

fn docs() -> Result<()> {
    let mut command = command("cargo doc --workspace --no-deps --locked");
    command.env("RUSTDOCFLAGS", "-D warnings");
    run_command(command)
}
