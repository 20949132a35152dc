//! Pictures in the size that is asked for, made from the stored small form where that will do, and kept in memory for a while.

use std::time::Duration;

use bytes::Bytes;
use cerulean_storage::file::{RandomId, ThumbnailForm};
use cerulean_types::AppId;
use moka::sync::Cache;

use crate::download::FileContent;
use crate::thumbnail::{SIDE, fit, is_candidate};
use crate::{FileError, Files};

/// Sides beyond that of the small form: few, because each picture of such a size is made from the original, which is dear.
const LARGE: [u32; 2] = [1600, 800];
/// Bytes of made pictures kept in memory, and how long.
const KEPT_BYTES: u64 = 32 << 20;
const KEPT_FOR: Duration = Duration::from_mins(10);
/// What a kept picture costs besides its bytes.
const ENTRY_BYTES: usize = 256;

/// How large a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame {
    width: u32,
    height: u32,
}

impl Frame {
    /// From what a client asks for, never larger; nothing where it asks for no size that makes sense.
    pub fn of(width: Option<f64>, height: Option<f64>) -> Option<Self> {
        let side =
            |asked: Option<f64>| asked.filter(|side| *side >= 1.0).map(|side| side.min(f64::from(LARGE[0])) as u32);
        let (width, height) = match (side(width), side(height)) {
            (None, None) => return None,
            (Some(width), None) => (width, width.max(SIDE)),
            (None, Some(height)) => (height.max(SIDE), height),
            (Some(width), Some(height)) => (width, height),
        };
        let large = |side: u32| LARGE.into_iter().find(|large| side >= *large);
        Some(match (large(width), large(height)) {
            (Some(width), Some(height)) => Self { width, height },
            _ => Self { width: width.min(SIDE), height: height.min(SIDE) },
        })
    }

    fn is_large(self) -> bool {
        self.width > SIDE
    }
}

/// A picture made for a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SizedPicture {
    pub bytes: Bytes,
    pub form: ThumbnailForm,
    pub frame: Frame,
}

/// What was made lately; nothing where the source fits the frame as it is, or cannot be read.
pub(crate) type SizedPictures = Cache<(AppId, RandomId, Frame), Option<SizedPicture>>;

pub(crate) fn sized_pictures() -> SizedPictures {
    let cost = |_: &_, picture: &Option<SizedPicture>| {
        let bytes = picture.as_ref().map_or(0, |picture| picture.bytes.len());
        u32::try_from(bytes + ENTRY_BYTES).unwrap_or(u32::MAX)
    };
    Cache::builder().max_capacity(KEPT_BYTES).weigher(cost).time_to_live(KEPT_FOR).build()
}

impl Files {
    /// A picture that fits a frame, never made larger than it is; what is no picture comes as it is.
    pub async fn sized(&self, content: FileContent, frame: Frame) -> Result<FileContent, FileError> {
        if !is_candidate(&content) {
            return Ok(content);
        }
        let source = if frame.is_large() { content } else { self.thumbnail_of(content).await? };
        let key = (source.app, source.blob, frame);
        if let Some(known) = self.sized.get(&key) {
            return Ok(source.with_size(known));
        }
        let _turn = self.thumbnails.acquire().await.map_err(|_| FileError::Task)?;
        // Another request may have made it while this one waited.
        if let Some(known) = self.sized.get(&key) {
            return Ok(source.with_size(known));
        }
        let bytes = self.read_whole(&source).await?;
        let fitting = move || fit(&bytes, frame.width, frame.height);
        let made = tokio::task::spawn_blocking(fitting).await.map_err(|_| FileError::Task)?;
        let made = made.map(|(form, bytes)| SizedPicture { bytes: bytes.into(), form, frame });
        self.sized.insert(key, made.clone());
        Ok(source.with_size(made))
    }
}

impl SizedPicture {
    /// Tells it from other sizes of the same picture.
    pub fn mark(&self) -> String {
        format!("-{}x{}", self.frame.width, self.frame.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_never_larger_than_asked_and_large_ones_are_few() {
        let frame = |width, height| Frame::of(width, height).map(|frame| (frame.width, frame.height));
        assert_eq!(frame(None, None), None);
        for nonsense in [0.0, -5.0, f64::NAN] {
            assert_eq!(frame(Some(nonsense), None), None);
        }
        assert_eq!(frame(Some(120.0), Some(90.7)), Some((120, 90)));
        assert_eq!(frame(Some(120.0), None), Some((120, 400)));
        assert_eq!(frame(None, Some(500.0)), Some((400, 400)));
        assert_eq!(frame(Some(1000.0), None), Some((800, 800)));
        assert_eq!(frame(Some(f64::INFINITY), Some(900.0)), Some((1600, 800)));
        assert_eq!(frame(Some(2000.0), Some(50.0)), Some((400, 50)));
    }
}
