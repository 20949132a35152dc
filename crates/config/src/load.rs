//! Puts a configuration together from a file, the environment and flags, and remembers where each setting came from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::describe::{Entry, Field, Kind, describe};
use crate::error::{Problem, fail_if_any};
use crate::{Config, ConfigError};

/// Environment variables with this prefix are settings: `CERULEAN__SERVER__LISTEN` is `server.listen`.
pub const ENVIRONMENT_PREFIX: &str = "CERULEAN__";

/// Where settings come from; later fields win over earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A TOML file. It must exist.
    pub file: Option<PathBuf>,
    /// Environment variables; those without [`ENVIRONMENT_PREFIX`] are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags as setting and value, for example `server.listen` and `127.0.0.1:9000`.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The given file and the environment of this process.
    pub fn from_process(file: Option<PathBuf>) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file, environment, flags: Vec::new() }
    }
}

/// The settings read so far.
struct Loader {
    known: BTreeMap<String, Field>,
    sections: Vec<String>,
    table: Table,
    places: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

pub(crate) fn load(sources: &Sources) -> Result<Config, ConfigError> {
    let mut loader = Loader::new();
    if let Some(path) = &sources.file {
        loader.read_file(path)?;
    }
    for (name, value) in &sources.environment {
        if let Some(rest) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            let key = rest.replace("__", ".").to_lowercase();
            loader.set_text(&key, value, format!("environment variable {name}"));
        }
    }
    for (key, value) in &sources.flags {
        loader.set_flag(key, value);
    }
    loader.finish()
}

impl Loader {
    fn new() -> Self {
        let mut known = BTreeMap::new();
        let mut sections = Vec::new();
        for entry in describe(&Config::default()) {
            match entry {
                Entry::Section { path, .. } => sections.push(path),
                Entry::Field(field) => {
                    known.insert(field.path.clone(), field);
                }
            }
        }
        Self { known, sections, table: Table::new(), places: BTreeMap::new(), problems: Vec::new() }
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let place = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| Problem::Unreadable { path: place.clone(), reason: error.to_string() })?;
        let table: Table = text
            .parse()
            .map_err(|error| Problem::NotToml { path: place.clone(), reason: describe_toml_error(&text, &error) })?;
        self.merge("", table, &place);
        Ok(())
    }

    fn merge(&mut self, section: &str, table: Table, place: &str) {
        for (name, value) in table {
            let path = if section.is_empty() { name } else { format!("{section}.{name}") };
            match value {
                Value::Table(inner) if self.sections.contains(&path) => self.merge(&path, inner, place),
                value if self.known.contains_key(&path) => self.set(&path, value, place.to_owned()),
                _ if self.sections.contains(&path) => {
                    let reason = format!("is a section: write [{path}] and its settings below");
                    self.problems.push(Problem::Invalid { key: path, place: place.to_owned(), reason });
                }
                _ => self.refuse_unknown(path, place.to_owned()),
            }
        }
    }

    /// Takes a setting from a source that knows only text.
    fn set_text(&mut self, path: &str, text: &str, place: String) {
        let Some(field) = self.known.get(path) else {
            return self.refuse_unknown(path.to_owned(), place);
        };
        if let Some(value) = to_value(text, field.kind) {
            return self.set(path, value, place);
        }
        let wanted = match field.kind {
            Kind::Bool => "true or false",
            Kind::Numbers => "whole numbers with commas between them",
            _ => "a whole number",
        };
        self.problems.push(Problem::Invalid { key: path.to_owned(), place, reason: format!("must be {wanted}") });
    }

    fn set_flag(&mut self, path: &str, text: &str) {
        let place = "command line".to_owned();
        if self.known.get(path).is_some_and(|field| field.kind == Kind::Secret) {
            let variable = format!("{ENVIRONMENT_PREFIX}{}", path.replace('.', "__").to_uppercase());
            let reason = format!("is a secret and would show in the list of processes: use {path}_file, or {variable}");
            return self.problems.push(Problem::Invalid { key: path.to_owned(), place, reason });
        }
        self.set_text(path, text, place);
    }

    fn set(&mut self, path: &str, value: Value, place: String) {
        self.places.insert(path.to_owned(), place);
        let mut table = &mut self.table;
        let mut names: Vec<&str> = path.split('.').collect();
        let last = names.pop().expect("splitting gives at least one part");
        for name in names {
            let inner = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
            table = inner.as_table_mut().expect("sections are never set to values");
        }
        table.insert(last.to_owned(), value);
    }

    fn refuse_unknown(&mut self, key: String, place: String) {
        let nearest = self.nearest(&key);
        self.problems.push(Problem::Unknown { key, place, nearest });
    }

    /// The setting or section that was probably meant: right name in the wrong section, or nearly the right path.
    fn nearest(&self, key: &str) -> Option<String> {
        let last = key.rsplit('.').next().unwrap_or(key);
        let same_name: Vec<&String> =
            self.known.keys().filter(|known| known.rsplit('.').next() == Some(last)).collect();
        if let [only] = same_name[..] {
            return Some(only.clone());
        }
        let longer: Vec<&String> = self.known.keys().filter(|known| known.starts_with(key)).collect();
        if let [only] = longer[..] {
            return Some(only.clone());
        }
        let candidates = self.known.keys().chain(self.sections.iter().filter(|section| !section.is_empty()));
        let (distance, nearest) = candidates
            .map(|known| (strsim::damerau_levenshtein(known, key), known))
            .min_by_key(|(distance, known)| (*distance, (*known).clone()))?;
        (distance <= 2.max(last.len() / 2)).then(|| nearest.clone())
    }

    fn finish(self) -> Result<Config, ConfigError> {
        let Self { table, places, problems, .. } = self;
        let place = |key: &str| places.get(key).cloned().unwrap_or_else(|| "default".to_owned());
        fail_if_any(problems)?;
        let mut config: Config = serde_path_to_error::deserialize(table).map_err(|error| {
            let key = error.path().to_string();
            let place = places.iter().find(|(path, _)| key.starts_with(*path)).map(|(_, place)| place.clone());
            Problem::Invalid {
                key,
                place: place.unwrap_or_else(|| "default".to_owned()),
                reason: error.inner().message().to_owned(),
            }
        })?;
        config.read_secret_files().into_result(place)?;
        config.check().into_result(place)?;
        Ok(config)
    }
}

/// Says where a file stops being TOML, without showing the line: there may be a secret in it.
fn describe_toml_error(text: &str, error: &toml::de::Error) -> String {
    let offset = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {}", error.message())
}

/// Reads a text as the kind of value that a setting takes. Lists are separated by commas.
fn to_value(text: &str, kind: Kind) -> Option<Value> {
    let trimmed = text.trim();
    match kind {
        Kind::Text | Kind::Secret => Some(Value::from(text)),
        Kind::Integer => trimmed.parse::<i64>().ok().map(Value::from),
        Kind::Bool => trimmed.parse::<bool>().ok().map(Value::from),
        Kind::List => Some(Value::from(items_of(text).collect::<Vec<_>>())),
        Kind::Numbers => {
            let numbers: Result<Vec<i64>, _> = items_of(text).map(str::parse).collect();
            numbers.ok().map(Value::from)
        }
    }
}

fn items_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests;
