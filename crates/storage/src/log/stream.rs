//! Messages being edited, as the committer keeps them: the form so far, and when it is next written down (docs/decisions/0014).

use std::collections::HashMap;

use bytes::Bytes;
use cerulean_proto::form::{Form, FormChange, FormLimits};
use cerulean_types::{AppId, ItemKind, MessageId};
use cerulean_vault::ConversationCipher;

use super::LogError;

/// Edits after which a form is written down. A reader folds fewer than this; a writer spends this part of a form on each edit.
pub(super) const FORM_EVERY: u32 = 32;
/// In place of `Meta.ns` in a sealed form, so that it cannot be passed off as an item.
const FORM_NAMESPACE: u8 = 255;
/// Bytes of forms kept in memory; beyond, all are forgotten and loaded again as needed.
const KEPT_BYTES: usize = 16 << 20;
/// What a stream costs besides its texts, in bytes.
const STREAM_BYTES: usize = 512;

/// A message, its stored form if it has one, and the edits since, all sealed.
pub(super) struct FoundForm {
    /// The last edit in the stored form; 0 where `sealed` is the message itself.
    pub edit_mid: u64,
    pub sealed: Vec<u8>,
    /// Id, kind and sealed body, oldest first.
    pub edits: Vec<(u64, ItemKind, Vec<u8>)>,
}

/// A form about to be written.
pub(super) struct FormRow {
    pub app: AppId,
    pub line: i64,
    pub mid: MessageId,
    pub edit_mid: u64,
    pub sealed: Vec<u8>,
}

/// A message being edited.
pub(super) struct Stream {
    form: Form,
    /// Edits that the stored form does not hold.
    tail: u32,
}

pub(super) type StreamKey = (AppId, i64, MessageId);

/// The messages edited lately; nothing stands for one that was recalled.
#[derive(Default)]
pub(super) struct Streams {
    known: HashMap<StreamKey, Option<Stream>>,
    bytes: usize,
}

/// Seals a form under the id of its last edit. The vault never uses a nonce twice, so the edit itself may have the same id.
fn seal_form(cipher: &ConversationCipher, edit_mid: u64, form: &Form) -> Result<Vec<u8>, LogError> {
    let mut sealed = Vec::new();
    cipher
        .seal_into(edit_mid, FORM_NAMESPACE, &form.encode(), &mut sealed)
        .map_err(|error| LogError::Failed(error.to_string()))?;
    Ok(sealed)
}

/// Opens a stored form.
pub(super) fn open_form(cipher: &ConversationCipher, edit_mid: u64, sealed: &[u8]) -> Option<Bytes> {
    let plain = cipher.unseal(edit_mid, sealed).ok()?;
    let is_form = ConversationCipher::namespace_of(sealed).is_ok_and(|namespace| namespace == FORM_NAMESPACE);
    is_form.then(|| plain.into())
}

impl Stream {
    /// A message without edits, from its body.
    pub(super) fn of(payload: &Bytes) -> Option<Self> {
        Form::read(payload).map(|form| Self { form, tail: 0 })
    }

    /// Folds what was found.
    pub(super) fn fold(cipher: &ConversationCipher, mid: MessageId, found: &FoundForm) -> Result<Self, LogError> {
        let unreadable = || LogError::Failed(format!("message {} or an edit of it cannot be read", mid.0));
        let base = match found.edit_mid {
            0 => cipher.unseal(mid.0, &found.sealed).ok().map(Bytes::from),
            edit_mid => open_form(cipher, edit_mid, &found.sealed),
        };
        let mut form = base.and_then(|base| Form::read(&base)).ok_or_else(unreadable)?;
        for (edit_mid, kind, sealed) in &found.edits {
            let edit = cipher.unseal(*edit_mid, sealed).map_err(|_| unreadable())?;
            form.fold(*kind, &edit.into());
        }
        Ok(Self { form, tail: u32::try_from(found.edits.len()).unwrap_or(u32::MAX) })
    }

    /// What an edit would change, refused where the message would become too long.
    pub(super) fn plan(&self, kind: ItemKind, payload: &Bytes, limits: FormLimits) -> Result<FormChange, LogError> {
        let change = self.form.plan(kind, payload);
        let change = change.ok_or(LogError::EditUnreadable)?;
        self.form.check(&change, limits).map_err(LogError::FormTooLong)?;
        Ok(change)
    }

    /// Folds an edit that got its id; answers with the sealed form when it is time to write it down.
    pub(super) fn apply(
        &mut self,
        change: FormChange,
        cipher: &ConversationCipher,
        edit_mid: u64,
    ) -> Result<Option<Vec<u8>>, LogError> {
        self.form.apply(change);
        self.tail = self.tail.saturating_add(1);
        if self.tail < FORM_EVERY {
            return Ok(None);
        }
        self.tail = 0;
        seal_form(cipher, edit_mid, &self.form).map(Some)
    }
}

impl Streams {
    /// Forgets everything when it has become too much. Between commits only: what was edited in the open one is not in the database yet.
    pub(super) fn trim(&mut self) {
        if self.bytes > KEPT_BYTES {
            self.clear();
        }
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.bytes = 0;
    }

    pub(super) fn is_known(&self, key: &StreamKey) -> bool {
        self.known.contains_key(key)
    }

    /// The message, unless it was recalled or never there.
    pub(super) fn find(&mut self, key: &StreamKey) -> Option<&mut Stream> {
        self.known.get_mut(key)?.as_mut()
    }

    pub(super) fn put(&mut self, key: StreamKey, stream: Option<Stream>) {
        self.bytes += STREAM_BYTES + stream.as_ref().map_or(0, |stream| stream.form.size());
        self.known.insert(key, stream);
    }

    /// Counts what an edit added.
    pub(super) fn grew(&mut self, bytes: usize) {
        self.bytes += bytes;
    }
}
