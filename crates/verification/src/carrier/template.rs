//! Texts with places in them: `{mobile}`, `{code}`, `{text}`, `{app}`.

/// How a value is written where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// As it is.
    Plain,
    /// In an address or a form.
    Percent,
    /// Inside a string of JSON.
    Json,
}

/// Fills the places of a text; unknown ones stay.
pub(crate) fn fill(template: &str, escape: Escape, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let known =
            values.iter().find(|(name, _)| rest[1..].strip_prefix(name).is_some_and(|end| end.starts_with('}')));
        match known {
            Some((name, value)) => {
                out.push_str(&escaped(value, escape));
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn escaped(value: &str, escape: Escape) -> String {
    match escape {
        Escape::Plain => value.to_owned(),
        Escape::Percent => {
            url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
        }
        Escape::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, &str); 2] = [("code", "12\"3 &+"), ("text", "{code} 听")];

    #[test]
    fn places_are_filled_once_and_escaped() {
        assert_eq!(fill("a {code} b", Escape::Plain, &VALUES), "a 12\"3 &+ b");
        assert_eq!(fill("?c={code}&t={text}", Escape::Percent, &VALUES), "?c=12%223%20%26%2B&t=%7Bcode%7D%20%E5%90%AC");
        assert_eq!(fill(r#"{"c":"{code}","x":{}}"#, Escape::Json, &VALUES), r#"{"c":"12\"3 &+","x":{}}"#);
        assert_eq!(fill("{text}", Escape::Plain, &VALUES), "{code} 听");
        assert_eq!(fill("{", Escape::Plain, &VALUES), "{");
    }
}
