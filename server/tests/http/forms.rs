//! Forms without scripts: where they lead, what they keep, and that a crafted answer is not believed.

use crate::{
    stage::{caller, colleague, eve, id_of, invite, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use app::{error::AppError, request::Flash};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::ids::UserId;
use sqlx::PgPool;

/// What a cookie holds for a person, or for whoever is not signed in.
fn flash(console: &TestConsole, name: &'static str, person: Option<UserId>, browser: &Visitor) -> Flash {
    let value = browser.cookie(name).unwrap();
    Flash::open(
        console.backend.sealer(),
        name,
        person,
        &value,
        console.backend.now().into(),
    )
    .unwrap()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn an_accepted_form_leads_on_by_get(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let browser = console.stranger();
    let fields = [
        ("email", "ada@example.test"),
        ("password", PASSWORD),
        ("next", "/account/settings"),
    ];
    let answer = browser
        .post(
            "/sign-in?next=%2Faccount%2Fsettings",
            "/api/sign_in/password",
            &fields,
        )
        .await;
    assert_eq!(answer.redirect(), (303, "/account/settings"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("usher=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(browser.open("/account/settings").await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_refused_form_comes_back_with_all_but_secrets(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let browser = console.stranger();
    let fields = [("email", "ada@example.test"), ("password", "wrong"), ("next", "")];
    let answer = browser
        .post("/sign-in?next=%2Fx", "/api/sign_in/password", &fields)
        .await;
    assert_eq!(answer.redirect(), (303, "/sign-in?next=%2Fx"));
    assert_eq!(answer.body, "");
    let kept = flash(&console, "flash", None, &browser);
    assert_eq!(
        (kept.page.as_str(), kept.action.as_str()),
        ("/sign-in", "/api/sign_in/password")
    );
    assert!(matches!(kept.error, Some(AppError::Refused(_))), "{kept:?}");
    assert_eq!(
        kept.values,
        [
            ("email".into(), "ada@example.test".into()),
            ("next".into(), String::new())
        ]
    );

    let other = browser.open("/setup").await;
    assert!(
        !other.headers.contains_key("set-cookie"),
        "another page leaves it alone"
    );
    let page = browser.open("/sign-in?next=%2Fx").await;
    assert!(page.body.contains("ada@example.test") && !page.body.contains("\"wrong\""));
    assert_eq!(browser.cookie("flash"), None, "it is shown once");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_form_of_somebody_signed_out_meanwhile_is_kept_through_the_sign_in(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let browser = console.ada().await;
    let person = caller(&console, &browser).await.user;
    browser.open("/organization/users?q=x").await;
    browser.forget_cookie("usher");
    let answer = browser
        .post(
            "/organization/users?q=x",
            "/api/invitations/invite",
            &[("email", "bob@example.test")],
        )
        .await;
    assert_eq!(
        answer.redirect(),
        (303, "/sign-in?next=%2Forganization%2Fusers%3Fq%3Dx")
    );
    // A mistyped password in between, and another look at the page.
    for _ in 0..2 {
        let page = "/sign-in?next=%2Forganization%2Fusers%3Fq%3Dx";
        browser.open(page).await;
        let refused = browser.post(
            page,
            "/api/sign_in/password",
            &[("email", "ada@example.test"), ("password", "wrong")],
        );
        assert_eq!(refused.await.redirect(), (303, page));
    }
    let kept = flash(&console, "kept", Some(person), &browser);
    assert_eq!(kept.error, Some(AppError::SignedOut));
    assert_eq!(kept.values, [("email".into(), "bob@example.test".into())]);

    let fields = [
        ("email", "ada@example.test"),
        ("password", PASSWORD),
        ("next", "/organization/users?q=x"),
    ];
    let signed_in = browser.post("/sign-in", "/api/sign_in/password", &fields).await;
    assert_eq!(signed_in.redirect(), (303, "/organization/users?q=x"));
    let page = browser.open("/organization/users?q=x").await;
    assert!(page.body.contains("bob@example.test"), "the form is back");
    assert_eq!(browser.cookie("kept"), None, "it is shown once");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_one_person_typed_or_was_told_is_shown_to_nobody_else(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let browser = console.ada().await;
    colleague(&console, &browser, "grace@example.test", &["admin"]).await;
    eve(&console).await;
    invite(&console, &browser, "soon@example.test", &[]).await;
    let page = "/organization/users?dialog=invite";
    // A copied link that its page has not shown yet, and a form that was sent after the session.
    let soon = id_of(&console, "soon@example.test").await;
    browser
        .post(
            "/organization/users",
            "/api/invitations/copy_link",
            &[("user", &soon)],
        )
        .await;
    let link = flash(
        &console,
        "flash",
        Some(caller(&console, &browser).await.user),
        &browser,
    );
    let link = link.values[0].1.clone();
    assert!(link.contains("/invitations/"));
    browser.open("/account/settings").await;
    browser.forget_cookie("usher");
    browser
        .post(
            page,
            "/api/invitations/invite",
            &[("email", "secret-hire@example.test")],
        )
        .await;

    let dialog = format!("/organization/users?dialog=link&user={soon}");
    for (email, sees) in [
        ("grace@example.test", false),
        ("eve@other.test", false),
        ("ada@example.test", true),
    ] {
        let (flash, kept) = (browser.cookie("flash").unwrap(), browser.cookie("kept").unwrap());
        assert_eq!(sign_in(&browser, email, PASSWORD).await.redirect().0, 303);
        browser.set_cookie("flash", &flash);
        browser.set_cookie("kept", &kept);
        assert_eq!(browser.open(&dialog).await.body.contains(&link), sees, "{email}");
        assert_eq!(
            browser.open(page).await.body.contains("secret-hire"),
            sees,
            "{email}"
        );
        browser.forget_cookie("usher");
        browser.set_cookie("flash", &flash);
        browser.set_cookie("kept", &kept);
        let nobodys = browser.open("/sign-in").await.body;
        assert!(!nobodys.contains(&link) && !nobodys.contains("secret-hire"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_form_of_somebody_whom_the_browser_does_not_know_is_not_kept(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let browser = console.stranger();
    browser.set_cookie("person", "crafted");
    let fields = [("email", "bob@example.test")];
    let answer = browser
        .post("/organization/users", "/api/invitations/invite", &fields)
        .await;
    assert_eq!(answer.redirect(), (303, "/sign-in?next=%2Forganization%2Fusers"));
    assert_eq!(browser.cookie("kept"), None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_kept_form_is_not_for_whoever_comes_after_a_sign_out(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    ada.set_cookie("kept", "anything");
    ada.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(ada.cookie("kept"), None);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_front_end_gets_data_instead(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let answer = console
        .stranger()
        .call(
            "/api/sign_in/password",
            &[("email", "a@b.test"), ("password", "x")],
        )
        .await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("serverfnerror"), "/api/sign_in/password");
    assert!(!answer.headers.contains_key("location") && !answer.headers.contains_key("set-cookie"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_crafted_flash_shows_no_words_of_its_own(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    console.ada().await;
    let browser = console.stranger();
    let values = vec![("email".to_owned(), "\"><script>alert(1)</script>".to_owned())];
    let crafted = Flash {
        page: "/sign-in".into(),
        action: "/api/sign_in/password".into(),
        error: None,
        values,
    };
    browser.set_cookie(
        "flash",
        &URL_SAFE_NO_PAD.encode(serde_json::to_vec(&crafted).unwrap()),
    );
    let page = browser.open("/sign-in").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("alert(1)"), "{}", page.body);
    // One that is ours is text, whatever was typed.
    let sealed = crafted
        .seal(
            console.backend.sealer(),
            "flash",
            None,
            console.backend.now().into(),
        )
        .unwrap();
    browser.set_cookie("flash", &sealed);
    let page = browser.open("/sign-in").await;
    assert!(
        page.body.contains("alert(1)") && !page.body.contains("<script>alert"),
        "{}",
        page.body
    );
    browser.set_cookie("flash", "nonsense");
    assert_eq!(browser.open("/sign-in").await.status, 200);
}
