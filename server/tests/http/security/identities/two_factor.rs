//! Two-factor authentication: whoever has it is asked for a code after Google and GitHub, too.

use super::{ADA, Stage};
use crate::{
    phone::{CHALLENGE, CODE_PAGE, Enrolled, enrol, failure, is_in, is_wrong, type_code},
    providers::{Person, come_back, is_signed_in, leave, link, sign_in_by},
    stage::{LIST, Post, USERS, colleague, db_ask_for_two_factor, db_count},
    visitor::Visitor,
};
use app::{error::AppError, routes::PUBLIC_ACTIONS};
use domain::identities::Provider;
use sqlx::PgPool;

/// Ada, whom both providers know, with an authenticator.
async fn enrolled(stage: &Stage) -> Enrolled {
    for provider in Provider::ALL {
        link(
            &stage.console,
            &stage.providers,
            &stage.ada,
            provider,
            &Person::of(ADA),
        )
        .await;
    }
    enrol(&stage.console, &stage.ada).await
}

async fn asked_for_code(stage: &Stage, browser: &Visitor, provider: Provider) {
    let answer = sign_in_by(&stage.providers, browser, provider, &Person::of(ADA)).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    assert!(browser.cookie(CHALLENGE).is_some());
    assert_eq!(browser.cookie("usher"), None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_11_google_and_github_lead_to_the_code_and_to_no_session(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let phone = enrolled(&stage).await.phone;
    for provider in Provider::ALL {
        let sessions = db_count(&pool, "sessions").await;
        let browser = stage.console.stranger();
        asked_for_code(&stage, &browser, provider).await;
        assert_eq!(db_count(&pool, "sessions").await, sessions);
        for page in ["/", USERS, "/account/settings"] {
            assert_eq!(browser.open(page).await.redirect().0, 303, "{page}");
        }
        for (action, _) in server_fn::axum::server_fn_paths() {
            if !PUBLIC_ACTIONS.contains(&action) {
                assert_eq!(browser.call(action, &[]).await.status, 401, "{action}");
            }
        }
        assert!(browser.open(CODE_PAGE).await.body.contains(ADA));
        assert!(is_wrong(&type_code(&browser, "000000").await));
        assert!(!is_in(&browser).await);
        let answer = type_code(&browser, &phone.next_code(&stage.console)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(is_in(&browser).await);
        let method = format!("sessions where method = '{}'", provider.key());
        assert_eq!(db_count(&pool, &method).await, 1);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_11_it_is_asked_for_every_time_in_a_known_browser_too(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let phone = enrolled(&stage).await.phone;
    let browser = stage.console.stranger();
    for provider in [
        Provider::Google,
        Provider::Google,
        Provider::GitHub,
        Provider::GitHub,
    ] {
        asked_for_code(&stage, &browser, provider).await;
        let answer = type_code(&browser, &phone.next_code(&stage.console)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(is_in(&browser).await);
        browser.post("/", "/api/sessions/sign_out", &[]).await;
    }
    // A proof anew, too, in the midst of a session.
    asked_for_code(&stage, &browser, Provider::Google).await;
    type_code(&browser, &phone.next_code(&stage.console)).await;
    assert!(is_in(&browser).await);
    let departed = leave(&browser, Provider::Google, &[("again", "")]).await;
    let code = stage.providers.code(&departed, &Person::of(ADA));
    let answer = come_back(&browser, &departed, &code).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
}

/// No second sign-in at the provider makes up for a code, and no code of another person.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_11_nothing_else_stands_for_the_code(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    enrolled(&stage).await;
    let (_, of_ben) = stage.enrolled_member(Provider::Google).await;
    for provider in Provider::ALL {
        let hers = stage.console.stranger();
        for _ in 0..3 {
            asked_for_code(&stage, &hers, provider).await;
            assert!(!is_in(&hers).await);
        }
        assert!(is_wrong(
            &type_code(&hers, &of_ben.next_code(&stage.console)).await
        ));
        assert!(!is_in(&hers).await);
        // Five tries, as everywhere.
        for _ in 0..4 {
            type_code(&hers, "000000").await;
        }
        assert_eq!(
            db_count(&pool, "sign_in_challenges where tries_left > 0").await,
            0
        );
        stage.console.advance(3_600);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_11_a_recovery_code_does_and_the_mail_comes_after_it(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let codes = enrolled(&stage).await.codes;
    let post = Post::open().await;
    post.deliver(&stage.console).await;
    for (provider, code) in Provider::ALL.into_iter().zip(codes) {
        let browser = stage.console.stranger();
        let before = post.server.received_by(ADA).len();
        asked_for_code(&stage, &browser, provider).await;
        post.deliver(&stage.console).await;
        assert_eq!(
            post.server.received_by(ADA).len(),
            before,
            "nobody has signed in yet"
        );
        let answer = type_code(&browser, &code).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        post.deliver(&stage.console).await;
        assert_eq!(
            post.server.received_by(ADA).len(),
            before + 2,
            "a new device, and a used code"
        );
        let mails = post.server.received_by(ADA);
        let used = mails
            .iter()
            .rev()
            .find(|mail| mail.text().contains("recovery code"));
        let said = used
            .unwrap()
            .text()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(
            said.contains(&format!("with {} and a recovery code", provider.name())),
            "{said}"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_11_where_it_is_demanded_it_is_set_up_before_anything_else(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let mut people = Vec::new();
    for provider in Provider::ALL {
        let ben = Person::of(&format!("ben.{}@example.test", provider.key()));
        let browser = colleague(&stage.console, &stage.ada, &ben.email, &["admin"]).await;
        link(&stage.console, &stage.providers, &browser, provider, &ben).await;
        people.push((provider, ben));
    }
    db_ask_for_two_factor(&pool).await;
    for (provider, ben) in people {
        let browser = stage.console.stranger();
        let answer = sign_in_by(&stage.providers, &browser, provider, &ben).await;
        is_signed_in(&answer, &browser);
        assert_eq!(browser.open(USERS).await.status, 403);
        let listed = browser.call("/api/users/list", &LIST).await;
        assert_eq!(
            (listed.status.as_u16(), failure(&listed)),
            (403, AppError::TwoFactorWanted)
        );
        enrol(&stage.console, &browser).await;
        assert_eq!(browser.open(USERS).await.status, 200);
    }
}
