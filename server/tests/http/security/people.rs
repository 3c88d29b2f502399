//! Who may do what to whom: roles, organizations, deactivation; and what happens once.

use crate::{
    stage::{
        LIST, Post, USERS, colleague, db_count, db_state, deactivate, eve, group, id_of, invite, reactivate,
        send_invitation, settings, sign_in, token,
    },
    visitor::{PASSWORD, TestConsole},
};
use domain::access::Role;
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

/// What every signed-in person may do.
const ABOUT_ONESELF: [&str; 3] = [
    "/api/account/settings",
    "/api/account/choose_theme",
    "/api/sessions/sign_out",
];

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_01_each_role_meets_each_endpoint_as_documented(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let victim = id_of(&console, "ada@example.test").await;
    let fields = [
        ("user", victim.as_str()),
        ("email", "ada@example.test"),
        ("theme", "dark"),
    ];
    let fields = [&fields[..], &LIST].concat();
    for name in ["", "write", "read", "metrics", "billing_viewer"] {
        let groups: Vec<_> = [name].into_iter().filter(|name| !name.is_empty()).collect();
        let person = colleague(&console, &ada, &format!("p-{name}@example.test"), &groups).await;
        for (action, _) in server_fn::axum::server_fn_paths() {
            if app::routes::PUBLIC_ACTIONS.contains(&action) || action == "/api/sessions/sign_out" {
                continue;
            }
            let expected = match action {
                "/api/users/list" if name == "read" => 200,
                _ if ABOUT_ONESELF.contains(&action) => 200,
                _ => 403,
            };
            assert_eq!(
                person.call(action, &fields).await.status,
                expected,
                "{name} {action}"
            );
        }
        let status = if name == "read" { 200 } else { 403 };
        assert_eq!(person.open(USERS).await.status, status, "{name}");
    }
    assert_eq!(ada.call("/api/users/list", &LIST).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_02_nobody_raises_themselves(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let admins = group(&console, &ada, "admin").await;
    invite(&console, &ada, "second@example.test", &["read"]).await;
    let second = id_of(&console, "second@example.test").await;
    let viewer = colleague(&console, &ada, "viewer@example.test", &["read"]).await;
    let own = id_of(&console, "viewer@example.test").await;
    let before = db_state(&pool).await;
    for (action, fields) in [
        (
            "/api/invitations/invite",
            vec![("email", "me2@example.test"), ("groups[]", &admins)],
        ),
        (
            "/api/invitations/edit_groups",
            vec![("user", &second), ("groups[]", &admins)],
        ),
        (
            "/api/invitations/edit_groups",
            vec![("user", &own), ("groups[]", &admins)],
        ),
        ("/api/invitations/copy_link", vec![("user", &second)]),
        (
            "/api/invitations/resend_to",
            vec![("email", "second@example.test")],
        ),
    ] {
        assert_eq!(viewer.call(action, &fields).await.status, 403, "{action}");
    }
    assert_eq!(db_state(&pool).await, before);
    assert!(!settings(&viewer).await.roles.holds(Role::IamAdmin));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_03_a_lost_role_is_lost_at_the_next_request_on_every_server(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let elsewhere = other.stranger();
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 200);
    }
    sqlx::query(
        "delete from memberships m using users u where u.id = m.user_id and u.email = 'ben@example.test'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.open(USERS).await.status, 403);
        let invited = jar
            .call("/api/invitations/invite", &[("email", "x@example.test")])
            .await;
        assert_eq!(invited.status, 403);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_08_the_audit_log_says_who_did_what_to_whom_and_no_secret(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    crate::stage::accept(&console, &link, &[]).await;
    deactivate(&console, &ada, "ben@example.test").await;
    reactivate(&console, &ada, "ben@example.test").await;
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    assert_eq!(
        send_invitation(&console, &ada, "x\r\ny@example.test", &[])
            .await
            .status,
        422
    );
    let entries: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select action, actor_label, target_label, address, request_id from audit order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let find = |action: &str| entries.iter().find(|entry| entry.0 == action).unwrap();
    for (action, actor, target) in [
        ("invitations.create", "ada@example.test", "ben@example.test"),
        ("invitations.accept", "ben@example.test", "ben@example.test"),
        ("users.deactivate", "ada@example.test", "ben@example.test"),
        ("users.reactivate", "ada@example.test", "ben@example.test"),
        ("sessions.sign_in", "ada@example.test", "ada@example.test"),
    ] {
        let (_, by, of, ..) = find(action);
        assert_eq!((by.as_str(), of.as_str()), (actor, target), "{action}");
    }
    let (_, _, _, address, request) = find("users.deactivate");
    assert_eq!((address.as_str(), request.len()), ("127.0.0.1", 36));
    for secret in [PASSWORD, token(&link), &ada.cookie("usher").unwrap()] {
        assert_eq!(
            db_count(
                &pool,
                &format!("audit a where position('{secret}' in a::text) > 0")
            )
            .await,
            0
        );
    }
}

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

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_01_the_next_request_of_every_session_is_refused_on_every_server(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let (elsewhere, second) = (other.stranger(), other.stranger());
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    sign_in(&second, "ben@example.test", PASSWORD).await;
    for jar in [&ben, &elsewhere, &second] {
        assert_eq!(jar.open(USERS).await.status, 200);
    }
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    for jar in [&ben, &elsewhere, &second] {
        for page in ["/", USERS, "/account/settings"] {
            assert_eq!(jar.open(page).await.redirect().0, 303, "{page}");
        }
        for (action, _) in server_fn::axum::server_fn_paths() {
            if !app::routes::PUBLIC_ACTIONS.contains(&action) {
                assert_eq!(jar.call(action, &[]).await.status, 401, "{action}");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_what_a_deactivated_person_sent_is_void(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    send_invitation(&console, &grace, "x@example.test", &[]).await;
    let mailed = post.link(&console, "x@example.test").await;
    send_invitation(&console, &ada, "y@example.test", &[]).await;
    let copied = crate::stage::copy_link(&console, &grace, "y@example.test").await;
    deactivate(&console, &ada, "grace@example.test").await;
    reactivate(&console, &ada, "grace@example.test").await;
    for link in [&mailed, &copied] {
        assert_eq!(
            console.stranger().open(link).await.status,
            410,
            "also after the reactivation"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_05_reactivation_gives_back_the_account_and_no_session(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    let before = settings(&ben).await;
    deactivate(&console, &ada, "ben@example.test").await;
    assert_eq!(reactivate(&console, &ada, "ben@example.test").await.status, 200);
    assert_eq!(ben.open("/").await.redirect().0, 303);
    let again = console.stranger();
    assert_eq!(
        sign_in(&again, "ben@example.test", PASSWORD).await.redirect(),
        (303, "/")
    );
    assert_eq!(settings(&again).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_07_a_deactivated_person_is_still_there(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let audited = db_count(&pool, "audit").await;
    deactivate(&console, &ada, "ben@example.test").await;
    let page = ada.open(&format!("{USERS}?status=deactivated")).await;
    assert!(page.body.contains("ben@example.test"));
    let again = send_invitation(&console, &ada, "BEN@example.test", &[]).await;
    assert!(
        again.status == 422 && again.body.contains("MemberIsDeactivated"),
        "{}",
        again.body
    );
    assert_eq!(db_count(&pool, "audit").await, audited + 1);
    assert_eq!(db_count(&pool, "memberships").await, 2);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_08_only_an_iam_admin_deactivates_and_never_the_last_one(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "viewer@example.test", &["read"]).await;
    let none = colleague(&console, &ada, "none@example.test", &[]).await;
    for person in [&viewer, &none] {
        assert_eq!(deactivate(&console, person, "ada@example.test").await.status, 403);
    }
    let last = deactivate(&console, &ada, "ada@example.test").await;
    assert!(
        last.status == 409 && last.body.contains("LastAdministrator"),
        "{}",
        last.body
    );
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    assert_eq!(deactivate(&console, &ada, "grace@example.test").await.status, 200);
    assert_eq!(
        reactivate(&console, &grace, "grace@example.test").await.status,
        401,
        "not from an old tab"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_05_a_theme_is_one_of_three_and_follows_the_person(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for theme in ["light", "dark", "system"] {
        assert_eq!(
            ada.call("/api/account/choose_theme", &[("theme", theme)])
                .await
                .status,
            200
        );
        let other = console.stranger();
        sign_in(&other, "ada@example.test", PASSWORD).await;
        assert!(
            other
                .open("/")
                .await
                .body
                .contains(&format!("data-theme=\"{theme}\"")),
            "{theme}"
        );
    }
    for theme in ["", "blue", "Dark", "\"><script>alert(1)</script>"] {
        assert_eq!(
            ada.call("/api/account/choose_theme", &[("theme", theme)])
                .await
                .status,
            422,
            "{theme}"
        );
        let planted = console.stranger();
        planted.set_cookie("theme", theme);
        assert!(!planted.open("/sign-in").await.body.contains("<script>alert"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_06_an_act_sent_twice_at_once_happens_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let mails = db_count(&pool, "mails").await;
    let (one, two) = tokio::join!(
        send_invitation(&console, &ada, "x@example.test", &[]),
        send_invitation(&console, &ada, "x@example.test", &[])
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    let (one, two) = tokio::join!(
        deactivate(&console, &ada, "ben@example.test"),
        deactivate(&console, &ada, "ben@example.test")
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_eq!(db_count(&pool, "mails").await, mails + 2);
    assert_eq!(
        db_count(&pool, "audit where action = 'users.deactivate'").await,
        1
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_07_two_servers_on_one_database_are_one_console(pool: PgPool) {
    let (one, two) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = one.ada().await;
    let elsewhere = two.stranger();
    elsewhere.set_cookie("usher", &ada.cookie("usher").unwrap());
    assert_eq!(elsewhere.open(USERS).await.status, 200);
    elsewhere.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(ada.open(USERS).await.redirect().0, 303);
}

/// A table that nobody can read is no reason to take anybody for a stranger.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_a_locked_database_lets_nobody_in_and_throws_nobody_out(pool: PgPool) {
    let console = TestConsole::start_with(pool.clone(), &[("request_timeout", "1s")]).await;
    let ada = console.ada().await;
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table users in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    assert_eq!(ada.open(USERS).await.status, 503);
    assert_eq!(ada.call("/api/users/list", &[]).await.status, 503);
    let browser = console.stranger();
    let fields = [("email", "ada@example.test"), ("password", "wrong")];
    assert_eq!(browser.call("/api/sign_in/password", &fields).await.status, 503);
    assert_eq!(browser.cookie("usher"), None);
    lock.rollback().await.unwrap();
    assert_eq!(ada.open(USERS).await.status, 200);
}
