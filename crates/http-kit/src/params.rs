//! Parameters of a call, wherever the client put them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use cerulean_types::{Code, limits};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ApiError;

/// The query and the JSON body merged, the body winning. Clients and documents disagree about the place, so both are read (rest.md).
/// Query values arrive as text; numbers and flags are read leniently by [`crate::lenient`].
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
            let value: Value =
                serde_json::from_slice(&body).map_err(|error| bad(&format!("body is not JSON: {error}")))?;
            match value {
                Value::Object(fields) => merged.extend(fields),
                Value::Null => {}
                _ => return Err(bad("body must be a JSON object")),
            }
        }
        serde_json::from_value(Value::Object(merged)).map(Self).map_err(|error| bad(&error.to_string()))
    }
}

fn bad(reason: &str) -> ApiError {
    ApiError::new(Code::BadParameter, format!("bad request parameter: {reason}"))
}

fn query_of(request: &Request) -> Map<String, Value> {
    let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(request.uri())
        .map_or_else(|_| Vec::new(), |axum::extract::Query(pairs)| pairs);
    pairs.into_iter().filter(|(name, _)| !name.is_empty()).map(|(name, value)| (name, Value::String(value))).collect()
}
