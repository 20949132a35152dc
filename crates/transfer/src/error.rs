//! What stops a transfer.

use std::io;

use cerulean_storage::StorageError;
use cerulean_storage::log::LogError;

/// Why an import or export ended early. A line that is no good does not: it is rejected, and the import goes on.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The dump cannot be read.
    #[error("cannot read {file}")]
    Unreadable {
        /// As it was named.
        file: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file does not begin as a dump does.
    #[error("line 1 is no header of a dump: {reason}")]
    NotADump {
        /// What is wrong with it.
        reason: String,
    },
    /// A newer format.
    #[error("the dump has version {version}, and this program reads version {known}: import it with a newer program")]
    NewerFormat {
        /// Of the dump.
        version: u32,
        /// Of this program.
        known: u32,
    },
    /// The database refused or is gone. What was imported stays; the same command goes on from there.
    #[error("the database refused")]
    Storage(#[from] StorageError),
    /// The log refused or is gone. What was imported stays; the same command goes on from there.
    #[error("the message log refused")]
    Log(#[from] LogError),
    /// A file changed or vanished while it was being written beside the dump.
    #[error("a file could not be read to its end: {0}")]
    FileBroken(String),
    /// Nobody listens to the outcome any more.
    #[error("stopped, because nobody waits for the outcome any more; the same command goes on from there")]
    Abandoned,
    /// A task of the transfer died.
    #[error("a task of the transfer failed: see the server's log")]
    Task,
}
