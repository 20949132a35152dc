//! The vocabulary of Cerulean: ids, time, who acts, public codes and limits.
//!
//! Owns the words every other crate speaks. Knows nothing of storage, sockets or HTTP and does no I/O.
//! Start at `id.rs`; the table of public codes is [`Code`], the numbers that bound every input are in [`limits`].
//! A new kind of id is a newtype in `id.rs`; a new public error is one line in `code.rs`.

mod actor;
mod clock;
mod code;
mod contact;
mod conversation;
mod error;
mod id;
mod item;
pub mod limits;
mod mobile;
mod text;

pub use actor::Actor;
pub use clock::{Clock, Millis};
pub use code::Code;
pub use contact::{Contact, is_email};
pub use conversation::{ConversationKey, ItemKind, namespace};
pub use error::PublicError;
pub use id::{AppId, AppSlug, DeviceSn, GroupId, JobId, MessageId, ParseIdError, UserId, Xid};
pub use item::StoredItem;
pub use mobile::normal_mobile;
pub use text::has_controls;
