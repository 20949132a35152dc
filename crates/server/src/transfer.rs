//! What imports ask of accounts and files.

use std::path::Path;
use std::sync::Arc;

use cerulean_accounts::{check_username, is_email};
use cerulean_delivery::Platform;
use cerulean_files::{Destination, FileError, Files, GrantUpload, Offer, Purpose};
use cerulean_transfer::format::{ContentType, FileUse};
use cerulean_transfer::{Neighbours, OpenFile, Transfer};
use cerulean_types::{Actor, AppId, DeviceSn, UserId};
use futures::{StreamExt, TryStreamExt};
use tokio::io::AsyncReadExt;

/// Bytes read from a file at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// Joins imports with what they ask of others.
pub(crate) fn join_transfer(files: &Files, platform: Arc<Platform>, base_url: String) -> Transfer {
    let here = Here { files: files.clone(), platform: platform.clone(), base_url };
    Transfer::new(platform, Arc::new(here))
}

/// What authorises a download address of ours.
fn sign_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("file_sign=")?;
    Some(rest.split_once(['&', '#']).map_or(rest, |(sign, _)| sign))
}

struct Here {
    files: Files,
    platform: Arc<Platform>,
    /// How clients reach this server.
    base_url: String,
}

#[async_trait::async_trait]
impl Neighbours for Here {
    fn check_username(&self, name: &str) -> Result<(), String> {
        check_username(name).map_err(|error| error.to_string())
    }

    fn is_email(&self, text: &str) -> bool {
        is_email(text)
    }

    async fn open_file(&self, app: AppId, url: &str) -> Result<Option<OpenFile>, String> {
        self.open(app, url).await.map_err(|error| format!("{error:#}"))
    }

    async fn store_file(
        &self,
        app: AppId,
        owner: Option<UserId>,
        file: &Path,
        file_use: FileUse,
    ) -> Result<String, String> {
        self.store(app, owner, file, file_use).await.map_err(|error| format!("{error:#}"))
    }
}

impl Here {
    async fn open(&self, app: AppId, url: &str) -> anyhow::Result<Option<OpenFile>> {
        let Some(sign) = sign_of(url) else { return Ok(None) };
        let content = match self.files.find(sign, Some(app)).await {
            // The address of another server, or of another app.
            Err(FileError::BadSignature) => return Ok(None),
            found => found?,
        };
        let name = content.name().to_owned();
        let pieces = self.files.read(&content, 0..content.size).await?;
        Ok(Some(OpenFile { name, content: pieces.map_err(|error| error.to_string()).boxed() }))
    }

    async fn store(&self, app: AppId, owner: Option<UserId>, path: &Path, file_use: FileUse) -> anyhow::Result<String> {
        let mut file = tokio::fs::File::open(path).await?;
        let purpose = match file_use {
            FileUse::UserPicture => Purpose::UserAvatar,
            FileUse::GroupPicture => Purpose::GroupAvatar,
            FileUse::Content(ContentType::Image) => Purpose::Image,
            FileUse::Content(ContentType::Audio) => Purpose::Audio,
            FileUse::Content(ContentType::Video) => Purpose::Video,
            FileUse::Content(_) => Purpose::File,
        };
        let actor = owner.map_or(Actor::System, |id| Actor::User { id, device: DeviceSn::NONE });
        let mut ctx = self.platform.read_ctx(app, actor).await?;
        let ask = GrantUpload { purpose, to: Destination::Anyone, announced: Some(file.metadata().await?.len()) };
        let granted = self.files.grant_upload(&mut ctx, ask).await?;
        drop(ctx);
        let grant = self.files.check_grant(&granted.upload_sign).await?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut upload = self.files.begin_upload(grant, Offer { name, content_type: String::new() }).await?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = file.read(&mut chunk).await?;
            if read == 0 {
                break;
            }
            if let Err(error) = upload.write(&chunk[..read]).await {
                upload.abort().await?;
                return Err(error.into());
            }
        }
        let finished: Result<_, FileError> = upload.finish().await;
        finished?;
        let kind = if purpose.is_avatar() { "avatar" } else { "chat" };
        Ok(format!("{}/file/download/{kind}?file_sign={}", self.base_url, granted.download_sign))
    }
}
