//! Announcements.

use axum::extract::State;
use cerulean_groups::Announce;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_storage::group_announcement::AnnouncementRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::{OneGroup, group_of};
use crate::{Caller, Rest};

/// An announcement.
#[derive(Serialize, ToSchema)]
pub struct AnnouncementBody {
    id: i64,
    group_id: u64,
    author: u64,
    title: String,
    content: String,
    created_at: i64,
}

impl From<AnnouncementRow> for AnnouncementBody {
    fn from(row: AnnouncementRow) -> Self {
        Self {
            id: row.id,
            group_id: row.group.get(),
            author: row.author.get(),
            title: row.title,
            content: row.content,
            created_at: row.created_at,
        }
    }
}

/// Which announcement.
#[derive(Deserialize, ToSchema)]
pub struct OneAnnouncement {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    announcement_id: i64,
}

/// `GET /group/announcement`
pub async fn one(
    State(rest): State<Rest>,
    caller: Caller,
    Params(which): Params<OneAnnouncement>,
) -> Reply<AnnouncementBody> {
    let mut ctx = rest.read(&caller).await?;
    let group = group_of(which.group_id)?;
    ok(cerulean_groups::require_announcement(&mut ctx, group, which.announcement_id).await?.into())
}

/// `GET /group/announcement/list`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(which): Params<OneGroup>,
) -> Reply<Vec<AnnouncementBody>> {
    let mut ctx = rest.read(&caller).await?;
    let rows = cerulean_groups::list_announcements(&mut ctx, which.id()?).await?;
    ok(rows.into_iter().map(AnnouncementBody::from).collect())
}

/// `GET /group/announcement/last`
pub async fn last(
    State(rest): State<Rest>,
    caller: Caller,
    Params(which): Params<OneGroup>,
) -> Reply<AnnouncementBody> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_groups::require_last_announcement(&mut ctx, which.id()?).await?.into())
}

/// A new announcement.
#[derive(Deserialize, ToSchema)]
pub struct NewAnnouncement {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::text")]
    title: String,
    #[serde(deserialize_with = "lenient::text")]
    content: String,
}

/// `POST /group/announcement/edit`
pub async fn edit(
    State(rest): State<Rest>,
    caller: Caller,
    Params(new): Params<NewAnnouncement>,
) -> Reply<AnnouncementBody> {
    let cmd = Announce { group: group_of(new.group_id)?, title: new.title, content: new.content };
    let mut ctx = rest.write(&caller).await?;
    let row = cerulean_groups::announce(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(row.into())
}

/// `POST|DELETE /group/announcement/delete`
pub async fn delete(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneAnnouncement>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::remove_announcement(&mut ctx, group_of(which.group_id)?, which.announcement_id).await?;
    ctx.commit().await?;
    ok(true)
}
