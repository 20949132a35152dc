//! Asking for addresses.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use cerulean_files::{Destination, GrantUpload, Purpose};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_types::{Code, GroupId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::UPLOAD_PATH;
use crate::app::base_url;
use crate::{ApiResult, Caller, Rest};

/// What a file is for and whom.
#[derive(Deserialize, ToSchema)]
pub struct ChatFile {
    #[serde(deserialize_with = "lenient::number")]
    file_type: i64,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    to_type: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    to_id: Option<u64>,
    /// Bytes, where the client knows them (an addition of ours).
    #[serde(default, deserialize_with = "lenient::opt_id")]
    size: Option<u64>,
}

/// Which file to send on, and to whom.
#[derive(Deserialize, ToSchema)]
pub struct ForwardFile {
    file_sign: String,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    to_type: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    to_id: Option<u64>,
}

/// Whose picture. Not read, because it is often asked before the group exists.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads the fields")]
pub struct GroupPicture {
    group_id: Option<u64>,
}

/// Where to put a file and where to find it.
#[derive(Serialize, ToSchema)]
pub struct FileAddresses {
    upload_url: String,
    download_url: String,
    upload_method: &'static str,
    /// Form fields for uploads straight to object storage; there are none.
    oss_body_param: BTreeMap<String, String>,
}

/// `GET /file/upload/chat`
pub async fn chat(
    State(rest): State<Rest>,
    headers: HeaderMap,
    caller: Caller,
    Params(file): Params<ChatFile>,
) -> Reply<FileAddresses> {
    let purpose = Purpose::from_file_type(file.file_type)?;
    let to = destination(file.to_type, file.to_id)?;
    grant(&rest, &headers, &caller, GrantUpload { purpose, to, announced: file.size }).await
}

/// `GET /file/upload/avatar/user`
pub async fn user_avatar(State(rest): State<Rest>, headers: HeaderMap, caller: Caller) -> Reply<FileAddresses> {
    let ask = GrantUpload { purpose: Purpose::UserAvatar, to: Destination::Anyone, announced: None };
    grant(&rest, &headers, &caller, ask).await
}

/// `GET /file/upload/avatar/group`: often asked before the group exists, so the group is not looked at.
pub async fn group_avatar(State(rest): State<Rest>, headers: HeaderMap, caller: Caller) -> Reply<FileAddresses> {
    let ask = GrantUpload { purpose: Purpose::GroupAvatar, to: Destination::Anyone, announced: None };
    grant(&rest, &headers, &caller, ask).await
}

/// `GET /file/upload/forward`: the address under which the receivers find the file.
pub async fn forward(
    State(rest): State<Rest>,
    headers: HeaderMap,
    caller: Caller,
    Params(file): Params<ForwardFile>,
) -> Reply<String> {
    let to = destination(file.to_type, file.to_id)?;
    let mut ctx = rest.read(&caller).await?;
    let sign = rest.files.forward(&mut ctx, &file.file_sign, to).await?;
    ok(download_url(&base_url(&rest, &headers), Purpose::File, &sign))
}

async fn grant(rest: &Rest, headers: &HeaderMap, caller: &Caller, ask: GrantUpload) -> Reply<FileAddresses> {
    let mut ctx = rest.read(caller).await?;
    let granted = rest.files.grant_upload(&mut ctx, ask).await?;
    let base = base_url(rest, headers);
    ok(FileAddresses {
        upload_url: format!("{base}{UPLOAD_PATH}?sign={}", granted.upload_sign),
        download_url: download_url(&base, ask.purpose, &granted.download_sign),
        upload_method: "POST",
        oss_body_param: BTreeMap::new(),
    })
}

/// `sign=` stands once, directly before the signature, and nothing follows: forwarding takes the text after it.
fn download_url(base: &str, purpose: Purpose, sign: &str) -> String {
    let kind = if purpose.is_avatar() { "avatar" } else { "chat" };
    format!("{base}/file/download/{kind}?file_sign={sign}")
}

/// `to_type` is 1 for a user, 2 for a group; older callers leave it out, and the id tells.
fn destination(to_type: Option<i64>, to_id: Option<u64>) -> ApiResult<Destination> {
    let Some(number) = to_id.filter(|number| *number != 0) else { return Ok(Destination::Anyone) };
    let user = || UserId::parse(number).map(Destination::User).map_err(|_| ApiError::of(Code::UserNotFound));
    let group = || GroupId::parse(number).map(Destination::Group).map_err(|_| ApiError::of(Code::GroupNotFound));
    match to_type {
        Some(1) => user(),
        Some(2) => group(),
        None => user().or_else(|_| group()),
        Some(_) => Err(ApiError::new(Code::BadParameter, "to_type is 1 for a user or 2 for a group")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn download_addresses_name_the_signature_once_and_last() {
        for purpose in [Purpose::Image, Purpose::UserAvatar] {
            let url = download_url("http://127.0.0.1:8080", purpose, "abc-_9");
            assert_eq!(url.matches("sign=").count(), 1);
            assert_eq!(url.split_once("sign=").unwrap().1, "abc-_9");
        }
    }

    #[test]
    fn destinations_are_told_by_type_or_id() {
        let (user, group) = (8_001, 8_002);
        assert!(matches!(destination(Some(1), Some(user)), Ok(Destination::User(_))));
        assert!(matches!(destination(None, Some(group)), Ok(Destination::Group(_))));
        assert!(matches!(destination(Some(2), Some(0)), Ok(Destination::Anyone)));
        assert_eq!(destination(Some(1), Some(group)).unwrap_err().code, Code::UserNotFound);
        assert_eq!(destination(Some(2), Some(user)).unwrap_err().code, Code::GroupNotFound);
        assert_eq!(destination(Some(3), Some(user)).unwrap_err().code, Code::BadParameter);
    }
}
