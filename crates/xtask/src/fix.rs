//! Repairs what a machine can.

use anyhow::Result;

use crate::codegen;
use crate::process::{command, run as run_command};

/// Runs every repair, then formats what they left.
pub fn run() -> Result<()> {
    codegen::run(false)?;
    for line in [
        "cargo clippy --fix --allow-dirty --allow-staged --workspace --all-targets",
        "cargo fmt --all",
        "typos --write-changes",
        "npm --prefix web run lint -- --fix",
    ] {
        println!("== {line}");
        run_command(command(line))?;
    }
    Ok(())
}
