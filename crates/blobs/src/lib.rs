//! Object storage: bytes under keys, in a directory or in an S3-compatible bucket.
//!
//! Owns streaming in and out, and the rule that an object is there whole or not at all: an upload that is broken off leaves nothing. Knows
//! nothing of what the bytes mean; whoever stores personal data seals it first.
//!
//! Start at [`Blobs`]. To add an engine: a variant of [`BlobOptions`], its operator in `open.rs`, and a line in `tests/conformance.rs`,
//! whose suite every engine passes.

mod error;
mod key;
mod open;
mod read;
mod write;

pub use error::BlobError;
pub use key::BlobKey;
pub use open::{BlobOptions, Blobs, S3Options};
pub use read::BlobStream;
pub use write::BlobWriter;
