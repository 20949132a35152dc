//! Routes that describe themselves: the OpenAPI document is made from the same list that makes the router.
//!
//! What an operation takes and answers is read from the types of its handler's arguments and result ([`DescribeInput`], [`DescribeOutput`]); the schemas come from
//! `utoipa::ToSchema`. The route adds what types cannot say: a summary and the codes of its refusals. So a route without a description cannot be written, and a
//! description without a route neither. A list of routes only keeps how to describe itself; the work is done when the document is asked for, not at every start.

mod answer;
mod describe;
mod description;
mod example;
mod outline;
mod route;
mod schema;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::Method;
use serde_json::{Map, Value, json};

pub use describe::{DescribeHandler, DescribeInput, DescribeOutput, PathFields};
pub use description::{Access, Description, Place, Refusals};
pub use example::example_of;
pub use route::{Route, delete, get, get_or_post, patch, post, post_or_delete, post_or_put, put};
pub use schema::Schemas;

use outline::Outline;

/// A group of routes under one tag, with their part of the OpenAPI document.
pub struct Api<S = ()> {
    tag: &'static str,
    router: Router<S>,
    document: Document,
}

/// How to make the paths and schemas of an OpenAPI document. Those of several crates are merged into one.
#[derive(Default)]
pub struct Document {
    entries: Vec<Entry>,
}

/// The operations of a path that share a handler.
struct Entry {
    tag: &'static str,
    path: String,
    methods: Vec<Method>,
    outline: Outline,
}

/// Operations by path and method.
type Paths = BTreeMap<String, Map<String, Value>>;

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// No routes yet; those that are added stand under `tag`.
    pub fn new(tag: &'static str) -> Self {
        Self { tag, router: Router::new(), document: Document::default() }
    }

    /// Adds the operations of a path. A path may be added again with other methods.
    #[must_use]
    pub fn route(mut self, path: &str, route: Route<S>) -> Self {
        let Route { methods, router, outline } = route;
        self.document.entries.push(Entry { tag: self.tag, path: path.to_owned(), methods, outline });
        self.router = self.router.route(path, router);
        self
    }

    /// Adds all routes of another list; they keep their tag.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.document.merge(other.document);
        self
    }

    /// Changes the router, to add layers.
    #[must_use]
    pub fn map_router(mut self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = change(self.router);
        self
    }

    /// The routes and what they say of themselves.
    pub fn into_parts(self) -> (Router<S>, Document) {
        (self.router, self.document)
    }
}

impl Document {
    /// Adds another part.
    pub fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    /// The whole document.
    ///
    /// # Panics
    /// When two operations or two different schemas have one name: each needs its own.
    pub fn to_openapi(&self, title: &str, version: &str, description: &str) -> Value {
        let (mut paths, mut schemas) = (Paths::new(), Schemas::default());
        for entry in &self.entries {
            schemas.merge(entry.describe(&mut paths));
        }
        answer::add_schemas(&mut schemas);
        json!({
            "openapi": "3.1.0",
            "info": { "title": title, "version": version, "description": description, "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" } },
            "servers": [{ "url": "/" }],
            "paths": paths,
            "components": {
                "schemas": schemas.into_value(),
                "examples": answer::examples(),
                "securitySchemes": security_schemes(),
            },
        })
    }
}

impl Entry {
    /// Adds the operations to the paths; answers with the schemas they refer to.
    fn describe(&self, paths: &mut Paths) -> Schemas {
        let description = self.outline.describe();
        for method in &self.methods {
            let operation = description.operation(self.tag, method.as_str(), &self.path);
            let operations = paths.entry(self.path.clone()).or_default();
            let before = operations.insert(method.as_str().to_ascii_lowercase(), operation);
            assert!(before.is_none(), "{method} {} is described twice", self.path);
        }
        description.into_schemas()
    }
}

fn security_schemes() -> Value {
    let header = |name: &str, description: &str| json!({ "type": "apiKey", "in": "header", "name": name, "description": description });
    json!({
        "app_id": header("app_id", "The app, by its public name."),
        "access_token": header("access-token", "A token of a user or of the app's administrator."),
        "bearer": { "type": "http", "scheme": "bearer", "description": "The same token, in the standard header." },
        "act_as_user": header("user_id", "With the administrator's token: the user to act as."),
        "act_as_group": header("group_id", "With the administrator's token: act as the owner of this group."),
    })
}

#[cfg(test)]
mod tests;
