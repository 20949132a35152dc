//! Opening a picture within bounds, and making it small.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::sniff;

const JPEG_QUALITY: u8 = 80;

/// Against pictures that are small as files and huge once decoded.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most pixels of width and of height.
    pub side: u32,
    /// Most memory for the pixels.
    pub decoded_bytes: u64,
}

/// A picture whose head was read and found to be within bounds. Its pixels are not decoded yet.
pub struct Source<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    orientation: Orientation,
    width: u32,
    height: u32,
}

/// In what form a picture was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Without transparency.
    Jpeg,
    /// With transparency.
    Png,
}

impl Form {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A small picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Small {
    /// How it is encoded.
    pub form: Form,
    /// The encoded picture.
    pub bytes: Vec<u8>,
}

impl<'a> Source<'a> {
    /// Reads the head of a picture; nothing where it is broken, empty, of a form that is not opened, or beyond bounds.
    pub fn open(bytes: &'a [u8], bounds: Bounds) -> Option<Self> {
        sniff(bytes)?;
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(bounds.side);
        limits.max_image_height = Some(bounds.side);
        limits.max_alloc = Some(bounds.decoded_bytes);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().ok()?;
        let (width, height) = decoder.dimensions();
        if decoder.total_bytes() > bounds.decoded_bytes || width == 0 || height == 0 {
            return None;
        }
        let orientation = decoder.orientation().ok()?;
        let (width, height) = if lies_on_side(orientation) { (height, width) } else { (width, height) };
        Some(Self { decoder: Box::new(decoder), orientation, width, height })
    }

    /// Width and height in pixels, as the picture is shown.
    pub fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Decodes the picture, makes it fit into a frame where it does not, and encodes it; nothing where its pixels are broken.
    pub fn shrink(self, frame_width: u32, frame_height: u32) -> Option<Small> {
        let fits = self.width <= frame_width && self.height <= frame_height;
        let decoded = DynamicImage::from_decoder(self.decoder).ok()?;
        // Turned after it was made small: fewer pixels to turn.
        let (width, height) =
            if lies_on_side(self.orientation) { (frame_height, frame_width) } else { (frame_width, frame_height) };
        let mut small = if fits { decoded } else { decoded.thumbnail(width, height) };
        small.apply_orientation(self.orientation);
        encode(&small)
    }
}

/// Whether width and height change places when the picture is turned as it is shown.
fn lies_on_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

fn encode(picture: &DynamicImage) -> Option<Small> {
    let mut out = Cursor::new(Vec::new());
    let form = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.to_rgba8()).write_to(&mut out, ImageFormat::Png).ok()?;
        Form::Png
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
        picture.to_rgb8().write_with_encoder(encoder).ok()?;
        Form::Jpeg
    };
    Some(Small { form, bytes: out.into_inner() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { side: 16_384, decoded_bytes: 160 << 20 };

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
        let mut out = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(pixels).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn shrink(source: &[u8]) -> Option<Small> {
        Source::open(source, BOUNDS)?.shrink(400, 400)
    }

    #[test]
    fn large_pictures_shrink_and_keep_their_shape() {
        let small = shrink(&picture(1600, 800, ImageFormat::Png)).unwrap();
        assert_eq!(small.form, Form::Jpeg);
        let small = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (400, 200));
    }

    #[test]
    fn small_pictures_are_only_encoded_anew() {
        let small = shrink(&picture(40, 30, ImageFormat::Gif)).unwrap();
        let small = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (40, 30));
    }

    #[test]
    fn transparency_survives() {
        let pixels = image::RgbaImage::from_pixel(800, 800, image::Rgba([1, 2, 3, 0]));
        let mut out = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(pixels).write_to(&mut out, ImageFormat::Png).unwrap();
        let small = shrink(&out.into_inner()).unwrap();
        assert_eq!(small.form, Form::Png);
        assert!(image::load_from_memory(&small.bytes).unwrap().color().has_alpha());
    }

    #[test]
    fn broken_pictures_are_none() {
        assert!(shrink(b"\x89PNG\r\n\x1a\nbroken").is_none());
        assert!(shrink(b"").is_none());
        let mut cut = picture(1600, 800, ImageFormat::Png);
        cut.truncate(cut.len() / 2);
        assert!(shrink(&cut).is_none());
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
        assert!(Source::open(&bomb, BOUNDS).is_none());
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
