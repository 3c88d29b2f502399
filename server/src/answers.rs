//! Answers that need no application: when a request is refused before it, or when it fails. Plain, without scripts, and
//! without anything that the request brought along.

use crate::{
    api::{self, ApiError},
    scim::{self, ScimError},
};
use app::error::AppError;
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// Where the server functions live.
pub(crate) const ACTIONS: &str = "/api/";
/// By this header the front end knows an answer for an error.
pub(crate) const ERROR_HEADER: HeaderName = HeaderName::from_static(server_fn::error::SERVER_FN_ERROR_HEADER);

/// The id of a request, in its log lines, its answer and its audit entries.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    pub(crate) fn of(request: &Request) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or(Self(String::new()))
    }
}

/// A redirect to a page of ours that sets cookies.
pub(crate) fn lead(to: &str, cookies: &[String]) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Who reads an answer, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A page.
    Person,
    /// The error of a server function.
    FrontEnd,
    /// JSON, see `api/`.
    Program,
    /// The same as SCIM has it, see `scim/`.
    IdentityProvider,
}

impl Reader {
    pub(crate) fn of(request: &Request) -> Self {
        match request.uri().path() {
            path if api::holds(path) => Self::Program,
            path if scim::holds(path) => Self::IdentityProvider,
            path if path.starts_with(ACTIONS) => Self::FrontEnd,
            _ => Self::Person,
        }
    }
}

pub(crate) fn is_action(request: &Request) -> bool {
    Reader::of(request) == Reader::FrontEnd
}

/// What refuses a request before the application sees it: one sentence, and for programs what they know of the status.
pub(crate) fn refusal(reader: Reader, status: StatusCode, sentence: &str, id: &RequestId) -> Response {
    match reader {
        Reader::Program => ApiError::of(status).into_response(),
        Reader::IdentityProvider => ScimError::of(status).into_response(),
        Reader::Person | Reader::FrontEnd => page(status, sentence, id),
    }
}

/// A form that a browser posts without scripts: it is answered by a page, not by data.
pub(crate) fn is_plain_form(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    *method == Method::POST && path.starts_with(ACTIONS) && accepts.contains("text/html")
}

/// An error has no more than a list of fields and faults.
pub(crate) const LONGEST_ERROR: usize = 64 * 1024;

/// An error as the front end reads it.
pub(crate) fn wire_error(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(error)).into_response();
    response
        .headers_mut()
        .insert(ERROR_HEADER, HeaderValue::from_static("/"));
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Gives the error of a server function that could not even read its arguments the status that says so: Leptos answers
/// 500, which is for faults of the server.
pub(crate) async fn with_its_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || !response.headers().contains_key(&ERROR_HEADER)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LONGEST_ERROR).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<AppError>(&body)
        && let Ok(status) = StatusCode::from_u16(error.status())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

/// A page with one sentence.
pub(crate) fn page(status: StatusCode, sentence: &str, id: &RequestId) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let id = &id.0;
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body><main><h1>{title}</h1><p>{sentence}</p><p>Request <code>{id}</code></p></main></body></html>\n"
    );
    (status, Html(page)).into_response()
}

/// The database does not answer, or something else that this request needs. Never taken for "nobody is signed in".
pub(crate) fn unavailable(reader: Reader, id: &RequestId) -> Response {
    if reader == Reader::FrontEnd {
        return wire_error(&AppError::Unavailable);
    }
    let sentence = "Usher can't answer at the moment. Please try again in a few seconds.";
    refusal(reader, StatusCode::SERVICE_UNAVAILABLE, sentence, id)
}

/// Something under `/api/` that is no server function, or not with this method.
pub(crate) async fn no_such_action() -> Response {
    wire_error(&AppError::NotFound)
}
