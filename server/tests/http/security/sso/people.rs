//! Who comes in by what an identity provider says, and with which rights: those that the organization has given.

use super::{groups_of, of, roles_of, scene};
use crate::{
    identity_provider::{come, problem, set, who_is_in},
    stage::{
        Post, caller, colleague, db_count, deactivate, eve, id_of, reactivate, send_invitation, settings,
        sign_in,
    },
    visitor::PASSWORD,
};
use backend::saml::testing::Answer as Response;
use domain::{refusal::Refusal, sign_in_problem::SignInProblem};
use sqlx::PgPool;

const BEN: &str = "ben@example.test";
const GRACE: &str = "grace@example.test";

/// Whatever directories and attackers send.
fn with_rights(response: &mut Response) {
    for name in [
        "groups",
        "Groups",
        "memberOf",
        "role",
        "roles",
        "Role",
        "user_role",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        "http://schemas.xmlsoap.org/claims/Group",
        "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
        "admin",
        "is_admin",
        "isAdmin",
        "status",
        "org_id",
        "organization",
        "user_id",
        "email_verified",
        "two_factor",
    ] {
        set(
            response,
            name,
            &["admin", "IAM Admin", "iam-admin", "true", "active"],
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_a_new_account_has_no_group_and_no_role_whatever_is_said_of_it(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let (grace, answer) = come(&console, &org_id, GRACE, |response| {
        set(response, "first_name", &["Grace"]);
        set(response, "last_name", &["Hopper"]);
        with_rights(response);
    })
    .await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(who_is_in(&console, &grace).await.as_deref(), Some(GRACE));
    assert_eq!(
        (
            groups_of(&pool, GRACE).await.as_str(),
            roles_of(&pool, GRACE).await
        ),
        ("", 0)
    );
    let names = of(&pool, GRACE, "first_name || ' ' || last_name || ' ' || status").await;
    assert_eq!(names, "Grace Hopper active");
    assert!(
        !settings(&grace).await.has_password,
        "by which nobody could come in beside"
    );
    assert_eq!(grace.open("/organization/users").await.status, 403);
    assert_eq!(db_count(&pool, "audit where action = 'sso.join'").await, 1);
    // Nor later, nor for somebody who is known.
    colleague(&console, &ada, BEN, &["read"]).await;
    for email in [GRACE, BEN, BEN] {
        let (browser, answer) = come(&console, &org_id, email, with_rights).await;
        assert_eq!(answer.redirect(), (303, "/"));
        let refused = browser.call("/api/groups/create", &[("name", "Mine")]).await;
        assert_eq!(refused.status, 403, "{email}");
    }
    assert_eq!(groups_of(&pool, BEN).await, "read");
    assert_eq!(
        (
            groups_of(&pool, GRACE).await.as_str(),
            roles_of(&pool, GRACE).await
        ),
        ("", 0)
    );
    assert_eq!(db_count(&pool, "users").await, 3);
    // Names are of the first time only: an account is its person's.
    assert_eq!(of(&pool, BEN, "last_name").await, "Babbage");
}

/// The words, the cookies and the rows are the same for both, and tell nobody whether there is such an account elsewhere.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_somebody_of_another_organization_and_a_deactivated_person_have_one_answer(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let eve = eve(&console).await;
    colleague(&console, &eve, "ed@other.test", &[]).await;
    send_invitation(&console, &eve, "soon@other.test", &[]).await;
    colleague(&console, &ada, BEN, &[]).await;
    colleague(&console, &ada, GRACE, &[]).await;
    // Grace has come by it before.
    assert_eq!(
        come(&console, &org_id, GRACE, |_| ()).await.1.redirect(),
        (303, "/")
    );
    deactivate(&console, &ada, BEN).await;
    deactivate(&console, &ada, GRACE).await;
    let before = (
        db_count(&pool, "users").await,
        db_count(&pool, "identities").await,
    );
    let mut answers = Vec::new();
    for email in ["ed@other.test", "eve@other.test", "soon@other.test", BEN, GRACE] {
        let (browser, answer) = come(&console, &org_id, email, |_| ()).await;
        assert_eq!(browser.cookie("usher"), None, "{email}");
        let lines = answer
            .lasting_headers()
            .into_iter()
            .filter(|line| !line.starts_with("location"));
        answers.push((
            problem(&answer),
            lines.collect::<Vec<_>>(),
            answer.header("location").len(),
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].0, "no-account");
    assert_eq!(
        SignInProblem::NoAccount.what(),
        Refusal::WrongCredentials.sentence()
    );
    assert_eq!(
        (
            db_count(&pool, "users").await,
            db_count(&pool, "identities").await
        ),
        before
    );
    assert_eq!(of(&pool, BEN, "status").await, "deactivated");
    assert_eq!(of(&pool, "soon@other.test", "status").await, "invited");
    // Reactivated, they are known again.
    reactivate(&console, &ada, GRACE).await;
    assert_eq!(
        come(&console, &org_id, GRACE, |_| ()).await.1.redirect(),
        (303, "/")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_an_active_member_is_linked_and_told_so(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    let post = Post::open().await;
    colleague(&console, &ada, BEN, &["read"]).await;
    post.deliver(&console).await;
    let mails = post.server.received_by(BEN).len();
    let (ben, answer) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(answer.redirect(), (303, "/"));
    post.deliver(&console).await;
    let told = post.server.received_by(BEN);
    let subjects: Vec<_> = told[mails..].iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects.len(), 2, "of the link, and of the browser: {subjects:?}");
    assert_eq!(db_count(&pool, "audit where action = 'identities.link'").await, 1);
    assert_eq!(settings(&ben).await.methods.identities.len(), 1);
    // Again: they are known.
    let (_, answer) = come(&console, &org_id, BEN, |_| ()).await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(db_count(&pool, "identities").await, 1);
    assert_eq!(db_count(&pool, "audit where action = 'identities.link'").await, 1);
    // And their password is what it was.
    assert_eq!(
        sign_in(&console.stranger(), BEN, PASSWORD).await.redirect(),
        (303, "/")
    );
}

/// An address that is given to somebody else at the identity provider does not take the account along.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_another_person_with_the_same_address_is_refused(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &["admin"]).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    let another = |response: &mut Response| response.name_id = Some("another".into());
    let (browser, answer) = come(&console, &org_id, BEN, another).await;
    assert_eq!(
        (problem(&answer).as_str(), browser.cookie("usher")),
        ("name-id-changed", None)
    );
    // Names are compared as they are.
    let louder = |response: &mut Response| response.name_id = Some(format!("ID-OF-{BEN}"));
    assert_eq!(
        problem(&come(&console, &org_id, BEN, louder).await.1),
        "name-id-changed"
    );
    // Of whatever format: whoever signs in may have a say in that.
    for format in [
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "urn:example:anything",
    ] {
        let other = |response: &mut Response| {
            response.name_id = Some("another".into());
            response.format = format.into();
        };
        let (_, answer) = come(&console, &org_id, BEN, other).await;
        assert_eq!(problem(&answer), "name-id-changed", "{format}");
    }
    // A space that is none of XML's would be a part of the name.
    let spaced = |response: &mut Response| response.name_id = Some(format!("\u{a0}id-of-{BEN}\u{3000}"));
    assert_eq!(
        problem(&come(&console, &org_id, BEN, spaced).await.1),
        "name-id-unusable"
    );
    assert_eq!(db_count(&pool, "identities").await, 1);
    // Until an administrator says that it is the same person. What was begun as the other one ends.
    let (before, _) = come(&console, &org_id, BEN, |_| ()).await;
    let by_password = console.stranger();
    sign_in(&by_password, BEN, PASSWORD).await;
    let by = caller(&console, &ada).await;
    let user = id_of(&console, BEN).await.parse().unwrap();
    console.backend.unlink_sso(&by, user).await.unwrap();
    assert_eq!(who_is_in(&console, &before).await, None);
    assert!(who_is_in(&console, &by_password).await.is_some());
    let (browser, answer) = come(&console, &org_id, BEN, another).await;
    assert_eq!(answer.redirect(), (303, "/"));
    assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_18_a_changed_address_of_a_known_person_changes_nothing(pool: PgPool) {
    let (console, ada, org_id) = scene(pool.clone()).await;
    colleague(&console, &ada, BEN, &[]).await;
    assert_eq!(
        come(&console, &org_id, BEN, |_| ()).await.1.redirect(),
        (303, "/")
    );
    for address in ["ada@example.test", "married@example.test", "no address"] {
        let (browser, answer) = come(&console, &org_id, BEN, |r| set(r, "email", &[address])).await;
        assert_eq!(answer.redirect(), (303, "/"), "{address}");
        assert_eq!(
            who_is_in(&console, &browser).await.as_deref(),
            Some(BEN),
            "{address}"
        );
    }
    // Nor does it matter that there is none.
    let (browser, _) = come(&console, &org_id, BEN, |r| r.attributes.clear()).await;
    assert_eq!(who_is_in(&console, &browser).await.as_deref(), Some(BEN));
    assert_eq!(db_count(&pool, "users").await, 2);
    assert_eq!(db_count(&pool, "identities").await, 1);
}
