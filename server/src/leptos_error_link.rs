//! Layer: removes `__err` and `__path` from addresses. Leptos reads them as the outcome of a form, and anybody can write
//! them into a link; outcomes travel in our own cookie instead, see `form_flash.rs`.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::local_path::LocalPath;
use http::Uri;
use url::form_urlencoded;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    match cleaned(request.uri()) {
        Some(clean) if request.method().is_safe() => Redirect::to(clean.as_str()).into_response(),
        _ => next.run(request).await,
    }
}

/// The same address without them; `None` where there are none.
fn cleaned(uri: &Uri) -> Option<LocalPath> {
    let query = uri.query()?;
    let is_theirs = |key: &str| key == "__err" || key == "__path";
    if !form_urlencoded::parse(query.as_bytes()).any(|(key, _)| is_theirs(&key)) {
        return None;
    }
    Some(without(uri.path(), query, is_theirs))
}

/// A local address without some of its parameters.
fn without(path: &str, query: &str, leave_out: impl Fn(&str) -> bool) -> LocalPath {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    kept.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| !leave_out(key)));
    let query = kept.finish();
    let address = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    LocalPath::parse(&address).unwrap_or_else(LocalPath::home)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str) -> Option<String> {
        cleaned(&uri.parse().unwrap()).map(|clean| clean.as_str().to_owned())
    }

    #[test]
    fn a_crafted_outcome_is_removed_and_the_rest_stays() {
        assert_eq!(
            of("/sign-in?__path=%2Fapi%2Fx&__err=IlgiCg==").unwrap(),
            "/sign-in"
        );
        assert_eq!(
            of("/sign-in?next=%2Fa&%5F%5Ferr=x&q=1").unwrap(),
            "/sign-in?next=%2Fa&q=1"
        );
        assert_eq!(of("//evil.test?__err=x").unwrap(), "/");
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        assert_eq!(of("/sign-in"), None);
        assert_eq!(of("/organization/users?q=__err&err=1"), None);
    }
}
