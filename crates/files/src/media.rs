//! Media types: what clients claim, what bytes show, what browsers may be given to show.

/// The media type of what nobody has named.
pub(crate) const UNKNOWN: &str = "application/octet-stream";
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
}
