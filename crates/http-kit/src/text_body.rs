//! Bodies that are one text.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use cerulean_types::{Code, limits};

use crate::ApiError;
use crate::api::{DescribeInput, Description};

/// A body that is one text: as a JSON string, or as it is. What apps keep in such texts is often JSON itself, so an object is a text as well.
#[derive(Debug, Clone)]
pub struct TextBody(pub String);

impl<S: Send + Sync> FromRequest<S> for TextBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = Bytes::from_request(request, state).await.map_err(|_| {
            ApiError::new(Code::TooLarge, format!("body over {} bytes or broken off", limits::JSON_BYTES))
        })?;
        if let Ok(text) = serde_json::from_slice::<String>(&body) {
            return Ok(Self(text));
        }
        let text = String::from_utf8(body.to_vec());
        text.map(Self).map_err(|_| ApiError::new(Code::BadParameter, "bad request parameter: body is no UTF-8 text"))
    }
}

impl DescribeInput for TextBody {
    fn describe(description: &mut Description) {
        description.takes_body::<String>();
        description.refuse(&[Code::BadParameter, Code::TooLarge]);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read(body: impl Into<Body>) -> Result<String, Code> {
        let request = Request::new(body.into());
        TextBody::from_request(request, &()).await.map(|TextBody(text)| text).map_err(|error| error.code)
    }

    #[tokio::test]
    async fn a_text_is_taken_as_json_string_or_as_it_is() {
        assert_eq!(read("\"a \\\"b\\\"\"").await.as_deref(), Ok("a \"b\""));
        assert_eq!(read("plain").await.as_deref(), Ok("plain"));
        assert_eq!(read("{\"a\":1}").await.as_deref(), Ok("{\"a\":1}"));
        assert_eq!(read("").await.as_deref(), Ok(""));
        assert_eq!(read(vec![0xff]).await, Err(Code::BadParameter));
    }
}
