//! Organizations that let nobody in by Google and GitHub: closed ones, and those whose members use single sign-on alone.

use super::{ADA, BEN, GRACE, Stage, made};
use crate::{
    phone::{enrol, is_in, type_code},
    providers::{
        Person, accept_by, come_back, is_signed_in, is_stopped, join, leads_to_link_page, leave,
        leave_to_link, link, link_by_password, sign_in_by,
    },
    stage::{Post, caller, colleague, db_count, invite, sign_in},
    visitor::PASSWORD,
};
use backend::{Client, Error};
use domain::{identities::Provider, refusal::Refusal, sign_in_problem::SignInProblem};
use sqlx::PgPool;

/// As when SAML was deployed; who still gets in without it.
async fn db_require_sso(pool: &PgPool, but_for: &str) {
    let changed = sqlx::query(
        "update organizations o set sso_required_since = now(), break_glass_user_id = u.id
         from users u where u.organization_id = o.id and u.email = $1",
    )
    .bind(but_for)
    .execute(pool)
    .await
    .unwrap();
    assert_eq!(changed.rows_affected(), 1);
}

fn is_bound<T: std::fmt::Debug>(outcome: &Result<T, Error>) {
    assert!(
        matches!(outcome, Err(Error::Refused(Refusal::SsoRequired))),
        "{outcome:?}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn nobody_of_a_closed_organization_gets_in_by_a_provider(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let org_id = caller(&stage.console, &stage.ada).await.org_id;
    for provider in Provider::ALL {
        stage.member(provider).await;
        link(
            &stage.console,
            &stage.providers,
            &stage.ada,
            provider,
            &Person::of(ADA),
        )
        .await;
    }
    let phone = enrol(&stage.console, &stage.ada).await.phone;
    let waiting = stage.console.stranger();
    sign_in_by(&stage.providers, &waiting, Provider::Google, &Person::of(ADA)).await;
    let away = stage.console.stranger();
    let ben = Person::of("ben.google@example.test");
    let departed = leave(&away, Provider::Google, &[]).await;
    let code = stage.providers.code(&departed, &ben);

    let operator = Client::command_line();
    stage
        .console
        .backend
        .close_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    let before = made(&pool).await;
    is_stopped(
        &come_back(&away, &departed, &code).await,
        SignInProblem::NoAccount,
    );
    assert_ne!(
        type_code(&waiting, &phone.next_code(&stage.console)).await.status,
        200
    );
    for provider in Provider::ALL {
        for email in [ADA.to_owned(), format!("ben.{}@example.test", provider.key())] {
            let browser = stage.console.stranger();
            let answer = sign_in_by(&stage.providers, &browser, provider, &Person::of(&email)).await;
            is_stopped(&answer, SignInProblem::NoAccount);
            assert!(!is_in(&browser).await);
        }
    }
    assert_eq!(made(&pool).await, before);

    stage
        .console
        .backend
        .reopen_organization(&operator, org_id.as_str())
        .await
        .unwrap();
    let answer = sign_in_by(&stage.providers, &away, Provider::Google, &ben).await;
    is_signed_in(&answer, &away);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_where_sso_is_required_neither_providers_nor_passwords_let_anybody_in(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let browser = colleague(&stage.console, &stage.ada, BEN, &[]).await;
    for provider in Provider::ALL {
        link(
            &stage.console,
            &stage.providers,
            &browser,
            provider,
            &Person::of(BEN),
        )
        .await;
        link(
            &stage.console,
            &stage.providers,
            &stage.ada,
            provider,
            &Person::of(ADA),
        )
        .await;
    }
    let away = stage.console.stranger();
    let departed = leave(&away, Provider::GitHub, &[]).await;
    let code = stage.providers.code(&departed, &Person::of(BEN));
    db_require_sso(&pool, ADA).await;
    let sessions = db_count(&pool, "sessions").await;
    is_stopped(
        &come_back(&away, &departed, &code).await,
        SignInProblem::NoAccount,
    );
    for provider in Provider::ALL {
        let other = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &other, provider, &Person::of(BEN)).await;
        is_stopped(&answer, SignInProblem::NoAccount);
    }
    let other = stage.console.stranger();
    let fields = [("email", BEN), ("password", PASSWORD)];
    assert_eq!(other.call("/api/sign_in/password", &fields).await.status, 409);
    assert_eq!(db_count(&pool, "sessions").await, sessions);

    // The one by whom it is mended when it fails.
    for provider in Provider::ALL {
        let hers = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &hers, provider, &Person::of(ADA)).await;
        is_signed_in(&answer, &hers);
    }
    let hers = stage.console.stranger();
    assert_eq!(sign_in(&hers, ADA, PASSWORD).await.redirect(), (303, "/"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_where_sso_is_required_nobody_joins_or_links_otherwise(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let grace = colleague(&stage.console, &stage.ada, GRACE, &[]).await;
    let link_of_ben = invite(&stage.console, &stage.ada, BEN, &[]).await;
    let before_it = stage.console.stranger();
    let ben = Person::of(BEN);
    leads_to_link_page(&accept_by(&stage.providers, &before_it, &link_of_ben, Provider::Google, &ben).await);
    let departed = leave_to_link(&stage.console, &grace, Provider::Google)
        .await
        .unwrap();
    let code = stage.providers.code(&departed, &Person::of(GRACE));
    let vouched_for = stage.console.stranger();
    let answer = sign_in_by(
        &stage.providers,
        &vouched_for,
        Provider::GitHub,
        &Person::of(GRACE),
    )
    .await;
    leads_to_link_page(&answer);

    db_require_sso(&pool, ADA).await;
    let before = made(&pool).await;
    is_bound(&join(&stage.console, &before_it).await);
    is_stopped(
        &come_back(&grace, &departed, &code).await,
        SignInProblem::NoAccount,
    );
    is_bound(&leave_to_link(&stage.console, &grace, Provider::Google).await);
    let linked = link_by_password(&stage.console, &vouched_for, PASSWORD).await;
    assert!(
        matches!(linked, Err(Error::Refused(Refusal::WrongCredentials))),
        "{linked:?}"
    );
    assert_eq!(made(&pool).await, before);
    assert_eq!(db_count(&pool, "identities").await, 0);
    // The one who is named links as before.
    let answer = link(
        &stage.console,
        &stage.providers,
        &stage.ada,
        Provider::Google,
        &Person::of(ADA),
    )
    .await;
    assert_eq!(answer.redirect().1, "/account/settings?notice=method-linked");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_22_where_sso_is_required_no_link_for_a_password_is_mailed(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    colleague(&stage.console, &stage.ada, BEN, &[]).await;
    let post = Post::open().await;
    post.deliver(&stage.console).await;
    db_require_sso(&pool, ADA).await;
    let mut answers = Vec::new();
    for (email, mails) in [(BEN, 0), ("nobody@example.test", 0), (ADA, 1)] {
        let before = post.server.received_by(email).len();
        let asked = stage
            .console
            .stranger()
            .call("/api/password_resets/ask", &[("email", email)])
            .await;
        answers.push((asked.status, asked.body));
        // It is written beside the answer.
        stage.console.backend.finish_beside().await;
        post.deliver(&stage.console).await;
        assert_eq!(post.server.received_by(email).len(), before + mails, "{email}");
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}
