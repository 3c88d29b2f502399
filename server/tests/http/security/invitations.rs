//! Invitations under attack: their links, what a client may say, and who may send them.

use crate::{
    stage::{
        LIST, Post, USERS, accept, acceptance, colleague, copy_link, db_count, db_holds, db_state,
        deactivate, eve, group, id_of, invite, send_invitation, settings, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole, Visitor},
};
use sqlx::PgPool;
use std::collections::HashSet;
use tokio::task::JoinSet;

/// Tries to use a link up; the status and the answer.
async fn try_link(console: &TestConsole, link: &str) -> (u16, String) {
    let answer = console
        .stranger()
        .call("/api/invitations/accept", &acceptance(link))
        .await;
    (answer.status.as_u16(), answer.body)
}

async fn is_over(console: &TestConsole, link: &str, why: &str) {
    assert_eq!(
        try_link(console, link).await,
        (409, format!("{{\"Refused\":\"{why}\"}}"))
    );
    assert_eq!(console.stranger().open(link).await.status, 410);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_01_a_mailed_link_is_strong_and_nowhere_but_in_the_mail(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let mut answers = String::new();
    for n in 0..50 {
        answers += &send_invitation(&console, &ada, &format!("p{n}@example.test"), &[])
            .await
            .body;
    }
    assert_eq!(post.deliver(&console).await, 50);
    answers += &ada.open(USERS).await.body;
    assert!(answers.contains("p1@example.test"));
    answers += &ada.call("/api/users/list", &LIST).await.body;
    let mut tokens = HashSet::new();
    for n in 0..50 {
        let link = post.link(&console, &format!("p{n}@example.test")).await;
        let token = token(&link);
        assert_eq!(token.len(), 43, "256 bits in base64url, and no UUID");
        assert!(!answers.contains(token));
        if n < 3 {
            assert!(!db_holds(&pool, token).await, "only its hash is kept");
        }
        assert!(tokens.insert(token[..8].to_owned()), "no beginning in common");
    }
    assert!(
        db_holds(&pool, "p1@example.test").await,
        "the search finds what is there"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_02_of_ten_who_use_a_link_at_once_one_gets_the_account(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &["read"]).await;
    let mut all = JoinSet::new();
    for _ in 0..10 {
        let stranger = console.stranger();
        let request = stranger
            .request(reqwest::Method::POST, "/api/invitations/accept")
            .header("origin", &console.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(crate::visitor::encoded(&acceptance(&link)));
        all.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut statuses = all.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![409; 9]].concat());
    assert_eq!(
        db_count(&pool, "users where email_key = 'ben@example.test'").await,
        1
    );
    assert_eq!(db_count(&pool, "memberships").await, 2);
    is_over(&console, &link, "InvitationUsed").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_03_a_link_ends_without_a_job_that_ends_it(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("invitation_lifetime", "300s")]).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    console.advance(280);
    assert_eq!(console.stranger().open(&link).await.status, 200);
    console.advance(20);
    is_over(&console, &link, "InvitationExpired").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_04_resending_kills_the_old_link_and_cancelling_every_link(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    send_invitation(&console, &ada, "ben@example.test", &[]).await;
    let old = post.link(&console, "ben@example.test").await;
    assert_eq!(
        send_invitation(&console, &ada, "BEN@example.test", &[])
            .await
            .status,
        422,
        "one at a time"
    );
    let id = id_of(&console, "ben@example.test").await;
    assert_eq!(
        ada.call("/api/invitations/resend", &[("user", &id)]).await.status,
        200
    );
    let new = post.link(&console, "ben@example.test").await;
    assert_ne!(old, new);
    is_over(&console, &old, "InvitationReplaced").await;
    assert_eq!(console.stranger().open(&new).await.status, 200);
    assert_eq!(
        ada.call("/api/invitations/cancel", &[("user", &id)]).await.status,
        200
    );
    is_over(&console, &new, "InvitationCancelled").await;
    assert_eq!(db_count(&pool, "users").await, 1);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_05_whatever_a_client_sends_the_account_has_the_invited_address(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let query = "/api/invitations/accept?email=eve%40example.test";
    let mut fields = acceptance(&link);
    fields.push(("email", "eve@example.test"));
    let ben = console.stranger();
    assert_eq!(ben.call(query, &fields).await.status, 200);
    assert_eq!(settings(&ben).await.email, "ben@example.test");
    assert!(!db_holds(&pool, "eve@example.test").await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_06_organization_and_groups_are_those_of_the_invitation(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let admins = group(&console, &ada, "admin").await;
    let link = invite(&console, &ada, "ben@example.test", &["read"]).await;
    let more = [
        ("groups[]", admins.as_str()),
        ("organization", "Others"),
        ("org_id", "ffffff"),
        ("roles[]", "iam-admin"),
        ("expires_at", "2099-01-01"),
    ];
    let ben = settings(&accept(&console, &link, &more).await).await;
    assert_eq!(
        (ben.organization.as_str(), ben.access.groups.len()),
        ("Analytical Engines", 1)
    );
    assert_eq!(ben.access.groups[0].0.name, "read");
    assert!(!ben.roles.holds(domain::access::Role::IamAdmin));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_09_a_dead_link_tells_no_address_and_an_address_not_where_it_belongs(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "secret-address@example.test", &[]).await;
    let id = id_of(&console, "secret-address@example.test").await;
    ada.call("/api/invitations/cancel", &[("user", &id)]).await;
    for answer in [
        console.stranger().open(&link).await,
        console
            .stranger()
            .call("/api/invitations/look", &[("token", token(&link))])
            .await,
    ] {
        assert_eq!(answer.status, 410);
        assert!(!answer.body.contains("secret-address") && !answer.body.contains("Lovelace"));
    }
    // Active, invited and deactivated people of another organization look the same from here.
    let eve = eve(&console).await;
    colleague(&console, &eve, "gone@other.test", &[]).await;
    deactivate(&console, &eve, "gone@other.test").await;
    invite(&console, &eve, "soon@other.test", &[]).await;
    let mut answers = HashSet::new();
    for email in ["eve@other.test", "gone@other.test", "soon@other.test"] {
        let answer = send_invitation(&console, &ada, email, &[]).await;
        answers.insert((answer.status, answer.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_12_only_an_iam_admin_invites_and_only_into_groups_that_exist(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let mut others: Vec<Visitor> = vec![colleague(&console, &ada, "none@example.test", &[]).await];
    for name in ["write", "read", "metrics", "billing_viewer"] {
        others.push(colleague(&console, &ada, &format!("{name}@example.test"), &[name]).await);
    }
    let eve = eve(&console).await;
    let foreign = group(&console, &eve, "read").await;
    let deleted = "00000000-0000-7000-8000-000000000000";
    let before = db_state(&pool).await;
    for other in others {
        assert_eq!(
            other
                .call("/api/invitations/invite", &[("email", "x@example.test")])
                .await
                .status,
            403
        );
    }
    for unknown in [foreign.as_str(), deleted, "no-id"] {
        let fields = [("email", "x@example.test"), ("groups[]", unknown)];
        assert_eq!(
            ada.call("/api/invitations/invite", &fields).await.status,
            422,
            "{unknown}"
        );
    }
    assert_eq!(db_state(&pool).await, before);
    assert_eq!(
        ada.call("/api/invitations/invite", &[("email", "x@example.test")])
            .await
            .status,
        200
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_13_an_invitation_of_somebody_who_lost_the_right_is_void(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let link = invite(&console, &grace, "x@example.test", &["admin"]).await;
    assert_eq!(deactivate(&console, &ada, "grace@example.test").await.status, 200);
    let (status, _) = try_link(&console, &link).await;
    assert_eq!(status, 409);
    let alan = colleague(&console, &ada, "alan@example.test", &["admin"]).await;
    let link = invite(&console, &alan, "y@example.test", &["admin"]).await;
    sqlx::query(
        "delete from memberships m using users u where u.id = m.user_id and u.email = 'alan@example.test'",
    )
    .execute(&pool)
    .await
    .unwrap();
    is_over(&console, &link, "InvitationExpired").await;
    assert_eq!(db_count(&pool, "users where status = 'active'").await, 2);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_14_addresses_differ_by_more_than_their_case(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "Alice@Example.test", &[]).await;
    assert_eq!(
        sign_in(&console.stranger(), "alice@example.TEST", PASSWORD)
            .await
            .redirect(),
        (303, "/")
    );
    colleague(&console, &ada, "jo@bücher.example", &[]).await;
    for same in [
        "ALICE@example.test",
        " alice@example.test ",
        "jo@xn--bcher-kva.example",
    ] {
        assert_eq!(
            send_invitation(&console, &ada, same, &[]).await.status,
            422,
            "{same}"
        );
    }
    for other in [
        "a.lice@example.test",
        "alice+x@example.test",
        "\u{430}lice@example.test",
    ] {
        assert_eq!(
            send_invitation(&console, &ada, other, &[]).await.status,
            200,
            "{other}"
        );
    }
    for none in [
        "alice2@example.test.",
        "al ice@example.test",
        "alice2@example .test",
    ] {
        assert_eq!(
            send_invitation(&console, &ada, none, &[]).await.status,
            422,
            "{none}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn inv_15_the_page_of_a_link_tells_nobody_else_of_it(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    let page = console.stranger().open(&link).await;
    assert_eq!(
        (page.status.as_u16(), page.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(page.header("referrer-policy"), "same-origin");
    for attribute in ["src=\"", "href=\"", "action=\""] {
        for value in page.body.split(attribute).skip(1) {
            assert!(
                value.starts_with('/') && !value.starts_with("//") || value.starts_with("#end\""),
                "{}",
                &value[..40]
            );
        }
    }
    // The same link, copied again, is another one: nothing shows a link twice.
    assert_ne!(copy_link(&console, &ada, "ben@example.test").await, link);
}
