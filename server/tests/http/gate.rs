//! Nothing answers a stranger but what is named as public; and when nobody can say who asks, nothing answers at all.

use crate::{
    stage::{colleague, deactivate},
    visitor::TestConsole,
};
use app::routes::PUBLIC_ACTIONS;
use reqwest::{Method, header};
use server_fn::axum::server_fn_paths;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_stranger_is_led_to_the_sign_in_page_and_back(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    for (page, leads_to) in [
        ("/", "/sign-in"),
        (
            "/organization/users?q=a%20b",
            "/sign-in?next=%2Forganization%2Fusers%3Fq%3Da%2520b",
        ),
        ("/nowhere", "/sign-in?next=%2Fnowhere"),
        ("//evil.test/", "/sign-in"),
        ("/sign-in/../organization/users", "/sign-in"),
    ] {
        // reqwest would tidy this one up itself.
        if !page.contains("..") {
            assert_eq!(stranger.open(page).await.redirect(), (303, leads_to), "{page}");
        }
    }
    assert_eq!(stranger.open("/sign-in").await.redirect(), (302, "/setup"));
    assert_eq!(stranger.open("/setup").await.status, 200);
    console.ada().await;
    for page in ["/sign-in"] {
        assert_eq!(stranger.open(page).await.status, 200, "{page}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn whoever_was_signed_in_is_told_why_they_are_not_any_more(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    deactivate(&console, &ada, "ben@example.test").await;
    let there = "/sign-in?next=%2Faccount%2Fsettings&notice=session-ended";
    assert_eq!(ben.open("/account/settings").await.redirect(), (303, there));
    let form = ben
        .post(
            "/account/settings",
            "/api/account/choose_theme",
            &[("theme", "dark")],
        )
        .await;
    assert_eq!(form.redirect(), (303, there));
    assert!(ben.open(there).await.body.contains("Your session has ended."));

    ada.call("/api/sessions/sign_out", &[]).await;
    let asked = ada.open("/account/settings").await;
    assert_eq!(
        asked.redirect(),
        (303, "/sign-in?next=%2Faccount%2Fsettings"),
        "who signed out knows why"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn no_action_answers_a_stranger_but_the_public_ones(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    let mut judged = 0;
    for (action, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{action} could be called by a link");
        if !PUBLIC_ACTIONS.contains(&action) {
            let answer = stranger.call(action, &[]).await;
            assert_eq!(
                (answer.status.as_u16(), &*answer.body),
                (401, "\"SignedOut\""),
                "{action}"
            );
            judged += 1;
        }
    }
    assert!(judged > 5);
    for action in PUBLIC_ACTIONS {
        assert!(
            server_fn_paths().any(|(known, _)| known == *action),
            "{action} is public but does not exist"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_living_session_opens_pages_and_a_planted_second_cookie_closes_them(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    assert_eq!(ada.open("/organization/users").await.status, 200);
    let twice = format!("usher={0}; usher={0}", ada.cookie("usher").unwrap());
    let answer = ada
        .send(
            console
                .stranger()
                .request(Method::GET, "/account/settings")
                .header(header::COOKIE, twice),
        )
        .await;
    assert_eq!(answer.status, 303);
    let other = console.stranger();
    other.set_cookie("usher", &"A".repeat(43));
    assert_eq!(other.open("/organization/users").await.status, 303);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_without_the_database_nobody_is_a_stranger(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    console.pool.close().await;
    let page = ada.open("/organization/users").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.header("retry-after"), "2");
    let action = ada.call("/api/users/deactivate", &[]).await;
    assert_eq!((action.status.as_u16(), &*action.body), (503, "\"Unavailable\""));
    assert_eq!(ada.open("/livez").await.status, 200);
    assert_eq!(ada.open("/readyz").await.status, 503);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn machines_need_no_session(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let stranger = console.stranger();
    for path in ["/livez", "/readyz"] {
        let request = stranger
            .request(Method::GET, path)
            .header(header::HOST, "10.0.0.7");
        assert_eq!(stranger.send(request).await.status, 200, "{path}");
    }
}
