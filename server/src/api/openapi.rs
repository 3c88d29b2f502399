//! The description of all that programs can ask (`OpenAPI` 3.1), made from the code that answers.

use super::{ApiError, SERVICE, SERVICE_BASIC, TOKEN};
use crate::Console;
use axum::{Json, extract::State};
use utoipa::{
    OpenApi,
    openapi::{
        Header, Object, OpenApi as Document, RefOr, Server, Type,
        content::ContentBuilder,
        path::Operation,
        response::{Response, ResponseBuilder},
        schema::Ref,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

/// What answers with the version of what it answers.
const WITH_VERSION: [&str; 6] = [
    "createGroup",
    "getGroup",
    "renameGroup",
    "createPolicy",
    "getPolicy",
    "putPolicy",
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Usher",
        description = "What scripts ask by the access token of a person, and services by a credential of their own.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(ApiError))
)]
pub(super) struct Base;

/// Completes what the handlers say of themselves: how each is authorized, and the errors that all have in common.
pub(super) fn completed(mut document: Document) -> Document {
    let components = document.components.get_or_insert_default();
    let bearer = |description: &str| {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some(description.to_owned());
        SecurityScheme::Http(scheme)
    };
    components.add_security_scheme(TOKEN, bearer("An access token, made at /tokens."));
    components.add_security_scheme(
        SERVICE,
        bearer("The secret of a service, made at /organization/services."),
    );
    let mut basic = Http::new(HttpAuthScheme::Basic);
    basic.description = Some("The id of a service and its secret.".to_owned());
    components.add_security_scheme(SERVICE_BASIC, SecurityScheme::Http(basic));
    for (path, item) in &mut document.paths.paths {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.delete,
            &mut item.patch,
        ];
        let changes = [false, true, true, true, true];
        for (operation, changes) in operations.into_iter().zip(changes) {
            if let Some(operation) = operation {
                complete(operation, path, changes);
            }
        }
    }
    document
}

fn complete(operation: &mut Operation, path: &str, changes: bool) {
    if operation.security.is_none() {
        operation.security = Some(vec![SecurityRequirement::new::<_, _, &str>(TOKEN, [])]);
    }
    let mut errors = vec![
        ("401", "No credential, or none that works."),
        ("503", "It can't be answered at the moment."),
    ];
    let by_token = operation
        .security
        .iter()
        .flatten()
        .any(|scheme| *scheme == SecurityRequirement::new::<_, _, &str>(TOKEN, []));
    let counted = path.starts_with("/api/") || path.starts_with("/oauth2/");
    if counted {
        errors.push(("429", "More was asked than the credential may in a minute."));
    }
    if by_token && path.starts_with("/api/") {
        errors.push(("403", "A role is missing, or it is done in the console only."));
    }
    if operation.parameters.is_some() || operation.request_body.is_some() {
        errors.push(("400", "Something of the request is not understood."));
    }
    if path.contains('{') {
        errors.push(("404", "There is no such thing in the organization."));
    }
    if operation.request_body.is_some() {
        errors.push(("413", "The body is too large."));
        errors.push(("415", "The body is of another kind."));
        errors.push(("422", "A value can't be used."));
    }
    if by_token && changes {
        errors.push(("409", "It can't be done as things are."));
    }
    let takes = |header: &str| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|it| matches!(it, RefOr::T(it) if it.name == header))
    };
    if takes("If-Match") {
        errors.push(("412", "Somebody has changed it since that version was read."));
        errors.push(("428", "No If-Match."));
    }
    let mut headers = Vec::new();
    if counted {
        headers.push((
            "RateLimit-Policy",
            "How much may be asked: `\"credential\";q=600;w=60`.",
        ));
        headers.push((
            "RateLimit",
            "What is left, and in how many seconds all of it is back: `\"credential\";r=599;t=1`.",
        ));
    }
    if takes("Idempotency-Key") {
        headers.push(("Location", "Where it is, if it has an address."));
        headers.push((
            "Idempotency-Replayed",
            "`true`: this is the answer of the first time.",
        ));
    }
    let id = operation.operation_id.as_deref().unwrap_or_default();
    if WITH_VERSION.contains(&id) {
        headers.push(("ETag", "The version, for `If-Match`."));
    }
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            for (name, description) in &headers {
                let mut header = Header::new(Object::with_type(Type::String));
                header.description = Some((*description).to_owned());
                response.headers.insert((*name).to_owned(), header.into());
            }
        }
    }
    for (status, description) in errors {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(error(description)));
    }
    let rest = RefOr::T(error("Whatever else refuses it."));
    operation.responses.responses.insert("default".to_owned(), rest);
}

fn error(description: &str) -> Response {
    let schema = Ref::from_schema_name("ApiError");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", content)
        .build()
}

/// The description, with the address of this console.
pub(super) async fn answer(State(console): State<Console>) -> Json<Document> {
    let mut document = super::document();
    document.servers = Some(vec![Server::new(console.address.as_str())]);
    Json(document)
}
