use super::*;

fn base() -> Url {
    Url::parse("https://www.example.com/news/today").unwrap()
}

fn page(html: &str) -> Page {
    read(html, &base()).unwrap()
}

fn picture(html: &str) -> Option<PictureOf> {
    page(&format!("<title>t</title>{html}")).picture
}

#[test]
fn open_graph_comes_before_cards_and_those_before_html() {
    let all = r#"<html><head><title>plain</title>
        <meta name="description" content="plain words">
        <meta name="twitter:title" content="card"><meta name="twitter:description" content="card words">
        <meta property="og:title" content="graph"><meta property="og:description" content="graph words">
        <meta property="og:site_name" content="The Site"></head>"#;
    let found = page(all);
    let expected = ("The Site", "graph", "graph words");
    assert_eq!((&*found.site, &*found.title, &*found.description), expected);
    let card = page(&all.replace("og:", "x:"));
    assert_eq!((&*card.site, &*card.title, &*card.description), ("example.com", "card", "card words"));
    let plain = page(&all.replace("og:", "x:").replace("twitter:", "x:"));
    assert_eq!((&*plain.title, &*plain.description), ("plain", "plain words"));
}

#[test]
fn the_first_of_a_kind_counts_unless_it_is_empty() {
    let found = page(
        r#"<meta property="og:title" content=" "><meta property="og:title" content="one"><meta property="og:title" content="two">"#,
    );
    assert_eq!(found.title, "one");
}

#[test]
fn names_are_read_however_they_are_spelled() {
    let found = page("<META NAME='OG:Title' CONTENT=shout><meta content='w' property=' og:description '>");
    assert_eq!((&*found.title, &*found.description), ("shout", "w"));
}

#[test]
fn entities_are_decoded() {
    let found = page(
        r#"<title>Q&amp;A &#8212; &lt;b&gt;&hellip;&#x84dd;</title><meta name=description content="&quot;a&quot; &copy &amp;lt;">"#,
    );
    assert_eq!((&*found.title, &*found.description), ("Q&A — <b>…蓝", "\"a\" © &lt;"));
}

#[test]
fn pages_without_a_title_have_nothing_to_show() {
    for html in
        ["", "text", "<title></title>", "<title> \u{202e} </title>", "<meta property=og:title>", "<title>never ends"]
    {
        assert_eq!(read(html, &base()), None, "{html}");
    }
    assert_eq!(read("<meta property=og:description content=x>", &base()), None);
}

#[test]
fn titles_in_comments_scripts_and_pictures_do_not_count() {
    let html = "<!-- <title>c</title> --><script>'<title>s</title>'</script><style><title>y</title></style>\
        <textarea><title>t</title></textarea><title>real</title></head><svg><title>icon</title></svg>";
    assert_eq!(page(html).title, "real");
    assert_eq!(page("<title>a <b>bold</b> claim</title>").title, "a <b>bold</b> claim");
}

#[test]
fn metas_below_the_head_are_read_where_the_head_says_nothing() {
    let html = "<head></head><body><meta property='og:title' content='late'>";
    assert_eq!(page(html).title, "late");
    assert_eq!(page("<title>t</title></head><meta property='og:title' content='late'>").title, "t");
}

#[test]
fn pictures_are_found_relative_to_the_page() {
    let of = |html: &str| picture(html).map(|picture| picture.url.to_string());
    assert_eq!(of("<meta property=og:image content=/a.png#x>").unwrap(), "https://www.example.com/a.png");
    assert_eq!(
        of("<meta property=og:image content='//cdn.example/b c.png'>").unwrap(),
        "https://cdn.example/b%20c.png"
    );
    let secure = "<meta property=og:image content=http://a.example/><meta property=og:image:secure_url content=https://b.example/>";
    assert_eq!(of(secure).unwrap(), "https://b.example/");
    for bad in ["data:image/png;base64,AAAA", "javascript:x", "file:///etc/passwd", "http://", "", "https://[::"] {
        assert_eq!(of(&format!("<meta property=og:image content='{bad}'>")), None, "{bad}");
    }
    for long in ["x".repeat(3000), "鳥".repeat(600)] {
        assert_eq!(of(&format!("<meta property=og:image content='/{long}'>")), None);
    }
}

#[test]
fn sizes_are_taken_where_both_make_sense() {
    let of = |width: &str, height: &str| {
        let sizes = format!(
            "<meta property=og:image:width content='{width}'><meta property=og:image:height content='{height}'>"
        );
        picture(&format!("<meta property=og:image content=/a>{sizes}")).unwrap().size
    };
    assert_eq!(of("1200", "630"), Some((1200, 630)));
    for (width, height) in [("1200", ""), ("0", "10"), ("-1", "10"), ("1e3", "10"), ("99999", "1"), ("12px", "10")] {
        assert_eq!(of(width, height), None, "{width} x {height}");
    }
}

#[test]
fn hostile_pages_are_read_to_the_end() {
    let attributes: String = (0..50_000).flat_map(|number| [" a".to_owned(), number.to_string()]).collect();
    for hostile in [
        "<".repeat(100_000),
        "<div>".repeat(100_000),
        format!("<meta{attributes}><title>t</title>"),
        format!("<title>{}</title>", "&#x".repeat(100_000)),
        format!("<meta property=og:title content='{}'>", "\u{202e}a".repeat(100_000)),
        "<!--".repeat(50_000),
        "<![CDATA[".repeat(50_000),
        "\u{0}".repeat(100_000),
    ] {
        if let Some(found) = read(&hostile, &base()) {
            assert!(found.title.chars().count() <= TITLE_CHARS);
        }
    }
}
