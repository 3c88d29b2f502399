//! The second step of signing in: which codes work, how often one may try, and whose sign-in it is.

use crate::{
    phone::{
        CHALLENGE, CODE, CODE_PAGE, RECOVERY_CODES, SETTINGS, asked_for_code, confirm, enrol, failure, is_in,
        is_refused, is_wrong, recovery_codes_on, scan, sign_in_with, type_code, waiting,
    },
    stage::{Post, accept, colleague, db_count, db_holds, db_rows, invite, settings, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use app::error::AppError;
use domain::refusal::Refusal;
use sqlx::PgPool;

const ADA: &str = "ada@example.test";
const BEN: &str = "ben@example.test";
const MINUTE: i64 = 60;
const LEAVE: &str = "/api/sign_in/leave";

fn is_over(answer: &crate::visitor::Answer) -> bool {
    is_refused(answer, Refusal::SignInOver)
}

/// Moves the clock to where the time step has just begun, so that none ends while a test types.
fn begin_step(console: &TestConsole) {
    let into = console.backend.now().unix_timestamp() % 30;
    console.advance(30 - into);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_06_a_code_works_one_step_early_or_late_by_the_servers_clock(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let phone = enrol(&console, &ada).await.phone;
    console.advance(5 * MINUTE);
    for steps in [-2, 2] {
        let browser = waiting(&console, ADA).await;
        begin_step(&console);
        let code = phone.code_after(&console, steps);
        assert!(is_wrong(&type_code(&browser, &code).await), "{steps}");
        // No client says what time it is.
        let then = (console.backend.now().unix_timestamp() + 30 * steps).to_string();
        let told = [
            ("code", code.as_str()),
            ("now", &then),
            ("time", &then),
            ("step", &then),
        ];
        assert!(is_wrong(&browser.call(CODE, &told).await), "{steps}");
    }
    for steps in [-1, 0, 1] {
        console.advance(2 * MINUTE);
        let browser = waiting(&console, ADA).await;
        begin_step(&console);
        let code = phone.code_after(&console, steps);
        assert_eq!(type_code(&browser, &code).await.status, 200, "{steps}");
        // Neither it nor one before it works again.
        let again = waiting(&console, ADA).await;
        assert!(is_wrong(&type_code(&again, &code).await), "{steps}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_08_only_who_knows_the_password_uses_the_tries_up_and_they_come_back(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let of_ada = enrol(&console, &ada).await;
    let before = db_rows(&pool).await;
    for _ in 0..15 {
        let stranger = console.stranger();
        assert!(is_over(&type_code(&stranger, "000000").await));
        stranger.set_cookie(CHALLENGE, &"A".repeat(43));
        assert!(is_over(&type_code(&stranger, "000000").await));
    }
    assert_eq!(db_rows(&pool).await, before, "nothing is counted for anybody");

    // Five at one sign-in, ten at one account, recovery codes among them.
    for typed in ["000000", "0000-0000-0000"] {
        let thief = waiting(&console, ADA).await;
        for _ in 0..4 {
            assert!(is_wrong(&type_code(&thief, typed).await));
        }
        assert!(is_over(&type_code(&thief, typed).await));
        assert!(is_over(
            &type_code(&thief, &of_ada.phone.next_code(&console)).await
        ));
        assert_eq!(thief.open(CODE_PAGE).await.status, 410);
    }
    let owner = waiting(&console, ADA).await;
    for right in [of_ada.phone.next_code(&console), of_ada.codes[0].clone()] {
        let answer = type_code(&owner, &right).await;
        assert!(answer.status == 429 && !answer.header("retry-after").is_empty());
        assert!(
            matches!(failure(&answer), AppError::TooManyAttempts { wait_seconds } if wait_seconds <= 900)
        );
    }
    assert!(is_in(&ada).await, "who is signed in already goes on");
    console.advance(15 * MINUTE);
    sign_in_with(&console, ADA, &of_ada.phone).await;
    let refused = "audit where action = 'sessions.sign_in' and result = 'refused'";
    assert_eq!(db_count(&pool, refused).await, 10, "each is in the audit log");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_10_a_sign_in_is_its_persons_in_its_browser_once_and_for_ten_minutes(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &[]).await;
    let (of_ada, of_ben) = (enrol(&console, &ada).await, enrol(&console, &ben).await);
    let (as_ada, as_ben) = (waiting(&console, ADA).await, waiting(&console, BEN).await);
    assert!(is_wrong(
        &type_code(&as_ada, &of_ben.phone.next_code(&console)).await
    ));
    assert!(is_wrong(
        &type_code(&as_ben, &of_ada.phone.next_code(&console)).await
    ));
    assert!(is_wrong(&type_code(&as_ben, &of_ada.codes[0]).await));

    // Whatever a form says: the sign-in is that of the cookie, and in no database, page or address.
    let token = as_ada.cookie(CHALLENGE).unwrap();
    assert!(token.len() == 43 && !db_holds(&pool, &token).await);
    assert!(!as_ada.open(CODE_PAGE).await.body.contains(&token));
    let code = of_ada.phone.next_code(&console);
    let elsewhere = console.stranger();
    let fields = [
        ("code", code.as_str()),
        ("challenge", &token),
        ("token", &token),
        ("email", ADA),
    ];
    assert!(is_over(&elsewhere.call(CODE, &fields).await));
    assert!(is_over(
        &elsewhere
            .call(&format!("{CODE}?challenge={token}"), &fields)
            .await
    ));
    let fields = [("code", code.as_str()), ("email", ADA), ("challenge", &token)];
    assert!(is_wrong(&as_ben.call(CODE, &fields).await));

    // Two cookies of one name are none: a neighbouring site may have set one.
    let swapped = console.stranger();
    swapped.set_cookie(
        "a",
        &format!("1; {CHALLENGE}={}", as_ben.cookie(CHALLENGE).unwrap()),
    );
    swapped.set_cookie(CHALLENGE, &token);
    assert!(is_over(&type_code(&swapped, &code).await));

    let replayed = console.stranger();
    replayed.set_cookie(CHALLENGE, &token);
    assert_eq!(type_code(&as_ada, &code).await.status, 200);
    assert_eq!(as_ada.cookie(CHALLENGE), None);
    assert_eq!(settings(&as_ada).await.email, ADA);
    assert!(is_over(
        &type_code(&replayed, &of_ada.phone.next_code(&console)).await
    ));
    assert!(replayed.cookie("usher").is_none());

    console.advance(10 * MINUTE);
    assert!(is_over(&type_code(&as_ben, &of_ben.phone.code(&console)).await));
    let page = as_ben.open(CODE_PAGE).await;
    assert!(page.status == 410 && !page.body.contains(BEN));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_15_recovery_codes_are_shown_once_work_once_and_end_with_new_ones(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, post) = (console.ada().await, Post::open().await);
    let of_ada = enrol(&console, &ada).await;
    assert!(recovery_codes_on(&ada.open(RECOVERY_CODES).await.body).is_empty());
    for code in &of_ada.codes {
        assert!(!db_holds(&pool, code).await && !db_holds(&pool, &code.replace('-', "")).await);
    }
    let hashed = "recovery_codes where hash like '$argon2id$%'";
    assert_eq!(db_count(&pool, hashed).await, 10);

    let lost = waiting(&console, ADA).await;
    assert!(
        lost.open("/sign-in/lost-device")
            .await
            .body
            .contains("Recovery code")
    );
    // As somebody copies it from paper.
    let typed = of_ada.codes[0].to_uppercase().replace('-', " ");
    assert_eq!(type_code(&lost, &typed).await.status, 200);
    assert_eq!(settings(&lost).await.two_factor.recovery_codes_left, 9);
    assert!(
        ada.open(SETTINGS)
            .await
            .body
            .contains("9 of 10 recovery codes left")
    );
    let again = waiting(&console, ADA).await;
    assert!(is_wrong(&type_code(&again, &of_ada.codes[0]).await));
    post.deliver(&console).await;
    let mails = post.server.received_by(ADA);
    let used = mails.iter().find(|mail| {
        let subject = mail.header("Subject").unwrap_or_default();
        subject.starts_with("A recovery code was used")
    });
    assert!(used.unwrap().text().contains("You have 9 left"));

    let page = format!("{SETTINGS}?dialog=new-codes");
    let made = ada.post(&page, "/api/two_factor/make_codes", &[]).await;
    assert_eq!(made.redirect(), (303, RECOVERY_CODES));
    let new = recovery_codes_on(&ada.open(RECOVERY_CODES).await.body);
    assert_eq!(new.len(), 10);
    assert!(is_wrong(&type_code(&again, &of_ada.codes[1]).await));
    assert_eq!(type_code(&again, &new[9]).await.status, 200);
    // What is no authenticator's does not set one up.
    scan(&ada).await;
    assert!(is_wrong(&confirm(&ada, "Key", &new[0]).await));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn mfa_17_whoever_turns_away_from_a_sign_in_ends_it_on_the_server(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &[]).await;
    let of_ada = enrol(&console, &ada).await;
    enrol(&console, &ben).await;
    let kept = |browser: &Visitor| {
        let replay = console.stranger();
        replay.set_cookie(CHALLENGE, &browser.cookie(CHALLENGE).unwrap());
        replay
    };
    let is_dead = async |replay: &Visitor| {
        is_over(&type_code(replay, &of_ada.phone.next_code(&console)).await)
            && replay.cookie("usher").is_none()
    };

    let browser = waiting(&console, ADA).await;
    let replay = kept(&browser);
    assert_eq!(
        browser.post(CODE_PAGE, LEAVE, &[]).await.redirect(),
        (303, "/sign-in")
    );
    assert!(browser.cookie(CHALLENGE).is_none() && is_dead(&replay).await);

    // A new sign-in, of the same person or another, whether a code is asked for or not.
    for (email, asks) in [(ADA, true), (BEN, true), ("carla@example.test", false)] {
        if !asks {
            colleague(&console, &ada, email, &[]).await;
        }
        let browser = waiting(&console, ADA).await;
        let replay = kept(&browser);
        if asks {
            asked_for_code(&browser, email).await;
        } else {
            assert_eq!(sign_in(&browser, email, PASSWORD).await.redirect(), (303, "/"));
            assert_eq!(browser.cookie(CHALLENGE), None);
        }
        assert!(is_dead(&replay).await, "{email}");
    }

    // Whatever begins or ends a session in that browser.
    let link = invite(&console, &ada, "dora@example.test", &[]).await;
    let browser = waiting(&console, ADA).await;
    let replay = kept(&browser);
    let fields = crate::stage::acceptance(&link);
    let accepted = browser.post(&link, "/api/invitations/accept", &fields).await;
    assert_eq!(accepted.redirect(), (303, "/"));
    assert_eq!(browser.cookie(CHALLENGE), None);
    assert!(is_dead(&replay).await);

    let link = invite(&console, &ada, "emma@example.test", &[]).await;
    let signed_in = accept(&console, &link, &[]).await;
    let browser = waiting(&console, ADA).await;
    signed_in.set_cookie(CHALLENGE, &browser.cookie(CHALLENGE).unwrap());
    let replay = kept(&browser);
    signed_in.post("/", "/api/sessions/sign_out", &[]).await;
    assert_eq!(signed_in.cookie(CHALLENGE), None);
    assert!(is_dead(&replay).await);
}

/// Each step gives the browser another value, and the one before is worth nothing.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn auth_13_the_session_is_new_after_the_code_and_after_every_proof(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let opens = async |value: &str| {
        let thief = console.stranger();
        thief.set_cookie("usher", value);
        is_in(&thief).await
    };
    let mut seen = vec![ada.cookie("usher").unwrap()];
    let phone = scan(&ada).await;
    seen.push(ada.cookie("usher").unwrap());
    assert_eq!(confirm(&ada, "Phone", &phone.code(&console)).await.status, 200);
    seen.push(ada.cookie("usher").unwrap());
    // A proof that is given, and asked for.
    console.advance(6 * MINUTE);
    let proof = [("current_password", PASSWORD)];
    assert_eq!(ada.call("/api/two_factor/make_codes", &proof).await.status, 200);
    seen.push(ada.cookie("usher").unwrap());
    assert!(is_in(&ada).await);

    let browser = console.stranger();
    let planted = "A".repeat(43);
    for name in ["usher", CHALLENGE] {
        browser.set_cookie(name, &planted);
    }
    asked_for_code(&browser, ADA).await;
    let challenge = browser.cookie(CHALLENGE).unwrap();
    assert_ne!(challenge, planted);
    assert_eq!(browser.cookie("usher").unwrap(), planted, "no session yet");
    assert_eq!(type_code(&browser, &phone.next_code(&console)).await.status, 200);
    let session = browser.cookie("usher").unwrap();
    assert!(is_in(&browser).await && ![&planted, &challenge].contains(&&session));
    seen.extend([planted, challenge]);
    let last = seen
        .iter()
        .position(|value| Some(value) == ada.cookie("usher").as_ref())
        .unwrap();
    for (n, value) in seen.iter().enumerate() {
        assert_eq!(opens(value).await, n == last, "{n}");
    }
}
