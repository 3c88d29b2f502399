//! Layer: refuses what another site makes a browser send. Server functions have no protection of their own, and a
//! `SameSite=Lax` cookie comes along from sibling domains.

use crate::{
    answers::{self, RequestId},
    known_host::OwnOrigin,
};
use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, StatusCode, header};

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let own = request.extensions().get::<OwnOrigin>();
    if request.method().is_safe()
        || is_consumer(request.uri().path())
        || own.is_some_and(|own| comes_from_us(request.headers(), own))
    {
        return next.run(request).await;
    }
    answers::page(
        StatusCode::FORBIDDEN,
        "This request did not come from a page of this console. Open the console and try again there.",
        &RequestId::of(&request),
    )
}

/// Where identity providers let browsers post to. What comes there is believed for its signature and for a cookie of its
/// own, and never by the session that comes along.
pub(crate) fn is_consumer(path: &str) -> bool {
    let org_id = path
        .strip_prefix("/accounts/saml/")
        .and_then(|rest| rest.strip_suffix("/acs"));
    org_id.is_some_and(|org_id| !org_id.contains('/'))
}

/// Both headers are set by the browser and not by scripts. One that is there must be right, and one must be there.
/// Browsers send `Sec-Fetch-Site` since 2023 at the latest and `Origin` with every POST.
fn comes_from_us(headers: &HeaderMap, own: &OwnOrigin) -> bool {
    let mut seen = false;
    for site in headers.get_all("sec-fetch-site") {
        seen = true;
        // `none`: typed, a bookmark, or a reload by the person.
        if site != "same-origin" && site != "none" {
            return false;
        }
    }
    for origin in headers.get_all(header::ORIGIN) {
        seen = true;
        if origin.as_bytes() != own.0.as_bytes() {
            return false;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn judge(headers: &[(&'static str, &str)]) -> bool {
        let own = OwnOrigin("https://console.example.com".into());
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        comes_from_us(&headers.collect(), &own)
    }

    #[test]
    fn our_own_pages_pass() {
        assert!(judge(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://console.example.com")
        ]));
        assert!(judge(&[("origin", "https://console.example.com")]));
        assert!(judge(&[("sec-fetch-site", "same-origin")]));
        assert!(judge(&[("sec-fetch-site", "none")]));
    }

    #[test]
    fn web_02_other_origins_are_refused_whatever_else_is_said() {
        for origin in [
            "https://evil.test",
            "https://console.example.com.evil.test",
            "https://evil-console.example.com",
            "null",
            "http://console.example.com",
            "https://console.example.com:8443",
            "https://sub.console.example.com",
            "",
            "https://console.example.com/",
        ] {
            assert!(!judge(&[("origin", origin)]), "{origin}");
            assert!(
                !judge(&[("origin", origin), ("sec-fetch-site", "same-origin")]),
                "{origin}"
            );
            assert!(
                !judge(&[("origin", origin), ("sec-fetch-site", "none")]),
                "{origin}"
            );
        }
    }

    #[test]
    fn other_sites_are_refused_whatever_the_origin() {
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!judge(&[("sec-fetch-site", site)]), "{site}");
            assert!(
                !judge(&[
                    ("sec-fetch-site", site),
                    ("origin", "https://console.example.com")
                ]),
                "{site}"
            );
        }
    }

    #[test]
    fn only_the_consumer_of_saml_is_open_to_other_sites() {
        assert!(is_consumer("/accounts/saml/a1b2c3/acs"));
        for path in [
            "/accounts/saml/a1b2c3/login",
            "/accounts/saml/a1/b2/acs",
            "/accounts/saml/acs",
            "/accounts/google/acs",
            "/accounts/saml/a1b2c3/acs/",
            "/api/accounts/saml/a1b2c3/acs",
            "/",
        ] {
            assert!(!is_consumer(path), "{path}");
        }
    }

    #[test]
    fn web_04_silence_is_refused() {
        assert!(!judge(&[]));
    }
}
