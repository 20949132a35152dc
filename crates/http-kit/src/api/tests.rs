use axum::Json;
use axum::extract::{Path, State};
use axum::response::NoContent;
use cerulean_types::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::*;
use crate::{ApiError, Params, Problem, Reply, ok};

#[derive(Deserialize, ToSchema)]
struct Rename {
    group_id: u64,
    /// What it is to be called.
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Renamed {
    group_id: u64,
}

async fn rename(State(()): State<()>, Params(to): Params<Rename>) -> Reply<Vec<Renamed>> {
    match to.name {
        Some(_) => ok(vec![Renamed { group_id: to.group_id }]),
        None => Err(ApiError::of(Code::BadParameter)),
    }
}

async fn remove(Path(_): Path<u64>) -> Result<NoContent, Problem> {
    Ok(NoContent)
}

async fn ping() -> Json<bool> {
    Json(true)
}

fn document() -> Value {
    let api = Api::<()>::new("group")
        .route("/group/name", post_or_put(rename, "Renames a group").refuses(&[Code::GroupNotFound]))
        .route("/group/name", get(rename, "Asks for it"))
        .route("/client/v1/groups/{group_id}", delete(remove, "Removes a group"))
        .route("/ping", get(ping, "Answers"));
    api.into_parts().1.to_openapi("t", "1", "d")
}

#[test]
fn parameters_follow_from_the_handler_and_stand_where_the_method_has_them() {
    let document = document();
    let operation = &document["paths"]["/group/name"];
    assert_eq!(operation["get"]["parameters"][0]["name"], "group_id");
    assert_eq!(operation["get"]["parameters"][0]["required"], true);
    assert_eq!(operation["get"]["parameters"][1]["schema"], json!({ "type": "string" }), "no null in a query");
    assert_eq!(operation["get"]["parameters"][1]["description"], "What it is to be called.");
    let body = &operation["put"]["requestBody"]["content"]["application/json"];
    assert_eq!(body["schema"]["$ref"], "#/components/schemas/Rename");
    assert_eq!(body["example"]["group_id"], 8002);
    assert_eq!(document["components"]["schemas"]["Rename"]["required"], json!(["group_id"]));
}

#[test]
fn lists_refer_to_their_items() {
    let document = document();
    let schema = &document["paths"]["/group/name"]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
    let data = &schema["oneOf"][0]["allOf"][1]["properties"]["data"];
    assert_eq!(data["items"]["$ref"], "#/components/schemas/Renamed");
}

#[test]
fn refusals_are_listed_by_code_with_an_example_each() {
    let document = document();
    let content = &document["paths"]["/group/name"]["post"]["responses"]["200"]["content"]["application/json"];
    let codes = &content["schema"]["oneOf"][1]["allOf"][1]["properties"]["code"]["enum"];
    assert_eq!(*codes, json!([413, 10002, 20001]));
    let example = content["examples"]["20001"]["$ref"].as_str().unwrap().trim_start_matches('#');
    assert_eq!(document.pointer(example).unwrap()["value"]["code"], 20001);
    let removal = &document["paths"]["/client/v1/groups/{group_id}"]["delete"];
    assert_eq!(removal["parameters"][0]["in"], "path");
    assert!(removal["responses"]["204"].is_object() && removal["responses"]["400"].is_object());
}

#[test]
#[should_panic(expected = "described twice")]
fn operations_of_one_name_are_refused() {
    let mut document = Api::<()>::new("a").route("/ping", get(ping, "One")).into_parts().1;
    document.merge(Api::<()>::new("b").route("/ping", get(ping, "Two")).into_parts().1);
    document.to_openapi("t", "1", "d");
}
