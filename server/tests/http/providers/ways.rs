//! What browsers do: leave for a provider, come back, join an account, link and unlink.

use super::{Person, Providers};
use crate::{
    stage::{caller, invite, token},
    visitor::{Answer, TestConsole, Visitor, encoded},
};
use backend::{
    Client, Error,
    secret::{Secret, Token},
    sign_in::SignedIn,
};
use domain::{identities::Provider, ids::IdentityId, sign_in_problem::SignInProblem};
use std::collections::BTreeMap;
use url::Url;

/// By http. By them the console knows a browser that left, and one in which somebody is vouched for who belongs to no
/// account.
pub(crate) const DEPARTURE: &str = "departure";
pub(crate) const IDENTITY: &str = "identity";
pub(crate) const SESSION: &str = "usher";
/// Where somebody joins an account.
pub(crate) const LINK_PAGE: &str = "/accounts/link";

/// With what a browser was sent to a provider.
#[derive(Clone, Debug)]
pub(crate) struct Departed {
    pub(crate) provider: Provider,
    /// Without the query.
    pub(crate) address: String,
    pub(crate) query: BTreeMap<String, String>,
}

impl Departed {
    fn to(provider: Provider, url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let query: BTreeMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(query.len(), pairs.len(), "nothing twice: {url}");
        Self {
            provider,
            address: url.as_str().split('?').next().unwrap().to_owned(),
            query,
        }
    }

    pub(crate) fn state(&self) -> &str {
        &self.query["state"]
    }
}

/// Follows the button of a provider. `more`: the query, such as `next=/`.
pub(crate) async fn leave(who: &Visitor, provider: Provider, more: &[(&str, &str)]) -> Departed {
    let answer = who.open(&login(provider, more)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(who.cookie(DEPARTURE).is_some(), "{}", answer.header("location"));
    Departed::to(provider, answer.header("location"))
}

pub(crate) fn login(provider: Provider, more: &[(&str, &str)]) -> String {
    format!("/accounts/{}/login?{}", provider.key(), encoded(more))
}

/// Comes back with these parameters.
pub(crate) async fn come_with(who: &Visitor, provider: Provider, query: &[(&str, &str)]) -> Answer {
    who.open(&callback(provider, query)).await
}

pub(crate) fn callback(provider: Provider, query: &[(&str, &str)]) -> String {
    format!("/accounts/{}/callback?{}", provider.key(), encoded(query))
}

pub(crate) async fn come_back(who: &Visitor, departed: &Departed, code: &str) -> Answer {
    come_with(
        who,
        departed.provider,
        &[("state", departed.state()), ("code", code)],
    )
    .await
}

/// The whole way, as somebody at the provider.
pub(crate) async fn sign_in_by(
    providers: &Providers,
    who: &Visitor,
    provider: Provider,
    person: &Person,
) -> Answer {
    let departed = leave(who, provider, &[]).await;
    come_back(who, &departed, &providers.code(&departed, person)).await
}

/// Whether the provider alone lets somebody in, from the page behind an invitation's link.
pub(crate) async fn accept_by(
    providers: &Providers,
    who: &Visitor,
    link: &str,
    provider: Provider,
    person: &Person,
) -> Answer {
    let departed = leave(who, provider, &[("invitation", token(link))]).await;
    come_back(who, &departed, &providers.code(&departed, person)).await
}

/// The form that joins by an invitation whoever is vouched for in this browser.
pub(crate) async fn join(console: &TestConsole, who: &Visitor) -> Result<(), Error> {
    join_as(console, who, ("Ben", "Babbage")).await
}

pub(crate) async fn join_as(
    console: &TestConsole,
    who: &Visitor,
    (first, last): (&str, &str),
) -> Result<(), Error> {
    let joined = console
        .backend
        .join_with_identity(
            &Client::default(),
            &pending(who),
            first.to_owned(),
            last.to_owned(),
        )
        .await?;
    who.set_cookie(SESSION, joined.expose());
    Ok(())
}

/// The form that links whoever is vouched for in this browser to the account with this password; whether a code is asked
/// for, too.
pub(crate) async fn link_by_password(
    console: &TestConsole,
    who: &Visitor,
    password: &str,
) -> Result<bool, Error> {
    let password = Secret::new(password.to_owned());
    let linked = console
        .backend
        .link_with_password(&Client::default(), &pending(who), password)
        .await?;
    match linked {
        SignedIn::Session(token) => {
            who.set_cookie(SESSION, token.expose());
            Ok(false)
        }
        SignedIn::CodeWanted(challenge) => {
            who.set_cookie(crate::phone::CHALLENGE, challenge.expose());
            Ok(true)
        }
    }
}

/// What a browser shows for somebody who belongs to no account.
pub(crate) fn pending(who: &Visitor) -> Token {
    Token::presented(&who.cookie(IDENTITY).unwrap_or_default())
}

/// Leaves from the settings, to link a provider.
pub(crate) async fn leave_to_link(
    console: &TestConsole,
    who: &Visitor,
    provider: Provider,
) -> Result<Departed, Error> {
    let mut caller = caller(console, who).await;
    caller.client.address = "127.0.0.1".into();
    let departure = console.backend.depart_to_link(&caller, provider).await?;
    who.set_cookie(DEPARTURE, departure.browser.expose());
    Ok(Departed::to(provider, departure.url.expose()))
}

/// Links a provider to the account of whoever is signed in.
pub(crate) async fn link(
    console: &TestConsole,
    providers: &Providers,
    who: &Visitor,
    provider: Provider,
    person: &Person,
) -> Answer {
    let departed = leave_to_link(console, who, provider).await.unwrap();
    come_back(who, &departed, &providers.code(&departed, person)).await
}

/// The ids of what is linked, the oldest first.
pub(crate) async fn identities(console: &TestConsole, email: &str) -> Vec<IdentityId> {
    let ids: Vec<sqlx::types::Uuid> = sqlx::query_scalar(
        "select i.id from identities i join users u on u.id = i.user_id where u.email_key = $1
         order by i.linked_at, i.id",
    )
    .bind(email)
    .fetch_all(&console.pool)
    .await
    .unwrap();
    ids.into_iter().map(IdentityId).collect()
}

pub(crate) async fn unlink(console: &TestConsole, who: &Visitor, identity: IdentityId) -> Result<(), Error> {
    let caller = caller(console, who).await;
    console.backend.unlink(&caller, identity).await
}

/// A member who has come by an invitation and a provider, and has no password; signed in.
pub(crate) async fn colleague_by(
    console: &TestConsole,
    providers: &Providers,
    by: &Visitor,
    provider: Provider,
    person: &Person,
) -> Visitor {
    let link = invite(console, by, &person.email, &[]).await;
    let who = console.stranger();
    leads_to_link_page(&accept_by(providers, &who, &link, provider, person).await);
    join(console, &who).await.unwrap();
    who.forget_cookie(IDENTITY);
    who
}

pub(crate) fn is_signed_in(answer: &Answer, who: &Visitor) {
    assert_eq!(answer.redirect(), (303, "/"));
    assert!(who.cookie(SESSION).is_some());
}

/// Vouched for, and nobody's.
pub(crate) fn leads_to_link_page(answer: &Answer) {
    assert_eq!(answer.redirect(), (303, LINK_PAGE));
    let cookies = cookies_of(answer);
    assert!(
        !cookies.iter().any(|cookie| cookie.starts_with("usher=")),
        "{cookies:?}"
    );
}

/// That a sign-in ended with this problem, in no session, and without what the provider sent.
pub(crate) fn is_stopped(answer: &Answer, problem: SignInProblem) {
    let (path, query) = stop_of(answer);
    assert_eq!(query["problem"], problem.key());
    assert_eq!(path, app::routes::SIGN_IN_PROBLEM);
}

/// The page to which a sign-in that did not work leads, with its query.
pub(crate) fn stop_of(answer: &Answer) -> (String, BTreeMap<String, String>) {
    let (status, location) = answer.redirect();
    assert_eq!(status, 303, "{}", answer.body);
    let (path, query) = location.split_once('?').unwrap_or((location, ""));
    let query: BTreeMap<_, _> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    assert!(query.contains_key("problem"), "{location}");
    assert_eq!(query["reference"], answer.header("x-request-id"));
    for cookie in cookies_of(answer) {
        assert!(
            cookie.starts_with("departure=;") || cookie.starts_with("person="),
            "{cookie}"
        );
    }
    (path.to_owned(), query)
}

pub(crate) fn cookies_of(answer: &Answer) -> Vec<String> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies
        .map(|cookie| cookie.to_str().unwrap().to_owned())
        .collect()
}
