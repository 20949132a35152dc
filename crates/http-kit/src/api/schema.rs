//! Schemas by name, and small questions about them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Named schemas. A name stands for one type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// The schema of a type: a reference where the type has fields of its own.
    pub fn of<T: ToSchema>(&mut self) -> Value {
        let mut nested = Vec::new();
        T::schemas(&mut nested);
        for (name, schema) in nested {
            self.insert(name, to_value(&schema));
        }
        self.name(&name_of(std::any::type_name::<T>()), to_value(&T::schema()))
    }

    /// Replaces a schema with fields by a reference to `name`, also inside of a list.
    fn name(&mut self, name: &str, mut schema: Value) -> Value {
        if let Some(items) = schema.get_mut("items") {
            *items = self.name(name, items.take());
            return schema;
        }
        let has_fields = ["properties", "allOf", "enum"].iter().any(|key| schema.get(key).is_some());
        if !has_fields {
            return schema;
        }
        self.insert(name.to_owned(), schema);
        reference(name)
    }

    /// Adds a schema.
    ///
    /// # Panics
    /// When another type has this name: one of the two must be called differently.
    pub(super) fn insert(&mut self, name: String, schema: Value) {
        if let Some(before) = self.0.get(&name) {
            assert!(*before == schema, "two types of the API are named {name}: {before} and {schema}");
        }
        self.0.insert(name, schema);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (name, schema) in other.0 {
            self.insert(name, schema);
        }
    }

    /// Follows a reference.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|link| link.rsplit('/').next());
        name.and_then(|name| self.0.get(name)).map_or(schema, |found| self.resolve(found))
    }

    /// The fields of an object, those of its parts included.
    pub(super) fn fields<'a>(&'a self, schema: &'a Value) -> Vec<Field<'a>> {
        let schema = self.resolve(schema);
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            return parts.iter().flat_map(|part| self.fields(part)).collect();
        }
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties
            .map(|(name, schema)| Field { name, schema, is_required: required.contains(&name.as_str()) })
            .collect()
    }

    /// As a part of the document.
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0.into_iter().collect::<Map<_, _>>())
    }
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) schema: &'a Value,
    pub(super) is_required: bool,
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn to_value(schema: &impl serde::Serialize) -> Value {
    serde_json::to_value(schema).expect("schemas are plain data")
}

/// `InfoBody` of `alloc::vec::Vec<cerulean_rest::group::shape::InfoBody>`, `Page_Hook` of `cerulean_http_kit::page::Page<cerulean_console::hook::Hook>`.
fn name_of(type_name: &str) -> String {
    let words = type_name.trim_end_matches('>').split('<').map(|path| path.rsplit("::").next().unwrap_or(path));
    let is_wrapper = |word: &&str| matches!(*word, "Vec" | "Option" | "Arc" | "Box");
    words.skip_while(is_wrapper).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_have_no_name_of_their_own() {
        assert_eq!(name_of("alloc::vec::Vec<a::b::InfoBody>"), "InfoBody");
        assert_eq!(name_of("a::Page<b::Hook>"), "Page_Hook");
        assert_eq!(name_of("u64"), "u64");
    }
}
