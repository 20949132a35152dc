//! How the newer paths answer with lists.

use cerulean_types::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Problem, lenient};

/// Items of a page where the caller does not say.
const DEFAULT_ITEMS: usize = 50;
/// Items of a page at most.
const MOST_ITEMS: usize = 200;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Hands on to the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// What of a list is asked for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PageQuery {
    #[serde(default, deserialize_with = "lenient::opt_number")]
    limit: Option<i64>,
    #[serde(default)]
    cursor: Option<String>,
}

impl PageQuery {
    /// How many items.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit {
            None => Ok(DEFAULT_ITEMS),
            Some(limit) if (1..=MOST_ITEMS as i64).contains(&limit) => Ok(limit as usize),
            Some(_) => Err(Problem::new(Code::BadParameter, format!("limit must be 1 to {MOST_ITEMS}"))),
        }
    }

    /// Where the page before ended, in the words of the list.
    pub fn cursor<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let Some(text) = self.cursor.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        let unknown = |_| Problem::new(Code::BadParameter, "cursor is none that a page before handed out");
        text.parse().map(Some).map_err(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(json: &str) -> PageQuery {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn limit_has_a_default_and_bounds() {
        assert_eq!(query("{}").limit().ok(), Some(DEFAULT_ITEMS));
        assert_eq!(query(r#"{"limit":"200"}"#).limit().ok(), Some(200));
        for bad in ["0", "201", "-1"] {
            assert!(query(&format!(r#"{{"limit":{bad}}}"#)).limit().is_err(), "{bad}");
        }
    }

    #[test]
    fn cursor_is_what_was_handed_out() {
        assert_eq!(query("{}").cursor::<i64>().ok(), Some(None));
        assert_eq!(query(r#"{"cursor":"17"}"#).cursor::<i64>().ok(), Some(Some(17)));
        assert!(query(r#"{"cursor":"x"}"#).cursor::<i64>().is_err());
    }
}
