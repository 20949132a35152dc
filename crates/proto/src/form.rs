//! The present form of a message: its edits folded in (wire.md 9).
//!
//! Whoever stores a form and whoever shows one fold in the same way, so the rule stands here, below both.

use bytes::Bytes;
use cerulean_types::ItemKind;
use prost::Message;
use serde_json::{Map, Value};

use crate::pb;

/// How long the parts of a form may become, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormLimits {
    /// `content`.
    pub content: usize,
    /// `config` and `ext`, each.
    pub extra: usize,
}

/// An edit would make a part of the message longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{part} would be longer than {limit} bytes")]
pub struct FormTooLong {
    /// Which part.
    pub part: &'static str,
    /// How long it may be.
    pub limit: usize,
}

/// A message with the edits so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Form(pb::MessageBody);

/// What an edit does to a form, worked out but not done yet.
#[derive(Debug)]
pub struct FormChange {
    content: Content,
    config: Option<String>,
    ext: Option<String>,
    edit_timestamp: u64,
}

#[derive(Debug)]
enum Content {
    Keep,
    Add(String),
    Set(String),
}

impl Form {
    /// Reads a message body, or a form stored earlier; nothing when it is neither.
    pub fn read(payload: &Bytes) -> Option<Self> {
        pb::MessageBody::decode(payload.clone()).ok().map(Self)
    }

    /// Works out what an edit changes; nothing when its body cannot be read.
    pub fn plan(&self, kind: ItemKind, edit: &Bytes) -> Option<FormChange> {
        let edit = pb::MessageBody::decode(edit.clone()).ok()?;
        let content = match kind {
            _ if edit.content.is_empty() => Content::Keep,
            ItemKind::Append => Content::Add(edit.content),
            _ => Content::Set(edit.content),
        };
        Some(FormChange {
            content,
            config: merged(&self.0.config, &edit.config),
            ext: merged(&self.0.ext, &edit.ext),
            edit_timestamp: edit.edit_timestamp,
        })
    }

    /// Refuses a change that would make a part too long. What was too long before may become shorter.
    pub fn check(&self, change: &FormChange, limits: FormLimits) -> Result<(), FormTooLong> {
        let content = match &change.content {
            Content::Keep => 0,
            Content::Add(more) => self.0.content.len() + more.len(),
            Content::Set(content) => content.len(),
        };
        let length = |part: &Option<String>| part.as_ref().map_or(0, String::len);
        let parts = [
            ("content", content, limits.content),
            ("config", length(&change.config), limits.extra),
            ("ext", length(&change.ext), limits.extra),
        ];
        match parts.into_iter().find(|(_, length, limit)| length > limit) {
            Some((part, _, limit)) => Err(FormTooLong { part, limit }),
            None => Ok(()),
        }
    }

    /// Does what was worked out for this very form.
    pub fn apply(&mut self, change: FormChange) {
        match change.content {
            Content::Keep => {}
            Content::Add(more) => self.0.content.push_str(&more),
            Content::Set(content) => self.0.content = content,
        }
        if let Some(config) = change.config {
            self.0.config = config;
        }
        if let Some(ext) = change.ext {
            self.0.ext = ext;
        }
        self.0.edit_timestamp = self.0.edit_timestamp.max(change.edit_timestamp);
    }

    /// Folds an edit in; one that cannot be read changes nothing.
    pub fn fold(&mut self, kind: ItemKind, edit: &Bytes) {
        if let Some(change) = self.plan(kind, edit) {
            self.apply(change);
        }
    }

    /// The form as a message body.
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode_to_vec()
    }

    /// About how much memory it takes, in bytes.
    pub fn size(&self) -> usize {
        self.0.content.len() + self.0.config.len() + self.0.ext.len() + self.0.attachment.len()
    }
}

/// Merges the top-level fields of a JSON object given as text. Absent, empty and `null` mean unchanged; what is no object replaces.
fn merged(text: &str, change: &str) -> Option<String> {
    if change.is_empty() || change.trim() == "null" {
        return None;
    }
    let parse = |text: &str| serde_json::from_str::<Map<String, Value>>(text).ok();
    Some(match (parse(text), parse(change)) {
        (Some(mut fields), Some(changed)) => {
            fields.extend(changed);
            Value::Object(fields).to_string()
        }
        _ => change.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: FormLimits = FormLimits { content: 10, extra: 20 };

    fn body(content: &str, config: &str) -> Bytes {
        let body = pb::MessageBody { content: content.into(), config: config.into(), ..Default::default() };
        body.encode_to_vec().into()
    }

    fn fold(form: &mut Form, kind: ItemKind, edit: &Bytes) -> Result<(), FormTooLong> {
        let change = form.plan(kind, edit).expect("a readable edit");
        form.check(&change, LIMITS)?;
        form.apply(change);
        Ok(())
    }

    #[test]
    fn json_is_merged_by_top_level_field() {
        assert_eq!(merged(r#"{"a":1,"b":2}"#, "null"), None);
        assert_eq!(merged(r#"{"a":1,"b":2}"#, ""), None);
        let text = merged(r#"{"a":1,"b":2}"#, r#"{"b":3,"c":12345678901234567}"#);
        assert_eq!(text.as_deref(), Some(r#"{"a":1,"b":3,"c":12345678901234567}"#));
        assert_eq!(merged(r#"{"a":1}"#, "plain").as_deref(), Some("plain"));
    }

    #[test]
    fn form_grows_only_to_its_limit_and_may_shrink() {
        let mut form = Form::read(&body("12345", "")).unwrap();
        assert_eq!(fold(&mut form, ItemKind::Append, &body("67890", "")), Ok(()));
        let before = form.clone();
        let refused = fold(&mut form, ItemKind::Append, &body("!", ""));
        assert_eq!(refused, Err(FormTooLong { part: "content", limit: 10 }));
        assert_eq!(form, before, "a refused edit changes nothing");
        let long = r#"{"a":"1234567890123456"}"#;
        assert_eq!(fold(&mut form, ItemKind::Replace, &body("", long)), Err(FormTooLong { part: "config", limit: 20 }));
        assert_eq!(fold(&mut form, ItemKind::Replace, &body("1", "")), Ok(()));
        assert_eq!(fold(&mut form, ItemKind::Append, &body("2", "")), Ok(()));
        assert_eq!(pb::MessageBody::decode(&form.encode()[..]).unwrap().content, "12");
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        let broken = Bytes::from_static(&[0xff]);
        assert_eq!(Form::read(&broken), None);
        let mut form = Form::read(&body("a", "")).unwrap();
        form.fold(ItemKind::Append, &broken);
        assert_eq!(form, Form::read(&body("a", "")).unwrap());
    }
}
