//! Strings that cannot occur by chance, and a search for them in every form in which something may lie about.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// The marks given out, each with the word for where it went.
#[derive(Default)]
pub struct Marks(Vec<(&'static str, String)>);

/// Something that was found: which mark, in which form, where.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub mark: String,
    pub form: &'static str,
    pub place: String,
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

impl Marks {
    fn next(&mut self) -> String {
        format!("{:04}", self.0.len())
    }

    /// Text with a part in ASCII and one in Chinese; each is looked for by itself.
    pub fn text(&mut self, what: &'static str) -> String {
        let number = self.next();
        let chinese: String = number.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect();
        let (word, chinese) = (format!("hush{number}quiet"), format!("静谧{chinese}蓝莺"));
        let text = format!("{word} {chinese}");
        self.0.extend([(what, word), (what, chinese)]);
        text
    }

    /// A word of lowercase letters and digits, as names have it.
    pub fn word(&mut self, what: &'static str) -> String {
        let word = format!("hush{}quiet", self.next());
        self.0.push((what, word.clone()));
        word
    }

    /// A phone number.
    pub fn phone(&mut self, what: &'static str) -> String {
        let phone = format!("1371908{}", self.next());
        self.0.push((what, phone.clone()));
        phone
    }

    /// Something random that others made, such as a token.
    pub fn given(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 8, "too short to be no coincidence");
        self.0.push((what, secret.to_owned()));
    }

    /// Looks for all marks in all forms.
    pub fn search(&self) -> Search {
        let mut search = Search { by_start: HashMap::new(), is_start: vec![false; 1 << 16] };
        for (what, mark) in &self.0 {
            for (form, bytes) in forms(mark) {
                search.add(format!("{what} ({mark})"), form, bytes);
            }
        }
        search
    }
}

/// Every form of a text.
pub fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = text.as_bytes();
    let mut all = vec![("UTF-8", utf8.to_vec())];
    all.push(("UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    all.push(("UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
    all.push(("hexadecimal", hex::encode(utf8).into_bytes()));
    all.push(("hexadecimal", hex::encode_upper(utf8).into_bytes()));
    let escape = |unit: u16| format!("\\u{unit:04x}");
    let escaped: String = text
        .encode_utf16()
        .map(|unit| if unit < 128 { char::from(unit as u8).to_string() } else { escape(unit) })
        .collect();
    all.push(("escaped", escaped.into_bytes()));
    let percent =
        |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    all.push(("per cent", utf8.iter().map(percent).collect::<String>().into_bytes()));
    // Inside a longer text the letters depend on where the mark begins: cut what its neighbours have a part in.
    for shift in 0..3 {
        let padded = [&vec![0; shift][..], utf8].concat();
        let whole = padded.len() / 3 * 4;
        let skip = [0, 2, 3][shift];
        for engine in [STANDARD, URL_SAFE] {
            all.push(("Base64", engine.encode(&padded).as_bytes()[skip..whole].to_vec()));
        }
    }
    if let Ok(number) = text.parse::<u64>() {
        let bytes = number.to_be_bytes();
        let start = (number.leading_zeros() / 8) as usize;
        all.push(("number", bytes[start..].to_vec()));
        all.push(("number", bytes[start..].iter().rev().copied().collect()));
    }
    all
}

/// A mark, the form it is looked for in, and its bytes in that form.
type Wanted = (String, &'static str, Vec<u8>);

/// Many byte strings, looked for together.
pub struct Search {
    by_start: HashMap<[u8; 4], Vec<Wanted>>,
    is_start: Vec<bool>,
}

impl Search {
    fn add(&mut self, mark: String, form: &'static str, bytes: Vec<u8>) {
        let start: [u8; 4] = bytes[..4].try_into().expect("four bytes");
        self.is_start[usize::from(u16::from_le_bytes([start[0], start[1]]))] = true;
        self.by_start.entry(start).or_default().push((mark, form, bytes));
    }

    /// What is in some bytes.
    pub fn in_bytes(&self, bytes: &[u8], place: &str, hits: &mut Vec<Hit>) {
        for at in 0..bytes.len().saturating_sub(3) {
            if !self.is_start[usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))] {
                continue;
            }
            let start = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            for (mark, form, wanted) in self.by_start.get(&start).into_iter().flatten() {
                if bytes[at..].starts_with(wanted) {
                    hits.push(Hit { mark: mark.clone(), form, place: place.to_owned() });
                }
            }
        }
    }

    /// What is in a folder: contents and names of all files.
    pub fn in_folder(&self, folder: &Path, hits: &mut Vec<Hit>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let place = path.display().to_string();
            self.in_bytes(place.as_bytes(), &format!("the name {place}"), hits);
            if path.is_dir() {
                self.in_folder(&path, hits);
            } else if path.is_file() {
                // A file may go while the server runs.
                self.in_bytes(&fs::read(&path).unwrap_or_default(), &place, hits);
            }
        }
    }
}

#[test]
fn the_search_finds_every_form_anywhere() {
    let mut marks = Marks::default();
    let (text, phone) = (marks.text("a text"), marks.phone("a phone"));
    let search = marks.search();
    let folder = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for part in text.split(' ').chain([phone.as_str()]) {
        for (form, bytes) in forms(part) {
            for before in 0..4 {
                let surrounded = [&vec![0xAB; before][..], &bytes, b"\0\0"].concat();
                fs::write(folder.path().join(format!("{}", expected.len())), surrounded).unwrap();
                expected.push(form);
            }
        }
        // In Base64 of a longer text, wherever the mark stands in it.
        for before in 0..6 {
            let longer = STANDARD.encode(format!("{}{part} and what follows", "x".repeat(before)));
            fs::write(folder.path().join(format!("{}", expected.len())), longer).unwrap();
            expected.push("Base64");
        }
    }
    for (number, form) in expected.iter().enumerate() {
        let mut hits = Vec::new();
        search.in_bytes(&fs::read(folder.path().join(number.to_string())).unwrap(), "", &mut hits);
        assert!(!hits.is_empty(), "{form} is not found");
    }
    let mut hits = Vec::new();
    fs::create_dir(folder.path().join(&phone)).unwrap();
    search.in_folder(folder.path(), &mut hits);
    assert!(hits.iter().any(|hit| hit.place.starts_with("the name")));
    let mut none = Vec::new();
    search.in_bytes("nothing of the kind 静谧蓝莺 hush".as_bytes(), "", &mut none);
    assert_eq!(none, []);
}
