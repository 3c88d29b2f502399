//! Layer: answers at once what can't be worked on soon, so that those who are being served don't get slower and slower.

use crate::{
    Console,
    answers::{self, Reader, RequestId},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

pub(crate) async fn layer(State(console): State<Console>, request: Request, next: Next) -> Response {
    let Ok(_place) = console.places.try_acquire() else {
        return answers::unavailable(Reader::of(&request), &RequestId::of(&request));
    };
    next.run(request).await
}
