//! What is wrong with a configuration: everything at once, each with the name of the setting and where it was given.

use std::fmt;

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// All that is wrong, at least one thing.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {reason}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{path} is not valid TOML: {reason}")]
    NotToml {
        /// Which file.
        path: String,
        /// Line, column and what was expected.
        reason: String,
    },
    /// No such setting.
    #[error("unknown setting {key} in {place}{}", suggest(.nearest.as_deref()))]
    Unknown {
        /// What was given.
        key: String,
        /// Where.
        place: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
    },
    /// A value that the setting cannot have.
    #[error("{key} ({place}): {reason}")]
    Invalid {
        /// The setting.
        key: String,
        /// Where it was given.
        place: String,
        /// What is wrong, and what is possible.
        reason: String,
    },
}

fn suggest(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// Collects what is wrong while everything is looked at.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<(String, String)>);

impl Problems {
    /// Notes what is wrong with a setting unless the condition holds.
    pub(crate) fn require(&mut self, holds: bool, key: &str, reason: impl Into<String>) {
        if !holds {
            self.0.push((key.to_owned(), reason.into()));
        }
    }

    /// Makes an error of what was noted; `place` tells where a setting was given.
    pub(crate) fn into_result(self, place: impl Fn(&str) -> String) -> Result<(), ConfigError> {
        fail_if_any(
            self.0.into_iter().map(|(key, reason)| Problem::Invalid { place: place(&key), key, reason }).collect(),
        )
    }
}

pub(crate) fn fail_if_any(problems: Vec<Problem>) -> Result<(), ConfigError> {
    if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}
