//! Reading a dump from its file, on a thread of its own, in portions that bound the memory of an import.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::TransferError;
use crate::format::{FORMAT, Header, Record, VERSION};

/// Longest line, in bytes: a message of the largest text, attachment, config and ext, all of it escaped.
const LINE_BYTES: u64 = 4 << 20;
/// Bounds of a portion.
const PORTION_LINES: usize = 32_768;
const PORTION_BYTES: usize = 12 << 20;
/// What tells dumps apart is the hash of so much of their beginning.
const FINGERPRINT_BYTES: u64 = 64 << 10;

/// How far a dump was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Lines.
    pub line: u64,
    /// Bytes.
    pub offset: u64,
    /// Bytes of the last line, and their hash: the file must still be the same there.
    pub last_bytes: u64,
    pub last_hash: String,
}

/// A line and what it says.
pub(crate) struct Line {
    pub number: u64,
    pub text: Vec<u8>,
    pub record: Result<Record, String>,
}

pub(crate) struct Portion {
    pub lines: Vec<Line>,
    pub end: Place,
}

/// A dump, opened.
pub(crate) struct Dump {
    file: File,
    pub header: Header,
    pub fingerprint: [u8; 32],
    pub bytes: u64,
}

impl Dump {
    pub fn open(path: &Path) -> Result<Self, TransferError> {
        let unreadable = |source| TransferError::Unreadable { file: path.display().to_string(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let mut beginning = Vec::new();
        (&file).take(FINGERPRINT_BYTES).read_to_end(&mut beginning).map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header = match Record::parse(first) {
            Ok(Record::Header(header)) => header,
            Ok(other) => return Err(not_a_dump(format!("its type is \"{}\", not \"header\"", other.word()))),
            Err(reason) => return Err(not_a_dump(reason)),
        };
        if header.format != FORMAT {
            return Err(not_a_dump(format!("its format is \"{}\", not \"{FORMAT}\"", header.format)));
        }
        if header.version > VERSION {
            return Err(TransferError::NewerFormat { version: header.version, known: VERSION });
        }
        if header.source.is_empty() || header.source.len() > 255 {
            return Err(not_a_dump("source must have 1 to 255 bytes".into()));
        }
        Ok(Self { file, header, fingerprint: *blake3::hash(&beginning).as_bytes(), bytes })
    }

    /// Whether the file was read up to there once, and is still the same there.
    pub fn was_read_to(&mut self, place: &Place) -> io::Result<bool> {
        let Some(start) = place.offset.checked_sub(place.last_bytes) else { return Ok(false) };
        if place.offset > self.bytes {
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(start))?;
        let mut last = Vec::new();
        (&self.file).take(place.last_bytes).read_to_end(&mut last)?;
        Ok(blake3::hash(&last).to_hex().as_str() == place.last_hash)
    }

    /// Hands on what comes after a place, until the end or until nobody takes it. Blocks.
    pub fn read(mut self, from: Place, portions: &mpsc::Sender<io::Result<Portion>>) {
        let outcome = self.file.seek(SeekFrom::Start(from.offset)).and_then(|_| self.read_on(from, portions));
        if let Err(error) = outcome {
            let _ = portions.blocking_send(Err(error));
        }
    }

    fn read_on(&self, from: Place, portions: &mpsc::Sender<io::Result<Portion>>) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        let mut end = from;
        loop {
            let mut lines = Vec::new();
            let mut bytes = 0;
            let is_over = loop {
                if lines.len() == PORTION_LINES || bytes >= PORTION_BYTES {
                    break false;
                }
                let Some((text, is_too_long)) = read_line(&mut reader, &mut end)? else { break true };
                bytes += text.len();
                // The header was read when the file was opened.
                if end.line > 1 && !text.is_empty() {
                    lines.push(parse(end.line, text, is_too_long));
                }
            };
            let portion = Portion { lines, end: end.clone() };
            if portions.blocking_send(Ok(portion)).is_err() || is_over {
                return Ok(());
            }
        }
    }
}

fn not_a_dump(reason: String) -> TransferError {
    TransferError::NotADump { reason }
}

fn parse(number: u64, text: Vec<u8>, is_too_long: bool) -> Line {
    let record =
        if is_too_long { Err(format!("the line is longer than {LINE_BYTES} bytes")) } else { Record::parse(&text) };
    Line { number, text, record }
}

/// The next line without its end, and whether it was cut.
fn read_line(reader: &mut impl BufRead, end: &mut Place) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut text = Vec::new();
    let mut length = reader.by_ref().take(LINE_BYTES).read_until(b'\n', &mut text)? as u64;
    if length == 0 {
        return Ok(None);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&text);
    let mut is_too_long = false;
    let mut is_ended = text.last() == Some(&b'\n');
    while !is_ended && length >= LINE_BYTES {
        is_too_long = true;
        let available = reader.fill_buf()?;
        let taken = available.iter().position(|byte| *byte == b'\n').map_or(available.len(), |at| at + 1);
        is_ended = taken == 0 || available[taken - 1] == b'\n';
        hasher.update(&available[..taken]);
        reader.consume(taken);
        length += taken as u64;
    }
    let trimmed = text.trim_ascii_end().len();
    text.truncate(if is_too_long { 100 } else { trimmed });
    end.line += 1;
    end.offset += length;
    end.last_bytes = length;
    end.last_hash = hasher.finalize().to_hex().to_string();
    Ok(Some((text, is_too_long)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const HEADER: &str = "{\"type\":\"header\",\"format\":\"cerulean-dump\",\"version\":1,\"source\":\"s\"}\n";

    fn file_of(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn read_all(dump: Dump, from: Place) -> Vec<Portion> {
        let (sender, mut receiver) = mpsc::channel(100);
        dump.read(from, &sender);
        drop(sender);
        let mut portions = Vec::new();
        while let Ok(portion) = receiver.try_recv() {
            portions.push(portion.unwrap());
        }
        portions
    }

    #[test]
    fn lines_keep_their_numbers() {
        let long = "x".repeat(LINE_BYTES as usize + 5);
        let text = format!("{HEADER}\n{{\"type\":\"block\",\"user\":1,\"peer\":2}}\r\n{long}\nnonsense");
        let file = file_of(&text);
        let portions = read_all(Dump::open(file.path()).unwrap(), Place::default());
        let end = portions.last().unwrap().end.clone();
        let lines: Vec<Line> = portions.into_iter().flat_map(|portion| portion.lines).collect();
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(matches!(lines[0].record, Ok(Record::Block(_))));
        assert!(lines[1].record.as_ref().unwrap_err().contains("longer"));
        assert!(lines[2].record.is_err());
        assert_eq!((end.line, end.offset), (5, text.len() as u64));
        let mut again = Dump::open(file.path()).unwrap();
        assert!(again.was_read_to(&end).unwrap());
        assert!(read_all(again, end).iter().all(|portion| portion.lines.is_empty()));
    }

    #[test]
    fn another_file_is_not_read_from_the_middle() {
        let file = file_of(&format!("{HEADER}{{\"a\":1}}\n"));
        let mut dump = Dump::open(file.path()).unwrap();
        let end = Place { line: 2, offset: HEADER.len() as u64 + 8, last_bytes: 8, last_hash: String::new() };
        assert!(!dump.was_read_to(&end).unwrap());
        let good = Place { last_hash: blake3::hash(b"{\"a\":1}\n").to_hex().to_string(), ..end };
        assert!(dump.was_read_to(&good).unwrap());
        assert!(!dump.was_read_to(&Place { offset: good.offset + 1, ..good }).unwrap());
    }

    #[test]
    fn what_is_no_dump_is_refused() {
        for (text, reason) in [
            ("", "EOF"),
            ("{\"type\":\"block\",\"user\":1,\"peer\":2}\n", "its type is \"block\""),
            (&HEADER.replace("cerulean-dump", "other"), "its format is \"other\""),
            (&HEADER.replace("\"s\"", "\"\""), "source"),
            (&HEADER.replace("\"version\":1", "\"version\":2"), "version 2"),
        ] {
            let Err(error) = Dump::open(file_of(text).path()) else { panic!("{text} was read") };
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert!(matches!(Dump::open(Path::new("/nowhere")), Err(TransferError::Unreadable { .. })));
    }
}
