//! Routes that describe themselves: the OpenAPI document is made from the same list that makes the router.
//!
//! What an operation takes and answers is read from the types of its handler's arguments and result ([`DescribeInput`], [`DescribeOutput`]); the schemas come from
//! `utoipa::ToSchema`. The route adds what types cannot say: a summary and the codes of its refusals. So a route without a description cannot be written, and a
//! description without a route neither.

mod answer;
mod describe;
mod description;
mod example;
mod route;
mod schema;

use std::collections::BTreeMap;

use axum::Router;
use serde_json::{Map, Value, json};

pub use describe::{DescribeHandler, DescribeInput, DescribeOutput, PathFields};
pub use description::{Access, Description, Place, Refusals};
pub use example::example_of;
pub use route::{Route, delete, get, get_or_post, patch, post, post_or_delete, post_or_put, put};
pub use schema::Schemas;

/// A group of routes under one tag, with their part of the OpenAPI document.
pub struct Api<S = ()> {
    tag: &'static str,
    router: Router<S>,
    document: Document,
}

/// Paths and schemas of an OpenAPI document. Those of several crates are merged into one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    paths: BTreeMap<String, Map<String, Value>>,
    schemas: Schemas,
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// No routes yet; those that are added stand under `tag`.
    pub fn new(tag: &'static str) -> Self {
        Self { tag, router: Router::new(), document: Document::default() }
    }

    /// Adds the operations of a path. A path may be added again with other methods.
    #[must_use]
    pub fn route(mut self, path: &str, route: Route<S>) -> Self {
        for method in &route.methods {
            self.document.add(self.tag, method.as_str(), path, &route.description);
        }
        self.document.schemas.merge(route.description.into_schemas());
        self.router = self.router.route(path, route.router);
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
    /// Adds paths and schemas of another part.
    ///
    /// # Panics
    /// When two operations or two different schemas have one name: each needs its own.
    pub fn merge(&mut self, other: Self) {
        for (path, operations) in other.paths {
            for (method, operation) in operations {
                self.insert(&path, method, operation);
            }
        }
        self.schemas.merge(other.schemas);
    }

    fn add(&mut self, tag: &str, method: &str, path: &str, description: &Description) {
        self.insert(path, method.to_ascii_lowercase(), description.operation(tag, method, path));
    }

    fn insert(&mut self, path: &str, method: String, operation: Value) {
        let name = format!("{method} {path}");
        let before = self.paths.entry(path.to_owned()).or_default().insert(method, operation);
        assert!(before.is_none(), "{name} is described twice");
    }

    /// The whole document.
    pub fn to_openapi(&self, title: &str, version: &str, description: &str) -> Value {
        let mut schemas = self.schemas.clone();
        answer::add_schemas(&mut schemas);
        json!({
            "openapi": "3.1.0",
            "info": { "title": title, "version": version, "description": description, "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" } },
            "servers": [{ "url": "/" }],
            "paths": self.paths,
            "components": {
                "schemas": schemas.into_value(),
                "examples": answer::examples(),
                "securitySchemes": security_schemes(),
            },
        })
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
