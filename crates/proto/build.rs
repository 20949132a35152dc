//! Compiles `spec/xsync.proto` without an installed protoc.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = "../../spec";
    println!("cargo::rerun-if-changed={folder}/xsync.proto");
    let descriptors = protox::compile(["xsync.proto"], [folder])?;
    prost_build::Config::new().bytes(["."]).compile_fds(descriptors)?;
    Ok(())
}
