//! A filtered list as a file, written while it is read: neither the memory of the server nor a connection to the database
//! goes up with the length of the list or the slowness of whoever takes it.

use crate::{
    answers::{self, RequestId},
    telemetry::causes,
};
use app::{error::AppError, request::Visitor};
use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use backend::{Backend, Caller};
use futures_util::stream;
use http::{StatusCode, header};
use tracing::{Instrument, Span};
use url::form_urlencoded;

/// What a request asks for.
pub(crate) struct Asked {
    visitor: Option<Visitor>,
    parameters: Vec<(String, String)>,
    id: RequestId,
}

impl Asked {
    pub(crate) fn by(request: &Request) -> Self {
        Self {
            visitor: request.extensions().get().cloned(),
            parameters: parameters(request.uri().query().unwrap_or_default()),
            id: RequestId::of(request),
        }
    }

    /// Of a parameter that is there twice the last counts, as on the page.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn signed_in(&self) -> backend::Result<(&Backend, &Caller)> {
        let visitor = self.visitor.as_ref().ok_or(backend::Error::SignedOut)?;
        let caller = visitor.caller.as_ref().ok_or(backend::Error::SignedOut)?;
        Ok((&visitor.backend, caller))
    }

    /// The file, or a page that says why there is none.
    pub(crate) fn answer(&self, file: backend::Result<Response>) -> Response {
        file.unwrap_or_else(|error| {
            if let backend::Error::Unavailable(_) = &error {
                tracing::error!(cause = causes(&error), "a file can't be read");
            }
            let error = AppError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            answers::page(status, &error.sentence(), &self.id)
        })
    }
}

fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a file is made of.
pub(crate) trait Pieces: Send + 'static {
    /// The next piece; nothing at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, BoxError>> + Send;
}

/// `name`: with its extension. A file that fails is cut off, so that nobody takes a part for the whole.
pub(crate) fn attachment(name: &str, content_type: &'static str, pieces: impl Pieces) -> Response {
    // The body is written when the request's own span is over.
    let span = Span::current();
    let body = Body::from_stream(stream::try_unfold(pieces, move |mut pieces| {
        async {
            let piece = pieces.next().await.inspect_err(tell)?;
            Ok::<_, BoxError>(piece.map(|piece| (piece, pieces)))
        }
        .instrument(span.clone())
    }));
    let head = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (head, body).into_response()
}

/// Somebody who may not go on reading is no fault of the server.
fn is_revoked(error: &BoxError) -> bool {
    use backend::Error::{Forbidden, NotFound, SignedOut};
    matches!(
        error.downcast_ref(),
        Some(SignedOut | Forbidden { .. } | NotFound)
    )
}

fn tell(error: &BoxError) {
    let cause = causes(error.as_ref());
    if is_revoked(error) {
        tracing::info!(cause, "a file is cut off: whoever reads it may not any more");
    } else {
        tracing::error!(cause, "a file ends before its end");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked {
            visitor: None,
            parameters: parameters(query),
            id: RequestId(String::new()),
        }
    }

    #[test]
    fn of_two_filters_with_one_name_the_last_counts() {
        assert_eq!(asked("actor=a+b&actor=%C3%A9").get("actor"), Some("é"));
        assert_eq!(asked("&=&after=x").get("actor"), None);
    }

    #[test]
    fn a_file_that_is_cut_off_for_its_reader_is_no_alarm() {
        assert!(is_revoked(&backend::Error::SignedOut.into()));
        assert!(is_revoked(
            &backend::Error::Forbidden { needs: Vec::new() }.into()
        ));
        assert!(!is_revoked(&backend::Error::unavailable("no database").into()));
        assert!(!is_revoked(&"no text".into()));
    }

    #[test]
    fn nobody_is_answered_who_is_not_signed_in() {
        assert!(matches!(asked("").signed_in(), Err(backend::Error::SignedOut)));
    }
}
