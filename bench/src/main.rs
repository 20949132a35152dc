//! The load generator as a program of its own; `cerulean bench` is the same inside the server's binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    cerulean_bench::main_of(cerulean_bench::Program::Bench, std::env::args_os().skip(1))
}
