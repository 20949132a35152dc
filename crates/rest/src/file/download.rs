//! `GET|HEAD /file/download/chat` and `/file/download/avatar`: whoever holds the address gets the file. Parameters that clients add
//! (tokens, formats) and that mean nothing here are ignored.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cerulean_files::{FileContent, FileError, Frame, is_shown_inline};
use cerulean_http_kit::ApiError;
use cerulean_types::{AppId, Code};
use utoipa::ToSchema;

use super::Refusal;
use super::disposition::disposition;
use super::range::{self, Wanted};
use crate::{AppScope, Rest};

/// What the download of a file may be asked with. Read by hand, because clients add parameters of their own and get them wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads the fields")]
pub struct FileDownload {
    /// The signature of the address.
    file_sign: String,
    #[serde(flatten)]
    form: DownloadForm,
    /// Not read: audio comes as it was sent.
    format: Option<String>,
    /// Not read: there is one store of files.
    source: Option<String>,
}

/// What the download of a picture may be asked with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads the fields")]
pub struct PictureDownload {
    /// The signature of the address; one of the two must be there.
    file_sign: Option<String>,
    /// The same.
    object_name: Option<String>,
    #[serde(flatten)]
    form: DownloadForm,
}

/// In what form to answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads the fields")]
pub struct DownloadForm {
    /// 1 the original, 2 the small form, 3 the cover of a film.
    image_type: Option<i32>,
    /// The app, which must be that of the file.
    app_id: Option<String>,
    /// How wide a picture may be, unless the original is asked for: up to 400 as named, beyond 800 or 1600.
    w: Option<f64>,
    /// How high it may be.
    h: Option<f64>,
    /// Not read: every size keeps the whole picture and its shape.
    thumbnail_strategy: Option<i32>,
    /// Not read: the signature authorises.
    sdk_sign: Option<String>,
    /// Not read: the signature authorises.
    store_token: Option<String>,
}

/// `image_type` of the small form.
const THUMBNAIL: &str = "2";
/// `image_type` of the picture of a film, which takes a decoder we do not have; for a picture it is the small form.
const COVER: &str = "3";
const KEEP: &str = "private, max-age=31536000, immutable";

/// Answers with a file, a part of it, or its small form.
pub async fn download(State(rest): State<Rest>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, _) = request.into_parts();
    let query = query_of(&parts);
    let find = |names: &[&str]| {
        query
            .iter()
            .find(|(name, value)| names.contains(&name.as_str()) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    let sign = find(&["file_sign", "object_name", "sign"]).ok_or(FileError::BadSignature)?;
    let app = named_app(&rest, &mut parts, find(&["app_id"]).is_some()).await?;
    let content = rest.files.find(sign, app).await?;
    let side = |name| find(&[name]).and_then(|text| text.parse().ok());
    let frame = Frame::of(side("w"), side("h"));
    let content = match (find(&["image_type"]), frame) {
        (Some(COVER), _) if content.content_type.starts_with("video/") => return Err(FileError::NotFound.into()),
        (Some(THUMBNAIL | COVER) | None, Some(frame)) => rest.files.sized(content, frame).await?,
        (Some(THUMBNAIL | COVER), None) => rest.files.thumbnail_of(content).await?,
        _ => content,
    };
    answer(&rest, &parts, content).await
}

fn query_of(parts: &Parts) -> Vec<(String, String)> {
    axum::extract::Query::try_from_uri(&parts.uri).map_or_else(|_| Vec::new(), |axum::extract::Query(pairs)| pairs)
}

/// The app that the caller names, if any; one that does not exist has no files.
async fn named_app(rest: &Rest, parts: &mut Parts, is_in_query: bool) -> Result<Option<AppId>, Refusal> {
    if !is_in_query && !parts.headers.contains_key("app_id") {
        return Ok(None);
    }
    match AppScope::from_request_parts(parts, rest).await {
        Ok(AppScope(app)) => Ok(Some(app)),
        Err(error) if error.code == Code::AppNotFound => Err(FileError::NotFound.into()),
        Err(error) => Err(Refusal(error)),
    }
}

async fn answer(rest: &Rest, parts: &Parts, content: FileContent) -> Result<Response, Refusal> {
    let tag = format!("\"{}\"", content.tag());
    let mut headers = common_headers(&content, &tag)?;
    if header_of(parts, &header::IF_NONE_MATCH).is_some_and(|known| names_tag(known, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let is_same = header_of(parts, &header::IF_RANGE).is_none_or(|known| known.trim() == tag);
    let asked = header_of(parts, &header::RANGE).filter(|_| is_same);
    let (status, part) = match range::wanted(asked, content.size) {
        Wanted::All => (StatusCode::OK, 0..content.size),
        Wanted::Part(part) => {
            let place = format!("bytes {}-{}/{}", part.start, part.end - 1, content.size);
            headers.insert(header::CONTENT_RANGE, value_of(place)?);
            (StatusCode::PARTIAL_CONTENT, part)
        }
        Wanted::Nothing => return no_such_range(content.size),
    };
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    if parts.method == Method::HEAD {
        return Ok((status, headers).into_response());
    }
    let stream = rest.files.read(&content, part).await?;
    Ok((status, headers, Body::from_stream(stream)).into_response())
}

/// Nothing that could run scripts is shown inside a page: such files are for saving, and sandboxed if a browser opens them all the same.
fn common_headers(content: &FileContent, tag: &str) -> Result<HeaderMap, Refusal> {
    let is_inline = is_shown_inline(&content.content_type);
    let fixed = |text: &'static str| HeaderValue::from_static(text);
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    Ok(HeaderMap::from_iter([
        (header::CONTENT_TYPE, value_of(content.content_type.clone())?),
        (header::CONTENT_DISPOSITION, disposition(is_inline, content.name())),
        (header::ETAG, value_of(tag.to_owned())?),
        (header::ACCEPT_RANGES, fixed("bytes")),
        (header::CACHE_CONTROL, fixed(KEEP)),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::CONTENT_SECURITY_POLICY, fixed("sandbox; default-src 'none'")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (policy, fixed("cross-origin")),
    ]))
}

fn no_such_range(size: u64) -> Result<Response, Refusal> {
    let mut response = Refusal::from(FileError::NoSuchRange { size }).into_response();
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    response.headers_mut().insert(header::CONTENT_RANGE, value_of(format!("bytes */{size}"))?);
    Ok(response)
}

fn value_of(text: String) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(text).map_err(|_| Refusal(ApiError::of(Code::Internal)))
}

fn header_of<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

fn names_tag(known: &str, tag: &str) -> bool {
    known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
}
