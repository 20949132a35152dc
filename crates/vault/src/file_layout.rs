//! Where the bytes of a file lie in its sealed form, so that a range is opened without reading the rest.

use std::ops::Range;

use crate::row::TAG_BYTES;

/// Plain bytes in every chunk of a sealed file but the last, which has 1 to this many (0 only in an empty file).
pub const FILE_CHUNK_BYTES: usize = 64 << 10;
/// Bytes before the first chunk: format, key version, chunk size (power of two), salt.
pub const FILE_HEADER_BYTES: usize = 1 + 4 + 1 + 16;

const PLAIN_CHUNK: u64 = FILE_CHUNK_BYTES as u64;
const SEALED_CHUNK: u64 = (FILE_CHUNK_BYTES + TAG_BYTES) as u64;
const HEADER: u64 = FILE_HEADER_BYTES as u64;
const TAG: u64 = TAG_BYTES as u64;

/// The sizes of one file, plain and sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLayout {
    plain_len: u64,
}

impl FileLayout {
    /// The layout of a file of so many plain bytes.
    pub fn of_plain(plain_len: u64) -> Self {
        Self { plain_len }
    }

    /// The layout of a sealed file of so many bytes; `None` where no file seals to that size (it was cut).
    pub fn of_sealed(sealed_len: u64) -> Option<Self> {
        let body = sealed_len.checked_sub(HEADER)?;
        let chunks = body.div_ceil(SEALED_CHUNK).max(1);
        let layout = Self { plain_len: body.checked_sub(chunks * TAG)? };
        (layout.sealed_len() == sealed_len).then_some(layout)
    }

    /// Bytes of the file itself.
    pub fn plain_len(self) -> u64 {
        self.plain_len
    }

    /// Bytes of its sealed form, header included.
    pub fn sealed_len(self) -> u64 {
        HEADER + self.plain_len + self.chunks() * TAG
    }

    /// Number of chunks, at least one.
    pub fn chunks(self) -> u64 {
        self.plain_len.div_ceil(PLAIN_CHUNK).max(1)
    }

    /// All of the file.
    pub fn whole(self) -> FileRange {
        self.range(0..self.plain_len).expect("a file has all of its bytes")
    }

    /// The sealed bytes to fetch for these plain bytes; `None` where the range reaches beyond the file or is reversed.
    pub fn range(self, plain: Range<u64>) -> Option<FileRange> {
        if plain.start > plain.end || plain.end > self.plain_len {
            return None;
        }
        let last_chunk = self.chunks() - 1;
        let first = (plain.start / PLAIN_CHUNK).min(last_chunk);
        let last = if plain.is_empty() { first } else { (plain.end - 1) / PLAIN_CHUNK };
        let sealed_end = if last == last_chunk { self.sealed_len() } else { HEADER + (last + 1) * SEALED_CHUNK };
        Some(FileRange {
            sealed: HEADER + first * SEALED_CHUNK..sealed_end,
            first_chunk: first,
            last_chunk,
            skip: plain.start - first * PLAIN_CHUNK,
            take: plain.end - plain.start,
        })
    }
}

/// A range of a file, widened to whole sealed chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRange {
    pub(crate) sealed: Range<u64>,
    pub(crate) first_chunk: u64,
    /// Of the whole file.
    pub(crate) last_chunk: u64,
    /// Plain bytes before the range in its first chunk.
    pub(crate) skip: u64,
    pub(crate) take: u64,
}

impl FileRange {
    /// The bytes of the sealed file to feed to [`crate::RangeOpener`], without the header.
    pub fn sealed(&self) -> Range<u64> {
        self.sealed.clone()
    }

    /// Plain bytes that come out.
    pub fn plain_len(&self) -> u64 {
        self.take
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [u64; 9] = [
        0,
        1,
        PLAIN_CHUNK - 1,
        PLAIN_CHUNK,
        PLAIN_CHUNK + 1,
        2 * PLAIN_CHUNK,
        2 * PLAIN_CHUNK + 1,
        10_000_000,
        1 << 40,
    ];

    #[test]
    fn sizes_are_found_back() {
        for plain_len in EDGES {
            let layout = FileLayout::of_plain(plain_len);
            assert_eq!(FileLayout::of_sealed(layout.sealed_len()), Some(layout));
        }
    }

    #[test]
    fn sizes_that_no_file_has_are_refused() {
        let two_chunks_of_plain = HEADER + SEALED_CHUNK;
        for sealed_len in [0, HEADER, HEADER + 15, two_chunks_of_plain + 1, two_chunks_of_plain + TAG] {
            assert_eq!(FileLayout::of_sealed(sealed_len), None, "{sealed_len}");
        }
    }

    #[test]
    fn ranges_cover_whole_chunks_and_stay_inside() {
        let layout = FileLayout::of_plain(2 * PLAIN_CHUNK + 5);
        assert_eq!(layout.range(0..1).unwrap().sealed(), HEADER..HEADER + SEALED_CHUNK);
        let tail = layout.range(2 * PLAIN_CHUNK + 4..2 * PLAIN_CHUNK + 5).unwrap();
        assert_eq!((tail.sealed(), tail.skip), (HEADER + 2 * SEALED_CHUNK..layout.sealed_len(), 4));
        assert_eq!(layout.whole().sealed(), HEADER..layout.sealed_len());
        assert_eq!(layout.range(0..layout.plain_len() + 1), None);
        #[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
        let reversed = layout.range(5..4);
        assert_eq!(reversed, None);
    }
}
