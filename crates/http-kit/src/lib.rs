//! What every HTTP door shares: the envelope of the compatible paths, problem details of the newer ones, lenient parameters, routes that
//! describe themselves, the request log.
//!
//! Owns shapes and mapping, no operations and no rules. Start at [`Params`] for what comes in and [`Reply`] for what goes out, at [`api::Api`] for routes. A new shared
//! rule of reading parameters is a function in [`lenient`].

pub mod api;
mod envelope;
pub mod lenient;
mod page;
mod params;
mod problem;
mod request_log;
mod text_body;

pub use envelope::{ApiError, Envelope, Reply, ok};
pub use page::{Page, PageQuery};
pub use params::Params;
pub use problem::{Problem, ProblemReply, as_problems};
pub use request_log::{RequestFacts, request_log};
pub use text_body::TextBody;
