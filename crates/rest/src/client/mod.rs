//! `/client/v1/*`: our own operations for end users, with real status codes and problem details (`spec/extensions.md`).

mod contact;
mod devices;
mod limits;
mod link_preview;
mod qr_login;
mod readers;
mod server;
mod sign_out;
mod users;

use axum::middleware::from_fn;
use cerulean_http_kit::api::{Api, get, post, put};
use cerulean_http_kit::as_problems;
use cerulean_types::Code;

use crate::{Rest, conversation};

/// What is refused of a picture that was scanned.
const GONE: &[Code] = &[Code::FeatureOff];

/// What is refused of read marks.
const READERS: &[Code] =
    &[Code::FeatureOff, Code::GroupNotFound, Code::NotGroupMember, Code::MessageNotFound, Code::PermissionDenied];
/// What is refused of links.
const LINKS: &[Code] = &[Code::FeatureOff, Code::NothingToPreview, Code::SiteUnreachable, Code::AddressRefused];
/// What is refused where a code is sent or checked.
const CODES: &[Code] =
    &[Code::FeatureOff, Code::RateLimited, Code::WrongVerificationCode, Code::TooManyVerificationAttempts];

/// Routes of our own operations.
pub fn routes() -> Api<Rest> {
    Api::new("client")
        .route("/client/v1/server", get(server::describe, "What this server is"))
        .route("/client/v1/limits", get(limits::show, "What the caller may do, and how much of it"))
        .route("/client/v1/devices", get(devices::list, "The caller's devices, and when each was last seen"))
        .route("/client/v1/users", get(users::find, "Finds a user by exact name, id, phone number or e-mail address"))
        .route(
            "/client/v1/link-preview",
            get(link_preview::show, "What the page of a link says of itself; the server fetches it").refuses(LINKS),
        )
        .route(
            "/client/v1/link-preview/image/{code}",
            get(link_preview::show_image, "The picture of a linked page, small; the code authorises")
                .answers_file()
                .refuses(LINKS)
                .refuses(&[Code::RateLimited, Code::AppFrozen]),
        )
        .route(
            "/client/v1/groups/{group}/reads",
            get(readers::count, "How many have read messages of a group").refuses(READERS),
        )
        .route(
            "/client/v1/groups/{group}/messages/{mid}/readers",
            get(readers::list, "Who has read a message of a group").refuses(READERS),
        )
        .route(
            "/client/v1/email",
            put(contact::bind_email, "Binds an e-mail address by its code").refuses(CODES).refuses(&[Code::UserExists]),
        )
        .route(
            "/client/v1/email/code",
            post(contact::send_email_code, "Sends a code to an e-mail address").refuses(CODES),
        )
        .route(
            "/client/v1/password-reset",
            post(contact::reset_password, "Sets a forgotten password by a code").refuses(CODES),
        )
        .route(
            "/client/v1/password-reset/code",
            post(contact::send_reset_code, "Sends a code for a forgotten password").refuses(CODES),
        )
        .route(
            "/client/v1/qr-login/{code}/scan",
            post(qr_login::scan, "Says that a sign-in picture was scanned").refuses(GONE),
        )
        .route(
            "/client/v1/qr-login/{code}/confirm",
            post(qr_login::confirm, "Signs the device with the picture in").refuses(GONE),
        )
        .route(
            "/client/v1/qr-login/{code}/refuse",
            post(qr_login::refuse, "Refuses to sign the device with the picture in").refuses(GONE),
        )
        .route("/client/v1/sign-out", post(sign_out::sign_out, "Ends the token of the call and its connections"))
        .merge(conversation::client_routes())
        .map_router(|router| router.layer(from_fn(as_problems)))
}
