//! The `Range` header.

use std::ops::Range;

/// What part of a content to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: nothing was asked for, or in a way that may be ignored (RFC 9110, 14.2).
    All,
    /// A part.
    Part(Range<u64>),
    /// A part that does not exist.
    Nothing,
}

/// Reads a header. Only one range is served; a list of several gets everything.
pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Wanted::All };
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::All };
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (None, Some(suffix)) if first.is_empty() => match suffix.min(size) {
            0 => Wanted::Nothing,
            suffix => Wanted::Part(size - suffix..size),
        },
        (Some(first), _) if first >= size && (last.is_empty() || number(last).is_some()) => Wanted::Nothing,
        (Some(first), None) if last.is_empty() => Wanted::Part(first..size),
        (Some(first), Some(last)) if first <= last => Wanted::Part(first..last.saturating_add(1).min(size)),
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_to_the_content() {
        for (header, expected) in [
            ("bytes=0-0", 0..1),
            ("bytes=10-", 10..100),
            ("bytes=10-19", 10..20),
            ("bytes=90-1000", 90..100),
            ("bytes=90-99999999999999999999", 90..100),
            ("bytes=-1", 99..100),
            ("bytes=-1000", 0..100),
        ] {
            assert_eq!(wanted(Some(header), 100), Wanted::Part(expected), "{header}");
        }
    }

    #[test]
    fn parts_beyond_the_content_are_told_and_junk_is_ignored() {
        for header in ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(wanted(Some(header), 100), Wanted::Nothing, "{header}");
        }
        for header in ["items=0-1", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,5-6", "bytes=-", "bytes=1-x", ""] {
            assert_eq!(wanted(Some(header), 100), Wanted::All, "{header}");
        }
        assert_eq!(wanted(None, 100), Wanted::All);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
