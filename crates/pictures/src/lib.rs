//! Pictures from strangers: known by their first bytes, opened within bounds, made small.
//!
//! Owns what is decoded at all and how much memory that may take; what comes out is encoded anew, so nothing of the source but its pixels
//! survives. Knows nothing of where pictures come from or go. Start at [`Source::open`]. All of it is computing: call it from a thread that
//! may be busy for a while.

mod sniff;
mod source;

pub use sniff::{HEAD_BYTES, sniff};
pub use source::{Bounds, Form, Small, Source};
