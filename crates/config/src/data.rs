//! The section `data`.

use std::path::PathBuf;

use crate::describe::section;
use crate::error::Problems;

section! {
    /// Where this node keeps its files.
    pub struct Data {
        /// Made at the first start. Holds the keys always, and the database and uploaded files unless they are elsewhere.
        /// One process at a time. A relative path counts from where the server is started.
        folder: PathBuf = PathBuf::from("data");
    }
}

impl Data {
    /// The folder of keys: back it up apart from the rest, and keep the copies for a short time only.
    pub fn keys_folder(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// Where uploaded files go unless `blobs.folder` says otherwise.
    pub fn blobs_folder(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(!self.folder.as_os_str().is_empty(), "data.folder", "must not be empty");
    }
}
