//! What a file is for.

use crate::{FileError, media};

/// Largest picture of a user or group, in bytes.
pub const AVATAR_BYTES: u64 = 10 << 20;

/// What a file is for, which bounds its size and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum Purpose {
    /// Picture of a user.
    UserAvatar = 1,
    /// Picture of a group.
    GroupAvatar = 2,
    /// Any file in a conversation.
    File = 100,
    /// A voice message.
    Audio = 101,
    /// A picture.
    Image = 102,
    /// A film.
    Video = 103,
}

impl Purpose {
    /// Reads a `file_type`; those of shared files (200-203) mean the same here.
    pub fn from_file_type(number: i64) -> Result<Self, FileError> {
        Ok(match number {
            100 | 200 => Self::File,
            101 | 104 | 201 => Self::Audio,
            102 | 202 => Self::Image,
            103 | 203 => Self::Video,
            _ => return Err(FileError::UnknownType),
        })
    }

    pub(crate) fn from_stored(number: i16) -> Option<Self> {
        [Self::UserAvatar, Self::GroupAvatar, Self::File, Self::Audio, Self::Image, Self::Video]
            .into_iter()
            .find(|purpose| *purpose as i16 == number)
    }

    /// Whether it is the picture of a user or group.
    pub fn is_avatar(self) -> bool {
        matches!(self, Self::UserAvatar | Self::GroupAvatar)
    }

    /// Most bytes, where `file_bytes` is the operator's limit.
    pub fn limit(self, file_bytes: u64) -> u64 {
        if self.is_avatar() { file_bytes.min(AVATAR_BYTES) } else { file_bytes }
    }

    /// The media type to store, from what the client says and what the first bytes show; refuses what does not fit the purpose.
    pub(crate) fn content_type(self, declared: &str, head: &[u8]) -> Result<String, FileError> {
        let sniffed = cerulean_pictures::sniff(head);
        let is_vague = declared == media::UNKNOWN;
        let wrong = |expected| Err(FileError::WrongType { expected });
        match self {
            Self::UserAvatar | Self::GroupAvatar => match sniffed {
                Some(found) => Ok(found.to_owned()),
                None => wrong("a PNG, JPEG, GIF, WebP or BMP picture"),
            },
            Self::Image => match sniffed {
                Some(found) => Ok(found.to_owned()),
                None if declared.starts_with("image/") => Ok(declared.to_owned()),
                None => wrong("a picture"),
            },
            // Browsers record voice messages as video/webm or application/ogg.
            Self::Audio | Self::Video => {
                let is_media = declared.starts_with("audio/") || declared.starts_with("video/");
                if is_media || is_vague || declared == "application/ogg" {
                    Ok(declared.to_owned())
                } else {
                    wrong(if self == Self::Audio { "sound" } else { "a film" })
                }
            }
            Self::File => match sniffed {
                Some(found) if is_vague || declared.starts_with("image/") => Ok(found.to_owned()),
                _ => Ok(declared.to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";
    const HTML: &[u8] = b"<html><script>";

    #[test]
    fn numbers_of_the_protocol_are_known() {
        for number in [100, 101, 102, 103, 104, 200, 201, 202, 203] {
            let purpose = Purpose::from_file_type(number).unwrap();
            assert_eq!(Purpose::from_stored(purpose as i16), Some(purpose));
        }
        for number in [0, 1, 2, 99, 105, 204, -1] {
            assert!(Purpose::from_file_type(number).is_err(), "{number}");
        }
    }

    #[test]
    fn avatars_must_be_pictures_by_their_bytes() {
        assert_eq!(Purpose::UserAvatar.content_type("text/html", PNG).unwrap(), "image/png");
        assert!(Purpose::UserAvatar.content_type("image/png", HTML).is_err());
        assert!(Purpose::GroupAvatar.content_type("image/svg+xml", b"<svg>").is_err());
    }

    #[test]
    fn types_that_do_not_fit_are_refused() {
        assert!(Purpose::Image.content_type("text/html", HTML).is_err());
        assert_eq!(Purpose::Image.content_type("application/octet-stream", PNG).unwrap(), "image/png");
        assert_eq!(Purpose::Image.content_type("image/heic", b"....").unwrap(), "image/heic");
        assert!(Purpose::Audio.content_type("text/html", HTML).is_err());
        assert_eq!(Purpose::Audio.content_type("video/webm", b"....").unwrap(), "video/webm");
        assert!(Purpose::Video.content_type("application/pdf", b"%PDF").is_err());
        assert_eq!(Purpose::File.content_type("text/html", HTML).unwrap(), "text/html");
        assert_eq!(Purpose::File.content_type("text/plain", b"BM is short").unwrap(), "text/plain");
    }

    #[test]
    fn avatars_have_their_own_limit() {
        assert_eq!(Purpose::UserAvatar.limit(1 << 30), AVATAR_BYTES);
        assert_eq!(Purpose::File.limit(1 << 30), 1 << 30);
        assert_eq!(Purpose::GroupAvatar.limit(100), 100);
    }
}
