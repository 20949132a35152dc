//! Previews of links: what a page says of itself, and its picture made small. The server asks, so that the linked site learns nothing of
//! who was sent the link.
//!
//! Owns what is read of a page (`page.rs`), how much and for how long ([`PreviewOptions`], `memory.rs`), and the sealed addresses under which
//! pictures are shown. Knows no HTTP of ours and no messages; which networks may be reached at all is for `egress`. Start at
//! [`Previews::of_link`]. Another source of titles is a line in `page.rs`.

mod charset;
mod error;
mod fetch;
mod memory;
mod page;
mod picture;
mod previews;
mod text;
mod ticket;
mod turns;

pub use error::PreviewError;
pub use picture::Picture;
pub use previews::{Preview, PreviewOptions, PreviewPicture, Previews, USER_AGENT};
