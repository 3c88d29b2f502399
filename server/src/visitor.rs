//! Layer: finds out who asks, and hands it to pages and server functions as an `app::request::Visitor`. When the
//! database does not answer, nobody is taken for a stranger: the request fails.

use crate::{
    Console,
    answers::{self, Reader, RequestId},
    client, form_flash,
    known_host::OwnOrigin,
    session_cookie,
    telemetry::causes,
    trial,
};
use app::request::{Visitor, read_person};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::{local_path::LocalPath, theme::Theme};
use http::{HeaderMap, HeaderValue, header};

pub(crate) async fn layer(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let (client, cookies, reader) = (
        client::of(&request, &console),
        console.cookies,
        Reader::of(&request),
    );
    let action = reader == Reader::FrontEnd;
    let headers = request.headers();
    let token = session_cookie::find_token(headers, cookies.session);
    let had_session = token.is_some();
    let challenge = session_cookie::find_token(headers, cookies.challenge);
    let pending = session_cookie::find_token(headers, cookies.identity);
    let sso = session_cookie::find(headers, cookies.sso).and_then(|org_id| org_id.parse().ok());
    let caller = match token {
        None => None,
        Some(token) => match console.backend.find_session(&token, client.clone()).await {
            Ok(caller) => caller,
            Err(error) => {
                tracing::error!(cause = causes(&error), "a session can't be looked up");
                return answers::unavailable(reader, &RequestId::of(&request));
            }
        },
    };
    let remembered =
        session_cookie::find(headers, cookies.theme).and_then(|theme| theme.parse::<Theme>().ok());
    let page = if action {
        request
            .extensions()
            .get::<OwnOrigin>()
            .and_then(|own| page_of_form(headers, own))
    } else {
        request
            .uri()
            .path_and_query()
            .and_then(|path| LocalPath::parse(path.as_str()))
    };
    let page = page.unwrap_or_else(LocalPath::home);
    let sealer = console.backend.sealer();
    let last_person =
        session_cookie::find(headers, cookies.person).and_then(|value| read_person(sealer, cookies, value));
    let flash = if action {
        None
    } else {
        let person = caller.as_ref().map(|caller| caller.user);
        form_flash::read(
            headers,
            cookies,
            sealer,
            person,
            (page.path(), console.backend.now().into()),
        )
    };
    let (shown, flash) = flash.unzip();
    let theme = caller
        .as_ref()
        .map(|caller| caller.theme)
        .or(remembered)
        .unwrap_or_default();
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let from_elsewhere = matches!(site, Some(b"cross-site" | b"same-site"));
    let backend = console.backend.clone();
    let mailbox = trial::mailbox_for(&request, &console);
    let visitor = Visitor {
        backend,
        session_ended: had_session && caller.is_none(),
        caller,
        client,
        challenge,
        pending,
        sso,
        from_elsewhere,
        theme,
        page,
        flash,
        cookies,
        mailbox,
        last_person,
    };
    let person = visitor.remember_person();
    request.extensions_mut().insert(visitor);

    let mut response = next.run(request).await;
    // Shown once; but a redirect, as to the sign-in page, has not shown it.
    if let Some(shown) = shown
        && !response.status().is_redirection()
        && let Ok(gone) = HeaderValue::from_str(&cookies.set(shown, "", Some(0)))
    {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    if let Some(person) = person.and_then(|person| HeaderValue::from_str(&person).ok()) {
        response.headers_mut().append(header::SET_COOKIE, person);
    }
    response
}

/// The page of ours that a form was posted from.
fn page_of_form(headers: &HeaderMap, own: &OwnOrigin) -> Option<LocalPath> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    LocalPath::parse(referer.strip_prefix(&own.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_from_a_page_of_ours_or_from_nowhere() {
        let own = OwnOrigin("https://console.example.com".into());
        let page = |referer: &str| {
            let headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
            page_of_form(&headers, &own).map(|page| page.as_str().to_owned())
        };
        assert_eq!(
            page("https://console.example.com/setup?a=1").unwrap(),
            "/setup?a=1"
        );
        for other in [
            "https://console.example.com.evil.test/x",
            "https://console.example.com@evil.test/",
            "http://console.example.com/",
            "https://console.example.com",
            "https://console.example.com//evil.test",
            "/setup",
            "",
        ] {
            assert_eq!(page(other), None, "{other}");
        }
    }
}
