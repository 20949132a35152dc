//! What every domain error can say to the outside.

use crate::Code;

/// An error a caller may see. Its `Display` is shown to him unless [`PublicError::is_internal`].
pub trait PublicError: std::error::Error + Send + Sync + 'static {
    /// The public code.
    fn code(&self) -> Code;

    /// Whether the cause is ours: logged once at the edge, and the caller gets only an id to quote.
    fn is_internal(&self) -> bool {
        matches!(self.code(), Code::Internal | Code::DatabaseFailure | Code::ObjectStorageFailure)
    }
}
