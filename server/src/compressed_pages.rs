//! Layer: compresses pages. A list of people is a tenth then, which on a slow line is half a second; the fastest level of gzip
//! costs a fraction of what the page itself does.
//!
//! What is compressed tells by its length what it has in common with a part that somebody else chose (BREACH, CVE-2013-3587),
//! and pages repeat parts of their address. So only those are compressed that a person or a page of ours asked for, by what the
//! browser says of it; whoever is led here from elsewhere gets the page as it is.

use crate::assets::accepts;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::io::Write;

/// Bytes; less fits into the first packets as it is.
const WORTH_IT: usize = 1_400;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let wanted = request.method() == Method::GET
        && accepts(request.headers(), "gzip")
        && is_asked_by_ourselves(request.headers());
    let response = next.run(request).await;
    if !wanted || !is_page(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Whole already: pages are sent when all of their data is there.
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let packed = (page.len() > WORTH_IT)
        .then(|| packed(&page))
        .and_then(Result::ok);
    let Some(packed) = packed else {
        return Response::from_parts(parts, Body::from(page));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.append(
        header::VARY,
        HeaderValue::from_static("accept-encoding, sec-fetch-site"),
    );
    Response::from_parts(parts, Body::from(packed))
}

fn packed(page: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::fast());
    packer.write_all(page)?;
    packer.finish()
}

/// By `Sec-Fetch-Site`, which no page can set. A browser that does not send it gets pages as they are.
fn is_asked_by_ourselves(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let ours = |site: &HeaderValue| matches!(site.as_bytes(), b"same-origin" | b"none");
    sites.next().is_some_and(ours) && sites.next().is_none()
}

fn is_page(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html")) && !headers.contains_key(header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, middleware::from_fn, response::Html, routing::get};
    use flate2::read::GzDecoder;
    use std::io::Read;
    use tower::ServiceExt;

    const PAGE: &str = "<p>Everybody who can sign in</p>";

    async fn answer(path: &str, headers: &[(&str, &str)]) -> Response {
        let router = Router::new()
            .route("/long", get(async || Html(PAGE.repeat(100))))
            .route("/short", get(async || Html(PAGE)))
            .route("/file", get(async || PAGE.repeat(100)))
            .layer(from_fn(layer));
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    fn is_compressed(response: &Response) -> bool {
        response.headers().contains_key(header::CONTENT_ENCODING)
    }

    #[tokio::test]
    async fn a_page_that_a_person_asked_for_is_compressed() {
        for site in ["none", "same-origin"] {
            let response = answer(
                "/long",
                &[("accept-encoding", "gzip, br"), ("sec-fetch-site", site)],
            )
            .await;
            assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert!(body.len() < 500, "{}", body.len());
            let mut page = String::new();
            GzDecoder::new(&body[..]).read_to_string(&mut page).unwrap();
            assert_eq!(page, PAGE.repeat(100));
        }
    }

    #[tokio::test]
    async fn a_page_that_another_site_leads_to_is_not() {
        for headers in [
            &[("accept-encoding", "gzip"), ("sec-fetch-site", "cross-site")][..],
            &[("accept-encoding", "gzip"), ("sec-fetch-site", "same-site")],
            &[("accept-encoding", "gzip")],
            &[
                ("accept-encoding", "gzip"),
                ("sec-fetch-site", "none"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("sec-fetch-site", "none")],
            &[("accept-encoding", "gzip;q=0"), ("sec-fetch-site", "none")],
        ] {
            assert!(!is_compressed(&answer("/long", headers).await), "{headers:?}");
        }
    }

    #[tokio::test]
    async fn what_is_short_or_no_page_is_as_it_is() {
        let headers = [("accept-encoding", "gzip"), ("sec-fetch-site", "none")];
        for path in ["/short", "/file"] {
            assert!(!is_compressed(&answer(path, &headers).await), "{path}");
        }
    }
}
