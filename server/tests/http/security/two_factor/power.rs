//! A sign-in that waits for its code is no session: whoever has it meets what a stranger meets.

use crate::{
    phone::{CHALLENGE, CODE, CODE_PAGE, SETTINGS, enrol, sign_in_with, waiting},
    stage::{LIST, id_of},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use app::routes::{FILES, PUBLIC_ACTIONS, PUBLIC_PAGES, is_public_page};
use reqwest::header;
use sqlx::PgPool;

const ADA: &str = "ada@example.test";

/// The addresses of all pages, with somebody's id where one is wanted.
fn pages(id: &str) -> Vec<String> {
    let pages = leptos_axum::generate_route_list(app::App);
    let pages = pages.iter().map(|page| page.path().to_owned());
    let all = pages.chain(FILES.map(|(file, _)| file.to_owned()));
    all.map(|page| {
        page.replace("{id}", id)
            .replace("{key}", "iam-admin")
            .replace("{token}", "nothing")
    })
    .collect()
}

/// What can be told from an answer. The number of a request and the nonce of a page are its own.
fn told(answer: &Answer) -> (u16, String, String) {
    let body = if answer.status == 303 { "" } else { &answer.body };
    (
        answer.status.as_u16(),
        answer.header("location").to_owned(),
        body.to_owned(),
    )
}

/// The same as somebody who has nothing.
fn is_as_to_a_stranger(answer: &Answer, to_stranger: &Answer, what: &str) {
    assert_eq!(told(answer), told(to_stranger), "{what}");
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    for cookie in set {
        assert!(!cookie.to_str().unwrap().starts_with("usher="), "{what}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_sign_in_that_waits_for_its_code_has_no_power(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    enrol(&console, &ada).await;
    let id = id_of(&console, ADA).await;
    let browser = waiting(&console, ADA).await;
    let challenge = browser.cookie(CHALLENGE).unwrap();
    let with = |cookies: &[(&str, &str)]| {
        let visitor = console.stranger();
        for (name, value) in cookies {
            visitor.set_cookie(name, value);
        }
        visitor
    };
    let made_up = "A".repeat(43);
    // Each beside somebody who has nothing, and looks the same from outside.
    let pairs: [(Visitor, Visitor); 3] = [
        (with(&[(CHALLENGE, &challenge)]), with(&[])),
        (with(&[("usher", &challenge)]), with(&[("usher", &made_up)])),
        (
            with(&[("usher", &challenge), (CHALLENGE, &challenge)]),
            with(&[("usher", &made_up), (CHALLENGE, &made_up)]),
        ),
    ];
    let fields = [
        ("user", id.as_str()),
        ("email", ADA),
        ("current_password", PASSWORD),
        ("password", PASSWORD),
        ("name", "New"),
        ("code", "000000"),
        ("from", "2030-01-01"),
        ("theme", "dark"),
    ];
    let fields = [&fields[..], &LIST].concat();
    for (waits, stranger) in &pairs {
        for page in pages(&id).iter().filter(|page| !is_public_page(page)) {
            let (answer, to_stranger) = (waits.open(page).await, stranger.open(page).await);
            assert_eq!(answer.status, 303, "{page}");
            is_as_to_a_stranger(&answer, &to_stranger, page);
        }
        let functions = server_fn::axum::server_fn_paths().map(|(action, _)| action);
        for action in functions.filter(|action| !PUBLIC_ACTIONS.contains(action)) {
            let answer = waits.call(action, &fields).await;
            assert_eq!(answer.status, 401, "{action}");
            is_as_to_a_stranger(&answer, &stranger.call(action, &fields).await, action);
            let answer = waits.post(SETTINGS, action, &fields).await;
            assert_eq!(answer.redirect().0, 303, "{action}");
            is_as_to_a_stranger(&answer, &stranger.post(SETTINGS, action, &fields).await, action);
        }
    }
    // And no page that everybody may open knows who it is, but those that ask for the code.
    for page in PUBLIC_PAGES
        .iter()
        .filter(|page| !page.starts_with("/invitations"))
    {
        let page = pairs[2].0.open(page).await;
        assert!(!page.body.contains(ADA) && !page.body.contains("Lovelace"));
    }
    let asks = pairs[0].0.open(CODE_PAGE).await;
    assert!(asks.status == 200 && asks.body.contains(ADA));
    assert!(asks.header("cache-control").contains("no-store"));
    assert_eq!(pairs[1].0.open(CODE_PAGE).await.status, 410);
}

/// What waits for its code does not work as a token of any other kind, nor does one of another kind as it.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn no_other_secret_is_taken_for_a_sign_in_that_waits(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let of_ada = enrol(&console, &ada).await;
    let waits = waiting(&console, ADA).await;
    let challenge = waits.cookie(CHALLENGE).unwrap();
    for (action, field) in [
        ("/api/password_resets/complete", "token"),
        ("/api/sessions/report", "token"),
        ("/api/invitations/accept", "token"),
    ] {
        let fields = [
            (field, challenge.as_str()),
            ("password", "nine herons carry my ladder"),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
        ];
        let answer = waits.call(action, &fields).await;
        assert!(
            [404, 409].contains(&answer.status.as_u16()),
            "{action} {}",
            answer.status
        );
        assert_eq!(waits.cookie("usher"), None);
    }
    let signed_in = sign_in_with(&console, ADA, &of_ada.phone).await;
    for name in ["usher", "browser"] {
        let thief = console.stranger();
        thief.set_cookie(CHALLENGE, &signed_in.cookie(name).unwrap());
        let code = of_ada.phone.next_code(&console);
        assert_eq!(thief.call(CODE, &[("code", &code)]).await.status, 409, "{name}");
    }
}
