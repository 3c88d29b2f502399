//! What takes proofs away from a person leaves the second factor, and ends what was begun without it.

use crate::{
    phone::{
        CHALLENGE, ENROLMENT, confirm, enrol, is_in, is_refused, key_on, scan, sign_in_with, type_code,
        waiting,
    },
    stage::{Post, colleague, deactivate, reactivate, settings, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use domain::refusal::Refusal;
use reqwest::header;
use sqlx::PgPool;

const ADA: &str = "ada@example.test";
const BEN: &str = "ben@example.test";
const NEW: &str = "nine herons carry my ladder";

/// The link that somebody gets who has forgotten their password.
async fn reset_link(console: &TestConsole, post: &Post, email: &str) -> String {
    let fields = [("email", email)];
    let asked = console.stranger().call("/api/password_resets/ask", &fields).await;
    assert_eq!(asked.status, 200);
    console.backend.finish_beside().await;
    let link = post.link_to(console, email, "/recover?token=").await;
    link.split_once("token=").unwrap().1.to_owned()
}

async fn is_over(waits: &Visitor, code: &str) -> bool {
    is_refused(&type_code(waits, code).await, Refusal::SignInOver) && waits.cookie("usher").is_none()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_18_a_reset_is_no_way_around_the_second_factor(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let of_ada = enrol(&console, &ada).await;
    let before = waiting(&console, ADA).await;
    let token = reset_link(&console, &post, ADA).await;
    let thief = console.stranger();
    let fields = [("token", token.as_str()), ("password", NEW)];
    let page = format!("/recover?token={token}");
    let done = thief.post(&page, "/api/password_resets/complete", &fields).await;
    assert_eq!(done.redirect(), (303, "/sign-in?notice=password-replaced"));
    assert!(thief.cookie("usher").is_none() && thief.cookie(CHALLENGE).is_none());
    assert!(!is_in(&ada).await, "every session ends");
    assert!(is_over(&before, &of_ada.phone.next_code(&console)).await);
    post.deliver(&console).await;
    let mails = post.server.received_by(ADA);
    let subjects: Vec<_> = mails.iter().filter_map(|mail| mail.header("Subject")).collect();
    assert!(subjects.last().unwrap().contains("password"), "{subjects:?}");
    assert!(!subjects.iter().any(|subject| subject.contains("is off")));

    assert_eq!(sign_in(&thief, ADA, NEW).await.redirect(), (303, "/sign-in/code"));
    assert!(!is_in(&thief).await);
    assert_eq!(
        type_code(&thief, &of_ada.phone.next_code(&console)).await.status,
        200
    );
    let own = settings(&thief).await.two_factor;
    assert_eq!((own.authenticators.len(), own.recovery_codes_left), (1, 10));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_04_a_changed_password_ends_what_the_old_one_had_begun(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let of_ada = enrol(&console, &ada).await;
    let phone = sign_in_with(&console, ADA, &of_ada.phone).await;
    // Elsewhere, an authenticator is being set up, and a code is asked for.
    let key = scan(&phone).await;
    let waits = waiting(&console, ADA).await;
    let fields = [("current_password", PASSWORD), ("password", NEW)];
    assert_eq!(
        ada.call("/api/account/change_password", &fields).await.status,
        200
    );
    assert!(is_in(&ada).await && !is_in(&phone).await);
    assert!(is_over(&waits, &of_ada.phone.next_code(&console)).await);
    assert_eq!(confirm(&phone, "Key", &key.code(&console)).await.status, 401);
    assert_eq!(key_on(&ada.open(ENROLMENT).await.body), None);
    assert_eq!(settings(&ada).await.two_factor.authenticators.len(), 1);
    let again = console.stranger();
    assert_eq!(sign_in(&again, ADA, NEW).await.redirect(), (303, "/sign-in/code"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_04_a_sign_in_that_waits_for_its_code_dies_with_a_deactivation(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &["read"]).await;
    let of_ben = enrol(&console, &ben).await;
    let key = scan(&ben).await;
    let waits = waiting(&console, BEN).await;
    let enrolling = ben.cookie("usher").unwrap();
    assert_eq!(deactivate(&console, &ada, BEN).await.status, 200);
    assert!(is_over(&waits, &of_ben.phone.next_code(&console)).await);
    assert!(is_over(&waits, &of_ben.codes[0]).await);
    assert_eq!(waits.open("/sign-in/code").await.status, 410);
    let refused = console.stranger();
    assert_eq!(
        sign_in(&refused, BEN, PASSWORD).await.redirect(),
        (303, "/sign-in")
    );
    assert_eq!(refused.cookie(CHALLENGE), None);

    assert_eq!(reactivate(&console, &ada, BEN).await.status, 200);
    assert!(is_over(&waits, &of_ben.phone.next_code(&console)).await);
    ben.set_cookie("usher", &enrolling);
    assert_eq!(confirm(&ben, "Key", &key.code(&console)).await.status, 401);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn deact_05_a_reactivation_gives_the_second_factor_back(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &["read"]).await;
    let of_ben = enrol(&console, &ben).await;
    let old = ben.cookie("usher").unwrap();
    deactivate(&console, &ada, BEN).await;
    reactivate(&console, &ada, BEN).await;
    let ben = waiting(&console, BEN).await;
    assert_eq!(type_code(&ben, &of_ben.codes[3]).await.status, 200);
    let own = settings(&ben).await.two_factor;
    assert_eq!((own.authenticators.len(), own.recovery_codes_left), (1, 9));
    sign_in_with(&console, BEN, &of_ben.phone).await;
    let replay = console.stranger();
    replay.set_cookie("usher", &old);
    assert!(!is_in(&replay).await);
}

/// `Set-Cookie` of this name.
fn set_cookie(answer: &crate::visitor::Answer, name: &str) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut set = set.map(|cookie| cookie.to_str().unwrap());
    let start = format!("{name}=");
    set.find(|cookie| cookie.starts_with(&start))
        .unwrap_or_default()
        .to_owned()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_01_the_cookie_of_a_sign_in_that_waits_is_bound_to_the_host(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("public_url", "https://console.example.test")]).await;
    console.ada().await;
    let ada = console.stranger();
    sign_in(&ada, ADA, PASSWORD).await;
    let of_ada = enrol(&console, &ada).await;
    let browser = console.stranger();
    let asked = sign_in(&browser, ADA, PASSWORD).await;
    assert_eq!(asked.redirect(), (303, "/sign-in/code"));
    assert_eq!(set_cookie(&asked, "__Host-usher"), "");
    assert_eq!(
        set_cookie(&asked, "__Host-browser"),
        "",
        "not known before the code"
    );
    let cookie = set_cookie(&asked, "__Host-challenge");
    let mut parts = cookie.split("; ");
    let value = parts.next().unwrap().split_once('=').unwrap().1;
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(
        value.len() == 43 && value.bytes().all(base64url),
        "256 bits: {value}"
    );
    let mut attributes: Vec<_> = parts.collect();
    attributes.sort_unstable();
    // No Domain, and it ends with the browser.
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    // Over https one without the prefix is nobody's.
    let plain = console.stranger();
    plain.set_cookie(CHALLENGE, value);
    assert!(is_over(&plain, &of_ada.phone.next_code(&console)).await);
    let code = of_ada.phone.code(&console);
    let entered = browser
        .post("/sign-in/code", "/api/sign_in/code", &[("code", &code)])
        .await;
    assert_eq!(entered.redirect(), (303, "/"));
    assert!(set_cookie(&entered, "__Host-challenge").contains("Max-Age=0"));
    for name in ["__Host-usher", "__Host-browser"] {
        assert!(
            set_cookie(&entered, name).contains("; HttpOnly; SameSite=Lax; Secure"),
            "{name}"
        );
    }
    assert!(is_in(&browser).await);
}
