//! What a link leads to, and the picture of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cerulean_http_kit::{Params, ProblemReply};
use cerulean_previews::{Picture, PreviewPicture};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::Address;
use crate::message::require_user;
use crate::{Caller, Rest};

/// Which link.
#[derive(Deserialize, ToSchema)]
pub struct LinkOf {
    /// An http or https address.
    url: String,
}

/// What the page of a link says of itself, as plain text.
#[derive(Serialize, ToSchema)]
pub struct LinkPreview {
    /// The link, in its normal form.
    url: String,
    /// Name of the site, its host where it has none.
    site: String,
    title: String,
    /// Empty where the page has none.
    description: String,
    image: Option<LinkImage>,
}

/// The picture of a page.
#[derive(Serialize, ToSchema)]
pub struct LinkImage {
    /// A path on this server; it authorises itself.
    url: String,
    /// As it is shown here; null where the page does not tell.
    width: Option<u32>,
    height: Option<u32>,
}

impl LinkImage {
    fn of(picture: &PreviewPicture) -> Self {
        Self {
            url: format!("/client/v1/link-preview/image/{}", picture.ticket),
            width: picture.size.map(|(width, _)| width),
            height: picture.size.map(|(_, height)| height),
        }
    }
}

/// `GET /client/v1/link-preview?url=`
pub async fn show(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<LinkOf>,
) -> ProblemReply<Json<LinkPreview>> {
    let user = require_user(&caller)?;
    let preview = rest.previews.of_link(caller.app, user, &of.url).await?;
    Ok(Json(LinkPreview {
        url: preview.url.clone(),
        site: preview.site.clone(),
        title: preview.title.clone(),
        description: preview.description.clone(),
        image: preview.picture.as_ref().map(LinkImage::of),
    }))
}

/// `GET /client/v1/link-preview/image/{code}`, for `<img>`: whoever has the code gets the picture.
pub async fn show_image(
    State(rest): State<Rest>,
    Address(address): Address,
    Path(code): Path<String>,
) -> ProblemReply<Response> {
    if let Some(address) = address {
        rest.platform.rates.request_of_address(address)?;
    }
    let Picture { form, bytes } = (*rest.previews.picture(&code).await?).clone();
    let fixed = HeaderValue::from_static;
    let headers = [
        (header::CONTENT_TYPE, fixed(form.media_type())),
        (header::CACHE_CONTROL, fixed("private, max-age=86400, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::CONTENT_SECURITY_POLICY, fixed("sandbox; default-src 'none'")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (HeaderName::from_static("cross-origin-resource-policy"), fixed("cross-origin")),
    ];
    Ok((headers, bytes).into_response())
}
