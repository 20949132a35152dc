//! The conversation log: one row per item whatever the size of the conversation, group commit, strictly rising ids, a hash chain.
//!
//! [`Log::submit`] hands an item to the one committer, which takes all that is queued, gives ids, seals, writes and commits once, and then
//! answers everybody. An answer therefore means durable. Reading goes past the committer through [`read`]. What the committer does is in
//! `committer.rs`, what it asks of a database in `store.rs`; only `sqlite.rs` and `postgres.rs` speak a dialect.

mod committer;
pub mod earlier;
mod line;
pub mod past;
mod postgres;
pub mod read;
mod schema;
mod sqlite;
mod store;
mod stream;
pub mod unread;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cerulean_proto::form::{FormLimits, FormTooLong};
use cerulean_types::{
    AppId, Clock, Code, ConversationKey, DeviceSn, ItemKind, MessageId, PublicError, StoredItem, UserId, limits,
};
use cerulean_vault::Vault;
use moka::sync::Cache;
use sea_orm::{DatabaseConnection, DbBackend, SqlxSqliteConnector};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::sync::{mpsc, oneshot};

use crate::{Db, DbOptions, StorageError};
use committer::{Committer, Entry};

/// Why an item was not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// No space left where the log is.
    #[error("the server's disk is full, nothing was stored: try again later")]
    DiskFull,
    /// The database refused; nothing was stored.
    #[error("the message could not be stored: {0}")]
    Failed(String),
    /// The server is stopping.
    #[error("the server is stopping, connect again")]
    Closed,
    /// The app's keys were destroyed.
    #[error("the keys of this app were destroyed")]
    KeysDestroyed,
    /// The message that an edit names is not there, or was recalled.
    #[error("message not found")]
    MessageGone,
    /// The body of an edit is no message body.
    #[error("malformed message body")]
    EditUnreadable,
    /// An edit would make its message too long.
    #[error(transparent)]
    FormTooLong(FormTooLong),
}

impl PublicError for LogError {
    fn code(&self) -> Code {
        match self {
            Self::DiskFull | Self::Closed => Code::Unavailable,
            Self::Failed(_) => Code::DatabaseFailure,
            Self::KeysDestroyed => Code::AppFrozen,
            Self::MessageGone => Code::MessageNotFound,
            Self::FormTooLong(_) | Self::EditUnreadable => Code::BadParameter,
        }
    }
}

/// How a repeat of the same send is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// It is not.
    None,
    /// By a 128-bit key of the sender's, for ever.
    SendKey([u8; 16]),
    /// By device, the client's own id and the body, within ten minutes (older clients reuse ids).
    ClientMid(u64),
}

/// What became of a submitted item.
#[derive(Debug)]
pub struct Stored<'a> {
    /// The item as it stands in the log. For a repeat its payload is empty, unless it is an edit.
    pub item: &'a StoredItem,
    /// Whether it was already there.
    pub is_repeat: bool,
}

/// Called once, on the committer's thread, when the item is durable or refused. Must be quick.
pub type Reply = Box<dyn FnOnce(Result<Stored<'_>, &LogError>) + Send + Sync>;

/// Called once when a change of state is durable or refused.
type StateReply = Box<dyn FnOnce(Result<(), LogError>) + Send + Sync>;

/// An item to be stored.
pub struct NewItem {
    /// App.
    pub app: AppId,
    /// Conversation.
    pub key: ConversationKey,
    /// `Meta.ns`.
    pub namespace: u8,
    /// What the log must know of it.
    pub kind: ItemKind,
    /// The message an operation acts on.
    pub related: Option<MessageId>,
    /// `Meta.from.uid`.
    pub from: u64,
    /// `Meta.from.deviceSN`.
    pub from_device: DeviceSn,
    /// `Meta.to.uid`.
    pub to: u64,
    /// Encoded body.
    pub payload: Bytes,
    /// How a repeat is recognised.
    pub idempotency: Idempotency,
    /// Told when it is done.
    pub reply: Option<Reply>,
}

/// A change of what one user or device keeps about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateChange {
    /// The user has read up to here; never moves back.
    Read(MessageId),
    /// This message, and what came after it, counts as unread again.
    Unread(MessageId),
    /// The user's devices have everything up to here, as they said to the author; never moves back.
    Delivered(MessageId),
    /// The device has everything up to here (id and position); never moves back.
    Cursor {
        /// Device.
        device: DeviceSn,
        /// Last item it has.
        mid: MessageId,
        /// Its position.
        position: u64,
    },
    /// The device dropped the conversation when this was its newest item: it has all up to here, and lists it again when more comes.
    HideFrom {
        /// Device.
        device: DeviceSn,
        /// The newest item.
        mid: MessageId,
        /// Its position.
        position: u64,
    },
    /// Nothing up to here is shown to the user any more.
    Clear(MessageId),
    /// One message is not shown to the user any more.
    Hide(MessageId),
    /// Pinned or not.
    Pin(bool),
    /// Silent or not.
    Mute(bool),
}

/// How the log behaves.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Most items of one commit.
    pub batch: usize,
    /// How long cursors and read marks may wait for a commit to ride on.
    pub lazy: Duration,
    /// How long edits may make a message.
    pub form_limits: FormLimits,
}

impl Default for LogOptions {
    fn default() -> Self {
        let form_limits = FormLimits { content: limits::TEXT_BYTES, extra: limits::EXTRA_BYTES };
        Self { batch: 1024, lazy: Duration::from_millis(250), form_limits }
    }
}

/// Called after each commit with what it stored, in order within each conversation, before those who appended it are answered.
pub type CommitHook = Arc<dyn Fn(Arc<[StoredItem]>) + Send + Sync>;

/// The apps whose messages go to the feed.
type Watched = Arc<parking_lot::RwLock<Arc<HashSet<AppId>>>>;

/// The open log. Cheap to clone.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    inbox: mpsc::UnboundedSender<Entry>,
    is_closed: AtomicBool,
    reader: DatabaseConnection,
    vault: Vault,
    lines: Cache<(AppId, ConversationKey), i64>,
    quiet: Cache<unread::Seat, unread::Quiet>,
    stopped: parking_lot::Mutex<Option<oneshot::Receiver<()>>>,
    watched: Watched,
}

impl Log {
    /// Opens the log beside the database, creates or upgrades its tables, and starts the committer.
    pub async fn open(
        options: LogOptions,
        db: &Db,
        vault: Vault,
        clock: Clock,
        hook: CommitHook,
    ) -> Result<Self, StorageError> {
        let (inbox, entries) = mpsc::unbounded_channel();
        let (stopped_tx, stopped_rx) = oneshot::channel();
        let watched = Watched::default();
        let committer = Committer::new(vault.clone(), clock, hook, options, watched.clone());
        let reader = match db.options() {
            DbOptions::Sqlite { folder } => {
                let file = folder.join("log.db");
                let store = sqlite::SqliteStore::open(&file)?;
                let thread = std::thread::Builder::new().name("cerulean-log".into());
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build()
                    .map_err(|error| StorageError::Log(error.to_string()))?;
                thread
                    .spawn(move || {
                        runtime.block_on(committer.run(store, entries));
                        let _ = stopped_tx.send(());
                    })
                    .map_err(|error| StorageError::Log(error.to_string()))?;
                let mut reader = open_sqlite_reader(file).await?;
                db.count_statements_of(&mut reader);
                reader
            }
            DbOptions::Postgres { .. } => {
                let store = postgres::PostgresStore::open(db).await?;
                tokio::spawn(async move {
                    committer.run(store, entries).await;
                    let _ = stopped_tx.send(());
                });
                db.writer().clone()
            }
        };
        let lines = Cache::new(200_000);
        let quiet = Cache::new(100_000);
        let stopped = parking_lot::Mutex::new(Some(stopped_rx));
        let is_closed = AtomicBool::new(false);
        Ok(Self(Arc::new(Inner { inbox, is_closed, reader, vault, lines, quiet, stopped, watched })))
    }

    /// Hands an item to the committer. Never waits; the reply tells the outcome.
    pub fn submit(&self, item: NewItem) {
        let refused = if self.0.is_closed.load(Ordering::Acquire) {
            Some(Entry::Item(Box::new(item)))
        } else {
            self.0.inbox.send(Entry::Item(Box::new(item))).err().map(|error| error.0)
        };
        if let Some(Entry::Item(item)) = refused
            && let Some(reply) = item.reply
        {
            reply(Err(&LogError::Closed));
        }
    }

    /// Stores an item and waits until it is durable. The payload of a repeat is empty.
    pub async fn append(&self, item: NewItem) -> Result<(StoredItem, bool), LogError> {
        self.append_soon(item).await
    }

    /// Queues an item at once and returns what to wait on, so that several keep their order and share a commit.
    pub fn append_soon(
        &self,
        mut item: NewItem,
    ) -> impl Future<Output = Result<(StoredItem, bool), LogError>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        item.reply = Some(Box::new(move |outcome| {
            let _ = tell.send(outcome.map(|stored| (stored.item.clone(), stored.is_repeat)).map_err(LogError::clone));
        }));
        self.submit(item);
        async move { told.await.map_err(|_| LogError::Closed)? }
    }

    /// Changes what a user keeps about a conversation and waits until it is durable.
    pub async fn change_state(
        &self,
        app: AppId,
        user: UserId,
        key: ConversationKey,
        change: StateChange,
    ) -> Result<(), LogError> {
        let (tell, told) = oneshot::channel();
        let reply: StateReply = Box::new(move |outcome| {
            let _ = tell.send(outcome);
        });
        let entry = Entry::State { app, user, key, change, reply: Some(reply) };
        self.0.inbox.send(entry).map_err(|_| LogError::Closed)?;
        told.await.map_err(|_| LogError::Closed)?
    }

    /// Changes what a user or device keeps, at the next convenient commit. A crash may lose it; use for cursors and read marks.
    pub fn change_state_lazily(&self, app: AppId, user: UserId, key: ConversationKey, change: StateChange) {
        let _ = self.0.inbox.send(Entry::State { app, user, key, change, reply: None });
    }

    /// From now on, messages of these apps are entered in the feed with their commit, and those of others are not.
    pub fn watch(&self, apps: HashSet<AppId>) {
        *self.0.watched.write() = Arc::new(apps);
    }

    /// Forgets what the watcher has taken from the feed, and waits until that is durable.
    pub async fn forget_fed(&self, seqs: Vec<i64>) -> Result<(), LogError> {
        let (tell, told) = oneshot::channel();
        let reply: StateReply = Box::new(move |outcome| {
            let _ = tell.send(outcome);
        });
        self.0.inbox.send(Entry::Taken { seqs, reply }).map_err(|_| LogError::Closed)?;
        told.await.map_err(|_| LogError::Closed)?
    }

    /// Commits what is queued, refuses what comes later, and returns when the committer has ended and its file is closed.
    pub async fn close(&self) {
        self.0.is_closed.store(true, Ordering::Release);
        let _ = self.0.inbox.send(Entry::Stop);
        let stopped = self.0.stopped.lock().take();
        if let Some(stopped) = stopped {
            let _ = stopped.await;
        }
        if self.0.reader.get_database_backend() == DbBackend::Sqlite {
            crate::db::close(&self.0.reader).await;
        }
    }
}

async fn open_sqlite_reader(file: PathBuf) -> Result<DatabaseConnection, StorageError> {
    let options =
        SqliteConnectOptions::new().filename(file).pragma("query_only", "ON").busy_timeout(Duration::from_secs(10));
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .map_err(|error| StorageError::Log(error.to_string()))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}
