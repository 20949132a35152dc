//! What arguments and results of handlers tell of an operation.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::response::{NoContent, Response};
use cerulean_types::Code;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::description::{Description, Refusals};
use crate::{ApiError, Envelope, Params, Problem};

/// An argument of a handler. Most say nothing of the operation; parameters and callers do.
pub trait DescribeInput {
    /// Adds what the argument says.
    fn describe(_description: &mut Description) {}
}

/// A result of a handler.
pub trait DescribeOutput {
    /// Adds what the result says.
    fn describe(description: &mut Description);
}

/// A handler, by the shape of its arguments as axum names it.
pub trait DescribeHandler<T> {
    /// Adds what arguments and result say.
    fn describe(description: &mut Description);
}

impl<S> DescribeInput for State<S> {}
impl DescribeInput for HeaderMap {}
impl DescribeInput for Method {}
impl DescribeInput for Request {}
impl DescribeInput for Bytes {}

impl<T: DescribeInput, E> DescribeInput for Result<T, E> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

impl<T: DescribeInput> DescribeInput for Option<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

impl<T: ToSchema> DescribeInput for Params<T> {
    fn describe(description: &mut Description) {
        description.takes::<T>();
        description.refuse(&[Code::BadParameter, Code::TooLarge]);
    }
}

impl<T: ToSchema> DescribeInput for Query<T> {
    fn describe(description: &mut Description) {
        description.takes::<T>();
        description.place(super::Place::Query);
        description.refuse(&[Code::BadParameter]);
    }
}

impl<T: ToSchema> DescribeInput for Json<T> {
    fn describe(description: &mut Description) {
        description.takes_body::<T>();
        description.refuse(&[Code::BadParameter, Code::TooLarge]);
    }
}

/// What may stand in a path.
pub trait PathFields {
    /// The schema of each, in order.
    fn schemas() -> Vec<Value>;
}

impl PathFields for u64 {
    fn schemas() -> Vec<Value> {
        vec![json!({ "type": "integer", "format": "int64", "minimum": 0 })]
    }
}

impl PathFields for i64 {
    fn schemas() -> Vec<Value> {
        vec![json!({ "type": "integer", "format": "int64" })]
    }
}

impl PathFields for String {
    fn schemas() -> Vec<Value> {
        vec![json!({ "type": "string", "minLength": 1 })]
    }
}

impl<A: PathFields, B: PathFields> PathFields for (A, B) {
    fn schemas() -> Vec<Value> {
        [A::schemas(), B::schemas()].concat()
    }
}

impl<T: PathFields> DescribeInput for Path<T> {
    fn describe(description: &mut Description) {
        description.path_fields(T::schemas());
        description.refuse(&[Code::BadParameter]);
    }
}

impl<T: ToSchema> DescribeOutput for Envelope<T> {
    fn describe(description: &mut Description) {
        description.answer_envelope::<T>(&[]);
    }
}

impl<T: ToSchema> DescribeOutput for Json<T> {
    fn describe(description: &mut Description) {
        description.answer_json::<T>();
    }
}

impl DescribeOutput for NoContent {
    fn describe(description: &mut Description) {
        description.answer_nothing();
    }
}

/// An answer with a header of its own.
impl<T: DescribeOutput> DescribeOutput for ([(HeaderName, String); 1], T) {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// An answer that may have a header of its own.
impl<T: DescribeOutput> DescribeOutput for (Option<[(HeaderName, String); 1]>, T) {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// An answer that its type says nothing of; the route says it.
impl DescribeOutput for Response {
    fn describe(_description: &mut Description) {}
}

impl<T: DescribeOutput, E: DescribeOutput> DescribeOutput for Result<T, E> {
    fn describe(description: &mut Description) {
        T::describe(description);
        E::describe(description);
    }
}

impl DescribeOutput for ApiError {
    fn describe(description: &mut Description) {
        description.refuse_as(Refusals::Envelope);
    }
}

impl DescribeOutput for Problem {
    fn describe(description: &mut Description) {
        description.refuse_as(Refusals::Problem);
    }
}

/// Handlers of so many arguments. The first of axum's names tells how the last argument is read, which does not matter here.
macro_rules! handlers {
    ($($argument:ident),+) => {
        impl<F, Fut, Out, M, $($argument),+> DescribeHandler<(M, $($argument),+,)> for F
        where
            F: FnOnce($($argument),+) -> Fut,
            Fut: Future<Output = Out>,
            Out: DescribeOutput,
            $($argument: DescribeInput),+
        {
            fn describe(description: &mut Description) {
                $($argument::describe(description);)+
                Out::describe(description);
            }
        }
    };
}

impl<F: FnOnce() -> Fut, Fut: Future<Output = Out>, Out: DescribeOutput> DescribeHandler<((),)> for F {
    fn describe(description: &mut Description) {
        Out::describe(description);
    }
}

handlers!(A1);
handlers!(A1, A2);
handlers!(A1, A2, A3);
handlers!(A1, A2, A3, A4);
handlers!(A1, A2, A3, A4, A5);
handlers!(A1, A2, A3, A4, A5, A6);
handlers!(A1, A2, A3, A4, A5, A6, A7);
