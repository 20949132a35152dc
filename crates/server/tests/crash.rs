//! Kills the real server at random moments and checks what it kept. `./test crash` does the same with the release build, and
//! `cerulean bench crash --kills 1000` for as long as one likes.

use std::path::PathBuf;

use cerulean_bench::crash::{CrashOptions, kill_first_starts, run};

fn options(kills: u32) -> CrashOptions {
    // Another seed each time finds more; a failure names the seed it happened with.
    let server = PathBuf::from(env!("CARGO_BIN_EXE_cerulean"));
    CrashOptions { server, kills, seed: rand::random(), data: None, is_verbose: false }
}

#[test]
fn acknowledged_messages_survive_fifty_kills_once_and_in_order() {
    let report = run(&options(50)).unwrap_or_else(|violation| panic!("{violation:#}"));
    assert_eq!(report.kills, 50);
    assert!(report.acknowledged > 500, "too little was sent to mean anything: {report:?}");
    assert_eq!(report.received_twice, 0, "items were delivered twice on one connection: {report:?}");
    assert!(report.repeated > 20 && report.links_checked > report.acknowledged, "too little was checked: {report:?}");
}

#[test]
fn killed_first_start_leaves_nothing_half_made() {
    kill_first_starts(&options(8)).unwrap_or_else(|violation| panic!("{violation:#}"));
}
