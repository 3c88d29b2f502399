//! Every way in, tried with somebody who has two-factor authentication.

use crate::{
    phone::{
        CHALLENGE, CODE_PAGE, asked_for_code, confirm, enrol, is_in, is_refused, scan, sign_in_with,
        type_code,
    },
    stage::{Post, acceptance, colleague, db_count, invite, send_invitation, set_up, sign_in, token},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use app::routes::PUBLIC_ACTIONS;
use backend::Client;
use domain::refusal::Refusal;
use sqlx::PgPool;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

const ADA: &str = "ada@example.test";
const NEW: &str = "nine herons carry my ladder";
const NEWEST: &str = "eleven foxes paint the harbour";
const RESET: &str = "/api/password_resets/complete";

/// What everybody may call and what begins a session for nobody: it only looks, or asks for a mail.
const BEGINS_NONE: [&str; 19] = [
    "/api/shell/view",
    "/api/shell/not_found",
    "/api/sign_in/look",
    "/api/sign_in/look_at_code",
    "/api/sign_in/leave",
    "/api/setup/look",
    "/api/invitations/look",
    "/api/invitations/ask_again",
    "/api/password_resets/look",
    "/api/password_resets/ask",
    "/api/sessions/look_at_report",
    "/api/account/judge_password",
    "/api/mailbox/list",
    "/api/mailbox/open",
    "/api/identities/look",
    "/api/identities/paste",
    "/api/identities/leave",
    "/api/identities/look_at_leaving",
    "/api/identities/problem",
];

/// What everybody may call and what is tried below, path by path; those of identities in `identities/two_factor.rs`, with
/// what the providers lead to.
const TRIED: [&str; 8] = [
    "/api/sign_in/password",
    "/api/sign_in/code",
    "/api/password_resets/complete",
    "/api/sessions/report",
    "/api/invitations/accept",
    "/api/setup/complete",
    "/api/identities/join",
    "/api/identities/link",
];

/// That a path led to no session of anybody's.
async fn leads_nowhere(browser: &Visitor, path: &str) {
    for page in ["/", "/account/settings", "/organization/users"] {
        assert_eq!(browser.open(page).await.redirect().0, 303, "{path}: {page}");
    }
    assert_eq!(
        browser.call("/api/account/settings", &[]).await.status,
        401,
        "{path}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_person_with_two_factor_is_entered_by_no_path_that_skips_it(pool: PgPool) {
    let known: BTreeSet<_> = BEGINS_NONE.iter().chain(&TRIED).copied().collect();
    assert_eq!(
        known,
        PUBLIC_ACTIONS.iter().copied().collect(),
        "a new one is tried here"
    );

    let console = TestConsole::start(pool.clone()).await;
    let set_up_link = console.backend.open_set_up().await.unwrap().unwrap();
    let (ada, post) = (console.ada().await, Post::open().await);
    colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let of_ada = enrol(&console, &ada).await;
    // A browser that she has signed in with before, in which she has chosen a theme and signed out again.
    let known = sign_in_with(&console, ADA, &of_ada.phone).await;
    known
        .call("/api/account/choose_theme", &[("theme", "dark")])
        .await;
    let kept_session = known.cookie("usher").unwrap();
    let report = post.link_to(&console, ADA, "/not-me?token=").await;
    known.post("/", "/api/sessions/sign_out", &[]).await;
    assert!(known.cookie("browser").is_some() && known.cookie("theme").is_some());

    // 1. The password, in a strange browser and in a known one, as a form and as a call.
    for (browser, path) in [
        (&console.stranger(), "password"),
        (&known, "password in a known browser"),
    ] {
        asked_for_code(browser, ADA).await;
        leads_nowhere(browser, path).await;
        let fields = [
            ("email", ADA),
            ("password", PASSWORD),
            ("code", "000000"),
            ("next", "/organization/users"),
        ];
        assert_eq!(browser.call("/api/sign_in/password", &fields).await.status, 200);
        leads_nowhere(browser, path).await;
    }
    // 2. What the browser keeps: a session that has ended, and what waits for its code in its place.
    let thief = console.stranger();
    thief.set_cookie("usher", &kept_session);
    leads_nowhere(&thief, "a kept session").await;
    for name in ["browser", "theme", "person", "flash", "kept", CHALLENGE] {
        if let Some(value) = known.cookie(name) {
            thief.set_cookie(name, &value);
            thief.set_cookie("usher", &value);
            leads_nowhere(&thief, name).await;
        }
    }
    // 3. The code alone, and the page that asks for it, which leads nobody on.
    let stranger = console.stranger();
    assert!(is_refused(
        &type_code(&stranger, &of_ada.phone.next_code(&console)).await,
        Refusal::SignInOver
    ));
    assert!(is_refused(
        &type_code(&stranger, &of_ada.codes[0]).await,
        Refusal::SignInOver
    ));
    let look = known.call("/api/sign_in/look", &[("next", "/")]).await;
    assert_eq!((look.status.as_u16(), look.header("location")), (200, ""));
    leads_nowhere(&known, "the sign-in page").await;
    // 4. To prove who one is: that wants a session.
    for action in ["start", "turn_off", "make_codes", "stop_asking"] {
        let action = format!("/api/two_factor/{action}");
        assert_eq!(
            known
                .call(&action, &[("current_password", PASSWORD)])
                .await
                .status,
            401
        );
        known
            .post(CODE_PAGE, &action, &[("current_password", PASSWORD)])
            .await;
        leads_nowhere(&known, &action).await;
    }
    let fields = [("current_password", PASSWORD), ("password", NEW)];
    assert_eq!(
        known.call("/api/account/change_password", &fields).await.status,
        401
    );
    // 5. Invitations: to her address there is none, and that of somebody else is somebody else's account.
    assert_eq!(send_invitation(&console, &ada, ADA, &[]).await.status, 422);
    let link = invite(&console, &ada, "carla@example.test", &[]).await;
    let mut fields = acceptance(&link);
    fields.extend([("email", ADA), ("user", "ada")]);
    assert_eq!(known.call("/api/invitations/accept", &fields).await.status, 200);
    assert_eq!(crate::stage::settings(&known).await.email, "carla@example.test");
    known.post("/", "/api/sessions/sign_out", &[]).await;
    let again = known.call("/api/invitations/accept", &fields).await;
    assert!(is_refused(&again, Refusal::InvitationUsed));
    leads_nowhere(&known, "a used invitation").await;
    // 6. The set-up, with the link that worked before there was an organization.
    let answer = known
        .call("/api/setup/complete", &set_up(set_up_link.expose()))
        .await;
    assert!([404, 409].contains(&answer.status.as_u16()), "{}", answer.body);
    leads_nowhere(&known, "set-up").await;
    // 7. A mailed link for a new password, which two paths lead to: one forgot it, or had none.
    let asked = known.call("/api/password_resets/ask", &[("email", ADA)]).await;
    assert_eq!(asked.status, 200);
    console.backend.finish_beside().await;
    chooses_password(&console, &post, &known, NEW, "a mailed link").await;
    let ada = with_code(&console, NEW, &of_ada.phone.next_code(&console)).await;
    sqlx::query("delete from passwords p using users u where u.id = p.user_id and u.email = $1")
        .bind(ADA)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(ada.call("/api/account/mail_password_link", &[]).await.status, 200);
    chooses_password(&console, &post, &known, NEWEST, "a link for a first password").await;
    // 8. The link that says that a sign-in was not hers, which ends with another mailed link.
    let fields = [("token", report.split_once("token=").unwrap().1)];
    let answer = known.post(&report, "/api/sessions/report", &fields).await;
    assert_eq!(answer.redirect().0, 303);
    leads_nowhere(&known, "a report").await;
    chooses_password(&console, &post, &known, NEW, "the link after a report").await;

    // Nothing of all this has taken anything away.
    assert_eq!(db_count(&pool, "users where two_factor").await, 1);
    let ada = with_code(&console, NEW, &of_ada.phone.next_code(&console)).await;
    let own = crate::stage::settings(&ada).await.two_factor;
    assert_eq!((own.authenticators.len(), own.recovery_codes_left), (1, 10));
}

/// Signs Ada in with both steps.
async fn with_code(console: &TestConsole, password: &str, code: &str) -> Visitor {
    let browser = console.stranger();
    assert_eq!(
        sign_in(&browser, ADA, password).await.redirect(),
        (303, CODE_PAGE)
    );
    assert_eq!(type_code(&browser, code).await.status, 200);
    assert!(is_in(&browser).await);
    browser
}

/// Ada's newest mailed link for a password: it begins no session, and neither does the password that was chosen.
async fn chooses_password(console: &TestConsole, post: &Post, browser: &Visitor, password: &str, path: &str) {
    let link = post.link_to(console, ADA, "/recover?token=").await;
    let fields = [
        ("token", link.split_once("token=").unwrap().1),
        ("password", password),
    ];
    let answer = browser.post(&link, RESET, &fields).await;
    assert_eq!(
        answer.redirect(),
        (303, "/sign-in?notice=password-replaced"),
        "{path}"
    );
    leads_nowhere(browser, path).await;
    assert_eq!(
        sign_in(browser, ADA, password).await.redirect(),
        (303, CODE_PAGE),
        "{path}"
    );
    leads_nowhere(browser, path).await;
}

/// The one exception, which the operator makes at the server's own terminal: for whoever has lost everything.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_operators_link_is_the_exception_and_takes_the_second_factor_away(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    enrol(&console, &ada).await;
    assert_eq!(
        ada.call("/api/two_factor/ask", &[("from", "2100-01-01")])
            .await
            .status,
        200
    );
    let made = console
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await
        .unwrap();
    // Until it is used nothing of it is gone.
    let browser = console.stranger();
    asked_for_code(&browser, ADA).await;
    let fields = [("token", made.link.expose()), ("password", NEW)];
    assert_eq!(browser.call(RESET, &fields).await.status, 200);
    assert!(is_in(&browser).await);
    assert_eq!(browser.cookie(CHALLENGE), None);
    for left in [
        "authenticators",
        "recovery_codes",
        "sign_in_challenges",
        "users where two_factor",
        "organizations where two_factor_from is not null",
    ] {
        assert_eq!(db_count(&pool, left).await, 0, "{left}");
    }
    let again = console.stranger();
    assert_eq!(sign_in(&again, ADA, NEW).await.redirect(), (303, "/"));
    let log = again
        .open("/organization/audit?action=users.reset_password")
        .await
        .body;
    for said in ["Authenticators removed", "Two factor no longer asked for"] {
        assert!(log.contains(said), "{said}");
    }
}

/// The link that activates an account of another organization, too, is for its own account alone.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_link_of_another_organization_does_not_enter_a_person_of_this_one(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let phone = scan(&ada).await;
    assert_eq!(confirm(&ada, "Phone", &phone.code(&console)).await.status, 200);
    let taken = console
        .backend
        .create_organization(&Client::command_line(), "Others", &[ADA.to_owned()])
        .await;
    assert!(taken.is_err(), "an address belongs to one person");
    let made = console
        .backend
        .create_organization(&Client::command_line(), "Others", &["eve@other.test".to_owned()])
        .await
        .unwrap();
    let link = format!("/invitations/{}", made.links[0].1.expose());
    let browser = console.stranger();
    asked_for_code(&browser, ADA).await;
    let fields = [
        ("token", token(&link)),
        ("first_name", "Eve"),
        ("last_name", "Other"),
        ("password", PASSWORD),
        ("email", ADA),
    ];
    assert_eq!(browser.call("/api/invitations/accept", &fields).await.status, 200);
    assert_eq!(crate::stage::settings(&browser).await.email, "eve@other.test");
}

/// The files under a folder whose text outside of tests has this, each with how often.
fn files_with(folder: &str, text: &str) -> Vec<(String, usize)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![top.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().and_then(OsStr::to_str) == Some("rs") {
                let times = fs::read_to_string(&path).unwrap().matches(text).count();
                if times > 0 {
                    found.push((path.strip_prefix(top).unwrap().display().to_string(), times));
                }
            }
        }
    }
    found.sort();
    found
}

/// What begins sessions was reviewed with the second factor in mind. A new place is one more path for the test above.
#[test]
fn sessions_begin_in_the_reviewed_files_only() {
    let reviewed = |files: &[(&str, usize)]| -> Vec<(String, usize)> {
        files
            .iter()
            .map(|(file, times)| ((*file).to_owned(), *times))
            .collect()
    };
    assert_eq!(
        files_with("app/backend/src", "start_session("),
        reviewed(&[
            // The operator's link, which has taken them away.
            ("app/backend/src/password_resets/mod.rs", 1),
            ("app/backend/src/sessions/mod.rs", 1),
            // The first person of an installation.
            ("app/backend/src/setup/mod.rs", 1),
            // Where none is asked for.
            ("app/backend/src/sign_in/mod.rs", 1),
        ])
    );
    assert_eq!(
        files_with("app/backend/src", "start_session_by("),
        reviewed(&[
            // Behind the question for a code, for Google and GitHub, and for SAML where it is asked.
            ("app/backend/src/identities/enter.rs", 1),
            // Whoever is invited has no authenticator yet.
            ("app/backend/src/invitations/accept.rs", 1),
            ("app/backend/src/sessions/mod.rs", 2),
            ("app/backend/src/two_factor/challenge.rs", 1),
        ])
    );
    // Nothing else writes the rows, or the cookie.
    assert_eq!(
        files_with("app/backend/src", "insert into sessions"),
        reviewed(&[("app/backend/src/sessions/store.rs", 1)])
    );
    assert_eq!(
        files_with("app/src", "cookies.session"),
        reviewed(&[("app/src/request.rs", 2)])
    );
}
