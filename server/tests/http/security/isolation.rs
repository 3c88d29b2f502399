//! Organization isolation: things of another organization do not exist.

use crate::{
    stage::{USERS, colleague, db_state, deactivate, eve, group, id_of, invite, send_invitation, settings},
    visitor::TestConsole,
};
use reqwest::{Method, header};
use sqlx::PgPool;

/// What an administrator does to somebody, each with the field that names them.
const ACTS_ON_A_PERSON: [&str; 6] = [
    "/api/users/deactivate",
    "/api/users/reactivate",
    "/api/invitations/resend",
    "/api/invitations/copy_link",
    "/api/invitations/edit_groups",
    "/api/invitations/cancel",
];

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_things_of_another_organization_do_not_exist(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    invite(&console, &ada, "soon@example.test", &[]).await;
    let eve = eve(&console).await;
    invite(&console, &eve, "hers@other.test", &[]).await;
    let (hers, foreign_group) = (
        id_of(&console, "hers@other.test").await,
        group(&console, &ada, "admin").await,
    );
    let before = db_state(&pool).await;
    for email in ["ada@example.test", "soon@example.test"] {
        let id = id_of(&console, email).await;
        for action in ACTS_ON_A_PERSON {
            assert_eq!(
                eve.call(action, &[("user", &id)]).await.status,
                404,
                "{action} {email}"
            );
            let by_query = eve.call(&format!("{action}?user={id}"), &[("user", &id)]).await;
            assert_eq!(by_query.status, 404, "{action} {email}");
        }
        for action in ["/api/users/reactivate_by_email", "/api/invitations/resend_to"] {
            assert_eq!(
                eve.call(action, &[("email", email)]).await.status,
                404,
                "{action}"
            );
        }
        for dialog in ["deactivate", "groups", "link"] {
            let page = eve.open(&format!("{USERS}?dialog={dialog}&user={id}")).await;
            assert!(
                !page.body.contains(email) && !page.body.contains("Lovelace"),
                "{dialog}"
            );
        }
    }
    let fields = [("user", hers.as_str()), ("groups[]", &foreign_group)];
    assert_eq!(
        eve.call("/api/invitations/edit_groups", &fields).await.status,
        422
    );
    assert_eq!(db_state(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_03_the_organization_is_that_of_the_person(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let eve = eve(&console).await;
    let own = settings(&ada).await;
    let request = eve
        .request(
            Method::POST,
            &format!("/api/account/settings?organization={0}&org_id={0}", own.org_id),
        )
        .header("x-org-id", own.org_id.as_str())
        .header(header::ORIGIN, &console.url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("org_id={}", own.org_id));
    let answer = eve.send(request).await;
    assert!(
        answer.body.contains("Others") && !answer.body.contains(own.org_id.as_str()),
        "{}",
        answer.body
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_04_lists_and_searches_tell_nothing_of_others(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &[]).await;
    let eve = eve(&console).await;
    let other_id = id_of(&console, "grace@example.test").await;
    for query in [
        "",
        "q=grace",
        "q=%25",
        "q=example.test",
        "status=active&sort=-email",
        &format!("after={other_id}"),
    ] {
        let page = eve.open(&format!("{USERS}?{query}")).await;
        assert_eq!(page.status, 200);
        assert!(
            !page.body.contains("grace@example.test") && !page.body.contains("Analytical"),
            "{query}"
        );
    }
    assert!(
        ada.open(&format!("{USERS}?q=grace"))
            .await
            .body
            .contains("grace@example.test")
    );
}

/// A person belongs to one organization, so that there is nobody whom two of them could deactivate.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_05_nobody_is_of_two_organizations(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let eve = eve(&console).await;
    assert_eq!(
        send_invitation(&console, &eve, "ada@example.test", &[])
            .await
            .status,
        422
    );
    assert_eq!(deactivate(&console, &eve, "ada@example.test").await.status, 404);
    assert_eq!(ada.open(USERS).await.status, 200);
}
