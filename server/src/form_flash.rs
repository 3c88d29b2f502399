//! Layer: forms without scripts. One that was not accepted leads back to its page with the reason and with all that was
//! typed but secrets. Both travel in a cookie that only this server writes and reads, that one page shows once and to one
//! person; Leptos' own way, a link with the error in it, could be crafted by anybody.

use crate::{
    answers::{self, ERROR_HEADER, LONGEST_ERROR},
    session_cookie,
};
use app::{
    error::AppError,
    request::{CookieNames, FLASH_SECONDS, Flash, Visitor},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use backend::sealer::Sealer;
use domain::{ids::UserId, local_path::LocalPath, moment::Moment};
use http::{HeaderMap, HeaderValue, header};
use std::collections::HashSet;
use url::form_urlencoded;

/// Browsers keep 4,096 bytes of name and value of a cookie (RFC 6265 section 6.1).
const LONGEST_COOKIE: usize = 4_000;
/// Fields whose name has one of these words hold secrets and are never kept.
const SECRETS: [&str; 4] = ["password", "code", "token", "secret"];

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let action = request.uri().path().to_owned();
    let visitor = request.extensions().get::<Visitor>().cloned();
    let Some(visitor) =
        visitor.filter(|_| answers::is_plain_form(request.method(), &action, request.headers()))
    else {
        return answers::with_its_status(next.run(request).await).await;
    };
    let (parts, body) = request.into_parts();
    // Already in memory and short, see `body_limit.rs`.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let typed = typed(&parts.headers, &body);
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if response.headers().contains_key(&ERROR_HEADER) {
        refused(&visitor, action, typed, response).await
    } else {
        accepted(&visitor, response)
    }
}

/// Back to the page with the reason; to the sign-in page first where nobody is signed in any more.
async fn refused(
    visitor: &Visitor,
    action: String,
    values: Vec<(String, String)>,
    response: Response,
) -> Response {
    let cookies: Vec<_> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    let body = to_bytes(response.into_body(), LONGEST_ERROR)
        .await
        .unwrap_or_default();
    let error = serde_json::from_slice(&body).unwrap_or(AppError::Unavailable);
    let names = visitor.cookies;
    let signed_out = error == AppError::SignedOut;
    let flash = Flash {
        page: visitor.page.path().to_owned(),
        action,
        error: Some(error),
        values,
    };
    let (sealer, now) = (visitor.backend.sealer(), visitor.backend.now().into());
    let (to, flash) = if signed_out {
        // Of somebody whom this browser does not know it could only be shown to everybody.
        let kept = visitor.last_person.map(|person| {
            let name = names.kept;
            names.set(
                name,
                &write(flash, sealer, name, Some(person), now),
                Some(FLASH_SECONDS),
            )
        });
        (visitor.sign_in_page(), kept)
    } else {
        let value = write(flash, sealer, names.flash, visitor.person(), now);
        let flash = names.set(names.flash, &value, Some(FLASH_SECONDS));
        (visitor.page.as_str().to_owned(), Some(flash))
    };
    let mut response = Redirect::to(&to).into_response();
    let flash = flash.and_then(|flash| HeaderValue::from_str(&flash).ok());
    for cookie in cookies.into_iter().chain(flash) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// On to where the action leads: a page of this site, asked for by GET (303, RFC 9110 section 15.4.4; Leptos says 302).
fn accepted(visitor: &Visitor, response: Response) -> Response {
    if !response.status().is_redirection() {
        return response;
    }
    let location = response
        .headers()
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok());
    // Without a redirect of its own an action leads back to the Referer, which is the page.
    let to = location
        .and_then(LocalPath::parse)
        .unwrap_or_else(|| visitor.page.clone());
    let cookies: Vec<_> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    let mut response = Redirect::to(to.as_str()).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What was typed, without secrets.
fn typed(headers: &HeaderMap, body: &Bytes) -> Vec<(String, String)> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if !kind.starts_with(b"application/x-www-form-urlencoded") {
        return Vec::new();
    }
    let is_secret = |name: &str| {
        SECRETS
            .iter()
            .any(|word| name.to_ascii_lowercase().contains(word))
    };
    form_urlencoded::parse(body)
        .filter(|(name, _)| !is_secret(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// As a cookie's value; the longest texts are left out until it fits.
pub(crate) fn write(
    mut flash: Flash,
    sealer: &Sealer,
    name: &'static str,
    person: Option<UserId>,
    now: Moment,
) -> String {
    flash.values = fitting(flash.values);
    loop {
        let text = flash.seal(sealer, name, person, now).unwrap_or_default();
        let longest =
            (0..flash.values.len()).max_by_key(|i| flash.values[*i].0.len() + flash.values[*i].1.len());
        match longest {
            Some(longest) if text.len() > LONGEST_COOKIE => drop(flash.values.remove(longest)),
            None if text.len() > LONGEST_COOKIE => flash.error = Some(AppError::Unavailable),
            _ => return text,
        }
    }
}

/// The shortest of them, as many as a cookie could hold unsealed: whoever sends thousands has none of them sealed again for
/// each that is left out.
fn fitting(values: Vec<(String, String)>) -> Vec<(String, String)> {
    /// Quotes, brackets and commas of a pair.
    const AROUND: usize = 8;
    let size = |(name, value): &(String, String)| name.len() + value.len() + AROUND;
    let mut by_size: Vec<usize> = (0..values.len()).collect();
    by_size.sort_by_key(|i| size(&values[*i]));
    let mut room = LONGEST_COOKIE;
    let fits = by_size.into_iter().take_while(|i| {
        let left = room.checked_sub(size(&values[*i]));
        room = left.unwrap_or_default();
        left.is_some()
    });
    let kept: HashSet<usize> = fits.collect();
    let all = values.into_iter().enumerate();
    all.filter(|(i, _)| kept.contains(i))
        .map(|(_, pair)| pair)
        .collect()
}

/// The flash of this person for this page, with the name of its cookie. One that was tampered with is none.
pub(crate) fn read(
    headers: &HeaderMap,
    cookies: CookieNames,
    sealer: &Sealer,
    person: Option<UserId>,
    (page, now): (&str, Moment),
) -> Option<(&'static str, Flash)> {
    [cookies.flash, cookies.kept].into_iter().find_map(|name| {
        let value = session_cookie::find(headers, name).filter(|value| value.len() <= LONGEST_COOKIE)?;
        let flash = Flash::open(sealer, name, person, value, now)?;
        (flash.page == page).then_some((name, flash))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::secret::{Chance, Secret};
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use domain::field::Faults;

    fn form(body: &'static str) -> Vec<(String, String)> {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded;charset=UTF-8");
        typed(
            &HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
            &Bytes::from_static(body.as_bytes()),
        )
    }

    fn flash(values: Vec<(String, String)>) -> Flash {
        let error = Some(AppError::Invalid(Faults::default()));
        Flash {
            page: "/setup".into(),
            action: "/api/setup/complete".into(),
            error,
            values,
        }
    }

    const NOW: Moment = Moment::from_unix_seconds(1_795_000_000);
    const ADA: Option<UserId> = Some(UserId(uuid::Uuid::from_u128(1)));
    const BEN: Option<UserId> = Some(UserId(uuid::Uuid::from_u128(2)));

    fn sealer() -> Sealer {
        Sealer::new(&Secret::new([7; 32]), Chance::system())
    }

    fn written(flash: Flash) -> String {
        write(flash, &sealer(), CookieNames::new(true).flash, ADA, NOW)
    }

    fn read_by(person: Option<UserId>, value: &str, page: &str) -> Option<Flash> {
        read_at(NOW, person, value, page)
    }

    fn read_at(now: Moment, person: Option<UserId>, value: &str, page: &str) -> Option<Flash> {
        let cookies = CookieNames::new(true);
        let cookie = HeaderValue::from_str(&format!("{}={value}", cookies.flash)).unwrap();
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
        read(&headers, cookies, &sealer(), person, (page, now)).map(|(_, flash)| flash)
    }

    #[test]
    fn a_copied_flash_ends_when_that_of_the_browser_does() {
        let value = written(flash(Vec::new()));
        let after = |seconds| Moment::from_unix_seconds(NOW.unix_seconds() + seconds);
        assert!(read_at(after(FLASH_SECONDS - 1), ADA, &value, "/setup").is_some());
        assert!(read_at(after(FLASH_SECONDS), ADA, &value, "/setup").is_none());
    }

    fn come_back(value: &str, page: &str) -> Option<Flash> {
        read_by(ADA, value, page)
    }

    /// What is sealed anew for each value that is left out are few, however many are sent.
    #[test]
    fn of_many_values_as_many_are_kept_as_could_fit() {
        let pair = |n: usize, length: usize| (format!("field{n:05}"), "x".repeat(length));
        let many = fitting((0..30_000).map(|n| pair(n, 0)).collect());
        assert!(
            (150..=LONGEST_COOKIE / 10).contains(&many.len()),
            "{}",
            many.len()
        );
        let mut mixed: Vec<_> = (0..5).map(|n| pair(n, 3_000)).collect();
        mixed.insert(2, pair(9, 10));
        let kept = fitting(mixed.clone());
        assert_eq!(
            kept,
            [mixed[0].clone(), mixed[2].clone()],
            "the shortest, in their order"
        );
        assert!(fitting(vec![pair(0, 100_000)]).is_empty());
        // The rest of the way is as before.
        let value = written(flash((0..30_000).map(|n| pair(n, 0)).collect()));
        assert!(value.len() <= LONGEST_COOKIE);
        assert!(!come_back(&value, "/setup").unwrap().values.is_empty());
    }

    #[test]
    fn secrets_are_never_kept() {
        let kept = form(
            "email=ada%40example.test&password=a&new_password=b&Password=c&code=1&token=2&client_secret=3&groups=x&groups=y",
        );
        let names: Vec<_> = kept.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["email", "groups", "groups"]);
        assert_eq!(kept[0].1, "ada@example.test");
    }

    #[test]
    fn only_forms_are_read() {
        assert!(typed(&HeaderMap::new(), &Bytes::from_static(b"email=a")).is_empty());
    }

    #[test]
    fn what_was_typed_comes_back_on_its_page_only() {
        let flash = flash(vec![("name".into(), "Ada Lovelace; “quoted”".into())]);
        let value = written(flash.clone());
        assert_eq!(come_back(&value, "/setup"), Some(flash));
        assert_eq!(come_back(&value, "/sign-in"), None);
        for somebody_else in [BEN, None] {
            assert_eq!(read_by(somebody_else, &value, "/setup"), None);
        }
    }

    #[test]
    fn too_much_loses_its_longest_text_first() {
        let long = ("reason".to_owned(), "x".repeat(5_000));
        let value = written(flash(vec![
            ("name".into(), "Ada".into()),
            long,
            ("email".into(), "a@b.test".into()),
        ]));
        assert!(value.len() <= LONGEST_COOKIE);
        let names: Vec<_> = come_back(&value, "/setup")
            .unwrap()
            .values
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["name", "email"]);
    }

    #[test]
    fn each_page_finds_its_own_of_the_two() {
        let cookies = CookieNames::new(true);
        let [mut refused, kept] = [flash(Vec::new()), flash(Vec::new())];
        refused.page = "/sign-in".into();
        let cookie = format!(
            "{}={}; {}={}",
            cookies.flash,
            written(refused),
            cookies.kept,
            write(kept, &sealer(), cookies.kept, ADA, NOW)
        );
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&cookie).unwrap())]);
        let name = |page| read(&headers, cookies, &sealer(), ADA, (page, NOW)).map(|(name, _)| name);
        assert_eq!(name("/sign-in"), Some(cookies.flash));
        assert_eq!(name("/setup"), Some(cookies.kept));
        assert_eq!(name("/"), None);
    }

    #[test]
    fn a_tampered_cookie_is_none() {
        let crafted = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&flash(Vec::new())).unwrap());
        for value in ["", "e30", "bm9uc2Vuc2U", "%%%", &crafted, &"A".repeat(5_000)] {
            assert_eq!(come_back(value, "/setup"), None, "{value}");
        }
    }
}
