//! What can go wrong in object storage.

use cerulean_types::{Code, PublicError};

/// A failure of object storage.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No object under this key.
    #[error("no such object")]
    NotFound,
    /// The text is no key.
    #[error("not a valid object key")]
    BadKey,
    /// The object is shorter than the range asked for.
    #[error("object is shorter than it should be")]
    Short,
    /// No space left where the objects are kept.
    #[error("the server's file storage is full: try again later")]
    Full,
    /// The engine refused or is gone.
    #[error("object storage failure")]
    Engine(#[source] opendal::Error),
    /// The directory of objects could not be read or written.
    #[error("object directory failure")]
    Folder(#[source] std::io::Error),
}

impl From<opendal::Error> for BlobError {
    fn from(error: opendal::Error) -> Self {
        match error.kind() {
            opendal::ErrorKind::NotFound => Self::NotFound,
            opendal::ErrorKind::RangeNotSatisfied => Self::Short,
            _ if is_full(&error) => Self::Full,
            _ => Self::Engine(error),
        }
    }
}

impl From<std::io::Error> for BlobError {
    fn from(error: std::io::Error) -> Self {
        if is_space_wanting(&error) { Self::Full } else { Self::Folder(error) }
    }
}

fn is_space_wanting(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;

    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

fn is_full(error: &opendal::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<std::io::Error>().is_some_and(is_space_wanting) {
            return true;
        }
        cause = inner.source();
    }
    false
}

impl PublicError for BlobError {
    fn code(&self) -> Code {
        match self {
            Self::Full => Code::Unavailable,
            _ => Code::ObjectStorageFailure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let wrapped = opendal::Error::new(opendal::ErrorKind::Unexpected, "write").set_source(full);
        assert!(matches!(BlobError::from(wrapped), BlobError::Full));
        let other = opendal::Error::new(opendal::ErrorKind::Unexpected, "write");
        assert!(matches!(BlobError::from(other), BlobError::Engine(_)));
    }
}
