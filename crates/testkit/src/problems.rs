//! Error lines in the log. A test in which the server logged one fails, unless it said that it expects them.

use std::fmt::Write;
use std::sync::Once;

use parking_lot::Mutex;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt};

static PROBLEMS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static START: Once = Once::new();

struct Keep;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ =
            if field.name() == "message" { write!(self.0, "{value:?} ") } else { write!(self.0, "{field}={value:?} ") };
    }
}

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            let mut line = Line(String::new());
            event.record(&mut line);
            PROBLEMS.lock().push(line.0);
        }
    }
}

/// Starts listening; `RUST_LOG` chooses what a failing test shows.
pub(crate) fn listen() {
    START.call_once(|| {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
        let shown = fmt::layer().with_test_writer().with_filter(filter);
        let _ = Registry::default().with(shown).with(Keep).try_init();
    });
}

/// Takes the error lines logged so far: for tests that provoke some.
pub fn expect_problems() -> Vec<String> {
    std::mem::take(&mut PROBLEMS.lock())
}

/// Fails where the server logged an error nobody expected.
pub(crate) fn refuse_unexpected() {
    let problems = expect_problems();
    assert!(problems.is_empty() || std::thread::panicking(), "the server logged errors: {problems:#?}");
}
