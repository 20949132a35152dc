//! The lines of a dump (`docs/operations/import-format.md`): one JSON object each, told apart by `type`.

use std::borrow::Cow;
use std::fmt;

use cerulean_storage::user::UserSettings;
use cerulean_types::Millis;
use serde::de::{DeserializeOwned, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// What the first line must say.
pub const FORMAT: &str = "cerulean-dump";
/// The version that is written and read.
pub const VERSION: u32 = 1;

/// An id as the source writes it: a text or a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub String);

impl Id {
    /// The number it is, if it is one.
    pub fn number(&self) -> Option<u64> {
        self.0.parse().ok().filter(|number: &u64| *number < 1 << 53 && number.to_string() == self.0)
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.number() {
            Some(number) => serializer.serialize_u64(number),
            None => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrNumber;
        impl Visitor<'_> for TextOrNumber {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id (a text of 1 to 255 bytes, or a number)")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Id, E> {
                Ok(number.into())
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                if (1..=255).contains(&text.len()) {
                    Ok(Id(text.to_owned()))
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_any(TextOrNumber)
    }
}

/// A text that is usually JSON: written as the JSON itself, read from that or from a text, kept byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonText(pub String);

impl JsonText {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_object = self.0.starts_with('{') && !self.0.contains(['\n', '\r']);
        match is_object.then(|| serde_json::from_str::<&RawValue>(&self.0)) {
            Some(Ok(raw)) => raw.serialize(serializer),
            _ => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        match raw.get() {
            "null" => Ok(Self::default()),
            text if text.starts_with('"') => serde_json::from_str(text).map(Self).map_err(serde::de::Error::custom),
            _ => Ok(Self(Box::<str>::from(raw).into())),
        }
    }
}

/// The `type` of a line, which each record meets again and skips.
#[derive(Debug, Clone, Copy, Default)]
struct Kind;

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[expect(missing_docs, reason = "docs/operations/import-format.md explains every field")]
            pub struct $name {
                #[serde(rename = "type", skip_serializing)]
                _kind: Kind,
                $($(#[$field_meta])* pub $field: $kind,)+
            }

            impl $name {
                /// Puts a record together.
                #[allow(clippy::too_many_arguments, reason = "one for each field of the format")]
                #[allow(unused, reason = "not every record is written")]
                pub(crate) fn of($($field: $kind),+) -> Self {
                    Self { _kind: Kind, $($field),+ }
                }
            }
        )+
    };
}

/// What a line says.
#[derive(Debug, Clone)]
pub enum Record {
    /// The first line.
    Header(Header),
    /// A user.
    User(Box<User>),
    /// A friendship, with what one side notes about the other.
    Friendship(Friendship),
    /// What a user notes about somebody who is no friend.
    Note(Friendship),
    /// A block.
    Block(Block),
    /// A request to be friends that nobody answered yet.
    Application(Application),
    /// A group.
    Group(Box<Group>),
    /// A member of a group.
    Member(Box<Member>),
    /// Somebody who may not come into a group.
    GroupBlock(GroupBlock),
    /// An announcement in a group.
    Announcement(Announcement),
    /// A file that a group shares.
    SharedFile(Box<SharedFile>),
    /// A request to come into a group that nobody answered yet.
    GroupApplication(GroupApplication),
    /// An invitation into a group that was not answered yet.
    GroupInvitation(GroupInvitation),
    /// A message.
    Message(Box<Message>),
    /// Text added to a message.
    Append(Box<Edit>),
    /// Content in place of a message's.
    Replace(Box<Edit>),
    /// A message taken back.
    Recall(Recall),
    /// What a user keeps about a conversation.
    Conversation(Box<Conversation>),
}

macro_rules! words {
    ($($variant:ident $word:literal),+ $(,)?) => {
        impl Record {
            /// The `type` of the line.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $word,)+
                }
            }

            /// Reads a line.
            pub fn parse(line: &[u8]) -> Result<Self, String> {
                #[derive(Deserialize)]
                struct Tagged<'a> {
                    #[serde(rename = "type", borrow)]
                    kind: Cow<'a, str>,
                }
                let tagged: Tagged<'_> = serde_json::from_slice(line).map_err(explain)?;
                match &*tagged.kind {
                    $($word => record(line).map(Self::$variant),)+
                    other => Err(format!("unknown type \"{other}\"; there are {}", [$($word),+].join(", "))),
                }
            }

            /// Appends the line with its end to `out`.
            pub fn write(&self, out: &mut Vec<u8>) {
                #[derive(Serialize)]
                #[serde(tag = "type")]
                enum Line<'a> {
                    $(#[serde(rename = $word)] $variant(&'a dyn_of!($variant)),)+
                }
                let line = match self {
                    $(Self::$variant(record) => Line::$variant(record),)+
                };
                serde_json::to_writer(&mut *out, &line).expect("records become JSON");
                out.push(b'\n');
            }
        }
    };
}

macro_rules! dyn_of {
    (Note) => {
        Friendship
    };
    (Append) => {
        Edit
    };
    (Replace) => {
        Edit
    };
    ($name:ident) => {
        $name
    };
}

words!(
    Header "header",
    User "user",
    Friendship "friendship",
    Note "note",
    Block "block",
    Application "application",
    Group "group",
    Member "member",
    GroupBlock "group_block",
    Announcement "announcement",
    SharedFile "shared_file",
    GroupApplication "group_application",
    GroupInvitation "group_invitation",
    Message "message",
    Append "append",
    Replace "replace",
    Recall "recall",
    Conversation "conversation",
);

fn record<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(explain)
}

/// Says what is wrong and in which column; the line is known to the caller.
fn explain(error: serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("{text} (column {})", error.column())
}

/// Which messages of a dump count as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadState {
    /// All of them, by everyone.
    #[default]
    All,
    /// Those that `conversation` lines name.
    Given,
}

/// Names a message: its id, and when it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageRef {
    /// Id of the source.
    pub id: Id,
    /// Milliseconds.
    pub at: Millis,
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyTo {
    /// Id of the source.
    pub id: Id,
    /// Milliseconds.
    pub at: Millis,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Id>,
    /// Its beginning, to be shown above the answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// `content_type` of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ContentType {
    #[default]
    Text = 0,
    Image = 1,
    Audio = 2,
    Video = 3,
    File = 4,
    Location = 5,
    Command = 6,
    Forward = 7,
    Rtc = 8,
}

/// What a file beside a dump is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileUse {
    /// The file of a message of this type, or one that a group shares.
    Content(ContentType),
    /// The picture of a user.
    UserPicture,
    /// The picture of a group.
    GroupPicture,
}

/// `role` of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    #[default]
    Member = 0,
    Admin = 1,
    Owner = 2,
}

records! {
    /// The first line.
    Header {
        format: String,
        version: u32,
        source: String,
        #[serde(default, skip_serializing_if = "is_default")]
        read_state: ReadState,
    }

    /// A user.
    User {
        id: Id,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        username: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        nick_name: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar_file: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar_sha256: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        mobile: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        email: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        public_info: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        private_info: String,
        #[serde(default, skip_serializing_if = "is_default")]
        settings: UserSettings,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        password_hash: String,
        #[serde(default, skip_serializing_if = "is_default")]
        frozen: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        removed: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// What `user` notes about `peer`.
    Friendship {
        user: Id,
        peer: Id,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        alias: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        ext: String,
        #[serde(default, skip_serializing_if = "is_default")]
        muted: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// A block.
    Block {
        user: Id,
        peer: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// A request to be friends.
    Application {
        from: Id,
        to: Id,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        at: Millis,
        expires_at: Millis,
    }

    /// A group.
    Group {
        id: Id,
        owner: Id,
        #[serde(default, skip_serializing_if = "is_default")]
        kind: u8,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar_file: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        avatar_sha256: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        ext: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capacity: Option<u64>,
        #[serde(default = "by_approval")]
        apply_approval: u8,
        #[serde(default, skip_serializing_if = "is_default")]
        member_invite: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        member_modify: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        read_ack: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        history_visible: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        hide_member_info: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        ban_all_until: Millis,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// A member of a group.
    Member {
        group: Id,
        user: Id,
        #[serde(default, skip_serializing_if = "is_default")]
        role: Role,
        #[serde(default, skip_serializing_if = "is_default")]
        ban_until: Millis,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        display_name: String,
        #[serde(default, skip_serializing_if = "is_default")]
        mute_mode: u8,
        #[serde(default, skip_serializing_if = "is_default")]
        push_mode: u8,
        #[serde(default, skip_serializing_if = "is_default")]
        not_disturb: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// Somebody who may not come into a group.
    GroupBlock {
        group: Id,
        user: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// An announcement in a group.
    Announcement {
        id: Id,
        group: Id,
        from: Id,
        title: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        content: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
    }

    /// A file that a group shares. `file` is where its content lies beside the dump.
    SharedFile {
        id: Id,
        group: Id,
        from: Id,
        name: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        url: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        file: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        sha256: String,
        #[serde(default, skip_serializing_if = "is_default")]
        size: u64,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        content_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Millis>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed_at: Option<Millis>,
    }

    /// A request to come into a group.
    GroupApplication {
        group: Id,
        from: Id,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        at: Millis,
        expires_at: Millis,
    }

    /// An invitation into a group.
    GroupInvitation {
        group: Id,
        from: Id,
        to: Id,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        at: Millis,
        expires_at: Millis,
    }

    /// A message.
    Message {
        id: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_user: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_group: Option<Id>,
        at: Millis,
        #[serde(default, skip_serializing_if = "is_default")]
        content_type: ContentType,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        content: String,
        #[serde(default, skip_serializing_if = "JsonText::is_empty")]
        attachment: JsonText,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        file: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        sha256: String,
        #[serde(default, skip_serializing_if = "JsonText::is_empty")]
        config: JsonText,
        #[serde(default, skip_serializing_if = "JsonText::is_empty")]
        ext: JsonText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<ReplyTo>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        sender_name: String,
        #[serde(default, skip_serializing_if = "is_default")]
        priority: u32,
        #[serde(default, skip_serializing_if = "is_default")]
        recalled: bool,
    }

    /// A change of a message.
    Edit {
        id: Id,
        message: MessageRef,
        from: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_user: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_group: Option<Id>,
        at: Millis,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        content: String,
        #[serde(default, skip_serializing_if = "JsonText::is_empty")]
        config: JsonText,
        #[serde(default, skip_serializing_if = "JsonText::is_empty")]
        ext: JsonText,
    }

    /// A message taken back.
    Recall {
        id: Id,
        message: MessageRef,
        from: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_user: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_group: Option<Id>,
        at: Millis,
    }

    /// What a user keeps about a conversation; about his own line with the system where neither `peer` nor `group` is named.
    Conversation {
        user: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<MessageRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cleared: Option<MessageRef>,
        #[serde(default, skip_serializing_if = "is_default")]
        pinned: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        muted: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hidden: Vec<MessageRef>,
    }
}

fn by_approval() -> u8 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(line: &str) -> String {
        let mut out = Vec::new();
        Record::parse(line.as_bytes()).unwrap().write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_are_written_as_they_were_read() {
        for line in [
            r#"{"type":"header","format":"cerulean-dump","version":1,"source":"shop"}"#,
            r#"{"type":"user","id":"@a:x","username":"anna","frozen":true,"at":5}"#,
            r#"{"type":"user","id":9,"removed":true}"#,
            r#"{"type":"user","id":9,"avatar_file":"f/a.png","avatar_sha256":"00"}"#,
            r#"{"type":"message","id":7,"from":9,"to_user":17,"at":5,"content_type":"image","attachment":{"url":"x",  "n":1.50}}"#,
            r#"{"type":"message","id":7,"to_group":"g","at":5,"content":"hi","ext":"{\"a\":\n1}","reply_to":{"id":6,"at":4}}"#,
            r#"{"type":"application","from":9,"to":17,"reason":"hi","at":5,"expires_at":6}"#,
            r#"{"type":"shared_file","id":3,"group":10,"from":9,"name":"a.txt","file":"f/a.txt","sha256":"00","size":2,"at":5}"#,
            r#"{"type":"group_invitation","group":10,"from":9,"to":17,"at":5,"expires_at":6}"#,
            r#"{"type":"replace","id":8,"message":{"id":7,"at":5},"from":9,"to_user":17,"at":6,"content":"ho"}"#,
            r#"{"type":"conversation","user":9,"read":{"id":7,"at":5},"pinned":true}"#,
        ] {
            assert_eq!(again(line).trim_end(), line);
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, mistake) in [
            (r#"{"type":"usr","id":1}"#, "unknown type \"usr\""),
            (r#"{"id":1}"#, "missing field `type`"),
            (r#"{"type":"user","id":1,"nick":"x"}"#, "unknown field `nick`"),
            (r#"{"type":"user"}"#, "missing field `id`"),
            (r#"{"type":"user","id":""}"#, "expected an id"),
            (r#"{"type":"user","id":-1}"#, "expected an id"),
            (r#"{"type":"message","id":1,"at":"x"}"#, "invalid type"),
            ("nonsense", "expected"),
            ("", "EOF"),
        ] {
            let told = Record::parse(line.as_bytes()).unwrap_err();
            assert!(told.contains(mistake), "{line}: {told}");
        }
    }

    #[test]
    fn ids_are_the_same_as_text_and_number() {
        let of = |json: &str| serde_json::from_str::<Id>(json).unwrap();
        assert_eq!(of("12"), of("\"12\""));
        assert_eq!(of("\"012\"").number(), None);
        assert_eq!(serde_json::to_string(&of("\"@a\"")).unwrap(), "\"@a\"");
    }
}
