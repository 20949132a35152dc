//! What a page says of itself: Open Graph, cards of Twitter, the title and the description of HTML.

use std::borrow::Cow;

use cerulean_egress::Url;
use html5gum::{DefaultEmitter, HtmlString, StartTag, StringReader, Token, Tokenizer};

use crate::charset::{decode, parameter};
use crate::text::{DESCRIPTION_CHARS, SITE_CHARS, TITLE_CHARS, clean};

/// Longest address of a picture.
const URL_BYTES: usize = 2048;
/// Most that a picture claims to measure; more is no picture.
const SIDE: u32 = 20_000;

/// What a page says, clean and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub site: String,
    pub title: String,
    pub description: String,
    pub picture: Option<PictureOf>,
}

/// The picture of a page, as the page tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PictureOf {
    pub url: Url,
    pub size: Option<(u32, u32)>,
}

/// What was found, by how much it is worth: the first of a kind counts, and the lower number wins.
#[derive(Default)]
struct Found {
    site: Best,
    title: Best,
    description: Best,
    picture: Best,
    width: Best,
    height: Best,
}

#[derive(Default)]
struct Best(Option<(u8, String)>);

impl Best {
    fn offer(&mut self, rank: u8, text: &str) {
        let is_better = self.0.as_ref().is_none_or(|(known, _)| rank < *known);
        if is_better && !text.trim().is_empty() {
            self.0 = Some((rank, text.to_owned()));
        }
    }

    fn text(&self) -> &str {
        self.0.as_ref().map_or("", |(_, text)| text)
    }

    fn number(&self) -> Option<u32> {
        self.text().trim().parse().ok().filter(|number| (1..=SIDE).contains(number))
    }
}

impl Found {
    fn offer(&mut self, name: &str, content: &str) {
        match name {
            "og:site_name" => self.site.offer(0, content),
            "application-name" => self.site.offer(1, content),
            "og:title" => self.title.offer(0, content),
            "twitter:title" => self.title.offer(1, content),
            "og:description" => self.description.offer(0, content),
            "twitter:description" => self.description.offer(1, content),
            "description" => self.description.offer(2, content),
            "og:image:secure_url" => self.picture.offer(0, content),
            "og:image" | "og:image:url" => self.picture.offer(1, content),
            "twitter:image" | "twitter:image:src" => self.picture.offer(2, content),
            "og:image:width" => self.width.offer(0, content),
            "og:image:height" => self.height.offer(0, content),
            _ => {}
        }
    }

    fn picture(&self, base: &Url) -> Option<PictureOf> {
        let text = self.picture.text().trim();
        if text.is_empty() || text.len() > URL_BYTES {
            return None;
        }
        let mut url = base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        url.set_fragment(None);
        // Spelled out it is longer.
        if url.as_str().len() > URL_BYTES {
            return None;
        }
        Some(PictureOf { url, size: self.width.number().zip(self.height.number()) })
    }
}

/// Reads the bytes of a page that came from `base`; nothing where it has no title.
pub(crate) fn decode_and_read(bytes: &[u8], content_type: &str, base: &Url) -> Option<Page> {
    read(&decode(bytes, content_type), base)
}

fn read(html: &str, base: &Url) -> Option<Page> {
    let found = find(html);
    let title = clean(found.title.text(), TITLE_CHARS);
    if title.is_empty() {
        return None;
    }
    let named = clean(found.site.text(), SITE_CHARS);
    let host = || clean(base.host_str().unwrap_or_default().trim_start_matches("www."), SITE_CHARS);
    Some(Page {
        site: if named.is_empty() { host() } else { named },
        title,
        description: clean(found.description.text(), DESCRIPTION_CHARS),
        picture: found.picture(base),
    })
}

fn find(html: &str) -> Found {
    let mut found = Found::default();
    let mut title: Option<String> = None;
    for Ok(token) in tokens(html) {
        match token {
            Token::StartTag(tag) if tag.name == b"meta" => {
                let name = attribute(&tag, b"property").or_else(|| attribute(&tag, b"name"));
                if let (Some(name), Some(content)) = (name, attribute(&tag, b"content")) {
                    found.offer(&name.trim().to_ascii_lowercase(), &content);
                }
            }
            Token::StartTag(tag) if tag.name == b"title" => title = Some(String::new()),
            Token::EndTag(tag) if tag.name == b"title" => {
                if let Some(title) = title.take() {
                    found.title.offer(2, &title);
                }
            }
            Token::String(text) => {
                if let Some(title) = title.as_mut() {
                    title.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Token::EndTag(tag) if tag.name == b"head" && !found.title.text().is_empty() => break,
            _ => {}
        }
    }
    found
}

/// The characters that a page says it is written in.
pub(crate) fn declared_charset(head: &str) -> Option<String> {
    tokens(head).find_map(|token| {
        let Ok(Token::StartTag(tag)) = token else { return None };
        if tag.name != b"meta" {
            return None;
        }
        let plain = attribute(&tag, b"charset").map(Cow::into_owned);
        let is_type = || attribute(&tag, b"http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("content-type"));
        plain.or_else(|| Some(parameter(&attribute(&tag, b"content").filter(|_| is_type())?, "charset")?.to_owned()))
    })
}

/// The parts of a page. Scripts, styles and titles are read as what they are, without building a tree.
fn tokens(html: &str) -> Tokenizer<StringReader<'_>> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter)
}

fn attribute<'a>(tag: &'a StartTag<()>, name: &[u8]) -> Option<Cow<'a, str>> {
    tag.attributes.get(name).map(|value: &html5gum::Spanned<HtmlString, ()>| String::from_utf8_lossy(value))
}

#[cfg(test)]
mod tests;
