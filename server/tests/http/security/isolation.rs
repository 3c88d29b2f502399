//! Organization isolation: things of another organization do not exist.

use crate::{
    api::{scim_token_of, service_of, token_of},
    audit::{column, list, records},
    bulk_invitations::sent_list,
    sso_settings::db_sso_test,
    stage::{
        LIST, USERS, caller, colleague, db_fill_audit, db_rows, db_state, deactivate, eve, group, id_of,
        invite, policy, send_invitation, settings, sign_in,
    },
    visitor::TestConsole,
};
use app::routes::{AUDIT, AUDIT_CSV as CSV, AUDIT_JSON as JSON, PUBLIC_ACTIONS};
use domain::audit::Cursor;
use reqwest::{Method, header};
use sqlx::PgPool;
use std::collections::BTreeSet;

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

/// What is answered although it names things of others: it is about oneself, a list of one's own, or a form whose fault
/// is said before anything is looked for.
const OF_ONES_OWN: [(&str, u16); 41] = [
    ("/api/api_reference/read", 200),
    ("/api/access/administrators", 200),
    ("/api/access/explain_role", 200),
    ("/api/access/offer_groups", 200),
    ("/api/access/offer_users", 200),
    ("/api/access/roles", 200),
    ("/api/account/change_password", 422),
    ("/api/account/choose_theme", 200),
    ("/api/account/mail_password_link", 409),
    ("/api/account/settings", 200),
    ("/api/audit/list", 200),
    ("/api/bulk_invitations/draft", 422),
    // A draft that one does not have is forgotten already.
    ("/api/bulk_invitations/drop", 200),
    ("/api/bulk_invitations/list", 200),
    ("/api/groups/create", 422),
    ("/api/groups/list", 200),
    ("/api/identities/proof_ways", 200),
    ("/api/invitations/invite", 422),
    ("/api/policies/list", 200),
    ("/api/scim/create_token", 422),
    ("/api/scim/switch", 200),
    ("/api/scim/view", 200),
    ("/api/services/create", 422),
    ("/api/services/list", 200),
    ("/api/sessions/end_others", 200),
    ("/api/sso/configure_by_hand", 422),
    ("/api/sso/deploy", 409),
    ("/api/sso/discard", 200),
    ("/api/sso/require", 409),
    ("/api/sso/stop_requiring", 200),
    ("/api/sso/switch", 409),
    ("/api/sso/view", 200),
    ("/api/tokens/create", 422),
    ("/api/tokens/list", 200),
    ("/api/tokens/list_own", 200),
    ("/api/two_factor/ask", 409),
    ("/api/two_factor/confirm", 409),
    ("/api/two_factor/demand", 200),
    ("/api/two_factor/look", 200),
    ("/api/two_factor/stop_asking", 200),
    ("/api/two_factor/turn_off", 200),
];

/// Names nobody, and writes down a password that is wrong.
const START: &str = "/api/two_factor/start";

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_no_action_finds_anything_by_an_id_of_another_organization(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &["read"]).await;
    let user = id_of(&console, "grace@example.test").await;
    let admins = group(&console, &ada, "admin").await;
    let default = policy(&console, &ada, "Default read").await;
    let session: sqlx::types::Uuid = sqlx::query_scalar("select id from sessions limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    let session = session.to_string();
    let sso_test = db_sso_test(&pool).await;
    let (service, _) = service_of(&console, &ada).await;
    let scim_token = scim_token_of(&console, &ada).await;
    let list = sent_list(&console, &ada, "listed@example.test").await;
    token_of(&console, &ada).await;
    let token: sqlx::types::Uuid = sqlx::query_scalar("select id from access_tokens")
        .fetch_one(&pool)
        .await
        .unwrap();
    let token = token.to_string();
    let eve = eve(&console).await;
    let as_eve = caller(&console, &eve).await;
    console.backend.create_service(&as_eve, "admin").await.unwrap();
    console.backend.create_scim_token(&as_eve, "admin").await.unwrap();
    let fields = [
        ("user", user.as_str()),
        ("users[]", &user),
        ("chosen", &user),
        ("email", "grace@example.test"),
        ("theme", "system"),
        ("group", &admins),
        ("groups[]", &admins),
        ("policy", &default),
        ("rules[0][users][]", &user),
        ("rules[0][roles][]", "cks-viewer"),
        ("role", "iam-viewer"),
        ("version", "0"),
        // Taken, where it is to be somebody's name.
        ("name", "admin"),
        ("step", "save"),
        ("search", "grace"),
        ("seen", "0"),
        ("session", &session),
        ("current_password", "not theirs"),
        ("password", "short"),
        ("authenticator", &user),
        ("identity", &user),
        ("provider", "google"),
        ("code", "000000"),
        ("from", "2100-01-01"),
        ("enabled", "false"),
        ("test", &sso_test),
        ("token", &token),
        ("service", &service),
        ("expires", "some day"),
        ("id", &scim_token),
        ("part", "users"),
        ("on", "false"),
        ("job", &list),
        ("list", ""),
    ];
    let fields = [&fields[..], &LIST].concat();
    // An address that is taken is counted against whoever tries it.
    let rows = async || {
        let mut rows = db_rows(&pool).await;
        rows.remove("throttles");
        rows
    };
    let before = rows().await;
    for (action, _) in server_fn::axum::server_fn_paths() {
        if PUBLIC_ACTIONS.contains(&action) || [START, "/api/sessions/sign_out"].contains(&action) {
            continue;
        }
        let own = OF_ONES_OWN.iter().find(|(own, _)| *own == action);
        let expected = match action {
            // The people of one's own organization, and no dialog about anybody.
            "/api/users/list" => 200,
            _ => own.map_or(404, |(_, status)| *status),
        };
        let answer = eve.call(action, &fields).await;
        assert_eq!(answer.status, expected, "{action}: {}", answer.body);
        for foreign in [
            "grace@example",
            "Analytical",
            admins.as_str(),
            &default,
            &user,
            &token,
            &service,
            &scim_token,
            &list,
            "listed@",
        ] {
            assert!(!answer.body.contains(foreign), "{action} tells {foreign}");
        }
        assert_eq!(rows().await, before, "{action}");
    }
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

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_no_id_and_no_place_leads_to_entries_of_another_organization(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &["read"]).await;
    let eve = eve(&console).await;
    let own = records(&eve.open(CSV).await).len();
    db_fill_audit(&pool, "ada@example.test", 60).await;
    let next = match list(&ada, &[]).await.next.unwrap() {
        Cursor::After(place) => place.to_string(),
        other => panic!("{other:?}"),
    };
    let grace = id_of(&console, "grace@example.test").await;
    let organization: sqlx::types::Uuid =
        sqlx::query_scalar("select organization_id from users where email = 'ada@example.test'")
            .fetch_one(&pool)
            .await
            .unwrap();
    for query in [
        format!("actor_id={grace}"),
        format!("target_id={grace}"),
        format!("target_id={organization}"),
        format!("organization={organization}&organization_id={organization}"),
        format!("after={next}"),
        format!("before={next}"),
    ] {
        for address in [AUDIT, CSV, JSON] {
            let answer = eve.open(&format!("{address}?{query}")).await;
            assert_eq!(answer.status, 200, "{query}");
            for foreign in ["example.test", "Analytical", "entry-"] {
                assert!(
                    !answer.body.contains(foreign),
                    "{address}?{query} shows {foreign}"
                );
            }
        }
        let shown = records(&eve.open(&format!("{CSV}?{query}")).await).len();
        assert!(shown == own || shown == 0, "{query}: {shown}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_04_the_log_and_its_searches_tell_nothing_of_others(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &[]).await;
    sign_in(
        &console.stranger(),
        "grace@example.test",
        "a wrong password of hers",
    )
    .await;
    let eve = eve(&console).await;
    for query in [
        "",
        "actor=grace",
        "actor=ada",
        "target=example.test",
        "target=analytical",
        "actor=%25",
        "action=invitations.create",
        "action=organization.set_up",
        "result=refused",
        "from=2000-01-01&to=9999-12-30",
    ] {
        for address in [AUDIT, CSV, JSON] {
            let answer = eve.open(&format!("{address}?{query}")).await;
            assert_eq!(answer.status, 200, "{query}");
            for foreign in ["grace@example", "ada@example", "Analytical"] {
                assert!(
                    !answer.body.contains(foreign),
                    "{address}?{query} shows {foreign}"
                );
            }
        }
    }
    // What pages are told apart by counts nothing of others either.
    db_fill_audit(&pool, "eve@other.test", 60).await;
    let before = list(&eve, &[]).await.next;
    db_fill_audit(&pool, "ada@example.test", 60).await;
    assert_eq!(list(&eve, &[]).await.next, before);
    let shown: BTreeSet<_> = column(&ada.open(&format!("{CSV}?target=grace")).await, "target")
        .into_iter()
        .collect();
    assert_eq!(shown, BTreeSet::from(["grace@example.test".to_owned()]));
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
