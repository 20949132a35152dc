//! File names.

use crate::FileError;

const NAME_CHARS: usize = 255;
const UNNAMED: &str = "file";

/// Checks the name of an upload: a plain name, no way into a folder. A missing name becomes a neutral one.
pub(crate) fn check_name(name: &str) -> Result<String, FileError> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(UNNAMED.to_owned());
    }
    let leads_away = name == "." || name == ".." || name.contains(['/', '\\']);
    if leads_away || name.chars().any(char::is_control) || name.chars().count() > NAME_CHARS {
        return Err(FileError::BadName);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_into_folders_are_refused() {
        for bad in ["../../etc/passwd", "a/b", "C:\\x", "..", ".", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        for good in ["照片 (1).png", "..hidden", "a.b.c", "👨‍👩‍👧.gif"] {
            assert_eq!(check_name(good).unwrap(), good);
        }
        assert_eq!(check_name("").unwrap(), "file");
    }
}
