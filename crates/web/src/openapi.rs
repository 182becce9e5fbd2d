//! `/api/v1` described by OpenAPI: the routes and their description are one thing, so neither has what the other lacks.
//!
//! What every handler has in common is not written beside each: who is let in, which problems are answered, and how large
//! a number may be.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use serde_json::{Map, Value, json};
use service::PersonPart;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::ProblemBody;
use crate::session::{House, TOKEN_HEADER};
use crate::{
    api, api_coordination, api_course, api_facts, api_health, api_import, api_office, api_sheets, paper_api, table,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Simpul",
        description = "What the pages of a node do, for scripts of its office. A script gives a token that an \
            administrator made for it; its scopes say what it may do. Times are Unix milliseconds, texts for people come \
            in Indonesian and English. A record's ETag is what was shown of it: a change whose If-Match is behind \
            overwrites nothing, and becomes a second value that stands beside the first until somebody chooses.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "participants", description = "Who takes part"),
        (name = "records", description = "Complaints, groups, loans and every other kind of record"),
        (name = "office", description = "This node: where its records are, who may log in, which scripts have a token"),
        (name = "health", description = "How the sync stands, and what an administrator does about it"),
        (name = "session", description = "Logging in as an officer"),
        (name = "description", description = "This description"),
    ),
    components(schemas(PersonPart, ProblemBody)),
)]
struct Description;

/// Every route of the API. Whole paths, not nested ones: a problem is told as JSON by the path that was asked for.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(document))
        .routes(routes!(api::log_in, api::log_out))
        .routes(routes!(api::add))
        .routes(routes!(api::search))
        .routes(routes!(table::of_participants))
        .routes(routes!(paper_api::participants))
        .routes(routes!(paper_api::participant_form))
        .routes(routes!(paper_api::participant))
        .routes(routes!(api::fields))
        .routes(routes!(api::check))
        .routes(routes!(api_import::columns))
        .routes(with_table(routes!(api_import::preview)))
        .routes(with_table(routes!(api_import::bring_in)))
        .routes(routes!(api::show, api::change))
        .routes(routes!(api::choose))
        .routes(routes!(api_course::say))
        .routes(routes!(api_course::form, api_course::begin))
        .routes(routes!(api_course::change))
        .routes(routes!(api_sheets::visit))
        .routes(routes!(api_sheets::kinds))
        .routes(routes!(api_sheets::form))
        .routes(routes!(api_sheets::search))
        .routes(routes!(table::of_records))
        .routes(routes!(paper_api::form))
        .routes(routes!(paper_api::records))
        .routes(routes!(paper_api::record))
        .routes(routes!(paper_api::attendance))
        .routes(routes!(paper_api::poster))
        .routes(routes!(api_sheets::begin))
        .routes(routes!(api_sheets::show, api_sheets::change))
        .routes(routes!(api_sheets::choose))
        .routes(routes!(api_sheets::say))
        .routes(routes!(api_facts::say_all))
        .routes(routes!(api_facts::preview))
        .routes(routes!(api_facts::attend))
        .routes(routes!(api_facts::open_round))
        .routes(routes!(api_coordination::coordination))
        .routes(routes!(api_coordination::mark_read))
        .routes(routes!(api_coordination::scorecard))
        .routes(routes!(api_coordination::file))
        .routes(
            routes!(api_coordination::keep_scan).layer(DefaultBodyLimit::max(api_coordination::SCAN_BODY_BYTES_MAX)),
        )
        .routes(routes!(api_coordination::scan))
        .routes(routes!(api_office::glance))
        .routes(routes!(api_office::only_here))
        .routes(routes!(api_office::call_now))
        .routes(routes!(api_office::make_bundle))
        .routes(
            routes!(api_office::take_bundle)
                .layer(DefaultBodyLimit::max(crate::only_here::BUNDLE_BYTES_MAX / 3 * 4 + (64 << 10))),
        )
        .routes(routes!(api_office::due))
        .routes(routes!(api_office::look))
        .routes(routes!(table::of_due))
        .routes(routes!(paper_api::due))
        .routes(routes!(api_office::set_address))
        .routes(routes!(api_office::approve))
        .routes(routes!(api_health::health))
        .routes(routes!(api_health::not_counting))
        .routes(routes!(api_health::security))
        .routes(routes!(api_health::storage))
        .routes(routes!(api_health::trail))
        .routes(routes!(api_health::office))
        .routes(routes!(api_health::note))
        .routes(routes!(api_health::handle))
        .routes(routes!(api_health::try_alerts))
        .routes(routes!(api_health::back_up))
        .routes(routes!(api_health::computer))
        .routes(routes!(api_health::remove_computer))
        .routes(routes!(api_office::erase))
        .routes(routes!(api_office::officers, api_office::add_officer))
        .routes(routes!(api_office::reset_officer))
        .routes(routes!(api_office::remove_officer))
        .routes(routes!(api_office::tokens, api_office::add_token))
        .routes(routes!(api_office::withdraw_token))
}

/// A route whose body holds a table.
fn with_table(routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    routes.layer(DefaultBodyLimit::max(api_import::BODY_BYTES_MAX))
}

/// Gives this description. It tells nothing that is held here, so nobody has to log in for it.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description",
    responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn document(State(app): State<App>) -> Json<Value> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(described);
    let mut document = DOCUMENT.clone();
    document["components"]["securitySchemes"]["session"]["name"] = json!(app.cookie());
    Json(document)
}

/// Letting somebody in asks for nothing that letting somebody in gives.
const OPEN: [(&str, &str); 2] = [("/api/v1/openapi.json", "get"), ("/api/v1/session", "post")];

/// What is said of an answer that is no refusal.
const DONE: [(&str, &str); 3] = [("200", "What was asked for"), ("201", "It is made"), ("204", "It is done")];

fn described() -> Value {
    let mut document = serde_json::to_value(routes().into_openapi()).unwrap_or_default();
    bound(&mut document);
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "The secret of a token" },
        "session": { "type": "apiKey", "in": "cookie", "name": "", "description": "The cookie that logging in sets" },
        "session-token": { "type": "apiKey", "in": "header", "name": TOKEN_HEADER,
            "description": "The token that logging in told, with everything that changes something" },
    });
    for (path, item) in members(document.get_mut("paths")) {
        members(Some(item)).for_each(|(method, operation)| complete(path, method, operation));
    }
    document
}

/// The members of an object, and nothing of what is none.
fn members(value: Option<&mut Value>) -> impl Iterator<Item = (&String, &mut Value)> {
    value.and_then(Value::as_object_mut).into_iter().flatten()
}

/// Says of an operation what all of them have in common.
fn complete(path: &str, method: &str, operation: &mut Value) {
    operation["operationId"] = json!(name(path, method));
    if !OPEN.contains(&(path, method)) {
        let by_session = match method {
            "get" => json!({ "session": [] }),
            _ => json!({ "session": [], "session-token": [] }),
        };
        operation["security"] = json!([{ "token": [] }, by_session]);
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        parameter["description"] = json!(parameter["name"].as_str().map(|name| said_of(path, name)));
    }
    for (status, response) in members(operation.get_mut("responses")) {
        response["description"] = json!(DONE.iter().find(|(done, _)| done == status).map(|(_, means)| means));
        for (name, header) in members(response.get_mut("headers")) {
            header["description"] = json!(said_of(path, name));
            header["required"] = json!(true);
        }
        for (media_type, content) in members(response.get_mut("content")) {
            // What is no JSON is a file.
            if media_type != "application/json" {
                content["schema"] = json!({ "type": "string", "contentMediaType": media_type });
            }
        }
    }
    for (status, means) in refusals(path, method, operation) {
        let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        operation["responses"][status] = json!({ "description": means, "content": content });
    }
}

/// What is said of a header, or of a part of a path.
fn said_of(path: &str, name: &str) -> &'static str {
    match name {
        "ETag" => "Stands for what is shown of the record: given back in If-Match with a change",
        "If-Match" => "The ETag of the record on which the change stands",
        "Location" => "Where the record is",
        "kind" => "The `code` of a kind of records",
        "handle" => "The handle of an officer",
        "name" => "The name of a token",
        "paper" => "The paper in the printer: a4 (210 × 297 mm) unless it is said, or f4 (215 × 330 mm)",
        "lang" => "The language of the paper: id or en",
        "part" if path.contains("/begin/") => "A journey to work abroad, or a tie to a relative",
        "part" => "The `id` that the participant's record gives a journey or a tie",
        _ if path.starts_with("/api/v1/participants") => {
            "Register number, `NUMBER@VILLAGE` where two offices gave one number, or the person's code"
        }
        _ => "The `id` that a list gives",
    }
}

/// Names an operation by what it does where: `post-participants-search`.
fn name(path: &str, method: &str) -> String {
    let path = path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '.'], "-");
    format!("{method}-{path}")
}

/// Which problems an operation may answer with, beside a request under a foreign name (421) or from another site (403).
fn refusals(path: &str, method: &str, operation: &Value) -> Vec<(&'static str, &'static str)> {
    if path == "/api/v1/openapi.json" {
        return Vec::new();
    }
    let names = |place: &str| {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        parameters.into_iter().flatten().any(|parameter| parameter["in"] == place)
    };
    let reads_body = operation.get("requestBody").is_some();
    let mut refusals = vec![
        ("401", "Nobody is logged in, or the token opens nothing"),
        ("403", "The officer, the token or the office may not do this"),
        ("500", "The fault is ours"),
    ];
    if reads_body || names("path") || names("query") {
        refusals.push(("400", "This reads as no such request"));
        refusals.push(("404", "There is no such thing here"));
        refusals.push(("422", "It reads, and a rule speaks against it"));
    }
    if reads_body {
        refusals.push(("413", "More was sent than is taken"));
    }
    if method != "get" {
        refusals.push(("409", "It does not fit with what is already so"));
        refusals.push(("507", "The disk takes nothing more"));
    }
    if names("header") {
        refusals.push(("428", "If-Match is missing: it was not said which state was seen"));
    }
    refusals
}

/// A whole number is as large as its type holds.
fn bound(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some((least, most)) = members.get("format").and_then(Value::as_str).and_then(bounds) {
                set(members, "minimum", least);
                set(members, "maximum", most);
            }
            members.values_mut().for_each(bound);
        }
        Value::Array(members) => members.iter_mut().for_each(bound),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn set(members: &mut Map<String, Value>, key: &str, value: Value) {
    members.entry(key).or_insert(value);
}

fn bounds(format: &str) -> Option<(Value, Value)> {
    // The unsigned ones are written in two ways.
    Some(match format.replace("u-int", "uint").as_str() {
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" => (json!(i64::MIN), json!(i64::MAX)),
        "uint8" => (json!(0), json!(u8::MAX)),
        "uint16" => (json!(0), json!(u16::MAX)),
        "uint32" => (json!(0), json!(u32::MAX)),
        "uint64" => (json!(0), json!(u64::MAX)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(document: &Value) -> Vec<(String, String, Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of_path = |(path, item): (&String, &Value)| {
            let item = item.as_object().unwrap().clone();
            item.into_iter().map(|(method, operation)| (path.clone(), method, operation)).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    #[test]
    fn every_operation_says_who_may_and_what_it_answers() {
        let document = described();
        let operations = operations(&document);
        assert!(operations.len() > 20, "{}", operations.len());
        let mut names: Vec<&Value> = operations.iter().map(|(.., operation)| &operation["operationId"]).collect();
        names.sort_by_key(|name| name.to_string());
        names.dedup();
        assert_eq!(names.len(), operations.len(), "each has a name of its own");
        for (path, method, operation) in &operations {
            let is_open = OPEN.contains(&(path.as_str(), method.as_str()));
            assert_eq!(operation["security"][0].get("token").is_none(), is_open, "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with(['.', '!'])), "{method} {path}");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
        }
    }

    #[test]
    fn what_is_referred_to_is_there_and_every_number_has_its_bounds() {
        fn look(at: &Value, document: &Value) {
            if let Some(to) = at.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to}");
            }
            let is_whole =
                |kind: &Value| kind == "integer" || kind.as_array().is_some_and(|k| k.contains(&"integer".into()));
            if at.get("type").is_some_and(is_whole) {
                assert!(at.get("minimum").is_some() && at.get("maximum").is_some(), "{at}");
            }
            match at {
                Value::Object(members) => members.values().for_each(|member| look(member, document)),
                Value::Array(members) => members.iter().for_each(|member| look(member, document)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = described();
        look(&document, &document);
    }

    /// A route that is not described would be added beside the others, in `lib.rs` or with a router of its own.
    #[test]
    fn no_route_of_the_api_is_beside_its_description() {
        let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let mut read = 0;
        for path in sources.map(|entry| entry.unwrap().path()) {
            // The local API has a socket, a token and a caller of its own: the command line.
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if !is_rust || path.ends_with("local.rs") || path.ends_with("openapi.rs") {
                continue;
            }
            let source: String = std::fs::read_to_string(&path).unwrap().split_whitespace().collect();
            assert!(!source.contains(".route(\"/api/"), "{} has a route of the API", path.display());
            read += 1;
        }
        assert!(read > 20, "the sources are found: {read}");
    }
}
