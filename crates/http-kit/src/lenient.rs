//! Reads numbers and flags as clients send them: as JSON numbers, as text, in queries always as text. Numbers stay below 2^53.
//!
//! Use as `#[serde(deserialize_with = "lenient::number")]`; the `opt_` variants also want `#[serde(default)]`.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

const LIMIT: i64 = 1 << 53;

fn number_of(value: &Value) -> Result<i64, &'static str> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number {
        Some(number) if (-LIMIT..LIMIT).contains(&number) => Ok(number),
        _ => Err("expected a whole number below 2^53"),
    }
}

fn flag_of(value: &Value) -> Result<bool, &'static str> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Number(number) if number.as_i64() == Some(0) => Ok(false),
        Value::Number(number) if number.as_i64() == Some(1) => Ok(true),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("expected true or false"),
        },
        _ => Err("expected true or false"),
    }
}

/// A whole number.
pub fn number<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    number_of(&Value::deserialize(from)?).map_err(D::Error::custom)
}

/// A whole number, zero or above: ids.
pub fn id<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    u64::try_from(number(from)?).map_err(|_| D::Error::custom("expected an id"))
}

/// A whole number, or nothing when absent, null or empty text.
pub fn opt_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        value => number_of(&value).map(Some).map_err(D::Error::custom),
    }
}

/// An id, or nothing when absent, null or empty text.
pub fn opt_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    opt_number(from)?.map(|number| u64::try_from(number).map_err(|_| D::Error::custom("expected an id"))).transpose()
}

/// A list of ids.
pub fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    let values = Vec::<Value>::deserialize(from)?;
    if values.len() > cerulean_types::limits::BATCH_ITEMS {
        return Err(D::Error::custom(format!("list of more than {}", cerulean_types::limits::BATCH_ITEMS)));
    }
    values
        .iter()
        .map(|value| number_of(value).and_then(|number| u64::try_from(number).map_err(|_| "expected an id")))
        .collect::<Result<_, _>>()
        .map_err(D::Error::custom)
}

/// A flag.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    flag_of(&Value::deserialize(from)?).map_err(D::Error::custom)
}

/// A flag, or nothing when absent or null.
pub fn opt_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        value => flag_of(&value).map(Some).map_err(D::Error::custom),
    }
}

/// Text; numbers are taken as their digits, because some clients send numeric names bare.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(D::Error::custom("expected text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Call {
        #[serde(deserialize_with = "id")]
        group_id: u64,
        #[serde(default, deserialize_with = "ids")]
        user_list: Vec<u64>,
        #[serde(default, deserialize_with = "opt_flag")]
        value: Option<bool>,
    }

    fn read(json: &str) -> Result<Call, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_may_be_text() {
        let expected = Call { group_id: 7, user_list: vec![1, 2], value: Some(true) };
        assert_eq!(read(r#"{"group_id":"7","user_list":["1",2],"value":"true"}"#), Ok(expected));
        assert_eq!(read(r#"{"group_id":7}"#), Ok(Call { group_id: 7, user_list: vec![], value: None }));
    }

    #[test]
    fn numbers_beyond_doubles_and_fractions_are_refused() {
        for bad in ["9007199254740992", "1.5", "-1", "null", "[]", "\"x\""] {
            assert!(read(&format!(r#"{{"group_id":{bad}}}"#)).is_err(), "{bad}");
        }
    }
}
