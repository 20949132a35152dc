//! What every domain error can say to the outside.

use std::time::Duration;

use crate::Code;

/// An error a caller may see. Its `Display` is shown to him unless [`PublicError::is_internal`].
pub trait PublicError: std::error::Error + Send + Sync + 'static {
    /// The public code.
    fn code(&self) -> Code;

    /// After how long it is worth another try, where that is known.
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Whether the cause is ours: logged once at the edge, and the caller gets only an id to quote.
    fn is_internal(&self) -> bool {
        matches!(self.code(), Code::Internal | Code::DatabaseFailure | Code::ObjectStorageFailure)
    }
}
