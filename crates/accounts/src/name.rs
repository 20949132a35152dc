//! What may be a name or a password.

use crate::AccountError;

/// Shortest and longest name to sign in with, in characters.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
/// Beginnings the protocol keeps for itself.
const RESERVED_STARTS: [&str; 2] = ["maxim", "mta"];
/// Shortest and longest password, in bytes. Clients of the public protocol allow six; the upper bound keeps hashing cheap.
const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 6..=128;

/// Checks a name to sign in with: letters, digits and underscores, not only digits, not a reserved beginning.
pub fn check_username(name: &str) -> Result<(), AccountError> {
    let refuse = |reason| Err(AccountError::BadName { reason });
    if !NAME_CHARS.contains(&name.chars().count()) {
        return refuse("it must have 2 to 64 characters");
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return refuse("only letters a-z, digits and underscores are allowed");
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse("it must not be digits only");
    }
    let lower = name.to_ascii_lowercase();
    if RESERVED_STARTS.iter().any(|start| lower.starts_with(start)) {
        return refuse("names starting with maxim or mta are reserved");
    }
    Ok(())
}

/// Checks a new password.
pub fn check_password(password: &str) -> Result<(), AccountError> {
    if PASSWORD_BYTES.contains(&password.len()) {
        Ok(())
    } else {
        Err(AccountError::BadPassword { reason: "it must have 6 to 128 bytes" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_underscores() {
        for good in ["al", "Alice_1", "_x", "1a", "anon_0f3b"] {
            assert!(check_username(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "a", "12345", "maxim1", "MTA_x", "a b", "爱丽丝", "a-b", "a@b.c", "a/../b", long.as_str()] {
            assert!(check_username(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_have_a_length() {
        assert!(check_password("123456").is_ok() && check_password("密码").is_ok());
        assert!(check_password("12345").is_err() && check_password(&"x".repeat(129)).is_err());
    }
}
