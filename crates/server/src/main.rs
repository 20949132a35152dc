//! The `cerulean` binary.

use std::process::ExitCode;

use cerulean_server::cli::{Cli, Command, run_tool};
use cerulean_server::serve;
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FAILED: u8 = 1;
const BAD_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Serve(flags) => match cli.options.load(&flags.as_settings()) {
            Ok(config) => run(config),
            Err(error) => fail(&error.into(), BAD_SETTINGS),
        },
        Command::Bench(options) => cerulean_bench::main(options.args),
        Command::Tool(tool) => run_tool(tool, &cli.options),
    }
}

fn run(config: cerulean_config::Config) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(serve(config)));
    outcome.map_or_else(|error| fail(&error, FAILED), |()| ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "the last word of a command that failed is for people")]
fn fail(error: &anyhow::Error, status: u8) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(status)
}
