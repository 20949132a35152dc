//! Files that go along with a dump: each once, under the checksum of its content.

use std::collections::HashSet;

use aws_lc_rs::digest::{Context, SHA256};
use futures::TryStreamExt;
use serde_json::{Map, Value};

use super::{ExportEvent, Run};
use crate::format::{JsonText, Message};
use crate::{OpenFile, TransferError};

/// Longest name of a file, in bytes; file systems take 255.
const NAME_BYTES: usize = 200;

/// What went out so far.
pub(super) struct Outgoing {
    /// Name of the folder beside the dump.
    folder: String,
    written: HashSet<String>,
}

/// A file that stands beside the dump.
pub(super) struct Taken {
    /// Where, seen from the folder of the dump.
    pub path: String,
    pub sha256: String,
}

impl Outgoing {
    pub fn new(folder: String) -> Self {
        Self { folder, written: HashSet::new() }
    }
}

impl Run<'_> {
    /// Puts the file of a message beside the dump; the address goes, because an import gives it another.
    pub(super) async fn take_out_attachment(&mut self, message: &mut Message) -> Result<(), TransferError> {
        if self.files.is_none() {
            return Ok(());
        }
        let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(&message.attachment.0) else { return Ok(()) };
        let Some(url) = fields.get("url").and_then(Value::as_str) else { return Ok(()) };
        let Some(taken) = self.take_out(url).await? else { return Ok(()) };
        fields.remove("url");
        message.attachment = JsonText(Value::Object(fields).to_string());
        (message.file, message.sha256) = (taken.path, taken.sha256);
        Ok(())
    }

    /// Puts the file of an address beside the dump, unless it stands there already. Nothing when the address is not one of this server's,
    /// or its file is gone.
    pub(super) async fn take_out(&mut self, url: &str) -> Result<Option<Taken>, TransferError> {
        if self.files.is_none() {
            return Ok(None);
        }
        let Some(sha256) = self.checksum_of(url).await? else { return Ok(None) };
        let Some(file) = self.open(url).await? else { return Ok(None) };
        let Some(files) = &mut self.files else { return Ok(None) };
        let path = format!("{}/{sha256}/{}", files.folder, safe_name(&file.name));
        if files.written.insert(path.clone()) {
            let mut content = file.content;
            // An empty file is one as well.
            self.hand_on(&path, Vec::new()).await?;
            while let Some(piece) = content.try_next().await.map_err(TransferError::FileBroken)? {
                self.hand_on(&path, piece.to_vec()).await?;
            }
            self.report.files += 1;
        }
        Ok(Some(Taken { path, sha256 }))
    }

    async fn hand_on(&self, path: &str, piece: Vec<u8>) -> Result<(), TransferError> {
        let event = ExportEvent::File { path: path.to_owned(), piece };
        self.events.send(event).await.map_err(|_| TransferError::Abandoned)
    }

    async fn open(&self, url: &str) -> Result<Option<OpenFile>, TransferError> {
        self.transfer.neighbours.open_file(self.app, url).await.map_err(TransferError::FileBroken)
    }

    /// Reads a file once before it is written, because its checksum is part of where it is written to.
    async fn checksum_of(&mut self, url: &str) -> Result<Option<String>, TransferError> {
        let digest = match self.transfer.neighbours.open_file(self.app, url).await {
            Ok(None) => return Ok(None),
            Ok(Some(file)) => digest_of(file).await,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = &digest {
            tracing::warn!(app.id = self.app.0, "a file is not exported, because it cannot be read: {reason}");
            self.report.missing_files += 1;
        }
        Ok(digest.ok())
    }
}

async fn digest_of(mut file: OpenFile) -> Result<String, String> {
    let mut context = Context::new(&SHA256);
    while let Some(piece) = file.content.try_next().await? {
        context.update(&piece);
    }
    Ok(hex::encode(context.finish()))
}

/// A name that is no path, on any system.
fn safe_name(name: &str) -> String {
    let plain: String =
        name.chars().map(|letter| if letter.is_control() || "/\\:".contains(letter) { '_' } else { letter }).collect();
    let end = (0..=NAME_BYTES.min(plain.len())).rev().find(|end| plain.is_char_boundary(*end)).unwrap_or(0);
    match &plain[..end] {
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lead_nowhere_else() {
        for (name, safe) in [
            ("报告.pdf", "报告.pdf"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("..", "file"),
            ("", "file"),
            ("a\\b\0c\n", "a_b_c_"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
        assert_eq!(safe_name(&"字".repeat(100)).len(), 198);
    }
}
