//! Loads a real server over real sockets and prints figures; kills one again and again and checks that nothing is missing.
//!
//! Owns the client side only: it starts the server's binary as a child, in a data folder of its own, and reaches it through loopback.
//! It uses nothing of the server's crates but `proto`, so a mistake there is not repeated here. The generator runs beside the server on
//! the same cores, so what it does per message is as little as possible: frames are encoded once, replies are read by hand.
//!
//! Start at [`main`]; `workload/` has one file per measurement, `crash/` the crash test, `relay.rs` the relay that figures are compared
//! with. A new workload is a file in `workload/` and a line in `workload/mod.rs`.

mod child;
mod client;
pub mod crash;
mod fixture;
mod histogram;
mod options;
mod process;
mod relay;
mod report;
mod workload;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use options::{Command, Options};

/// Which binary the load generator is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `cerulean bench`: the server is this very binary.
    Cerulean,
    /// `cerulean-bench`: the server is the binary `cerulean` beside it, unless told.
    Bench,
}

/// Runs the load generator as `cerulean bench`; the arguments are those behind `bench`.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(Program::Cerulean, args)
}

/// Runs the load generator as part of the named binary.
#[expect(clippy::print_stderr, reason = "the last word of a command that failed is for people")]
pub fn main_of(program: Program, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let name = match program {
        Program::Cerulean => "cerulean bench",
        Program::Bench => "cerulean-bench",
    };
    let options = match Options::try_parse_from(std::iter::once(OsString::from(name)).chain(args)) {
        Ok(options) => options,
        Err(told) => {
            let _ = told.print();
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(1));
        }
    };
    match run(program, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: Program, options: Options) -> anyhow::Result<()> {
    process::raise_open_files();
    match options.command {
        Some(Command::Relay(relay)) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(relay::serve(relay.port))
        }
        Some(Command::Crash(crash)) => {
            let server = child::server_binary(program, options.run.server.as_deref())?;
            crash::run_and_tell(&crash.into_options(server))
        }
        None => {
            let server = child::server_binary(program, options.run.server.as_deref())?;
            let myself = std::env::current_exe().context("the path of this program is unknown")?;
            // One thread: the generator must not compete with the server for both cores.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, workload::run_all(program, &server, &myself, &options.run))
        }
    }
}
