//! Shared files.

use axum::extract::State;
use cerulean_groups::{FileOutcome, ShareFile};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_storage::group_file::GroupFileRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::{OneGroup, group_of};
use crate::{Caller, Rest};

/// A shared file.
#[derive(Serialize, ToSchema)]
pub struct FileBody {
    file_id: i64,
    group_id: u64,
    name: String,
    size: u64,
    #[serde(rename = "type")]
    content_type: String,
    uploader: u64,
    url: String,
    created_at: i64,
    updated_at: i64,
}

impl From<GroupFileRow> for FileBody {
    fn from(row: GroupFileRow) -> Self {
        Self {
            file_id: row.id,
            group_id: row.group.get(),
            name: row.name,
            size: row.size,
            content_type: row.content_type,
            uploader: row.uploader.get(),
            url: with_query(row.url),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Clients append `&access-token=` without looking, so there must be a `?`.
fn with_query(url: String) -> String {
    if url.contains('?') { url } else { url + "?" }
}

/// Which file.
#[derive(Deserialize, ToSchema)]
pub struct OneFile {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    file_id: i64,
}

/// `GET /group/file`
pub async fn one(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneFile>) -> Reply<FileBody> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_groups::require_file(&mut ctx, group_of(which.group_id)?, which.file_id).await?.into())
}

/// `GET /group/file/list`
pub async fn list(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<Vec<FileBody>> {
    let mut ctx = rest.read(&caller).await?;
    let rows = cerulean_groups::list_files(&mut ctx, which.id()?).await?;
    ok(rows.into_iter().map(FileBody::from).collect())
}

/// An uploaded file to share.
#[derive(Deserialize, ToSchema)]
pub struct ShareUpload {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::text")]
    name: String,
    #[serde(deserialize_with = "lenient::number")]
    size: i64,
    url: String,
    #[serde(default, rename = "type")]
    #[schema(value_type = Option<String>)]
    content_type: Option<serde_json::Value>,
}

impl ShareUpload {
    /// Some clients name the type by a number.
    fn type_text(&self) -> String {
        match &self.content_type {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

/// `POST /group/file/upload`
pub async fn upload(State(rest): State<Rest>, caller: Caller, Params(new): Params<ShareUpload>) -> Reply<FileBody> {
    let content_type = new.type_text();
    let cmd = ShareFile { group: group_of(new.group_id)?, name: new.name, size: new.size, url: new.url, content_type };
    let mut ctx = rest.write(&caller).await?;
    let row = cerulean_groups::share_file(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(row.into())
}

/// A new name.
#[derive(Deserialize, ToSchema)]
pub struct RenameFile {
    #[serde(flatten)]
    which: OneFile,
    #[serde(deserialize_with = "lenient::text")]
    name: String,
}

/// `POST|PUT /group/file/update_name`
pub async fn update_name(State(rest): State<Rest>, caller: Caller, Params(to): Params<RenameFile>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::rename_file(&mut ctx, group_of(to.which.group_id)?, to.which.file_id, &to.name).await?;
    ctx.commit().await?;
    ok(true)
}

/// Files to take off the list.
#[derive(Deserialize, ToSchema)]
pub struct RemoveFiles {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::ids")]
    file_list: Vec<u64>,
}

/// What became of one file.
#[derive(Serialize, ToSchema)]
pub struct FileResult {
    file_id: i64,
    result: &'static str,
    reason: String,
}

impl From<FileOutcome> for FileResult {
    fn from(outcome: FileOutcome) -> Self {
        match outcome.result {
            Ok(()) => Self { file_id: outcome.id, result: "success", reason: String::new() },
            Err(error) => Self { file_id: outcome.id, result: "fail", reason: ApiError::from(error).message },
        }
    }
}

/// `POST|DELETE /group/file/delete`
pub async fn delete(
    State(rest): State<Rest>,
    caller: Caller,
    Params(which): Params<RemoveFiles>,
) -> Reply<Vec<FileResult>> {
    let ids: Vec<i64> = which.file_list.iter().map(|id| *id as i64).collect();
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::remove_files(&mut ctx, group_of(which.group_id)?, &ids).await?;
    ctx.commit().await?;
    ok(outcomes.into_iter().map(FileResult::from).collect())
}
