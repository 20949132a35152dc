//! What is known of an operation, gathered from its handler and its route.

use cerulean_types::Code;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::answer::{Answer, responses};
use super::example::example_of;
use super::schema::{Field, Schemas};

/// What a caller must bring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    #[default]
    Open,
    /// The name of an app.
    App,
    /// A token; that of the administrator may act as others.
    Token,
    /// The administrator's token.
    Admin,
}

/// How refusals look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Refusals {
    /// There are none.
    #[default]
    None,
    /// The envelope, with HTTP status 200.
    Envelope,
    /// The envelope, with a real HTTP status.
    StatusEnvelope,
    /// Problem details, with a real HTTP status.
    Problem,
}

/// Where parameters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the query.
    Query,
    /// In a JSON body.
    Body,
    /// The named ones in the query, the others in the body.
    Split(&'static [&'static str]),
}

/// What is known of an operation.
#[derive(Debug, Clone, Default)]
pub struct Description {
    summary: &'static str,
    note: Option<&'static str>,
    access: Access,
    path: Vec<Value>,
    parameters: Option<Value>,
    place: Option<Place>,
    body: Option<(&'static str, Value)>,
    answer: Answer,
    refusals: Refusals,
    codes: Vec<Code>,
    schemas: Schemas,
}

impl Description {
    pub(super) fn new(summary: &'static str) -> Self {
        Self { summary, ..Self::default() }
    }

    /// Asks for a credential, if not for a stronger one already.
    pub fn need(&mut self, access: Access) {
        self.access = self.access.max(access);
    }

    /// Adds codes of refusals.
    pub fn refuse(&mut self, codes: &[Code]) {
        self.codes.extend_from_slice(codes);
    }

    /// Says how refusals look.
    pub fn refuse_as(&mut self, refusals: Refusals) {
        self.refusals = refusals;
    }

    /// Says that the answer is the envelope with this data, and further fields beside it.
    pub fn answer_envelope<T: ToSchema>(&mut self, beside: &[(&'static str, Value)]) {
        let data = self.schemas.of::<T>();
        self.answer = Answer::Envelope { data, beside: beside.to_vec() };
    }

    pub(super) fn answer_json<T: ToSchema>(&mut self) {
        self.answer = Answer::Json(self.schemas.of::<T>());
    }

    pub(super) fn answer_nothing(&mut self) {
        self.answer = Answer::Nothing;
    }

    pub(super) fn answer_file(&mut self) {
        self.answer = Answer::File;
    }

    pub(super) fn answer_elsewhere(&mut self) {
        self.answer = Answer::Elsewhere;
    }

    pub(super) fn takes<T: ToSchema>(&mut self) {
        self.parameters = Some(self.schemas.of::<T>());
    }

    /// Says that the body is this, as JSON.
    pub fn takes_body<T: ToSchema>(&mut self) {
        self.body = Some(("application/json", self.schemas.of::<T>()));
    }

    pub(super) fn takes_file(&mut self, field: &str) {
        let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
        let form = json!({ "type": "object", "required": [field], "properties": { field: file } });
        self.body = Some(("multipart/form-data", form));
    }

    pub(super) fn path_fields(&mut self, schemas: Vec<Value>) {
        self.path.extend(schemas);
    }

    pub(super) fn place(&mut self, place: Place) {
        self.place = Some(place);
    }

    pub(super) fn note(&mut self, text: &'static str) {
        self.note = Some(text);
    }

    pub(super) fn into_schemas(self) -> Schemas {
        self.schemas
    }

    /// The operation, as the document has it.
    pub(super) fn operation(&self, tag: &str, method: &str, path: &str) -> Value {
        let mut operation = json!({
            "tags": [tag],
            "summary": self.summary,
            "operationId": operation_id(method, path),
            "security": self.security(),
            "responses": responses(&self.answer, self.refusals, &self.sorted_codes(), &self.schemas),
        });
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                operation[key] = value;
            }
        };
        set("description", self.note.map(Value::from));
        let parameters = self.path_parameters(path).chain(self.query_parameters(method)).collect::<Vec<_>>();
        set("parameters", (!parameters.is_empty()).then_some(Value::Array(parameters)));
        set("requestBody", self.request_body(method));
        operation
    }

    fn sorted_codes(&self) -> Vec<Code> {
        let mut codes = self.codes.clone();
        codes.sort_by_key(|code| code.number());
        codes.dedup();
        codes
    }

    fn security(&self) -> Value {
        match self.access {
            Access::Open => json!([]),
            Access::App => json!([{ "app_id": [] }]),
            Access::Admin => json!([{ "access_token": [], "app_id": [] }, { "bearer": [], "app_id": [] }]),
            Access::Token => json!([
                { "access_token": [], "app_id": [] },
                { "bearer": [], "app_id": [] },
                { "access_token": [], "app_id": [], "act_as_user": [] },
                { "access_token": [], "app_id": [], "act_as_group": [] },
            ]),
        }
    }

    fn path_parameters<'a>(&'a self, path: &'a str) -> impl Iterator<Item = Value> + 'a {
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let text = || json!({ "type": "string" });
        names.enumerate().map(move |(index, name)| {
            let name = name.trim_start_matches('*');
            let schema = self.path.get(index).cloned().unwrap_or_else(text);
            let example = example_of(name, &schema, &self.schemas);
            json!({ "name": name, "in": "path", "required": true, "schema": schema, "example": example })
        })
    }

    fn place_for(&self, method: &str) -> Place {
        let usual = if matches!(method, "GET" | "DELETE") { Place::Query } else { Place::Body };
        self.place.unwrap_or(usual)
    }

    fn fields(&self) -> Vec<Field<'_>> {
        self.parameters.as_ref().map(|schema| self.schemas.fields(schema)).unwrap_or_default()
    }

    fn query_parameters(&self, method: &str) -> Vec<Value> {
        let place = self.place_for(method);
        let is_here = |field: &Field<'_>| match place {
            Place::Query => true,
            Place::Body => false,
            Place::Split(names) => names.contains(&field.name),
        };
        self.fields().iter().filter(|field| is_here(field)).map(|field| self.query_parameter(field)).collect()
    }

    /// In a query nothing can be null, and the text of the field becomes the text of the parameter.
    fn query_parameter(&self, field: &Field<'_>) -> Value {
        let mut schema = field.schema.clone();
        let text = schema.as_object_mut().and_then(|fields| fields.remove("description"));
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                schema["type"] = only.clone();
            }
        }
        let example = example_of(field.name, &schema, &self.schemas);
        let mut parameter = json!({
            "name": field.name, "in": "query", "required": field.is_required, "schema": schema, "example": example,
        });
        if let Some(text) = text {
            parameter["description"] = text;
        }
        parameter
    }

    fn request_body(&self, method: &str) -> Option<Value> {
        if let Some((kind, schema)) = &self.body {
            let mut content = json!({ "schema": schema });
            if *kind == "application/json" {
                content["example"] = example_of("", schema, &self.schemas);
            }
            return Some(json!({ "required": true, "content": { *kind: content } }));
        }
        let schema = match self.place_for(method) {
            Place::Query => return None,
            Place::Body => self.parameters.clone()?,
            Place::Split(names) => self.without(names),
        };
        let example = example_of("", &schema, &self.schemas);
        let is_required = self.schemas.fields(&schema).iter().any(|field| field.is_required);
        let content = json!({ "application/json": { "schema": schema, "example": example } });
        Some(json!({ "required": is_required, "content": content }))
    }

    /// The parameters without these.
    fn without(&self, names: &[&str]) -> Value {
        let rest: Vec<_> = self.fields().into_iter().filter(|field| !names.contains(&field.name)).collect();
        let properties: Map<String, Value> =
            rest.iter().map(|field| (field.name.to_owned(), field.schema.clone())).collect();
        let required: Vec<&str> = rest.iter().filter(|field| field.is_required).map(|field| field.name).collect();
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

/// `post_group_info_name`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_ascii_lowercase(), |id, word| id + "_" + word)
}
