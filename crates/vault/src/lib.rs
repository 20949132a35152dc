//! Keys and what they seal: everything personal or said is stored only in the forms this crate makes.
//!
//! Owns the root key file, the keyring, the three sealed forms (row, conversation item, file), blind indexes, signed
//! addresses and password hashes. Knows nothing of databases, messages or HTTP; its only I/O is the folder of keys.
//! Start at [`Vault`]; the bytes of each form are in `docs/decisions/0002-sealed-formats.md`.
//!
//! A new class of data is a variant of [`KeyClass`] and a key in `keyring.rs`; a changed form gets a new format byte,
//! and samples of the old one stay in `tests/`.

mod app_keys;
mod conversation;
mod error;
mod file_layout;
mod file_stream;
mod folder;
mod keyring;
pub mod password;
mod root_key;
mod row;
mod secret;
mod vault;

pub use app_keys::{KeyClass, KeyVersionInfo};
pub use conversation::ConversationCipher;
pub use error::VaultError;
pub use file_layout::{FILE_CHUNK_BYTES, FILE_HEADER_BYTES, FileLayout, FileRange};
pub use file_stream::{FileOpener, FileSealer, RangeOpener};
pub use secret::{constant_time_eq, random_bytes};
pub use vault::Vault;
