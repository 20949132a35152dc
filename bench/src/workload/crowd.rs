//! Many users, for workloads in which few of them do anything.

use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::ensure;

use super::Bench;
use super::import::import;

/// Ids of the crowd, which are taken over: numbers of users, far from those that are given.
const FIRST: u64 = 1_000_000;

/// The ids of so many users, who are imported unless they are there. They cannot sign in.
pub(super) async fn gather(bench: &Bench<'_>, count: usize) -> anyhow::Result<Vec<u64>> {
    let ids: Vec<u64> = (FIRST..).take(count).map(|number| number << 3 | 1).collect();
    let file = bench.folder.join("crowd.jsonl");
    let mut out = BufWriter::new(File::create(&file)?);
    writeln!(out, r#"{{"type":"header","format":"cerulean-dump","version":1,"source":"crowd"}}"#)?;
    for id in &ids {
        writeln!(out, r#"{{"type":"user","id":{id},"username":"crowd_{id}","at":1740000000000}}"#)?;
    }
    out.flush()?;
    drop(out);
    let report = import(bench, &file).await?;
    let tally = |name: &str| report["types"]["user"][name].as_u64().unwrap_or(0);
    ensure!(tally("imported") + tally("repeated") == count as u64, "not everyone is there: {report}");
    Ok(ids)
}
