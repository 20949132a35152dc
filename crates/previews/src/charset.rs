//! In which characters a page is written: by its mark, by the answer's header, by what it says itself, else UTF-8.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::page::declared_charset;

/// Where a page says in what characters it is written.
const HEAD_BYTES: usize = 4096;

/// The page as text. Bytes that mean nothing become U+FFFD.
pub(crate) fn decode(page: &[u8], content_type: &str) -> String {
    let of_label = |label: &str| Encoding::for_label_no_replacement(label.as_bytes());
    let by_mark = Encoding::for_bom(page).map(|(encoding, _)| encoding);
    let encoding = by_mark
        .or_else(|| of_label(parameter(content_type, "charset")?))
        .or_else(|| {
            // What is declared is written in letters that all of these characters share, so it is no form of UTF-16.
            let head = WINDOWS_1252.decode_without_bom_handling(&page[..page.len().min(HEAD_BYTES)]).0;
            of_label(&declared_charset(&head)?).map(Encoding::output_encoding)
        })
        .unwrap_or_else(|| if is_utf8(page) { UTF_8 } else { WINDOWS_1252 });
    encoding.decode_with_bom_removal(page).0.into_owned()
}

/// Whether bytes are UTF-8, the last character perhaps cut.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// A parameter of a media type: `charset` in `text/html; charset="gbk"`.
pub(crate) fn parameter<'a>(media_type: &'a str, name: &str) -> Option<&'a str> {
    let pairs = media_type.split(';').skip(1).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, GBK, SHIFT_JIS};

    use super::*;

    const TEXT: &str = "<title>蓝莺</title>";

    fn bytes(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn the_header_names_the_characters() {
        assert_eq!(decode(&bytes(GBK, TEXT), "text/html; charset=GB2312"), TEXT);
        assert_eq!(decode(&bytes(GB18030, TEXT), "text/html;Charset=\"gb18030\""), TEXT);
        assert_eq!(
            decode(&bytes(SHIFT_JIS, "<title>鳥</title>"), "text/html; a=b; charset=Shift_JIS"),
            "<title>鳥</title>"
        );
        assert_eq!(decode(TEXT.as_bytes(), "text/html; charset=utf-8"), TEXT);
    }

    #[test]
    fn the_page_names_them_where_the_header_does_not() {
        for meta in [
            "<meta charset=big5>",
            "<META CHARSET='big5'/>",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=big5\">",
            "<!-- <meta charset=gbk> --><meta charset=\"big5\">",
        ] {
            let page = format!("<html><head>{meta}<title>藍鶯</title>");
            assert_eq!(decode(&bytes(BIG5, &page), "text/html"), page);
        }
    }

    #[test]
    fn a_mark_wins() {
        let marked = format!("\u{feff}{TEXT}");
        assert_eq!(decode(marked.as_bytes(), "text/html; charset=gbk"), TEXT);
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, "text/html; charset=utf-8"), TEXT);
    }

    #[test]
    fn nothing_named_is_utf_8_or_western() {
        assert_eq!(decode(TEXT.as_bytes(), ""), TEXT);
        assert_eq!(decode(b"<title>K\xf6ln</title>", "text/html"), "<title>Köln</title>");
        let cut = &TEXT.as_bytes()[..=TEXT.len() - "莺</title>".len()];
        assert!(decode(cut, "").starts_with("<title>蓝"));
        assert_eq!(decode(TEXT.as_bytes(), "text/html; charset=no-such-thing"), TEXT);
        assert_eq!(
            decode(format!("<meta charset=utf-16>{TEXT}").as_bytes(), ""),
            format!("<meta charset=utf-16>{TEXT}")
        );
        assert_eq!(decode(b"", ""), "");
    }
}
