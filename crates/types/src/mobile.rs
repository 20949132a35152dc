//! Phone numbers.

/// Digits of a phone number.
const MOBILE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

/// The one form of a phone number: digits, with a plus for other countries. `+86` and `0086` before a Chinese mobile number go away, so
/// that both ways to write it are one number. `None` when it is none.
pub fn normal_mobile(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let (plus, digits) = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(rest) => ("+", rest),
        None => ("", plain.as_str()),
    };
    if !MOBILE_DIGITS.contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let national = digits.strip_prefix("86").filter(|rest| rest.len() == 11 && rest.starts_with('1'));
    Some(match national {
        Some(rest) if !plus.is_empty() => rest.to_owned(),
        _ => format!("{plus}{digits}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_number_has_one_form() {
        for same in ["13800000000", "+86 138-0000-0000", "008613800000000"] {
            assert_eq!(normal_mobile(same).as_deref(), Some("13800000000"), "{same}");
        }
        assert_eq!(normal_mobile("+1 (555) 010-0199").as_deref(), Some("+15550100199"));
        for bad in ["", "1234", "12345x", "1234567890123456", "alice"] {
            assert_eq!(normal_mobile(bad), None, "{bad}");
        }
    }
}
