//! What a browser brings back: it must be the one that left, once, in time.

use super::{Stage, made};
use crate::{
    phone::{CHALLENGE, CODE_PAGE, enrol, is_in},
    providers::{
        DEPARTURE, Person, Place, SESSION, callback, come_back, come_with, is_signed_in, is_stopped, leave,
        link, login, sign_in_by,
    },
    stage::{USERS, colleague, db_count},
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use reqwest::{Method, header};
use sqlx::PgPool;
use tokio::task::JoinSet;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_a_sign_in_ends_only_in_the_browser_that_began_it(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let code = stage.providers.code(&departed, &ben);
        let (before, asked) = (made(&pool).await, stage.providers.asked().len());

        // A link that somebody was sent, in a browser that has left for the provider itself, and in others.
        let (clean, left, garbled, twice) = (
            stage.console.stranger(),
            stage.console.stranger(),
            stage.console.stranger(),
            stage.console.stranger(),
        );
        leave(&left, provider, &[]).await;
        garbled.set_cookie(DEPARTURE, "'\"");
        let own = browser.cookie(DEPARTURE).unwrap();
        twice.set_cookie(DEPARTURE, &format!("{own}; {DEPARTURE}={own}"));
        for other in [&clean, &left, &garbled, &twice] {
            is_stopped(&come_back(other, &departed, &code).await, SignInProblem::Over);
            assert!(!is_in(other).await);
        }
        assert_eq!(made(&pool).await, before);
        assert_eq!(stage.providers.asked().len(), asked, "the code went nowhere");

        // Nobody else could spoil it.
        is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
        assert!(is_in(&browser).await);
        assert_eq!(browser.cookie(DEPARTURE), None);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_the_cookie_of_a_departure_is_for_this_host_and_no_script(pool: PgPool) {
    let stage = Stage::set_with(pool, &[("public_url", "https://console.example.test")]).await;
    for provider in Provider::ALL {
        let answer = stage.console.stranger().open(&login(provider, &[])).await;
        let cookie = answer.header("set-cookie");
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Secure");
        let value = pair.strip_prefix("__Host-departure=").unwrap();
        assert_eq!(value.len(), 43);
        assert!(!answer.header("location").contains(value));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_a_callback_works_once(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let cookie = browser.cookie(DEPARTURE).unwrap();
        let code = stage.providers.code(&departed, &ben);
        is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
        let (before, asked) = (made(&pool).await, stage.providers.asked().len());

        // The code is fresh: it is the state that is used up.
        let fresh = stage.providers.code(&departed, &ben);
        for code in [&code, &fresh] {
            let again = stage.console.stranger();
            again.set_cookie(DEPARTURE, &cookie);
            is_stopped(&come_back(&again, &departed, code).await, SignInProblem::Over);
        }
        assert_eq!(made(&pool).await, before);
        assert_eq!(stage.providers.asked().len(), asked);
    }
}

/// Also one that fails is used up.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_a_callback_that_failed_is_used_up(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let cookie = browser.cookie(DEPARTURE).unwrap();
        let wrong = come_back(&browser, &departed, "no code of ours").await;
        is_stopped(&wrong, SignInProblem::AnswerWrong);
        browser.set_cookie(DEPARTURE, &cookie);
        let code = stage.providers.code(&departed, &ben);
        is_stopped(&come_back(&browser, &departed, &code).await, SignInProblem::Over);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_of_ten_callbacks_at_once_one_signs_in(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let code = stage.providers.code(&departed, &ben);
        let sessions = db_count(&pool, "sessions").await;
        let mut all = JoinSet::new();
        for _ in 0..10 {
            let query = [("state", departed.state()), ("code", &code)];
            let request = browser.request(Method::GET, &callback(provider, &query));
            all.spawn(async move {
                let answer = request.send().await.unwrap();
                answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
            });
        }
        let mut led = all.join_all().await;
        led.sort();
        assert_eq!(led[0], "/");
        assert!(led[1..].iter().all(|to| to.contains("problem=over&")), "{led:?}");
        assert_eq!(db_count(&pool, "sessions").await, sessions + 1);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_whoever_is_away_for_ten_minutes_begins_again(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let (late, in_time) = (stage.console.stranger(), stage.console.stranger());
        let left = leave(&late, provider, &[]).await;
        stage.console.advance(1);
        let left_later = leave(&in_time, provider, &[]).await;
        stage.console.advance(599);
        let code = stage.providers.code(&left, &ben);
        is_stopped(&come_back(&late, &left, &code).await, SignInProblem::Over);
        assert!(!is_in(&late).await);
        let code = stage.providers.code(&left_later, &ben);
        is_signed_in(&come_back(&in_time, &left_later, &code).await, &in_time);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_without_its_state_nothing_is_asked(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let cookie = browser.cookie(DEPARTURE).unwrap();
        let code = stage.providers.code(&departed, &ben);
        let (before, asked) = (made(&pool).await, stage.providers.asked().len());
        let state = departed.state();
        let (longer, other, long) = (format!("{state}A"), "A".repeat(43), "A".repeat(8 * 1024));
        let shorter = &state[..42];
        let swapped: String = state
            .chars()
            .map(|c| {
                if c.is_lowercase() {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        for wrong in [
            vec![],
            vec![("state", "")],
            vec![("state", other.as_str())],
            vec![("state", &longer)],
            vec![("state", shorter)],
            vec![("state", &swapped)],
            vec![("state", &long)],
            vec![("state", "%00")],
            vec![("state", "\0")],
            vec![("state", "' or true --")],
            vec![("State", state)],
            vec![("state", state), ("state", state)],
            vec![("state", state), ("state", &other)],
            vec![("state[]", state)],
        ] {
            browser.set_cookie(DEPARTURE, &cookie);
            let query = [&wrong[..], &[("code", &code)]].concat();
            let answer = come_with(&browser, provider, &query).await;
            is_stopped(&answer, SignInProblem::Over);
        }
        assert_eq!(made(&pool).await, before);
        assert_eq!(stage.providers.asked().len(), asked, "no code left us");
        browser.set_cookie(DEPARTURE, &cookie);
        is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_a_state_of_the_other_provider_is_none(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for (here, there) in [
        (Provider::Google, Provider::GitHub),
        (Provider::GitHub, Provider::Google),
    ] {
        let ben = stage.member(here).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, here, &[]).await;
        let cookie = browser.cookie(DEPARTURE).unwrap();
        let code = stage.providers.code(&departed, &ben);
        let asked = stage.providers.asked().len();
        let query = [("state", departed.state()), ("code", &code)];
        is_stopped(&come_with(&browser, there, &query).await, SignInProblem::Over);
        assert_eq!(stage.providers.asked().len(), asked);
        browser.set_cookie(DEPARTURE, &cookie);
        is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
        let asked = stage.providers.asked_at(Place::token_of(here));
        assert_eq!(asked.last().unwrap().form["code"], code);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_it_leads_to_a_page_of_this_console_and_nowhere_else(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        for (next, opened) in [
            (USERS, USERS),
            ("/account/settings?dialog=x", "/account/settings?dialog=x"),
            ("//evil.test", "/"),
            ("https://evil.test/", "/"),
            ("/\\evil.test", "/"),
            ("/\t/evil.test", "/"),
            ("/\r\nset-cookie: usher=x", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[("next", next)]).await;
            assert!(!departed.query.values().any(|value| value.contains("evil")));
            let code = stage.providers.code(&departed, &ben);
            // What comes back has no say in it.
            let query = [
                ("state", departed.state()),
                ("code", &code),
                ("next", "//evil.test"),
            ];
            let answer = come_with(&browser, provider, &query).await;
            assert_eq!(answer.redirect(), (303, opened), "{next:?}");
        }
    }
}

/// A session of somebody else in this browser, and a sign-in that waits for its code.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_01_what_was_signed_in_or_under_way_in_this_browser_ends(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = stage.member(Provider::Google).await;
    let grace = colleague(&stage.console, &stage.ada, super::GRACE, &[]).await;
    let browser = stage.console.stranger();
    browser.set_cookie(SESSION, &grace.cookie(SESSION).unwrap());
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &ben).await;
    is_signed_in(&answer, &browser);
    assert_ne!(browser.cookie(SESSION), grace.cookie(SESSION), "a new one");
    assert!(is_in(&browser).await && !is_in(&grace).await);

    // Ada asks for a code, in the browser of Ben.
    let ada = Person::of(super::ADA);
    link(
        &stage.console,
        &stage.providers,
        &stage.ada,
        Provider::Google,
        &ada,
    )
    .await;
    enrol(&stage.console, &stage.ada).await;
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &ada).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE));
    assert!(!is_in(&browser).await);
    assert_eq!(db_count(&pool, "sign_in_challenges").await, 1);
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, &ben).await;
    is_signed_in(&answer, &browser);
    assert_eq!(browser.cookie(CHALLENGE), None);
    assert_eq!(db_count(&pool, "sign_in_challenges").await, 0);
}
