//! Uploaded files: signed addresses, streaming in and out, thumbnails.
//!
//! Owns who may upload what, the sealed form of content on its way to object storage, and what of a file may be shown inside a page. Knows
//! no HTTP and no multipart. Whoever holds a signed address may download: addresses travel inside messages, which only their receivers
//! can read.
//!
//! Start at [`Files`]. An upload is [`Files::grant_upload`] → [`Files::check_grant`] → [`Upload`]; a download is [`Files::find`] →
//! [`Files::read`]. A new purpose of files is a variant of [`Purpose`] with its size and type rules.

mod address;
mod clean_up;
mod download;
mod error;
mod files;
mod grant;
mod media;
mod name;
mod purpose;
mod sized;
mod thumbnail;
mod upload;

pub use clean_up::{ABANDONED_AFTER_MS, RemoveAbandonedUploads};
pub use download::FileContent;
pub use error::FileError;
pub use files::Files;
pub use grant::{Destination, GRANT_MS, GrantUpload, Granted, UploadGrant};
pub use media::is_shown_inline;
pub use purpose::{AVATAR_BYTES, Purpose};
pub use sized::Frame;
pub use upload::{Offer, Upload};
