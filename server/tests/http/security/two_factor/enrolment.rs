//! Switching it on and off: what it needs, and who sees the secret.

use crate::{
    phone::{
        CONFIRM, ENROLMENT, LOOK, RECOVERY_CODES, SETTINGS, START, TURN_OFF, confirm, enrol, is_faulty,
        is_in, is_refused, is_wrong, key_on, qr_on, recovery_codes_on, scan, start, waiting, wants_proof,
    },
    stage::{LIST, Post, accept, colleague, db_holds, db_state, id_of, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use backend::Client;
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
    two_factor::OwnTwoFactor,
};
use qrcode::{Color, EcLevel, QrCode};
use reqwest::{Method, header};
use sqlx::PgPool;
use std::fmt::Write;

const ADA: &str = "ada@example.test";
const MINUTE: i64 = 60;

async fn own(who: &Visitor) -> OwnTwoFactor {
    crate::stage::settings(who).await.two_factor
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_01_enabling_needs_the_password_in_this_session_and_a_few_minutes_ago(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for (typed, fault) in [("", Fault::Missing), ("nine herons carry", Fault::WrongPassword)] {
        let refused = start(&ada, typed).await;
        assert!(refused.status == 422 && is_faulty(&refused, Field::CurrentPassword, &fault));
    }
    assert_eq!(ada.call(LOOK, &[]).await.body, "null");
    let with_a_session_alone = confirm(&ada, "Phone", "123456").await;
    assert!(is_refused(&with_a_session_alone, Refusal::EnrolmentOver));

    // What one session has proved is nothing to another, of the same person.
    let other = console.stranger();
    sign_in(&other, ADA, PASSWORD).await;
    let phone = scan(&ada).await;
    assert_eq!(other.call(LOOK, &[]).await.body, "null");
    assert_eq!(key_on(&other.open(ENROLMENT).await.body), None);
    let elsewhere = confirm(&other, "Phone", &phone.code(&console)).await;
    assert!(is_refused(&elsewhere, Refusal::EnrolmentOver));

    console.advance(10 * MINUTE);
    assert_eq!(ada.call(LOOK, &[]).await.body, "null");
    let late = confirm(&ada, "Phone", &phone.code(&console)).await;
    assert!(is_refused(&late, Refusal::EnrolmentOver));
    assert!(own(&ada).await.authenticators.is_empty());
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_02_what_is_not_confirmed_does_nothing_and_only_the_newest_can_be(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let signs_in_without_a_code = async || {
        let browser = console.stranger();
        sign_in(&browser, ADA, PASSWORD).await.redirect() == (303, "/")
    };
    let first = scan(&ada).await;
    let page = ada.open(ENROLMENT).await.body;
    let second = scan(&ada).await;
    assert_ne!(key_on(&page), key_on(&ada.open(ENROLMENT).await.body));
    assert!(is_wrong(&confirm(&ada, "Phone", &first.code(&console)).await));
    assert!(signs_in_without_a_code().await);
    let code = second.code(&console);
    assert_eq!(confirm(&ada, "Phone", &code).await.status, 200);
    let again = confirm(&ada, "Phone", &code).await;
    assert!(is_refused(&again, Refusal::EnrolmentOver));
    assert!(!signs_in_without_a_code().await);

    // One that is abandoned is over, and goes with the session that began it.
    assert_eq!(ada.call(TURN_OFF, &[]).await.status, 200);
    let third = scan(&ada).await;
    let typed = third.code(&console);
    assert_eq!(ada.call("/api/sessions/sign_out", &[]).await.status, 200);
    assert!(signs_in_without_a_code().await);
    sign_in(&ada, ADA, PASSWORD).await;
    assert!(is_refused(
        &confirm(&ada, "Phone", &typed).await,
        Refusal::EnrolmentOver
    ));
}

/// That nothing of a page comes from elsewhere, and that nobody keeps it.
fn is_shown_here_alone(answer: &Answer) {
    assert_eq!(answer.status, 200);
    assert!(answer.header("cache-control").contains("no-store"));
    for attribute in [" src=\"", " href=\"", " action=\"", "url("] {
        for value in answer.body.split(attribute).skip(1) {
            // The last one is for an app on the same device: no browser loads it.
            let ours = ["/", "#", "data:text/plain", "?", "otpauth://"];
            let value = &value[..value.len().min(60)];
            assert!(
                ours.iter().any(|start| value.starts_with(start)),
                "{attribute}{value}"
            );
            assert!(!value.starts_with("//"), "{attribute}{value}");
        }
    }
}

/// Every dialog of the settings that the source names.
fn dialogs() -> Vec<&'static str> {
    let source = include_str!("../../../../../app/src/two_factor/dialogs.rs");
    let (_, body) = source.split_once("match query.get_str(\"dialog\")").unwrap();
    let arms = body
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("_ =>"));
    let named = arms.filter_map(|arm| arm.strip_prefix('"')?.split('"').next());
    named.collect()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_03_once_it_is_confirmed_nothing_shows_the_secret(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let phone = scan(&ada).await;
    let page = ada.open(ENROLMENT).await;
    is_shown_here_alone(&page);
    let (grouped, qr) = (key_on(&page.body).unwrap(), qr_on(&page.body).unwrap());
    let key = grouped.replace(' ', "");
    assert!(key.len() >= 32 && qr.len() > 500, "160 bits and their picture");
    let look = ada.call(LOOK, &[]).await;
    assert!(look.header("cache-control").contains("no-store") && look.body.contains(grouped));
    // For an app on the same device, as long as the key itself is shown.
    assert!(page.body.contains("otpauth://totp/") && look.body.contains("otpauth://totp/"));
    assert_eq!(confirm(&ada, "Phone", &phone.code(&console)).await.status, 200);
    let shown = ada.open(RECOVERY_CODES).await;
    is_shown_here_alone(&shown);
    let codes = recovery_codes_on(&shown.body);
    assert_eq!(codes.len(), 10);

    let mut secrets = vec![grouped, key.as_str(), qr, "otpauth"];
    secrets.extend(codes.iter().map(String::as_str));
    let id = id_of(&console, ADA).await;
    let authenticator = own(&ada).await.authenticators[0].id.to_string();
    let mut pages = vec![SETTINGS.to_owned(), "/".to_owned()];
    assert!(dialogs().len() >= 6);
    for dialog in dialogs() {
        pages.push(format!(
            "{SETTINGS}?dialog={dialog}&authenticator={authenticator}"
        ));
    }
    for beside in ["", "?dialog=reset-two-factor"] {
        pages.push(format!("/organization/users/{id}{beside}"));
    }
    for page in [
        "users",
        "users.csv",
        "iam/two-factor",
        "audit",
        "audit.csv",
        "audit.json",
    ] {
        pages.push(format!("/organization/{page}"));
    }
    for who in [&ada, &grace] {
        for page in &pages {
            let answer = who.open(page).await;
            assert_eq!(answer.status, 200, "{page}");
            let found = secrets.iter().find(|secret| answer.body.contains(**secret));
            assert_eq!(found, None, "{page}");
        }
        let person = [("user", id.as_str()), ("query[two_factor]", "true")];
        let fields = [&person[..], &LIST].concat();
        for action in [
            LOOK,
            "/api/account/settings",
            "/api/two_factor/demand",
            "/api/users/find",
            "/api/users/list",
            "/api/audit/list",
            "/api/shell/view",
        ] {
            let answer = who.call(action, &fields).await;
            assert_eq!(answer.status, 200, "{action}");
            let found = secrets.iter().find(|secret| answer.body.contains(**secret));
            assert_eq!(found, None, "{action}");
        }
    }
    post.deliver(&console).await;
    for mail in post.server.received() {
        let text = mail.text() + &mail.html();
        assert!(!secrets.iter().any(|secret| text.contains(secret)), "{text}");
    }
    for secret in [key.as_str(), codes[0].as_str(), &codes[0].replace('-', "")] {
        assert!(!db_holds(&pool, secret).await);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_13_switching_off_needs_a_recent_proof_and_is_told(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    enrol(&console, &ada).await;
    console.advance(5 * MINUTE + 1);
    let before = db_state(&pool).await;
    for action in [TURN_OFF, "/api/two_factor/make_codes"] {
        assert!(wants_proof(&ada.call(action, &[]).await), "{action}");
        assert!(wants_proof(&ada.call(action, &[("current_password", "")]).await));
    }
    assert_eq!(db_state(&pool).await, before);
    let wrong = [("current_password", "nine herons carry my ladder")];
    let refused = ada.call(TURN_OFF, &wrong).await;
    assert!(is_faulty(&refused, Field::CurrentPassword, &Fault::WrongPassword));
    // Not by another site, and not by somebody who knows the password alone.
    let right = format!("current_password={}", PASSWORD.replace(' ', "+"));
    let forged = ada
        .request(Method::POST, TURN_OFF)
        .header(header::ORIGIN, "https://evil.test")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(right);
    assert_eq!(ada.send(forged).await.status, 403);
    let thief = waiting(&console, ADA).await;
    let proof = [("current_password", PASSWORD)];
    assert_eq!(thief.call(TURN_OFF, &proof).await.status, 401);
    assert_eq!(own(&ada).await.authenticators.len(), 1);

    let old = ada.cookie("usher");
    let page = format!("{SETTINGS}?dialog=two-factor-off");
    assert!(ada.open(&page).await.body.contains("name=\"current_password\""));
    let done = ada.post(&page, TURN_OFF, &proof).await;
    assert_eq!(done.redirect(), (303, "/account/settings?notice=two-factor-off"));
    assert_ne!(
        ada.cookie("usher"),
        old,
        "auth_13: a proof gives the session another token"
    );
    let off = own(&ada).await;
    assert!(off.authenticators.is_empty() && off.recovery_codes_left == 0);
    let browser = console.stranger();
    assert_eq!(sign_in(&browser, ADA, PASSWORD).await.redirect(), (303, "/"));
    assert_eq!(ada.call(TURN_OFF, &[]).await.status, 200, "again does nothing");
    post.deliver(&console).await;
    let told = |subject: &str| {
        let mails = post.server.received_by(ADA);
        let about = |line: String| line.starts_with(subject);
        mails
            .iter()
            .filter(|mail| mail.header("Subject").is_some_and(about))
            .count()
    };
    assert_eq!(told("Two-factor authentication is on"), 1);
    assert_eq!(told("Two-factor authentication is off"), 1);
}

/// A proof holds although the act that it was given for is refused: the browser has the session's new token.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_refused_act_does_not_sign_out_whoever_proved_who_they_are(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    enrol(&console, &ada).await;
    let only = own(&ada).await.authenticators[0].id.to_string();
    console.advance(6 * MINUTE);
    let fields = [("authenticator", only.as_str()), ("current_password", PASSWORD)];
    let remove = "/api/two_factor/remove";
    let refused = ada.call(remove, &fields).await;
    assert!(is_refused(&refused, Refusal::LastAuthenticator));
    assert!(is_in(&ada).await);
    console.advance(6 * MINUTE);
    let page = format!("{SETTINGS}?dialog=remove-authenticator&authenticator={only}");
    assert_eq!(
        ada.post(&page, remove, &fields).await.redirect(),
        (303, page.as_str())
    );
    assert!(
        ada.open(&page)
            .await
            .body
            .contains("This is your only authenticator.")
    );
    assert!(is_in(&ada).await);
}

/// What a QR code of this text looks like, by the same library; that it is the one which phones read is shown by the
/// browser tests.
fn picture_of(text: &str) -> String {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len()).unwrap();
            }
            x += run.len();
        }
    }
    path
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_16_no_name_puts_anything_into_the_address_of_the_qr_code(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let made = console
        .backend
        .create_organization(
            &Client::command_line(),
            "A:B&secret=X",
            &["an+n@other.test".to_owned()],
        )
        .await
        .unwrap();
    let link = format!("/invitations/{}", made.links[0].1.expose());
    let ann = accept(&console, &link, &[]).await;
    assert_eq!(
        ann.call(START, &[("current_password", PASSWORD)]).await.status,
        200
    );
    let page = ann.open(ENROLMENT).await.body;
    let key = key_on(&page).unwrap().replace(' ', "");
    let address = format!(
        "otpauth://totp/Usher%20%28A%20B%26secret%3DX%29:an%2Bn%40other.test?secret={key}&issuer=Usher%20%28A%20B%26secret%3DX%29"
    );
    assert_eq!(qr_on(&page).unwrap(), picture_of(&address));
    let parsed = url::Url::parse(&address).unwrap();
    let pairs: Vec<_> = parsed.query_pairs().collect();
    assert_eq!(pairs.len(), 2, "{address}");
    assert_eq!(pairs[1], ("issuer".into(), "Usher (A B&secret=X)".into()));
    assert_eq!(
        ann.call(CONFIRM, &[("name", "<b>A:B&x</b>"), ("code", "1")])
            .await
            .status,
        422
    );
}
