//! The `Content-Disposition` header.

use std::fmt::Write;

use axum::http::HeaderValue;

/// Says whether to show or to save, and under which name.
pub fn disposition(is_inline: bool, name: &str) -> HeaderValue {
    let mut text = String::from(if is_inline { "inline" } else { "attachment" });
    text.push_str("; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    HeaderValue::from_str(&text).expect("letters, digits and per cent signs are a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_header() {
        assert_eq!(disposition(true, "a.png"), "inline; filename*=UTF-8''a.png");
        assert_eq!(disposition(false, "照 \"\r\nx: y"), "attachment; filename*=UTF-8''%E7%85%A7%20%22%0D%0Ax%3A%20y");
    }
}
