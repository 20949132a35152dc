//! Small pictures of pictures, made when first asked for and stored sealed.

use std::io::Cursor;

use bytes::Bytes;
use cerulean_storage::file::{RandomId, Thumbnail, ThumbnailForm, ThumbnailState};
use cerulean_vault::random_bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::download::FileContent;
use crate::files::key_of;
use crate::{FileError, Files};

/// Longest side.
pub(crate) const SIDE: u32 = 400;
const JPEG_QUALITY: u8 = 80;
/// Files above this are shown as they are.
const SOURCE_BYTES: u64 = 32 << 20;
/// A file below this that fits the thumbnail's frame is its own thumbnail.
const SMALL_BYTES: u64 = 64 << 10;
/// Against pictures that are small as files and huge once decoded.
const LONGEST_SIDE: u32 = 16_384;
const DECODED_BYTES: u64 = 160 << 20;

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

/// Begins to read a picture; nothing where it is broken or too large once decoded.
fn open(source: &[u8]) -> Option<impl ImageDecoder> {
    let mut reader = ImageReader::new(Cursor::new(source)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    (decoder.total_bytes() <= DECODED_BYTES && width > 0 && height > 0).then_some(decoder)
}

/// Makes a picture fit a frame, or nothing where it fits or cannot be read.
pub(crate) fn fit(source: &[u8], width: u32, height: u32) -> Option<(ThumbnailForm, Vec<u8>)> {
    let mut decoder = open(source)?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    if picture.width() <= width && picture.height() <= height {
        return None;
    }
    encode(&picture.thumbnail(width, height))
}

/// Makes the small picture, or nothing where the source is broken, too large once decoded, or small already.
fn shrink(source: &[u8]) -> Option<(ThumbnailForm, Vec<u8>)> {
    let mut decoder = open(source)?;
    let (width, height) = decoder.dimensions();
    let fits = width <= SIDE && height <= SIDE;
    if fits && source.len() as u64 <= SMALL_BYTES {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let decoded = DynamicImage::from_decoder(decoder).ok()?;
    let mut small = if fits { decoded } else { decoded.thumbnail(SIDE, SIDE) };
    small.apply_orientation(orientation);
    encode(&small)
}

fn encode(picture: &DynamicImage) -> Option<(ThumbnailForm, Vec<u8>)> {
    let mut out = Cursor::new(Vec::new());
    if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.to_rgba8()).write_to(&mut out, ImageFormat::Png).ok()?;
        return Some((ThumbnailForm::Png, out.into_inner()));
    }
    let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).ok()?;
    Some((ThumbnailForm::Jpeg, out.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
        let mut out = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(pixels).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn large_pictures_shrink_and_keep_their_shape() {
        let (form, bytes) = shrink(&picture(1600, 800, ImageFormat::Png)).unwrap();
        assert_eq!(form, ThumbnailForm::Jpeg);
        let small = image::load_from_memory(&bytes).unwrap();
        assert_eq!((small.width(), small.height()), (400, 200));
    }

    #[test]
    fn transparency_survives() {
        let pixels = image::RgbaImage::from_pixel(800, 800, image::Rgba([1, 2, 3, 0]));
        let mut out = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(pixels).write_to(&mut out, ImageFormat::Png).unwrap();
        let (form, bytes) = shrink(&out.into_inner()).unwrap();
        assert_eq!(form, ThumbnailForm::Png);
        assert!(image::load_from_memory(&bytes).unwrap().color().has_alpha());
    }

    #[test]
    fn small_and_broken_pictures_are_left_alone() {
        assert_eq!(shrink(&picture(40, 40, ImageFormat::Png)), None);
        assert_eq!(shrink(b"\x89PNG\r\n\x1a\nbroken"), None);
        assert_eq!(shrink(b""), None);
        let mut cut = picture(1600, 800, ImageFormat::Png);
        cut.truncate(cut.len() / 2);
        assert_eq!(shrink(&cut), None);
    }

    #[test]
    fn a_picture_that_is_huge_once_decoded_is_not_decoded() {
        // A PNG head that promises 16000 x 16000 pixels of 4 bytes: a gigabyte.
        let mut bomb = picture(600, 600, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&16_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&16_000_u32.to_be_bytes());
        let crc = png_crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        let header_is_good = ImageReader::new(Cursor::new(&bomb)).with_guessed_format().unwrap().into_dimensions();
        assert_eq!(header_is_good.unwrap(), (16_000, 16_000));
        assert_eq!(shrink(&bomb), None);
    }

    fn png_crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            }
            crc
        })
    }
}
