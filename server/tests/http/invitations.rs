//! Each state of an invitation link has its page.

use crate::{
    stage::{accept, acceptance, caller, colleague, copy_link, id_of, invite},
    visitor::{Answer, TestConsole},
};
use backend::Client;
use sqlx::PgPool;

const WEEK: i64 = 7 * 24 * 60 * 60;

/// The page of a link that is over: its status, what it says, and no form that makes an account.
fn is_closed(page: &Answer, sentence: &str, what_now: &str) {
    assert_eq!(page.status, 410, "{sentence}");
    assert!(
        page.body.contains(sentence) && page.body.contains(what_now),
        "{sentence}: {}",
        page.body
    );
    assert!(!page.body.contains("Create account") && !page.body.contains("name=\"password\""));
    assert!(!page.body.contains("ben@example.test"), "it tells no address");
    assert!(page.body.contains("Analytical Engines"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_link_that_works_shows_the_form(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let page = console.stranger().open(&link).await;
    assert_eq!(page.status, 200);
    for part in [
        "Join Analytical Engines",
        "Ada Lovelace invited you",
        "ben@example.test",
        "Create account",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_used_link_leads_to_the_sign_in_page(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    accept(&console, &link, &[]).await;
    let page = console.stranger().open(&link).await;
    is_closed(
        &page,
        "This invitation has already been used.",
        "sign in the way that you chose",
    );
    assert!(page.body.contains("href=\"/sign-in\""));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_expired_link_says_so(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    console.advance(WEEK);
    let page = console.stranger().open(&link).await;
    is_closed(&page, "This invitation has expired.", "fresh link");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_link_whose_sender_lost_the_right_asks_for_another_sender(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let link = invite(&console, &grace, "ben@example.test", &[]).await;
    let id = id_of(&console, "grace@example.test").await;
    let stranger = console.stranger();
    assert!(
        stranger.open(&link).await.body.contains("Ben Babbage"),
        "who invites"
    );
    ada.call("/api/users/deactivate", &[("user", &id)]).await;
    let page = stranger.open(&link).await;
    is_closed(
        &page,
        "This invitation has expired.",
        "Ask an administrator of the organization for another one.",
    );
    for name in ["Ben", "Babbage", "grace@example.test"] {
        assert!(!page.body.contains(name), "{name}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_cancelled_link_says_whom_to_ask(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let cancelled = ada
        .post("/organization/users", "/api/invitations/cancel", &[("user", &id)])
        .await;
    assert_eq!(
        cancelled.redirect(),
        (303, "/organization/users?notice=cancelled")
    );
    let list = ada.open("/organization/users?notice=cancelled").await;
    assert!(!list.body.contains(">Undo<"), "its link stays dead");
    let page = console.stranger().open(&link).await;
    is_closed(&page, "This invitation was cancelled.", "Ask an administrator");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_replaced_link_leads_to_the_newer_mail(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    ada.post("/organization/users", "/api/invitations/resend", &[("user", &id)])
        .await;
    let page = console.stranger().open(&link).await;
    is_closed(&page, "A newer invitation was sent.", "Look for a newer mail");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_link_into_a_closed_organization_says_that_it_is_gone(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let org_id = caller(&console, &ada).await.org_id;
    let operator = Client::command_line();
    console
        .backend
        .close_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    let stranger = console.stranger();
    let page = stranger.open(&link).await;
    is_closed(
        &page,
        "The organization of this invitation no longer exists.",
        "nothing to join",
    );
    let tried = stranger.call("/api/invitations/accept", &acceptance(&link)).await;
    assert_eq!(
        (tried.status.as_u16(), &*tried.body),
        (409, "{\"Refused\":\"OrganizationGone\"}")
    );
    // Whoever was signed in is out, on the next request.
    assert_eq!(ada.open("/organization/users").await.redirect().0, 303);
    assert_eq!(ada.call("/api/account/settings", &[]).await.status, 401);

    console
        .backend
        .reopen_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    assert_eq!(stranger.open(&link).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_unknown_link_is_not_found(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let unknown = format!("/invitations/{}", "A".repeat(43));
    for link in [unknown.as_str(), "/invitations/x", "/invitations/%00"] {
        let page = console.stranger().open(link).await;
        assert_eq!(page.status, 404, "{link}");
        assert!(page.body.contains("exist"), "{link}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn somebody_else_is_shown_both_addresses_and_can_switch(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let page = ada.open(&link).await;
    assert_eq!(page.status, 200);
    for part in [
        "This invitation is for ben@example.test, and you are signed in as ada@example.test.",
        "Sign out and go on as ben@example.test",
        "Stay signed in as ada@example.test",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("Create account"));
    let session = ada.cookie("usher").unwrap();

    let out = ada
        .post(&link, "/api/sessions/sign_out", &[("next", &link)])
        .await;
    assert_eq!(out.redirect(), (303, link.as_str()));
    assert_eq!(ada.cookie("usher"), None);
    let other = console.stranger();
    other.set_cookie("usher", &session);
    assert_eq!(other.open("/").await.redirect().0, 303, "the session is over");
    let page = ada.open(&link).await;
    assert!(page.body.contains("Create account"));
    let joined = ada
        .post(&link, "/api/invitations/accept", &acceptance(&link))
        .await;
    assert_eq!(joined.redirect(), (303, "/"));
    assert_eq!(caller(&console, &ada).await.email, "ben@example.test");
}

/// A link in its state is what counts, also for whoever is signed in as somebody else.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_dead_link_says_why_to_those_signed_in_too(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    copy_link(&console, &ada, "ben@example.test").await;
    accept(&console, &link, &[]).await;
    let page = ada.open(&link).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("already been used"));
}
