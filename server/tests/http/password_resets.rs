//! The page behind the link of `usher recover-admin`, as a browser without scripts meets it.

use crate::{
    stage::{caller, colleague, id_of, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use backend::Client;
use sqlx::PgPool;

const NEW: &str = "eleven foxes paint the harbour";

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_administrator_chooses_a_new_password_and_is_signed_in_once(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    assert_eq!(
        ada.open("/account/settings").await.status,
        303,
        "her session is over"
    );
    let token = recovery.link.expose();
    let page = format!("/recover?token={token}");
    let browser = console.stranger();
    let form = browser.open(&page).await;
    assert_eq!(form.status, 200);
    assert!(form.body.contains("ada@example.test"));

    let action = "/api/password_resets/complete";
    let weak = browser
        .post(&page, action, &[("token", token), ("password", "short")])
        .await;
    assert_eq!(weak.redirect(), (303, page.as_str()));
    assert_eq!(
        browser.open(&page).await.status,
        200,
        "a refused password leaves the link"
    );
    let saved = browser
        .post(&page, action, &[("token", token), ("password", NEW)])
        .await;
    assert_eq!(saved.redirect(), (303, "/"));
    assert_eq!(browser.open("/account/settings").await.status, 200);

    let again = console.stranger();
    let refused = again
        .call(action, &[("token", token), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.status, 409);
    let refused = again
        .post(&page, action, &[("token", token), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.redirect(), (303, page.as_str()));
    assert!(again.cookie("usher").is_none());
    assert_eq!(again.open(&page).await.status, 410);
    assert_eq!(
        browser.open("/account/settings").await.status,
        200,
        "whoever used it stays signed in"
    );
    let old = sign_in(&console.stranger(), "ada@example.test", PASSWORD).await;
    assert_ne!(old.redirect().1, "/", "the second password was never taken");
}

/// A link in the hands of somebody who has gone.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_19_a_link_is_dead_from_a_deactivation_on_and_after_the_return(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), Some("grace@example.test"))
        .await
        .unwrap();
    let token = recovery.link.expose();
    let page = format!("/recover?token={token}");
    let grace = console.stranger();
    assert_eq!(grace.open(&page).await.status, 200);
    for act in ["/api/users/deactivate", "/api/users/reactivate"] {
        let id = id_of(&console, "grace@example.test").await;
        assert_eq!(ada.call(act, &[("user", &id)]).await.status, 200);
        assert_eq!(grace.open(&page).await.status, 410, "{act}");
        let used = grace
            .call(
                "/api/password_resets/complete",
                &[("token", token), ("password", NEW)],
            )
            .await;
        assert_eq!(used.status, 409, "{act}");
        assert!(grace.cookie("usher").is_none());
        let signed_in = sign_in(&console.stranger(), "grace@example.test", NEW).await;
        assert_ne!(signed_in.redirect().1, "/", "{act}");
    }
    let signed_in = sign_in(&console.stranger(), "grace@example.test", PASSWORD).await;
    assert_eq!(signed_in.redirect().1, "/", "the old password is hers again");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_link_that_does_not_work_tells_nothing_of_why(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let old = console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    let unknown = "A".repeat(43);
    for token in [old.link.expose(), unknown.as_str(), ""] {
        let page = console.stranger().open(&format!("/recover?token={token}")).await;
        assert_eq!(page.status, 410);
        assert!(page.body.contains("work any more") && !page.body.contains("ada@example.test"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_17_the_account_is_the_links_whatever_else_is_sent(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let victim = id_of(&console, "ben@example.test").await;
    let recovery = console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    let fields = [
        ("token", recovery.link.expose()),
        ("password", NEW),
        ("email", "ben@example.test"),
        ("account_email", "ben@example.test"),
        ("user", &victim),
        ("user_id", &victim),
    ];
    let browser = console.stranger();
    let saved = browser.call("/api/password_resets/complete", &fields).await;
    assert_eq!(saved.status, 200);
    assert_eq!(caller(&console, &browser).await.email, "ada@example.test");
    assert_eq!(
        ben.open("/account/settings").await.status,
        200,
        "the other's session goes on"
    );
    for (email, password) in [("ben@example.test", PASSWORD), ("ada@example.test", NEW)] {
        assert_eq!(
            sign_in(&console.stranger(), email, password).await.redirect().1,
            "/",
            "{email}"
        );
    }
    let refused = sign_in(&console.stranger(), "ben@example.test", NEW).await;
    assert_ne!(refused.redirect().1, "/");
}
