//! The worker of a running server.

use cerulean_testkit::{TestServer, eventually};

const HOUR_MS: i64 = 3_600_000;

async fn metric(server: &TestServer, name: &str) -> Option<f64> {
    let text = server.raw().get("/metrics").send().await.text();
    let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn periodic_work_comes_round_by_the_clock() {
    let server = TestServer::start().await;
    let turns = "cerulean_jobs_attempts_total{kind=\"forget_ended_jobs\",outcome=\"done\"}";
    for turn in 1..=3 {
        eventually("the turn is done", || async { metric(&server, turns).await == Some(f64::from(turn)) }).await;
        server.finish_jobs().await;
        server.clock.advance(HOUR_MS);
    }
    eventually("nothing is left to do", || async { metric(&server, "cerulean_jobs_due").await == Some(0.0) }).await;
    server.stop().await;
}
