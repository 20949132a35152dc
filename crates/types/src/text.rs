//! What texts may be made of.

/// Whether a text has control characters other than ends of lines and tabs: nobody sees them, and some programs stop at them.
pub fn has_controls(text: &str) -> bool {
    text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_text_and_the_zero_is_not() {
        assert!(!has_controls("静\r\n\t\u{1F469}\u{200D}\u{1F680}\u{2028}"));
        for bad in ["\u{0}", "a\u{7}b", "\u{1b}[2J", "\u{7f}", "\u{85}"] {
            assert!(has_controls(bad), "{bad:?}");
        }
    }
}
