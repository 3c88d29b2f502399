//! Layer: takes a request's body in, up to a limit. No action of the console needs more than a form.

use crate::{
    Console,
    answers::{self, Reader, RequestId},
    same_origin, scim, sign_in,
};
use app::routes;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, header};

/// A response of an identity provider in base64, percent-encoded: what is larger than 256 KiB as XML is refused in words.
const LARGEST_RESPONSE: usize = 512 * 1024;
/// Metadata of an identity provider, with what a form puts around it. More than the 1 MiB that is understood, so that what is
/// somewhat larger is said at its field.
const LARGEST_FILE: usize = 4 * 1024 * 1024;

/// A group with as many members as one request names.
const LARGEST_OF_SCIM: usize = 1024 * 1024;
/// A list of people to be invited, percent-encoded where it was pasted: three bytes for one at most. More than the 256 KiB
/// that are read, so that what is somewhat larger is said at its field.
const LARGEST_LIST: usize = 2 * 1024 * 1024;
const DRAFT_OF_LIST: &str = "/api/bulk_invitations/draft";
const LIST_OF_PROGRAM: &str = "/api/v1/invitation-lists";

pub(crate) async fn layer(State(console): State<Console>, request: Request, next: Next) -> Response {
    let limit = match request.uri().path() {
        routes::SSO_FILE => LARGEST_FILE,
        path if scim::holds(path) => LARGEST_OF_SCIM,
        routes::INVITE_MANY_FILE | DRAFT_OF_LIST | LIST_OF_PROGRAM => LARGEST_LIST,
        path if same_origin::is_consumer(path) => LARGEST_RESPONSE,
        _ => console.request_body_limit,
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let (id, reader) = (RequestId::of(&request), Reader::of(&request));
    if announced.is_some_and(|length: usize| length > limit) {
        return too_large(request.uri().path(), reader, &id);
    }
    let (parts, body) = request.into_parts();
    match to_bytes(body, limit).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => too_large(parts.uri.path(), reader, &id),
    }
}

fn too_large(path: &str, reader: Reader, id: &RequestId) -> Response {
    if same_origin::is_consumer(path) {
        return sign_in::response_too_large(id);
    }
    answers::refusal(
        reader,
        StatusCode::PAYLOAD_TOO_LARGE,
        "That was more than a form of this console can hold.",
        id,
    )
}
