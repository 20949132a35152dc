//! Downloads: the chunks of a range are fetched, opened and handed on one after the other.

use std::ops::Range;

use bytes::Bytes;
use cerulean_blobs::{BlobError, BlobStream};
use cerulean_storage::file::{FileRow, RandomId, Thumbnail, ThumbnailForm};
use cerulean_types::AppId;
use cerulean_vault::{FILE_HEADER_BYTES, FileLayout, RangeOpener};
use futures::{Stream, StreamExt};

use crate::address::DownloadAddress;
use crate::files::key_of;
use crate::sized::SizedPicture;
use crate::{FileError, Files};

/// Something that can be downloaded: a file, or its thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    pub(crate) app: AppId,
    pub(crate) blob: RandomId,
    pub(crate) row: FileRow,
    /// Where it was made for a frame and is not stored.
    pub(crate) sized: Option<SizedPicture>,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
}

impl FileContent {
    pub(crate) fn of_file(app: AppId, row: FileRow) -> Self {
        Self { app, blob: row.blob, content_type: row.content_type.clone(), size: row.size, row, sized: None }
    }

    pub(crate) fn of_thumbnail(self, thumbnail: Thumbnail) -> Self {
        let content_type = type_of(thumbnail.form).into();
        Self { blob: thumbnail.blob, content_type, size: thumbnail.size, ..self }
    }

    pub(crate) fn with_size(self, sized: Option<SizedPicture>) -> Self {
        let Some(picture) = sized else { return self };
        let content_type = type_of(picture.form).into();
        Self { content_type, size: picture.bytes.len() as u64, sized: Some(picture), ..self }
    }

    /// Name as uploaded, without folders.
    pub fn name(&self) -> &str {
        &self.row.name
    }

    /// Tells this content from any other; it never changes.
    pub fn tag(&self) -> String {
        let mut text = key_of(self.app, &self.blob).to_string();
        let name = text.split_off(text.rfind('/').map_or(0, |at| at + 1));
        name + &self.sized.as_ref().map_or_else(String::new, SizedPicture::mark)
    }
}

fn type_of(form: ThumbnailForm) -> &'static str {
    match form {
        ThumbnailForm::Jpeg => "image/jpeg",
        ThumbnailForm::Png => "image/png",
    }
}

impl Files {
    /// Finds what a download address is for. Where the caller names an app, it must be the file's.
    pub async fn find(&self, download_sign: &str, app: Option<AppId>) -> Result<FileContent, FileError> {
        let address = DownloadAddress::verify(&self.platform.vault, download_sign)?;
        if app.is_some_and(|app| app != address.app) {
            return Err(FileError::NotFound);
        }
        self.require_normal_app(address.app).await?;
        let tx = self.platform.db.read(address.app).await?;
        let row = tx.files().find(&address.file).await?.ok_or(FileError::NotFound)?;
        Ok(FileContent::of_file(address.app, row))
    }

    /// Streams a part of the content. Only the chunks that hold it are fetched and opened.
    pub async fn read(
        &self,
        content: &FileContent,
        part: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, FileError>> + Send + use<>, FileError> {
        let no_such_range = FileError::NoSuchRange { size: content.size };
        if let Some(picture) = &content.sized {
            let fits = part.start <= part.end && part.end <= content.size;
            let part = fits.then(|| picture.bytes.slice(part.start as usize..part.end as usize));
            return Ok(futures::stream::iter([Ok(part.ok_or(no_such_range)?)]).left_stream());
        }
        let range = FileLayout::of_plain(content.size).range(part).ok_or(no_such_range)?;
        let key = key_of(content.app, &content.blob);
        let header = self.blobs.read(&key, 0..FILE_HEADER_BYTES as u64).await.map_err(|error| match error {
            BlobError::NotFound => FileError::NotFound,
            error => error.into(),
        })?;
        let opener = self.platform.vault.file_opener(content.app, &content.blob, &header)?.open_range(&range);
        let sealed = self.blobs.stream(&key, range.sealed()).await?;
        Ok(futures::stream::try_unfold(Opening { sealed, opener: Some(opener) }, Opening::next).right_stream())
    }

    /// Reads all of a content that is known to be small.
    pub(crate) async fn read_whole(&self, content: &FileContent) -> Result<Vec<u8>, FileError> {
        let mut whole = Vec::with_capacity(content.size as usize);
        let mut stream = std::pin::pin!(self.read(content, 0..content.size).await?);
        while let Some(bytes) = stream.next().await {
            whole.extend_from_slice(&bytes?);
        }
        Ok(whole)
    }
}

struct Opening {
    sealed: BlobStream,
    /// Taken at the end.
    opener: Option<RangeOpener>,
}

impl Opening {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, FileError> {
        loop {
            let Some(opener) = &mut self.opener else { return Ok(None) };
            let mut plain = Vec::new();
            if let Some(sealed) = self.sealed.next().await {
                opener.push(&sealed?, &mut plain)?;
            } else {
                self.opener.take().map_or(Ok(()), RangeOpener::finish)?;
                return Ok(None);
            }
            if !plain.is_empty() {
                return Ok(Some((Bytes::from(plain), self)));
            }
        }
    }
}
