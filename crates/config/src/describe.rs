//! Structs that can tell about themselves: names, comments and values of their fields.

use std::net::SocketAddr;
use std::path::PathBuf;

use toml::Value;

/// How a setting is written, for sources that know only text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Text that must not show in a list of processes.
    Secret,
    Integer,
    Bool,
    /// Texts.
    List,
    /// Whole numbers.
    Numbers,
}

/// A section's heading or a setting, in the order of the example file.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Section { path: String, docs: &'static [&'static str] },
    Field(Field),
}

/// One setting.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// With its sections, for example `server.tls.cert_file`.
    pub(crate) path: String,
    pub(crate) docs: &'static [&'static str],
    pub(crate) kind: Kind,
    /// `None` where it is not set.
    pub(crate) value: Option<Value>,
    /// What to show where it is not set by default.
    pub(crate) sample: Option<&'static str>,
}

/// What surrounds a value in its struct.
pub(crate) struct Around {
    pub(crate) path: String,
    pub(crate) docs: &'static [&'static str],
    pub(crate) sample: Option<&'static str>,
}

/// A section or a setting.
pub(crate) trait Node {
    fn describe(&self, around: Around, out: &mut Vec<Entry>);
}

/// A value that stands on one line.
pub(crate) trait Leaf {
    const KIND: Kind;
    fn to_value(&self) -> Option<Value>;
}

impl<T: Leaf> Node for T {
    fn describe(&self, around: Around, out: &mut Vec<Entry>) {
        let Around { path, docs, sample } = around;
        out.push(Entry::Field(Field { path, docs, kind: T::KIND, value: self.to_value(), sample }));
    }
}

impl<T: Leaf> Leaf for Option<T> {
    const KIND: Kind = T::KIND;
    fn to_value(&self) -> Option<Value> {
        self.as_ref().and_then(Leaf::to_value)
    }
}

macro_rules! leaf {
    ($type:ty, $kind:ident, |$value:ident| $convert:expr) => {
        impl $crate::describe::Leaf for $type {
            const KIND: $crate::describe::Kind = $crate::describe::Kind::$kind;
            fn to_value(&self) -> Option<toml::Value> {
                let $value = self;
                Some(toml::Value::from($convert))
            }
        }
    };
}

leaf!(String, Text, |text| text.clone());
leaf!(PathBuf, Text, |path| path.display().to_string());
leaf!(SocketAddr, Text, |address| address.to_string());
leaf!(bool, Bool, |flag| *flag);
leaf!(u32, Integer, |number| i64::from(*number));

/// Declares a section: a struct whose fields have a comment, a type, and `= default` unless the type's own default is
/// meant. `=> "sample"` is what the example file shows for a setting without a default.
///
/// Sections inside a section must come after its plain settings, as TOML wants it.
macro_rules! section {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $field:ident : $type:ty $(= $default:expr)? $(=> $sample:literal)?;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                pub $field: $type,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::describe::section!(@default $($default)?),)* }
            }
        }

        impl $crate::describe::Node for $name {
            fn describe(&self, around: $crate::describe::Around, out: &mut Vec<$crate::describe::Entry>) {
                let docs: &'static [&'static str] =
                    if around.path.is_empty() { &[$($doc),*] } else { around.docs };
                out.push($crate::describe::Entry::Section { path: around.path.clone(), docs });
                let path_of = |name: &str| {
                    if around.path.is_empty() { name.to_owned() } else { format!("{}.{name}", around.path) }
                };
                $(
                    let inner = $crate::describe::Around {
                        path: path_of(stringify!($field)),
                        docs: &[$($field_doc),*],
                        sample: $crate::describe::section!(@sample $($sample)?),
                    };
                    self.$field.describe(inner, out);
                )*
            }
        }
    };
    (@default $default:expr) => { $default };
    (@default) => { Default::default() };
    (@sample $sample:literal) => { Some($sample) };
    (@sample) => { None };
}

pub(crate) use {leaf, section};

/// Everything that `root` says about itself.
pub(crate) fn describe(root: &impl Node) -> Vec<Entry> {
    let mut entries = Vec::new();
    root.describe(Around { path: String::new(), docs: &[], sample: None }, &mut entries);
    entries
}
