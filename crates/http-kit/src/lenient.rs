//! Reads numbers, flags and lists as clients send them: as JSON, as text, in queries always as text. Numbers stay below 2^53.
//!
//! Use as `#[serde(deserialize_with = "lenient::number")]`; the `opt_` variants also want `#[serde(default)]`.

use cerulean_types::limits;
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
        // Some languages write them with a capital.
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
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

/// A whole number of 64 bits, or nothing when absent, null or empty text: numbers that only other programs read.
pub fn opt_long<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let number = match Value::deserialize(from)? {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.map(Some).ok_or_else(|| D::Error::custom("expected a whole number of 64 bits"))
}

/// A list of ids: as JSON, one id, or text with commas between them.
pub fn ids<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    list_of_ids(from, limits::BATCH_ITEMS)
}

/// A list of ids that may be as long as a large group.
pub fn crowd<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    list_of_ids(from, limits::CROWD_ITEMS)
}

fn list_of_ids<'de, D: Deserializer<'de>>(from: D, most: usize) -> Result<Vec<u64>, D::Error> {
    let values = listed(Value::deserialize(from)?).ok_or_else(|| D::Error::custom("expected a list of ids"))?;
    if values.len() > most {
        return Err(D::Error::custom(format!("list of more than {most}")));
    }
    values
        .iter()
        .map(|value| number_of(value).and_then(|number| u64::try_from(number).map_err(|_| "expected an id")))
        .collect::<Result<_, _>>()
        .map_err(D::Error::custom)
}

fn listed(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values),
        Value::Number(_) => Some(vec![value]),
        Value::String(text) if text.starts_with('[') => serde_json::from_str(&text).ok(),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        Value::String(text) => Some(text.split(',').map(|one| Value::String(one.to_owned())).collect()),
        _ => None,
    }
}

/// A flag.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    flag_of(&Value::deserialize(from)?).map_err(D::Error::custom)
}

/// A flag, or nothing when absent, null or empty text.
pub fn opt_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
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
        let flag = |value: &str| read(&format!(r#"{{"group_id":7,"value":{value}}}"#)).map(|call| call.value);
        assert_eq!((flag("\"True\""), flag("\"FALSE\""), flag("\"\"")), (Ok(Some(true)), Ok(Some(false)), Ok(None)));
        assert_eq!(read(r#"{"group_id":7}"#), Ok(Call { group_id: 7, user_list: vec![], value: None }));
    }

    #[test]
    fn numbers_beyond_doubles_and_fractions_are_refused() {
        for bad in ["9007199254740992", "1.5", "-1", "null", "[]", "\"x\""] {
            assert!(read(&format!(r#"{{"group_id":{bad}}}"#)).is_err(), "{bad}");
        }
    }

    #[test]
    fn long_numbers_have_64_bits() {
        let long = |json: &str| opt_long(&mut serde_json::Deserializer::from_str(json)).map_err(drop);
        assert_eq!(long("9223372036854775807"), Ok(Some(i64::MAX)));
        assert_eq!(long("\"-9223372036854775808\""), Ok(Some(i64::MIN)));
        assert_eq!((long("null"), long("\"\"")), (Ok(None), Ok(None)));
        for bad in ["9223372036854775808", "1.5", "\"x\"", "[]", "true"] {
            assert!(long(bad).is_err(), "{bad}");
        }
    }

    #[derive(Deserialize)]
    struct Lists {
        #[serde(default, deserialize_with = "ids")]
        some: Vec<u64>,
        #[serde(default, deserialize_with = "crowd")]
        many: Vec<u64>,
    }

    #[test]
    fn lists_end() {
        let length = |field: &str, length: usize| {
            let list = vec!["1"; length].join(",");
            let read = serde_json::from_str::<Lists>(&format!(r#"{{"{field}":[{list}]}}"#));
            read.ok().map(|lists| lists.some.len() + lists.many.len())
        };
        assert_eq!(length("some", limits::BATCH_ITEMS), Some(limits::BATCH_ITEMS));
        assert_eq!(length("some", limits::BATCH_ITEMS + 1), None);
        assert_eq!(length("many", limits::CROWD_ITEMS), Some(limits::CROWD_ITEMS));
        assert_eq!(length("many", limits::CROWD_ITEMS + 1), None);
    }
}
