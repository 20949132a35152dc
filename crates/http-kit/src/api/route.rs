//! One line of a route list: methods, handler, summary, and what types cannot say.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};
use cerulean_types::Code;
use utoipa::ToSchema;

use super::describe::DescribeHandler;
use super::description::{Description, Place};
use super::outline::Outline;

/// A handler with its methods and description.
pub struct Route<S = ()> {
    pub(super) methods: Vec<Method>,
    pub(super) router: MethodRouter<S>,
    pub(super) outline: Outline,
}

/// A handler that can be routed and describes itself. `T` is the shape of its arguments.
pub trait ApiHandler<T, S>: Handler<T, S> + DescribeHandler<T> {}

impl<H: Handler<T, S> + DescribeHandler<T>, T, S> ApiHandler<T, S> for H {}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $($method:ident $verb:ident),+;)+) => {$(
        $(#[$doc])*
        pub fn $name<H: ApiHandler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(handler: H, summary: &'static str) -> Route<S> {
            let router = MethodRouter::new()$(.merge(routing::$verb(handler.clone())))+;
            Route { methods: vec![$(Method::$method),+], router, outline: Outline::of_handler::<H, T>(summary) }
        }
    )+};
}

constructors! {
    /// An operation that reads.
    get => GET get;
    /// An operation that makes or does something.
    post => POST post;
    /// An operation that sets something.
    put => PUT put;
    /// An operation that takes something away.
    delete => DELETE delete;
    /// An operation that changes a part.
    patch => PATCH patch;
    /// POST and PUT with the same meaning.
    post_or_put => POST post, PUT put;
    /// POST and DELETE with the same meaning.
    post_or_delete => POST post, DELETE delete;
    /// GET and POST with the same meaning.
    get_or_post => GET get, POST post;
}

impl<S> Route<S> {
    /// Names codes of refusals, beside those that follow from the arguments: a missing token, a bad parameter.
    #[must_use]
    pub fn refuses(mut self, codes: &'static [Code]) -> Self {
        self.outline.then(move |description| description.refuse(codes));
        self
    }

    /// Says more than the summary can.
    #[must_use]
    pub fn note(mut self, text: &'static str) -> Self {
        self.outline.then(move |description| description.note(text));
        self
    }

    /// Documents the parameters as standing in the query, whatever the method.
    #[must_use]
    pub fn in_query(mut self) -> Self {
        self.outline.then(|description| description.place(Place::Query));
        self
    }

    /// Documents the parameters as standing in the body, whatever the method.
    #[must_use]
    pub fn in_body(mut self) -> Self {
        self.outline.then(|description| description.place(Place::Body));
        self
    }

    /// Documents these of the parameters as standing in the query and the others in the body.
    #[must_use]
    pub fn split(mut self, in_query: &'static [&'static str]) -> Self {
        self.outline.then(move |description| description.place(Place::Split(in_query)));
        self
    }

    /// The parameters of a handler that reads them by itself.
    #[must_use]
    pub fn takes<T: ToSchema + 'static>(mut self) -> Self {
        self.outline.then(Description::takes::<T>);
        self
    }

    /// The body of a handler that reads it by itself.
    #[must_use]
    pub fn takes_body<T: ToSchema + 'static>(mut self) -> Self {
        self.outline.then(Description::takes_body::<T>);
        self.outline.then(|description| description.refuse(&[Code::BadParameter, Code::TooLarge]));
        self
    }

    /// Says that the body is a form with a file in the named field.
    #[must_use]
    pub fn takes_file(mut self, field: &'static str) -> Self {
        self.outline.then(move |description| description.takes_file(field));
        self
    }

    /// The answer of a handler that makes it by hand.
    #[must_use]
    pub fn answers<T: ToSchema + 'static>(mut self) -> Self {
        self.outline.then(Description::answer_json::<T>);
        self
    }

    /// Says that the answer leads to another place.
    #[must_use]
    pub fn answers_elsewhere(mut self) -> Self {
        self.outline.then(Description::answer_elsewhere);
        self
    }

    /// Says that the answer is a file.
    #[must_use]
    pub fn answers_file(mut self) -> Self {
        self.outline.then(Description::answer_file);
        self
    }

    /// Adds to the router of the methods: layers.
    #[must_use]
    pub fn map_router(mut self, change: impl FnOnce(MethodRouter<S>) -> MethodRouter<S>) -> Self {
        self.router = change(self.router);
        self
    }
}
