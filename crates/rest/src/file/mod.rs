//! `/file/*`: signed addresses for uploads and downloads, and what lies behind them.
//!
//! The calls that ask for addresses answer with the envelope as all others. The upload and the downloads are made by browsers themselves
//! (`<img>`, forms, other SDKs) which judge by the HTTP status, so refusals there carry a real one beside the envelope.

mod disposition;
mod download;
mod form;
mod grant;
mod range;
mod upload;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cerulean_http_kit::ApiError;
use cerulean_http_kit::api::{Api, DescribeOutput, Description, Refusals, get, post};
use cerulean_types::{Code, PublicError};

use crate::Rest;

/// Where uploads go; the signature follows in the query.
const UPLOAD_PATH: &str = "/file/upload/content";

/// Routes of files.
pub fn routes() -> Api<Rest> {
    let members = &[Code::NotGroupMember];
    Api::new("file")
        .route(
            "/file/upload/chat",
            get(grant::chat, "Addresses for a file in a conversation").refuses(members).refuses(&[Code::TooLarge]),
        )
        .route("/file/upload/avatar/user", get(grant::user_avatar, "Addresses for a user's picture"))
        .route(
            "/file/upload/avatar/group",
            get(grant::group_avatar, "Addresses for a group's picture").takes::<grant::GroupPicture>(),
        )
        .route(
            "/file/upload/forward",
            get(grant::forward, "The address of a file for further receivers")
                .refuses(members)
                .refuses(&[Code::FeatureOff]),
        )
        .route(
            UPLOAD_PATH,
            post(upload::upload, "Takes a file in; the signature authorises")
                .takes_file("file")
                .refuses(&[Code::PermissionDenied, Code::BadParameter, Code::TooLarge])
                .map_router(|router| router.layer(DefaultBodyLimit::disable())),
        )
        .route(
            "/file/download/chat",
            get(download::download, "A file of a conversation; the signature authorises")
                .answers_file()
                .takes::<download::FileDownload>()
                .refuses(FOUND),
        )
        .route(
            "/file/download/avatar",
            get(download::download, "A picture; the signature authorises")
                .answers_file()
                .takes::<download::PictureDownload>()
                .refuses(FOUND),
        )
}

/// What is refused of a download.
const FOUND: &[Code] = &[Code::FeatureOff, Code::PermissionDenied, Code::BadParameter];

/// A refusal with a real HTTP status.
#[derive(Debug)]
struct Refusal(ApiError);

impl<E: PublicError> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.0.into_response();
        *response.status_mut() = status;
        response
    }
}

impl DescribeOutput for Refusal {
    fn describe(description: &mut Description) {
        description.refuse_as(Refusals::StatusEnvelope);
    }
}
