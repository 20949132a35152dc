//! Tasks around the repository: `cargo xtask ci`, `fix`, `codegen`, `layers`, `new-migration`.
//!
//! `ci` is the list of checks that a change must pass and `.ci/run` runs; the steps are in [`ci`]. A new generated file is a line in
//! [`codegen`], a new crate a line in [`layers`].

mod ci;
mod codegen;
mod fix;
mod layers;
mod migration;
mod process;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks around the Cerulean repository", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every check that CI runs, the quick ones first, or only the named steps.
    Ci {
        /// Steps to run; all when none is named.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(ci::step_names()))]
        steps: Vec<String>,
    },
    /// Repairs what a machine can: formatting, lints with a known cure, spelling, generated files.
    Fix,
    /// Writes the generated files again.
    Codegen {
        /// Fails when a generated file was not what its source says.
        #[arg(long)]
        check: bool,
    },
    /// Checks that crates depend only on crates of lower layers.
    Layers,
    /// Adds an empty migration to crates/storage.
    NewMigration {
        /// What it does, as a file name: `add_group_topics`.
        name: String,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not the error's own form: it would end in a backtrace of no use to whoever fixes a check.
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Ci { steps } => ci::run(&steps),
        Task::Fix => fix::run(),
        Task::Codegen { check } => codegen::run(check),
        Task::Layers => layers::run(),
        Task::NewMigration { name } => migration::create(&name),
    }
}
