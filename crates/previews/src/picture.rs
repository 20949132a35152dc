//! The picture of a page, made small.

use bytes::Bytes;
use cerulean_pictures::{Bounds, Form, Source};

use crate::memory::Weigh;

/// The frame that every picture fits.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 960;
/// Below this it is a dot that counts visits, or an icon.
const LEAST_SIDE: u32 = 16;
const BOUNDS: Bounds = Bounds { side: 10_000, decoded_bytes: 64 << 20 };

/// A small picture, encoded here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How it is encoded.
    pub form: Form,
    /// The encoded picture.
    pub bytes: Bytes,
}

impl Weigh for Picture {
    fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

/// Makes the small form of what came from a site; nothing where it is no picture that can be shown.
pub(crate) fn shrink(source: &[u8]) -> Option<Picture> {
    let source = Source::open(source, BOUNDS)?;
    let (width, height) = source.dimensions();
    if width < LEAST_SIDE || height < LEAST_SIDE {
        return None;
    }
    let small = source.shrink(WIDTH, HEIGHT)?;
    Some(Picture { form: small.form, bytes: small.bytes.into() })
}

/// The size of the small form of a picture of this size.
pub(crate) fn fit((width, height): (u32, u32)) -> (u32, u32) {
    let scaled = |side: u32, to: u32, from: u32| (u64::from(side) * u64::from(to) / u64::from(from)).max(1) as u32;
    match (width, height) {
        (width, height) if width <= WIDTH && height <= HEIGHT => (width, height),
        (width, height) if u64::from(width) * u64::from(HEIGHT) >= u64::from(height) * u64::from(WIDTH) => {
            (WIDTH, scaled(height, WIDTH, width))
        }
        (width, height) => (scaled(width, HEIGHT, height), HEIGHT),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        RgbImage::new(width, height).write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn the_size_told_is_the_size_made() {
        for size in [(1200, 630), (480, 960), (100, 50), (300, 3000), (2000, 2000), (9000, 20)] {
            let small = shrink(&picture(size.0, size.1)).unwrap();
            let small = image::load_from_memory(&small.bytes).unwrap();
            let told = fit(size);
            let near = |one: u32, other: u32| one.abs_diff(other) <= 1;
            assert!(near(small.width(), told.0) && near(small.height(), told.1), "{size:?}: {told:?}");
            assert!(small.width() <= WIDTH && small.height() <= HEIGHT);
        }
    }

    #[test]
    fn dots_and_what_is_no_picture_are_not_shown() {
        assert_eq!(shrink(&picture(1, 1)), None);
        assert_eq!(shrink(&picture(800, 2)), None);
        for other in
            [&b"<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'/>"[..], b"<html>", b"", b"%PDF-1.7"]
        {
            assert_eq!(shrink(other), None);
        }
    }
}
