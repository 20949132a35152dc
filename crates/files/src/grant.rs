//! Leave to upload: who asks gets two signed addresses, one to put the file, one to fetch it.

use cerulean_delivery::{Ctx, QuotaExceeded};
use cerulean_storage::file::RandomId;
use cerulean_types::{AppId, GroupId, Millis, UserId};
use cerulean_vault::random_bytes;

use crate::address::{DownloadAddress, UploadAddress};
use crate::{FileError, Files, Purpose};

/// How long after asking an upload may begin, in milliseconds.
pub const GRANT_MS: Millis = 3_600_000;

/// Whom a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Nobody in particular.
    Anyone,
    /// A user.
    User(UserId),
    /// A group; the uploader must be in it.
    Group(GroupId),
}

/// Asks for leave to upload one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantUpload {
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it is for.
    pub to: Destination,
    /// Bytes, where the client says so beforehand.
    pub announced: Option<u64>,
}

/// Two signatures to put into addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// For the upload: once, and soon.
    pub upload_sign: String,
    /// For downloads, for as long as the file is kept.
    pub download_sign: String,
}

/// An upload address that was found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadGrant(pub(crate) UploadAddress);

impl UploadGrant {
    /// Most bytes the upload may have.
    pub fn most_bytes(&self) -> u64 {
        self.0.most_bytes
    }

    /// The refusal of a longer upload.
    pub fn too_large(&self) -> FileError {
        if self.0.is_announced {
            FileError::LongerThanAnnounced { announced: self.0.most_bytes }
        } else {
            FileError::TooLarge { limit: self.0.most_bytes }
        }
    }
}

impl Files {
    /// See [`GrantUpload`]. Nothing is stored until a file has come in.
    pub async fn grant_upload(&self, ctx: &mut Ctx, ask: GrantUpload) -> Result<Granted, FileError> {
        check_destination(ctx, ask.to).await?;
        let limit = ask.purpose.limit(self.platform.limits.file_bytes);
        if ask.announced.is_some_and(|announced| announced > limit) {
            return Err(FileError::TooLarge { limit });
        }
        let quota = ctx.platform.quotas_of(&ctx.settings).storage_bytes;
        if let Some(limit) = quota
            && ctx.tx.files().total_bytes().await? + ask.announced.unwrap_or(0) >= limit
        {
            return Err(QuotaExceeded { what: "bytes of files", limit }.into());
        }
        let (app, file): (AppId, RandomId) = (ctx.app(), random_bytes());
        let address = UploadAddress {
            app,
            file,
            owner: ctx.actor.user().map_or(0, UserId::get),
            purpose: ask.purpose,
            most_bytes: ask.announced.unwrap_or(limit),
            is_announced: ask.announced.is_some(),
            expires_at: ctx.now() + GRANT_MS,
        };
        let upload_sign = address.sign(&self.platform.vault)?;
        let download_sign = DownloadAddress { app, file }.sign(&self.platform.vault)?;
        Ok(Granted { upload_sign, download_sign })
    }

    /// Checks an upload address.
    pub async fn check_grant(&self, upload_sign: &str) -> Result<UploadGrant, FileError> {
        let address = UploadAddress::verify(&self.platform.vault, upload_sign)?;
        if address.expires_at <= self.platform.clock.now() {
            return Err(FileError::GrantExpired);
        }
        self.require_normal_app(address.app).await?;
        let tx = self.platform.db.read(address.app).await?;
        if tx.files().find(&address.file).await?.is_some() {
            return Err(FileError::GrantUsed);
        }
        Ok(UploadGrant(address))
    }

    /// Lets a file be sent on: answers the signature of its download address for the new receivers. It is the same file, so nothing is copied.
    pub async fn forward(&self, ctx: &mut Ctx, download_sign: &str, to: Destination) -> Result<String, FileError> {
        check_destination(ctx, to).await?;
        let address = DownloadAddress::verify(&self.platform.vault, download_sign)?;
        if address.app != ctx.app() || ctx.tx.files().find(&address.file).await?.is_none() {
            return Err(FileError::NotFound);
        }
        Ok(address.sign(&self.platform.vault)?)
    }
}

async fn check_destination(ctx: &Ctx, to: Destination) -> Result<(), FileError> {
    match to {
        Destination::Anyone => Ok(()),
        Destination::User(user) => match ctx.tx.users().find_state(user).await? {
            Some(_) => Ok(()),
            None => Err(FileError::UserNotFound),
        },
        Destination::Group(group) => {
            let view = ctx.platform.group_view(ctx.app(), group).await?.ok_or(FileError::GroupNotFound)?;
            match ctx.actor.user() {
                Some(user) if !view.read().is_member(user) => Err(FileError::NotMember),
                _ => Ok(()),
            }
        }
    }
}
