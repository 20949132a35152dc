//! Media types: what clients claim, what bytes show, what browsers may be given to show.

/// The media type of what nobody has named.
pub(crate) const UNKNOWN: &str = "application/octet-stream";
/// Bytes that [`sniff_image`] needs to see.
pub(crate) const HEAD_BYTES: usize = 32;

/// The media type of a picture by its first bytes, for the forms that browsers and the thumbnail maker know.
pub(crate) fn sniff_image(head: &[u8]) -> Option<&'static str> {
    let is_webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'B', b'M', ..] if head.len() >= 14 && head[6..10] == [0; 4] => Some("image/bmp"),
        _ if is_webp => Some("image/webp"),
        _ => None,
    }
}

/// Brings a claimed media type into its plain form, without parameters; what makes no sense becomes [`UNKNOWN`].
pub(crate) fn plain_type(claimed: &str) -> String {
    let essence = claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.len() <= 100 && part.bytes().all(is_plain)
    };
    match essence.split_once('/') {
        Some((kind, form)) if is_token(kind) && is_token(form) => essence,
        _ => UNKNOWN.to_owned(),
    }
}

/// Whether a browser may show content of this type inside a page: nothing in which scripts could run.
pub fn is_shown_inline(content_type: &str) -> bool {
    const PICTURES: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"];
    PICTURES.contains(&content_type) || content_type.starts_with("audio/") || content_type.starts_with("video/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claimed_types_become_plain() {
        assert_eq!(plain_type("Text/HTML; charset=utf-8"), "text/html");
        assert_eq!(plain_type("image/svg+xml"), "image/svg+xml");
        for junk in ["", "text", "text/", "/html", "a b/c", "text/html\r\nx: y", "текст/html"] {
            assert_eq!(plain_type(junk), UNKNOWN, "{junk:?}");
        }
    }

    #[test]
    fn nothing_that_runs_scripts_is_shown() {
        for shown in ["image/png", "audio/mpeg", "video/mp4"] {
            assert!(is_shown_inline(shown));
        }
        for kept in ["text/html", "image/svg+xml", "application/pdf", "text/xml", "application/xhtml+xml", UNKNOWN] {
            assert!(!is_shown_inline(kept), "{kept}");
        }
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(sniff_image(b"GIF89a..."), Some("image/gif"));
        assert_eq!(sniff_image(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniff_image(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(sniff_image(b"BM and more text than that"), None);
        assert_eq!(sniff_image(b""), None);
    }
}
