//! Passwords that everybody tries first are refused wherever one is chosen.

use crate::{
    stage::{accept, acceptance, colleague, invite},
    visitor::{Answer, PASSWORD, TestConsole},
};
use app::error::AppError;
use backend::Client;
use domain::field::{Fault, Field};
use sqlx::PgPool;

/// Of Ben Babbage, ben@example.test, of Analytical Engines.
const KNOWN: [&str; 14] = [
    "password",
    "12345678",
    "password1",
    "qwertyuiop",
    "iloveyou",
    "sunshine1",
    "football",
    "baseball1",
    "superman",
    "trustno1",
    "AnalyticalEngines",
    "ben@example.test",
    "usherusher",
    "benbabbage",
];

const GOOD: &str = "eleven foxes paint the harbour";

fn is_refused(answer: &Answer, password: &str) {
    assert_eq!(answer.status, 422, "{password}");
    let AppError::Invalid(faults) = serde_json::from_str(&answer.body).unwrap() else {
        panic!("{}", answer.body)
    };
    let fault = faults.of(Field::Password);
    assert!(
        matches!(fault, Some(Fault::PasswordWeak(_))),
        "{password}: {fault:?}"
    );
}

/// So short that these are long enough.
async fn console(pool: PgPool) -> TestConsole {
    TestConsole::start_with(pool, &[("password_min_length", "8")]).await
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_11_known_passwords_and_those_about_oneself_are_refused(pool: PgPool) {
    let console = console(pool).await;
    let ada = console.ada().await;
    let link = invite(&console, &ada, "ben@example.test", &[]).await;
    for password in KNOWN {
        let mut fields = acceptance(&link);
        fields[3] = ("password", password);
        let answer = console.stranger().call("/api/invitations/accept", &fields).await;
        is_refused(&answer, password);
    }
    accept(&console, &link, &[]).await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_11_they_are_refused_in_the_settings_and_behind_a_link_too(pool: PgPool) {
    let console = console(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    for password in KNOWN {
        let fields = [("current_password", PASSWORD), ("password", password)];
        is_refused(&ben.call("/api/account/change_password", &fields).await, password);
    }
    let fields = [("current_password", PASSWORD), ("password", GOOD)];
    assert_eq!(
        ben.call("/api/account/change_password", &fields).await.status,
        200
    );

    let operator = Client::command_line();
    let recovery = console
        .backend
        .recover_administrator(&operator, Some("ben@example.test"))
        .await
        .unwrap();
    let link = recovery.link.expose();
    let stranger = console.stranger();
    for password in KNOWN {
        let fields = [("token", link), ("password", password)];
        let answer = stranger.call("/api/password_resets/complete", &fields).await;
        is_refused(&answer, password);
        assert_eq!(stranger.cookie("usher"), None);
    }
    let fields = [("token", link), ("password", GOOD)];
    assert_eq!(
        stranger
            .call("/api/password_resets/complete", &fields)
            .await
            .status,
        200
    );
}
