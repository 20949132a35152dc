//! The job queue of the running server.

use super::super::admin::JobsStatus;
use super::Finding;

const SUBJECT: &str = "jobs";
/// A due job that waits for longer finds no worker.
const STUCK_AFTER_MS: i64 = 5 * 60_000;

pub(crate) fn check(jobs: JobsStatus) -> Finding {
    let JobsStatus { due, running, failed, oldest_ms } = jobs;
    let found = format!("{due} due, {running} running, {failed} failed");
    if oldest_ms > STUCK_AFTER_MS {
        let found = format!("{found}; the oldest has been due for {} min", oldest_ms / 60_000);
        return Finding::wrong(SUBJECT, found, "see whether a node with the role worker runs, and its log");
    }
    if failed > 0 {
        let remedy = "the log and the list of jobs say why; they are forgotten after 30 days";
        return Finding::advice(SUBJECT, found, remedy);
    }
    Finding::good(SUBJECT, found)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    const QUIET: JobsStatus = JobsStatus { due: 0, running: 0, failed: 0, oldest_ms: 0 };

    #[test]
    fn queue_that_nobody_serves_is_wrong() {
        assert_eq!(check(QUIET).verdict, Verdict::Good);
        assert_eq!(check(JobsStatus { due: 900, oldest_ms: 4_000, ..QUIET }).verdict, Verdict::Good);
        assert_eq!(check(JobsStatus { due: 1, oldest_ms: STUCK_AFTER_MS + 1, ..QUIET }).verdict, Verdict::Wrong);
        assert_eq!(check(JobsStatus { failed: 1, ..QUIET }).verdict, Verdict::Advice);
    }
}
