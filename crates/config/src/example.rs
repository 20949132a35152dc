//! The configuration as a file: the annotated example, or the settings in force.

use std::fmt::Write;

use toml::Value;

use crate::Config;
use crate::describe::{Entry, Field, describe};

/// Renders a configuration, with the comments of its fields or bare. Settings that are not set appear in the annotated
/// form only, as comments.
pub(crate) fn render(config: &Config, is_annotated: bool) -> String {
    let mut out = String::new();
    for entry in describe(config) {
        match entry {
            Entry::Section { path, docs } => render_section(&path, docs, is_annotated, &mut out),
            Entry::Field(field) => render_field(&field, is_annotated, &mut out),
        }
    }
    out.trim_start().to_owned()
}

fn render_section(path: &str, docs: &[&str], is_annotated: bool, out: &mut String) {
    out.push('\n');
    if is_annotated {
        render_docs(docs, out);
    }
    if !path.is_empty() {
        writeln!(out, "[{path}]").expect("writing to a string does not fail");
    }
}

fn render_field(field: &Field, is_annotated: bool, out: &mut String) {
    let name = field.path.rsplit('.').next().unwrap_or(&field.path);
    let is_shown_by_sample = field.sample.is_some() && field.value.as_ref().is_none_or(is_empty_text);
    if is_annotated {
        out.push('\n');
        render_docs(field.docs, out);
    }
    let line = match (&field.value, field.sample) {
        (_, Some(sample)) if is_annotated && is_shown_by_sample => {
            writeln!(out, "#{name} = {}", Value::from(sample))
        }
        (Some(value), _) => writeln!(out, "{name} = {value}"),
        (None, _) => Ok(()),
    };
    line.expect("writing to a string does not fail");
}

fn is_empty_text(value: &Value) -> bool {
    value.as_str() == Some("")
}

/// Comment lines, as rustdoc has them but for the file's reader.
fn render_docs(docs: &[&str], out: &mut String) {
    for line in docs {
        writeln!(out, "# {}", line.trim()).expect("writing to a string does not fail");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn example_parses_to_the_defaults() {
        let parsed: Config = toml::from_str(&Config::example()).unwrap();
        assert_eq!(parsed, Config::default());
    }

    #[test]
    fn samples_in_the_example_parse_too() {
        let is_sample = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
        let example = Config::example();
        assert!(example.lines().filter(is_sample).count() > 5);
        let uncommented: Vec<&str> =
            example.lines().map(|line| if is_sample(&line) { &line[1..] } else { line }).collect();
        let parsed: Config = toml::from_str(&uncommented.join("\n")).unwrap();
        assert_eq!(parsed.server.public_url.as_deref(), Some("https://chat.example.com"));
    }

    #[test]
    fn every_setting_is_explained() {
        for entry in describe(&Config::default()) {
            let (path, docs) = match entry {
                Entry::Section { path, docs } => (path, docs),
                Entry::Field(field) => (field.path, field.docs),
            };
            assert!(!docs.is_empty(), "{path} has no comment");
        }
    }

    #[test]
    fn committed_example_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/cerulean.example.toml");
        if std::env::var_os("CERULEAN_UPDATE").is_some() {
            fs::write(&path, Config::example()).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == Config::example(),
            "{} is stale: run CERULEAN_UPDATE=1 cargo test -p cerulean-config",
            path.display()
        );
    }

    #[test]
    fn settings_in_force_hide_secrets_and_parse_back() {
        let mut config = Config::default();
        config.database.url = crate::Secret::new("postgres://cerulean:hunter2@db/cerulean");
        config.server.public_url = Some("https://chat.example.com".to_owned());
        let text = config.to_toml();
        assert!(!text.contains("hunter2") && text.contains("url = \"***\""), "{text}");
        let parsed: Config = toml::from_str(&text).unwrap();
        assert_eq!(parsed.server, config.server);
    }
}
