//! The cookies of every flow.

use crate::{
    stage::{id_of, invite, set_up, sign_in, token},
    visitor::{Answer, PASSWORD, TestConsole},
};
use backend::Client;
use reqwest::header;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// The cookies that an answer sets, by name, each with its value. Panics at one that is not bound to this host.
fn cookies_of(answer: &Answer) -> BTreeMap<String, String> {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    set.map(|cookie| {
        let cookie = cookie.to_str().unwrap();
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<_> = parts.collect();
        assert!(name.starts_with("__Host-"), "{cookie}");
        for needed in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(attributes.contains(&needed), "{needed}: {cookie}");
        }
        let domain = attributes
            .iter()
            .find(|part| part.to_lowercase().starts_with("domain"));
        assert_eq!(domain, None, "{cookie}");
        (name.to_owned(), value.to_owned())
    })
    .collect()
}

/// Of 256 random bits, which say nothing.
fn is_opaque(value: &str) -> bool {
    value.len() == 43
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_01_in_every_flow_cookies_are_bound_to_the_host(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("public_url", "https://console.example.test")]).await;
    let link = console.backend.open_set_up().await.unwrap().unwrap();
    let ada = console.stranger();
    let mut sessions = vec![
        ada.post("/setup", "/api/setup/complete", &set_up(link.expose()))
            .await,
    ];

    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let invited = console.stranger();
    let accepted = [
        ("token", token(&link)),
        ("first_name", "Ben"),
        ("last_name", "Babbage"),
        ("password", PASSWORD),
    ];
    sessions.push(invited.post(&link, "/api/invitations/accept", &accepted).await);
    sessions.push(sign_in(&console.stranger(), "ben@example.test", PASSWORD).await);
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    let chosen = [
        ("token", recovery.link.expose()),
        ("password", "nine herons carry my ladder"),
    ];
    sessions.push(
        ada.post("/recover", "/api/password_resets/complete", &chosen)
            .await,
    );
    let mut seen = BTreeSet::new();
    for answer in &sessions {
        let cookies = cookies_of(answer);
        let session = &cookies["__Host-usher"];
        assert!(is_opaque(session), "{session}");
        assert!(seen.insert(session.clone()), "each has a session of its own");
        assert!(is_opaque(&cookies["__Host-browser"]));
        assert!(
            cookies
                .keys()
                .all(|name| ["__Host-usher", "__Host-browser", "__Host-theme"].contains(&&**name))
        );
    }

    let themed = ada
        .post(
            "/account/settings",
            "/api/account/choose_theme",
            &[("theme", "dark")],
        )
        .await;
    assert_eq!(cookies_of(&themed)["__Host-theme"], "dark");
    let refused = sign_in(&console.stranger(), "ada@example.test", "wrong").await;
    assert!(cookies_of(&refused).contains_key("__Host-flash"));
    let id = id_of(&console, "ben@example.test").await;
    let deactivated = ada
        .post("/organization/users", "/api/users/deactivate", &[("user", &id)])
        .await;
    assert!(!cookies_of(&deactivated).is_empty(), "the offer to undo it");
    let ended = ada.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(cookies_of(&ended)["__Host-usher"], "");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_01_over_https_a_cookie_without_the_prefix_is_nobodys(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("public_url", "https://console.example.test")]).await;
    console.ada().await;
    let browser = console.stranger();
    let answer = sign_in(&browser, "ada@example.test", PASSWORD).await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(browser.open("/organization/users").await.status, 200);
    let plain = console.stranger();
    plain.set_cookie("usher", &browser.cookie("__Host-usher").unwrap());
    assert_eq!(plain.open("/organization/users").await.status, 303);
}
