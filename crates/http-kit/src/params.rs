//! Parameters of a call, wherever the client put them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use cerulean_types::{Code, limits};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ApiError;

/// The query and the JSON body merged, the body winning. Clients and documents disagree about the place, so both are read (rest.md).
/// Query values arrive as text; numbers, flags and lists are read leniently by [`crate::lenient`]. A name that the query repeats is a list.
/// A field that is null is as good as absent: clients whose language writes out every field of a structure mean that by it.
#[derive(Debug, Clone, Copy)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let mut merged = query_of(&request);
        let body = Bytes::from_request(request, state).await.map_err(|_| {
            ApiError::new(Code::TooLarge, format!("body over {} bytes or broken off", limits::JSON_BYTES))
        })?;
        if !body.iter().all(u8::is_ascii_whitespace) {
            let mut value: Value =
                serde_json::from_slice(&body).map_err(|error| bad(&format!("body is not JSON: {error}")))?;
            drop_nulls(&mut value);
            match value {
                Value::Object(fields) => merged.extend(fields),
                Value::Null => {}
                _ => return Err(bad("body must be a JSON object")),
            }
        }
        read(merged).map(Self)
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Fields tried one by one for the one that is wrong.
const TRIED_FIELDS: usize = 64;

fn read<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, ApiError> {
    let value = Value::Object(fields);
    T::deserialize(&value).map_err(|error| {
        let reason = error.to_string();
        match field_of::<T>(value, &reason) {
            Some(field) => bad(&format!("{field}: {reason}")),
            None => bad(&reason),
        }
    })
}

/// Which field is wrong. Where structures are flattened into each other the path to it is lost; there it is the one without which something
/// else is wrong, or nothing.
fn field_of<T: DeserializeOwned>(value: Value, reason: &str) -> Option<String> {
    let path = serde_path_to_error::deserialize::<_, T>(&value).err()?.path().to_string();
    if path != "." {
        return Some(path);
    }
    let Value::Object(mut fields) = value else { return None };
    if reason.starts_with("missing field") || fields.len() > TRIED_FIELDS {
        return None;
    }
    let names: Vec<String> = fields.keys().cloned().collect();
    let mut required = None;
    for name in names {
        let Some(tried) = fields.remove(&name) else { continue };
        let without = Value::Object(std::mem::take(&mut fields));
        let other_reason = T::deserialize(&without).err().map(|error| error.to_string());
        if let Value::Object(others) = without {
            fields = others;
        }
        fields.insert(name.clone(), tried);
        match other_reason {
            Some(other) if other == reason => {}
            // Every required field is missed when it is taken away; it is the wrong one where no other is.
            Some(other) if other.starts_with("missing field") => required = required.or(Some(name)),
            _ => return Some(name),
        }
    }
    required
}

fn bad(reason: &str) -> ApiError {
    ApiError::new(Code::BadParameter, format!("bad request parameter: {reason}"))
}

fn query_of(request: &Request) -> Map<String, Value> {
    let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(request.uri())
        .map_or_else(|_| Vec::new(), |axum::extract::Query(pairs)| pairs);
    let mut fields = Map::new();
    for (name, value) in pairs {
        // As some clients write lists.
        let name = name.strip_suffix("[]").unwrap_or(&name);
        if !name.is_empty() {
            add(&mut fields, name, Value::String(value));
        }
    }
    fields
}

fn add(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match fields.get_mut(name) {
        Some(Value::Array(values)) => values.push(value),
        Some(known) if *known != value => *known = Value::Array(vec![known.take(), value]),
        Some(_) => {}
        None => {
            fields.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::lenient;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Page {
        #[serde(default, deserialize_with = "lenient::opt_number")]
        limit: Option<i64>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Call {
        #[serde(deserialize_with = "lenient::id")]
        group_id: u64,
        #[serde(default, deserialize_with = "lenient::ids")]
        user_list: Vec<u64>,
        #[serde(default)]
        reason: String,
        #[serde(flatten)]
        page: Page,
    }

    async fn asked(query: &str, body: &str) -> Result<Call, String> {
        let request = Request::builder().uri(format!("/group/kick?{query}")).body(Body::from(body.to_owned())).unwrap();
        let read = Params::from_request(request, &()).await;
        read.map(|Params(call)| call).map_err(|error| error.message)
    }

    fn call(user_list: &[u64]) -> Call {
        Call { group_id: 2, user_list: user_list.to_vec(), reason: String::new(), page: Page { limit: None } }
    }

    #[tokio::test]
    async fn null_is_absent() {
        let nulls = json!({"group_id": 2, "user_list": null, "reason": null, "limit": null}).to_string();
        assert_eq!(asked("", &nulls).await, Ok(call(&[])));
        assert_eq!(asked("group_id=2", r#"{"group_id":null}"#).await, Ok(call(&[])), "and hides nothing of the query");
        assert_eq!(
            asked("", r#"{"group_id":null}"#).await.unwrap_err(),
            "bad request parameter: missing field `group_id`"
        );
    }

    #[tokio::test]
    async fn lists_stand_in_the_query_as_clients_write_them() {
        for list in ["user_list=1&user_list=3", "user_list=1,3", "user_list=%5B1,3%5D", "user_list[]=1&user_list[]=3"] {
            assert_eq!(asked(&format!("group_id=2&{list}"), "").await, Ok(call(&[1, 3])), "{list}");
        }
        assert_eq!(asked("group_id=2&user_list=1", "").await, Ok(call(&[1])));
        assert_eq!(asked("group_id=2&user_list=", "").await, Ok(call(&[])));
        assert_eq!(asked("group_id=2&group_id=2", "").await, Ok(call(&[])));
        assert!(asked("group_id=2&group_id=3", "").await.unwrap_err().contains("group_id: "));
    }

    #[tokio::test]
    async fn the_field_that_is_wrong_is_named() {
        for (body, field) in [
            (r#"{"group_id":"x"}"#, "group_id"),
            (r#"{"group_id":2,"user_list":[1,"x"]}"#, "user_list"),
            (r#"{"group_id":2,"reason":[]}"#, "reason"),
            (r#"{"group_id":2,"reason":"","limit":"many"}"#, "limit"),
        ] {
            let refused = asked("", body).await.unwrap_err();
            assert!(refused.starts_with(&format!("bad request parameter: {field}: ")), "{body}: {refused}");
        }
    }
}
