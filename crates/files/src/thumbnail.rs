//! Small pictures of pictures, made when first asked for and stored sealed.

use bytes::Bytes;
use cerulean_pictures::{Bounds, Form, Source};
use cerulean_storage::file::{RandomId, Thumbnail, ThumbnailForm, ThumbnailState};
use cerulean_vault::random_bytes;

use crate::download::FileContent;
use crate::files::key_of;
use crate::{FileError, Files};

/// Longest side.
pub(crate) const SIDE: u32 = 400;
/// Files above this are shown as they are.
const SOURCE_BYTES: u64 = 32 << 20;
/// A file below this that fits the thumbnail's frame is its own thumbnail.
const SMALL_BYTES: u64 = 64 << 10;
/// Against pictures that are small as files and huge once decoded.
const BOUNDS: Bounds = Bounds { side: 16_384, decoded_bytes: 160 << 20 };

impl Files {
    /// The small form of a picture; the content itself where none can be made.
    pub async fn thumbnail_of(&self, content: FileContent) -> Result<FileContent, FileError> {
        match content.row.thumbnail {
            ThumbnailState::Ready(thumbnail) => Ok(content.of_thumbnail(thumbnail)),
            ThumbnailState::Impossible => Ok(content),
            ThumbnailState::Unknown if !is_candidate(&content) => Ok(content),
            ThumbnailState::Unknown => self.make_thumbnail(content).await,
        }
    }

    async fn make_thumbnail(&self, content: FileContent) -> Result<FileContent, FileError> {
        let _turn = self.thumbnails.acquire().await.map_err(|_| FileError::Task)?;
        // Another request may have made it while this one waited.
        let content = self.reload(content).await?;
        if content.row.thumbnail != ThumbnailState::Unknown {
            return Ok(with_known_thumbnail(content));
        }
        let source = self.read_whole(&content).await?;
        let made = tokio::task::spawn_blocking(move || shrink(&source)).await.map_err(|_| FileError::Task)?;
        let thumbnail = match made {
            Some((form, bytes)) => Some(self.store_thumbnail(&content, form, bytes).await?),
            None => None,
        };
        let tx = self.platform.db.begin(content.app).await?;
        let is_first = tx.files().set_thumbnail(&content.row.id, thumbnail).await?;
        if let Some(thumbnail) = thumbnail {
            tx.files().end_upload(&thumbnail.blob).await?;
        }
        tx.commit().await?;
        match thumbnail {
            Some(thumbnail) if is_first => Ok(content.of_thumbnail(thumbnail)),
            Some(thumbnail) => {
                self.blobs.delete(&key_of(content.app, &thumbnail.blob)).await?;
                Ok(with_known_thumbnail(self.reload(content).await?))
            }
            None => Ok(content),
        }
    }

    async fn reload(&self, content: FileContent) -> Result<FileContent, FileError> {
        let tx = self.platform.db.read(content.app).await?;
        let row = tx.files().find(&content.row.id).await?.ok_or(FileError::NotFound)?;
        Ok(FileContent::of_file(content.app, row))
    }

    async fn store_thumbnail(
        &self,
        content: &FileContent,
        form: ThumbnailForm,
        plain: Vec<u8>,
    ) -> Result<Thumbnail, FileError> {
        let blob: RandomId = random_bytes();
        let mut sealer = self.platform.vault.file_sealer(content.app, &blob)?;
        let mut sealed = Vec::with_capacity(plain.len() + 4096);
        sealer.push(&plain, &mut sealed)?;
        let layout = sealer.finish(&mut sealed)?;
        let tx = self.platform.db.begin(content.app).await?;
        tx.files().begin_upload(&blob, self.platform.clock.now()).await?;
        tx.commit().await?;
        self.blobs.put(&key_of(content.app, &blob), Bytes::from(sealed)).await?;
        Ok(Thumbnail { form, blob, size: layout.plain_len() })
    }
}

fn with_known_thumbnail(content: FileContent) -> FileContent {
    match content.row.thumbnail {
        ThumbnailState::Ready(thumbnail) => content.of_thumbnail(thumbnail),
        ThumbnailState::Unknown | ThumbnailState::Impossible => content,
    }
}

/// Whether a picture can be made smaller here.
pub(crate) fn is_candidate(content: &FileContent) -> bool {
    let is_picture =
        ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"].contains(&content.content_type.as_str());
    is_picture && content.size <= SOURCE_BYTES
}

/// Makes a picture fit a frame, or nothing where it fits or cannot be read.
pub(crate) fn fit(source: &[u8], frame_width: u32, frame_height: u32) -> Option<(ThumbnailForm, Vec<u8>)> {
    let picture = Source::open(source, BOUNDS)?;
    let (width, height) = picture.dimensions();
    if width <= frame_width && height <= frame_height {
        return None;
    }
    shrunk(picture, frame_width, frame_height)
}

/// Makes the small picture, or nothing where the source is broken, too large once decoded, or small already.
fn shrink(source: &[u8]) -> Option<(ThumbnailForm, Vec<u8>)> {
    let picture = Source::open(source, BOUNDS)?;
    let (width, height) = picture.dimensions();
    if width <= SIDE && height <= SIDE && source.len() as u64 <= SMALL_BYTES {
        return None;
    }
    shrunk(picture, SIDE, SIDE)
}

fn shrunk(picture: Source<'_>, width: u32, height: u32) -> Option<(ThumbnailForm, Vec<u8>)> {
    let small = picture.shrink(width, height)?;
    let form = match small.form {
        Form::Jpeg => ThumbnailForm::Jpeg,
        Form::Png => ThumbnailForm::Png,
    };
    Some((form, small.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GIF without colours.
    fn gif(width: u16, height: u16) -> Vec<u8> {
        let mut out = b"GIF89a".to_vec();
        out.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
        out.extend(b"\x80\0\0\0\0\0\xff\xff\xff");
        out.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
        out
    }

    #[test]
    fn only_pictures_beyond_the_frame_are_made_small() {
        assert_eq!(shrink(&gif(40, 40)), None);
        assert!(shrink(&gif(800, 400)).is_some());
        assert_eq!(shrink(b"text"), None);
    }
}
