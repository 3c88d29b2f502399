//! The first sign-in of somebody whom nobody has linked: by an invitation, or where the organization makes accounts.

use super::{groups_of, of, roles_of, scene, scene_with};
use crate::{
    identity_provider::{come, problem, set, sign_in_by_sso, turned_away, typed, who_is_in},
    stage::{acceptance, colleague, db_count, deactivate, group, id_of, invite, sign_in},
    visitor::PASSWORD,
};
use backend::{saml::testing::Answer as Response, sso::SsoTyped};
use domain::sign_in_problem::SignInProblem;
use sqlx::PgPool;

const BEN: &str = "ben@example.test";
const GRACE: &str = "grace@example.test";
const DAY: i64 = 86_400;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_an_invited_person_accepts_and_gets_what_the_invitation_gives(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let link = invite(&console, &ada, BEN, &["read", "metrics"]).await;
    let (ben, answer) = come(&console, &org_id, "BEN@example.test", |response| {
        set(response, "first_name", &["Benjamin", "Second"]);
    })
    .await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(who_is_in(&console, &ben).await.as_deref(), Some(BEN));
    assert_eq!(groups_of(&pool, BEN).await, "metrics,read");
    assert_eq!(of(&pool, BEN, "first_name || status").await, "Benjaminactive");
    assert_eq!(
        db_count(&pool, "invitations where accepted_at is not null").await,
        1
    );
    // The link of the invitation is used.
    let again = acceptance(&link);
    let stranger = console.stranger();
    assert_eq!(stranger.call("/api/invitations/accept", &again).await.status, 409);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_an_invitation_that_counts_no_more_gives_an_account_and_no_group(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let carla = colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    invite(&console, &carla, BEN, &["admin"]).await;
    invite(&console, &ada, GRACE, &["admin"]).await;
    // Whoever has sent the one may not any more, and the other one is too old.
    let (admin, id) = (
        group(&console, &ada, "admin").await,
        id_of(&console, "carla@example.test").await,
    );
    let fields = [("group", admin.as_str()), ("users[]", id.as_str())];
    assert_eq!(ada.call("/api/groups/remove_members", &fields).await.status, 200);
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    console.advance(8 * DAY);
    assert_eq!(
        come(&console, &org_id, GRACE, |_| ()).await.1.redirect(),
        (303, "/")
    );
    for email in [BEN, GRACE] {
        assert_eq!(
            (
                groups_of(&pool, email).await.as_str(),
                roles_of(&pool, email).await
            ),
            ("", 0),
            "{email}"
        );
        assert_eq!(of(&pool, email, "status").await, "active");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_without_accounts_at_first_sign_in_only_the_invited_come_in(pool: PgPool) {
    let rules = SsoTyped {
        creates_accounts: false,
        ..typed()
    };
    let (console, ada, org_id) = scene_with(pool.clone(), rules).await;
    assert_eq!(turned_away(&console, &org_id, GRACE).await, "only-invited");
    assert!(SignInProblem::OnlyInvited.title().contains("invitation"));
    assert_eq!(db_count(&pool, "users").await, 1);
    invite(&console, &ada, GRACE, &["read"]).await;
    let (_, answer) = come(&console, &org_id, GRACE, |_| ()).await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(groups_of(&pool, GRACE).await, "read");
    colleague(&console, &ada, BEN, &[]).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_only_addresses_of_the_named_domains_come_to_be_known(pool: PgPool) {
    let rules = SsoTyped {
        domains: "corp.example.test, engines.test".into(),
        ..typed()
    };
    let (console, ada, org_id) = scene_with(pool.clone(), rules).await;
    invite(&console, &ada, "grace@elsewhere.test", &[]).await;
    colleague(&console, &ada, "ben@elsewhere.test", &[]).await;
    let users = db_count(&pool, "users").await;
    for email in [
        "grace@elsewhere.test",
        "ben@elsewhere.test",
        "new@sub.corp.example.test",
        "new@notcorp.example.test",
        "new@corp.example.test.evil.test",
        "corp.example.test@evil.test",
        "\"x@corp.example.test\"@evil.test",
    ] {
        let why = turned_away(&console, &org_id, email).await;
        assert!(
            ["domain-not-admitted", "attribute-no-address"].contains(&why.as_str()),
            "{email}: {why}"
        );
    }
    assert_eq!(db_count(&pool, "users").await, users);
    for email in ["new@corp.example.test", "Other@CORP.example.test"] {
        assert_eq!(
            come(&console, &org_id, email, |_| ()).await.1.redirect(),
            (303, "/"),
            "{email}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_what_an_account_needs_and_is_not_said_is_named(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let without =
        |name: &'static str| move |r: &mut Response| r.attributes.retain(|(known, _)| known != name);
    for name in ["email", "first_name", "last_name"] {
        let (_, answer) = come(&console, &org_id, BEN, without(name)).await;
        assert_eq!(problem(&answer), "missing-attributes", "{name}");
        assert!(answer.header("location").ends_with(&format!("&missing={name}")));
    }
    for (name, values, why) in [
        ("email", vec![BEN, "ada@example.test"], "missing-attributes"),
        ("email", vec!["no address"], "attribute-no-address"),
        ("email", vec!["  "], "missing-attributes"),
        ("first_name", vec!["\u{202e}neB"], "missing-attributes"),
        ("last_name", vec!["x\u{0085}y"], "missing-attributes"),
    ] {
        let (browser, answer) = come(&console, &org_id, BEN, |r| set(r, name, &values)).await;
        assert_eq!(problem(&answer), why, "{name} {values:?}");
        assert_eq!(browser.cookie("usher"), None);
    }
    let long = "x".repeat(5_000);
    let (_, answer) = come(&console, &org_id, BEN, |r| set(r, "last_name", &[&long])).await;
    assert_eq!(problem(&answer), "missing-attributes");
    assert_eq!(db_count(&pool, "users").await, 1);
    assert_eq!(db_count(&pool, "identities").await, 0);
}

/// Of two at once with one address, as from two tabs or two people of one name, one account is made.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_several_first_sign_ins_at_once_make_one_account(pool: PgPool) {
    let (console, _, org_id) = scene(pool.clone()).await;
    let browsers: Vec<_> = (0..5).map(|_| console.stranger()).collect();
    let all = browsers
        .iter()
        .map(|browser| sign_in_by_sso(&console, browser, &org_id, GRACE));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.redirect(), (303, "/"));
    }
    assert_eq!(db_count(&pool, "users").await, 2);
    assert_eq!(
        (
            db_count(&pool, "identities").await,
            db_count(&pool, "sessions").await
        ),
        (1, 6)
    );
}

/// Where only the invited come in, an invitation that counts no more is none.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_where_only_the_invited_come_in_a_void_invitation_is_none(pool: PgPool) {
    let rules = SsoTyped {
        creates_accounts: false,
        ..typed()
    };
    let (console, ada, org_id) = scene_with(pool.clone(), rules).await;
    let carla = colleague(&console, &ada, "carla@example.test", &["admin"]).await;
    invite(&console, &carla, BEN, &[]).await;
    invite(&console, &ada, GRACE, &[]).await;
    deactivate(&console, &ada, "carla@example.test").await;
    assert_eq!(turned_away(&console, &org_id, BEN).await, "only-invited");
    console.advance(8 * DAY);
    assert_eq!(turned_away(&console, &org_id, GRACE).await, "only-invited");
    for email in [BEN, GRACE] {
        assert_eq!(of(&pool, email, "status").await, "invited");
    }
    assert_eq!(db_count(&pool, "identities").await, 0);
    // Sent again, it counts.
    let ada = console.stranger();
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let id = id_of(&console, GRACE).await;
    assert_eq!(
        ada.call("/api/invitations/resend", &[("user", &id)]).await.status,
        200
    );
    assert_eq!(
        come(&console, &org_id, GRACE, |_| ()).await.1.redirect(),
        (303, "/")
    );
}

/// Whoever tries to come in as somebody who may not leaves a trace (POL-08), known by a NameID or by the address alone.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_a_first_sign_in_that_a_member_is_refused_is_recorded(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    come(&console, &org_id, GRACE, |_| ()).await;
    deactivate(&console, &ada, BEN).await;
    let refused = async |email: &str| {
        let rows = format!(
            "audit where action = 'sessions.sign_in' and result = 'refused' and target_label = '{email}'"
        );
        db_count(&pool, &rows).await
    };
    assert_eq!(turned_away(&console, &org_id, BEN).await, "no-account");
    assert_eq!(refused(BEN).await, 1);
    let (_, answer) = come(&console, &org_id, GRACE, |r| r.name_id = Some("another".into())).await;
    assert_eq!(problem(&answer), "name-id-changed");
    assert_eq!(refused(GRACE).await, 1);
}
