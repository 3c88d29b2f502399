//! What this service can (RFC 7644 section 4): its configuration, its kinds of resources, their attributes.

use super::{
    ScimError,
    by::{By, Named},
    resource::{GROUP, USER, answer, base},
};
use crate::Console;
use axum::{extract::State, response::Response};
use domain::scim::MOST_AT_ONCE;
use http::StatusCode;
use serde_json::{Value, json};
use std::convert::Infallible;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SCHEMAS: &str = "urn:ietf:params:scim:schemas:core:2.0";

/// Whatever stands in the address.
pub(super) struct AnyName(String);

impl std::str::FromStr for AnyName {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

pub(super) async fn config(State(console): State<Console>, By(by): By) -> Response {
    let location = format!("{}/ServiceProviderConfig", base(&console, &by));
    let supported = |is: bool| json!({ "supported": is });
    answer(
        StatusCode::OK,
        &json!({
            "schemas": [format!("{SCHEMAS}:ServiceProviderConfig")],
            "patch": supported(true),
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "filter": { "supported": true, "maxResults": MOST_AT_ONCE },
            "changePassword": supported(false),
            "sort": supported(false),
            "etag": supported(true),
            "authenticationSchemes": [{
                "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
                "description": "A token that an administrator makes under Single sign-on, Provisioning.",
                "specUri": "https://www.rfc-editor.org/info/rfc6750"
            }],
            "meta": { "resourceType": "ServiceProviderConfig", "location": location }
        }),
    )
}

fn list(resources: &[Value]) -> Response {
    let count = resources.len();
    let body = json!({
        "schemas": [LIST], "totalResults": count, "startIndex": 1, "itemsPerPage": count, "Resources": resources
    });
    answer(StatusCode::OK, &body)
}

fn one(resources: Vec<Value>, AnyName(id): &AnyName) -> Result<Response, ScimError> {
    let found = resources
        .into_iter()
        .find(|resource| resource["id"] == id.as_str());
    let found = found.ok_or_else(|| ScimError::of(StatusCode::NOT_FOUND))?;
    Ok(answer(StatusCode::OK, &found))
}

fn all_resource_types(base: &str) -> Vec<Value> {
    let kinds = [
        ("User", "Users", "People of the organization", USER),
        ("Group", "Groups", "Groups that SCIM keeps", GROUP),
    ];
    let kind = |(name, place, description, schema): (&str, &str, &str, &str)| {
        json!({
            "schemas": [format!("{SCHEMAS}:ResourceType")],
            "id": name, "name": name, "endpoint": format!("/{place}"), "description": description,
            "schema": schema,
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}") }
        })
    };
    kinds.into_iter().map(kind).collect()
}

pub(super) async fn resource_types(State(console): State<Console>, By(by): By) -> Response {
    list(&all_resource_types(&base(&console, &by)))
}

pub(super) async fn resource_type(
    State(console): State<Console>,
    By(by): By,
    Named(name): Named<AnyName>,
) -> Result<Response, ScimError> {
    one(all_resource_types(&base(&console, &by)), &name)
}

/// One attribute (RFC 7643 section 7).
fn attribute(name: &str, kind: &str, mutability: &str, required: bool) -> Value {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": name == "externalId",
        "mutability": mutability, "returned": "default",
        "uniqueness": if matches!(name, "userName" | "displayName") && required { "server" } else { "none" }
    })
}

fn complex(name: &str, multi: bool, mutability: &str, parts: &[Value]) -> Value {
    let mut whole = attribute(name, "complex", mutability, false);
    whole["multiValued"] = json!(multi);
    whole["subAttributes"] = json!(parts);
    whole
}

fn all_schemas(base: &str) -> Vec<Value> {
    let text = |name| attribute(name, "string", "readWrite", false);
    let schema = |id: &str, name: &str, attributes: &[Value]| {
        json!({
            "schemas": [format!("{SCHEMAS}:Schema")], "id": id, "name": name, "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") }
        })
    };
    let fixed = |name| attribute(name, "string", "immutable", false);
    let shown = |name, kind| attribute(name, kind, "readOnly", false);
    let user = [
        attribute("userName", "string", "immutable", true),
        complex(
            "name",
            false,
            "readWrite",
            &[
                text("givenName"),
                text("familyName"),
                shown("formatted", "string"),
            ],
        ),
        shown("displayName", "string"),
        attribute("active", "boolean", "readWrite", false),
        text("externalId"),
        complex(
            "emails",
            true,
            "readOnly",
            &[
                shown("value", "string"),
                shown("type", "string"),
                shown("primary", "boolean"),
            ],
        ),
    ];
    let group = [
        attribute("displayName", "string", "readWrite", true),
        text("externalId"),
        complex(
            "members",
            true,
            "readWrite",
            &[
                fixed("value"),
                fixed("type"),
                shown("display", "string"),
                shown("$ref", "reference"),
            ],
        ),
    ];
    vec![schema(USER, "User", &user), schema(GROUP, "Group", &group)]
}

pub(super) async fn schemas(State(console): State<Console>, By(by): By) -> Response {
    list(&all_schemas(&base(&console, &by)))
}

pub(super) async fn schema(
    State(console): State<Console>,
    By(by): By,
    Named(name): Named<AnyName>,
) -> Result<Response, ScimError> {
    one(all_schemas(&base(&console, &by)), &name)
}
