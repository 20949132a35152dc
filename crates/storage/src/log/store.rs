//! What a database does for the committer.

use std::collections::HashMap;

use cerulean_types::{AppId, ConversationKey, MessageId, Millis, StoredItem, UserId};

use super::stream::{FormRow, FoundForm};
use super::{LogError, StateChange};

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub line: i64,
    pub mid: u64,
    pub position: u64,
    pub link: [u8; 32],
}

/// A row about to be written.
pub(super) struct Row {
    pub app: AppId,
    pub line: i64,
    pub client_mid: u64,
    pub send_key: Option<KeyOf>,
    pub sealed: Vec<u8>,
    pub item: StoredItem,
    /// Whether it goes to the feed too.
    pub is_fed: bool,
}

/// A send key and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyOf {
    /// A user, 0 for the system, or [`super::past::IMPORTS`].
    pub sender: i64,
    pub key: [u8; 16],
}

/// What a repeat is answered from.
pub(super) struct FoundItem {
    pub item: StoredItem,
    pub client_mid: u64,
    pub sealed: Option<Vec<u8>>,
}

/// A database behind the committer. All calls between `begin` and `commit` are one transaction; after an error `rollback` is called.
pub(super) trait Store {
    /// Whether nobody else writes, so that heads may be kept between transactions.
    const IS_SOLE_WRITER: bool;
    fn begin(&mut self) -> impl Future<Output = Result<(), LogError>> + Send;
    /// Finds or makes the conversation and locks it until the end of the transaction.
    fn head(&mut self, app: AppId, key: ConversationKey) -> impl Future<Output = Result<Head, LogError>> + Send;
    /// The same for many, which are in the order in which everybody locks.
    fn heads(
        &mut self,
        app: AppId,
        keys: &[ConversationKey],
    ) -> impl Future<Output = Result<Vec<Head>, LogError>> + Send;
    /// Which of these keys are taken: by the item with this id in this line.
    fn find_send_keys(
        &mut self,
        app: AppId,
        sender: i64,
        keys: &[[u8; 16]],
    ) -> impl Future<Output = Result<HashMap<[u8; 16], (i64, MessageId)>, LogError>> + Send;
    fn find_send_key(
        &mut self,
        app: AppId,
        sender: u64,
        send_key: &[u8; 16],
    ) -> impl Future<Output = Result<Option<FoundItem>, LogError>> + Send;
    /// The newest items of a line since a moment, newest first, for recognising resends after a restart.
    fn recent(
        &mut self,
        app: AppId,
        line: i64,
        since: Millis,
    ) -> impl Future<Output = Result<Vec<FoundItem>, LogError>> + Send;
    fn insert(&mut self, rows: &[Row]) -> impl Future<Output = Result<(), LogError>> + Send;
    /// A message with what is known of its edits; nothing when it is not there or was recalled.
    fn find_form(
        &mut self,
        app: AppId,
        line: i64,
        mid: MessageId,
    ) -> impl Future<Output = Result<Option<FoundForm>, LogError>> + Send;
    /// Writes a form in place of an older one.
    fn put_form(&mut self, form: &FormRow) -> impl Future<Output = Result<(), LogError>> + Send;
    /// Erases the body of a message and of its edits, keeping digests, and its form.
    fn erase(&mut self, app: AppId, line: i64, mid: MessageId) -> impl Future<Output = Result<(), LogError>> + Send;
    fn change_state(
        &mut self,
        app: AppId,
        user: UserId,
        line: i64,
        change: StateChange,
    ) -> impl Future<Output = Result<(), LogError>> + Send;
    /// Forgets rows of the feed.
    fn forget_fed(&mut self, seqs: &[i64]) -> impl Future<Output = Result<(), LogError>> + Send;
    fn commit(&mut self) -> impl Future<Output = Result<(), LogError>> + Send;
    fn rollback(&mut self) -> impl Future<Output = ()> + Send;
}
