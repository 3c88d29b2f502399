//! Single sign-on of a test organization. Its identity provider is that of `backend::saml::testing`, which says whatever a
//! test has it say; a browser brings that to the consumer from another site, with the cookies that come along from there.

use crate::{
    stage::caller,
    visitor::{Answer, PASSWORD, TestConsole, Visitor, encoded},
};
use backend::{
    saml::{
        ServiceProvider,
        testing::{self, Answer as Response, Asked},
    },
    secret::Secret,
    sso::{SsoTyped, TypedSource},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::sso::{SsoView, Stage};
use reqwest::{Method, RequestBuilder, header};
use time::OffsetDateTime;

/// Where it signs people in.
pub(crate) const SSO_URL: &str = "https://made-idp.example.test/sso";
/// The cookie of a sign-in that is away, over http.
pub(crate) const AWAY: &str = "saml";
/// The same over https.
pub(crate) const SECURE_AWAY: &str = "__Host-saml";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What an administrator types for it.
pub(crate) fn typed() -> SsoTyped {
    SsoTyped {
        source: TypedSource::Manual {
            entity_id: testing::ENTITY_ID.into(),
            sso_url: SSO_URL.into(),
            certificate: testing::CERTIFICATE.into(),
        },
        require_signed_assertion: false,
        asks_for_code: false,
        creates_accounts: true,
        domains: "example.test, engines.test, other.test".into(),
        version: None,
    }
}

pub(crate) async fn view(console: &TestConsole, by: &Visitor) -> SsoView {
    console
        .backend
        .sso_settings(&caller(console, by).await)
        .await
        .unwrap()
}

/// Saves a draft in the place of what there is; its version.
pub(crate) async fn save(console: &TestConsole, by: &Visitor, typed: SsoTyped) -> i32 {
    let shown = view(console, by).await;
    let version = shown.draft.or(shown.live).map(|one| one.version);
    console
        .backend
        .configure_sso(&caller(console, by).await, SsoTyped { version, ..typed })
        .await
        .unwrap();
    view(console, by).await.draft.unwrap().version
}

/// The same, in use.
pub(crate) async fn deploy(console: &TestConsole, by: &Visitor, typed: SsoTyped) -> i32 {
    let version = save(console, by, typed).await;
    console
        .backend
        .deploy_sso(&caller(console, by).await, version)
        .await
        .unwrap();
    version
}

/// The person of a visitor has just proved who they are, by the password.
pub(crate) async fn prove(console: &TestConsole, who: &Visitor) {
    let password = Secret::new(PASSWORD.to_owned());
    let caller = caller(console, who).await;
    let token = console
        .backend
        .confirm_identity(&caller, &password)
        .await
        .unwrap();
    who.set_cookie("usher", token.expose());
}

pub(crate) async fn org_id(console: &TestConsole, by: &Visitor) -> String {
    caller(console, by).await.org_id.to_string()
}

/// Leaves for the identity provider; what it is asked for.
pub(crate) async fn leave(browser: &Visitor, org_id: &str) -> Asked {
    follow(browser, &format!("/accounts/saml/{org_id}/login")).await
}

/// The same for a test of what is prepared or in use.
pub(crate) async fn leave_to_test(browser: &Visitor, org_id: &str, stage: Stage) -> Asked {
    let path = format!("/accounts/saml/{org_id}/login?test={}", stage.key());
    follow(browser, &path).await
}

/// Follows a link that leads to the identity provider.
pub(crate) async fn follow(browser: &Visitor, path: &str) -> Asked {
    let answer = browser.open(path).await;
    let (status, to) = answer.redirect();
    assert_eq!(status, 303, "{path}");
    assert!(to.starts_with(SSO_URL), "{to}");
    Asked::by(to)
}

/// A genuine answer of the identity provider, about the person with this address.
pub(crate) fn response(console: &TestConsole, asked: &Asked, email: &str) -> Response {
    let sp = ServiceProvider {
        entity_id: asked.issuer.clone(),
        acs_url: asked.acs_url.clone(),
    };
    let mut response = Response::to(&sp, &asked.request_id, console.backend.now());
    response.name_id = Some(format!("id-of-{email}"));
    set(&mut response, "email", &[email]);
    response
}

/// The values of an attribute, in the place of those that are there.
pub(crate) fn set(response: &mut Response, name: &str, values: &[&str]) {
    response.attributes.retain(|(known, _)| known != name);
    let values = values.iter().map(|&value| value.to_owned()).collect();
    response.attributes.push((name.to_owned(), values));
}

/// Brings a response to the consumer that the request named.
pub(crate) async fn bring(browser: &Visitor, asked: &Asked, response: &Response) -> Answer {
    bring_xml(browser, asked, &response.xml()).await
}

pub(crate) async fn bring_xml(browser: &Visitor, asked: &Asked, xml: &str) -> Answer {
    let fields = [
        ("SAMLResponse", STANDARD.encode(xml)),
        ("RelayState", asked.relay_state.clone()),
    ];
    post(browser, &consumer(asked), &fields).await
}

/// The path of the consumer that a request names.
pub(crate) fn consumer(asked: &Asked) -> String {
    url::Url::parse(&asked.acs_url).unwrap().path().to_owned()
}

/// Posts a form as a page of the identity provider makes a browser do: from another site only those cookies come along that
/// are meant for it, and what is set is kept.
pub(crate) async fn post(browser: &Visitor, path: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    post_body(browser, path, FORM, encoded(&fields)).await
}

/// The same with whatever body.
pub(crate) async fn post_body(
    browser: &Visitor,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    browser.send(posting(browser, path, kind, body)).await
}

/// The same, to be sent.
pub(crate) fn posting(
    browser: &Visitor,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> RequestBuilder {
    let request = browser
        .request(Method::POST, path)
        .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
        .header(header::ORIGIN, "https://made-idp.example.test")
        .header(header::REFERER, "https://made-idp.example.test/")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header(header::CONTENT_TYPE, kind);
    let (client, request) = request.body(body).build_split();
    let mut request = request.unwrap();
    let cookies = [AWAY, SECURE_AWAY].into_iter().filter_map(|name| {
        let value = browser.cookie(name)?;
        Some(format!("{name}={value}"))
    });
    let cookies: Vec<_> = cookies.collect();
    request.headers_mut().remove(header::COOKIE);
    if !cookies.is_empty() {
        let cookies = cookies.join("; ").parse().unwrap();
        request.headers_mut().insert(header::COOKIE, cookies);
    }
    RequestBuilder::from_parts(client, request)
}

/// Signs somebody in who is known or comes to be known by an address.
pub(crate) async fn sign_in_by_sso(
    console: &TestConsole,
    browser: &Visitor,
    org_id: &str,
    email: &str,
) -> Answer {
    let asked = leave(browser, org_id).await;
    bring(browser, &asked, &response(console, &asked, email)).await
}

/// Somebody comes from the identity provider, of whom it says what `change` makes it say.
pub(crate) async fn come(
    console: &TestConsole,
    org_id: &str,
    email: &str,
    change: impl FnOnce(&mut Response),
) -> (Visitor, Answer) {
    let browser = console.stranger();
    let asked = leave(&browser, org_id).await;
    let mut response = response(console, &asked, email);
    change(&mut response);
    let answer = bring(&browser, &asked, &response).await;
    (browser, answer)
}

/// The same, refused; the reason.
pub(crate) async fn turned_away(console: &TestConsole, org_id: &str, email: &str) -> String {
    let (browser, answer) = come(console, org_id, email, |_| ()).await;
    assert_eq!(browser.cookie("usher"), None);
    problem(&answer)
}

/// Whose session a browser has.
pub(crate) async fn who_is_in(console: &TestConsole, browser: &Visitor) -> Option<String> {
    let session = ["usher", "__Host-usher"]
        .into_iter()
        .find_map(|name| browser.cookie(name))?;
    let token = backend::secret::Token::presented(&session);
    let found = console
        .backend
        .find_session(&token, backend::Client::default())
        .await;
    found.unwrap().map(|caller| caller.email)
}

/// Why a sign-in did not work, by the address of the page to which it led.
pub(crate) fn problem(answer: &Answer) -> String {
    let (status, to) = answer.redirect();
    assert_eq!(status, 303, "{}", answer.body);
    let query = to.strip_prefix("/sign-in/problem?");
    let query = query.unwrap_or_else(|| panic!("no page of a problem: {to}"));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let key = pairs.find(|(name, _)| name == "problem").unwrap().1;
    assert!(
        domain::sign_in_problem::SignInProblem::from_key(&key).is_some(),
        "{to}"
    );
    key.into_owned()
}

/// The instant of a console's clock is now this one.
pub(crate) fn set_clock(console: &TestConsole, to: OffsetDateTime) {
    console.advance((to - console.backend.now()).whole_seconds());
}
