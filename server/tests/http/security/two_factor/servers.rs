//! Two servers on one database, and a database that does not answer between password and code.

use crate::{
    phone::{
        CHALLENGE, CODE_PAGE, confirm, enrol, failure, is_in, is_refused, is_wrong, scan, type_code, waiting,
    },
    stage::{settings, sign_in},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use app::error::AppError;
use domain::refusal::Refusal;
use sqlx::{AssertSqlSafe, PgPool};

const ADA: &str = "ada@example.test";

/// The same browser, which a load balancer sends to another server.
fn elsewhere(browser: &Visitor, other: &TestConsole) -> Visitor {
    let there = other.stranger();
    for name in ["usher", "browser", CHALLENGE] {
        if let Some(value) = browser.cookie(name) {
            there.set_cookie(name, &value);
        }
    }
    there
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_07_a_sign_in_of_one_server_goes_on_at_the_other_and_counts_there(pool: PgPool) {
    let (one, two) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let advance = |seconds: i64| {
        one.advance(seconds);
        two.advance(seconds);
    };
    let ada = one.ada().await;
    // Begun here and confirmed there.
    let phone = scan(&ada).await;
    let there = elsewhere(&ada, &two);
    assert_eq!(confirm(&there, "Phone", &phone.code(&two)).await.status, 200);
    assert!(is_in(&elsewhere(&there, &one)).await && !is_in(&ada).await);

    // Begun here and finished there; used there is used here.
    advance(30);
    let (first, second) = (waiting(&one, ADA).await, waiting(&one, ADA).await);
    let code = phone.code(&one);
    let there = elsewhere(&first, &two);
    assert!(there.open(CODE_PAGE).await.body.contains(ADA));
    assert_eq!(type_code(&there, &code).await.status, 200);
    assert!(is_in(&elsewhere(&there, &one)).await);
    assert!(is_refused(&type_code(&first, &code).await, Refusal::SignInOver));
    assert!(is_wrong(&type_code(&second, &code).await));
    // Left there is over here.
    elsewhere(&second, &two).call("/api/sign_in/leave", &[]).await;
    assert_eq!(second.open(CODE_PAGE).await.status, 410);

    // A right code makes all tries whole.
    advance(30);
    assert_eq!(
        type_code(&waiting(&two, ADA).await, &phone.code(&two))
            .await
            .status,
        200
    );
    // Of one sign-in and one account tries are counted together.
    for _ in 0..2 {
        let here = waiting(&one, ADA).await;
        let there = elsewhere(&here, &two);
        for n in 0..5 {
            let answer = type_code(if n % 2 == 0 { &here } else { &there }, "000000").await;
            if n < 4 {
                assert!(is_wrong(&answer), "{n}");
            } else {
                assert!(is_refused(&answer, Refusal::SignInOver));
            }
        }
        advance(30);
        for browser in [&here, &there] {
            assert!(is_refused(
                &type_code(browser, &phone.code(&one)).await,
                Refusal::SignInOver
            ));
        }
    }
    for server in [&one, &two] {
        let answer = type_code(&waiting(server, ADA).await, &phone.code(&one)).await;
        assert!(
            matches!(failure(&answer), AppError::TooManyAttempts { .. }),
            "{}",
            answer.body
        );
    }
}

/// Of the same code at two servers at once one gets in, however often it is tried.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_07_a_code_that_is_used_at_both_servers_at_once_lets_one_in(pool: PgPool) {
    let (one, two) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = one.ada().await;
    let of_ada = enrol(&one, &ada).await;
    for round in 0..5 {
        one.advance(30);
        two.advance(30);
        let codes = [of_ada.phone.code(&one), of_ada.codes[round].clone()];
        for code in codes {
            let (here, there) = (waiting(&one, ADA).await, waiting(&two, ADA).await);
            let (first, second) = tokio::join!(type_code(&here, &code), type_code(&there, &code));
            let mut answers = [first.status.as_u16(), second.status.as_u16()];
            answers.sort_unstable();
            assert_eq!(answers, [200, 422], "{round}");
            assert_ne!(is_in(&here).await, is_in(&there).await);
        }
    }
    assert_eq!(settings(&ada).await.two_factor.recovery_codes_left, 5);
}

/// An error is never taken for "nobody asks for a code here".
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn rel_02_a_locked_database_lets_nobody_in_without_their_code(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let hasty = TestConsole::start_with(pool.clone(), &[("request_timeout", "1s")]).await;
    let ada = console.ada().await;
    let phone = enrol(&console, &ada).await.phone;
    let next_code = || {
        hasty.advance(30);
        phone.next_code(&console)
    };
    for table in [
        "authenticators",
        "sign_in_challenges",
        "throttles",
        "users",
        "sessions",
        "audit",
    ] {
        let browser = elsewhere(&waiting(&console, ADA).await, &hasty);
        let code = next_code();
        let mut lock = pool.begin().await.unwrap();
        let statement = format!("lock table {table} in access exclusive mode");
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *lock)
            .await
            .unwrap();
        for typed in [code.as_str(), "000000"] {
            assert_eq!(type_code(&browser, typed).await.status, 503, "{table}");
            assert_eq!(browser.cookie("usher"), None, "{table}");
        }
        // Nor does the password alone, as if nobody asked for a code.
        let another = hasty.stranger();
        let answer = sign_in(&another, ADA, PASSWORD).await;
        assert_eq!(another.cookie("usher"), None, "{table} {}", answer.status);
        lock.rollback().await.unwrap();
        eventually_signs_in(&console, next_code).await;
    }
    assert!(is_in(&ada).await);
}

/// The work of requests that were given up ends a moment later.
async fn eventually_signs_in(console: &TestConsole, next_code: impl Fn() -> String) {
    for _ in 0..20 {
        let browser = waiting(console, ADA).await;
        if type_code(&browser, &next_code()).await.status == 200 {
            return;
        }
    }
    panic!("nobody gets in any more");
}
