//! Layer: deny by default. A page or server function that `app::routes` does not name as public wants somebody signed
//! in. What that person may do is decided by the use case.

use crate::answers::{self, ACTIONS};
use app::{
    error::AppError,
    request::Visitor,
    routes::{PUBLIC_ACTIONS, is_public_page},
};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    if visitor.is_some_and(|visitor| visitor.caller.is_some()) || is_public(request.uri().path()) {
        return next.run(request).await;
    }
    match visitor {
        // A plain form is led to the sign-in page with all that was typed, see `form_flash.rs`.
        Some(visitor) if !answers::is_action(&request) => {
            Redirect::to(&visitor.sign_in_page()).into_response()
        }
        _ => answers::wire_error(&AppError::SignedOut),
    }
}

fn is_public(path: &str) -> bool {
    if path.starts_with(ACTIONS) {
        PUBLIC_ACTIONS.contains(&path)
    } else {
        is_public_page(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_public() {
        assert!(is_public("/sign-in") && is_public("/setup") && is_public("/invitations/abc"));
        assert!(is_public("/mailbox") && is_public("/mailbox/abc"));
        for path in [
            "/",
            "/organization/users",
            "/sign-in-elsewhere",
            "/Sign-In",
            "/api",
            "/api/",
            "/api/users/deactivate",
            "/api/sign_in/password/",
            "/api/sign_in/passwords",
            "/api//sign_in/password",
            "/nowhere",
            "",
        ] {
            assert!(!is_public(path), "{path}");
        }
    }
}
