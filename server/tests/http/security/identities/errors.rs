//! What a provider, or somebody in its name, sends back that is no answer: said in our words, with a status that is the
//! sender's fault, and nothing of it kept in an address.

use super::{Stage, made};
use crate::{
    phone::is_in,
    providers::{
        DEPARTURE, Manner, Person, Place, callback, come_back, come_with, is_stopped, leave, sign_in_by,
        stop_of,
    },
    visitor::Answer,
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use reqwest::{Method, header};
use sqlx::PgPool;

const SCRIPT: &str = "<script>alert('owned')</script>";

/// The page on which it ends, opened as a browser does.
async fn last_page(stage: &Stage, answer: &Answer) -> Answer {
    let page = stage.console.stranger().open(answer.header("location")).await;
    let (_, query) = stop_of(answer);
    let problem = SignInProblem::from_key(&query["problem"]).unwrap();
    assert_eq!(page.status, problem.status(), "{}", answer.header("location"));
    assert!((400..500).contains(&problem.status()));
    assert!(page.body.contains(&query["reference"]), "{}", page.body);
    page
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_the_words_of_a_provider_are_on_no_page(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = made(&pool).await;
    for provider in Provider::ALL {
        for (error, why) in [
            ("access_denied", SignInProblem::Cancelled),
            ("server_error", SignInProblem::ProviderRefused),
            ("application_suspended", SignInProblem::ProviderRefused),
            (SCRIPT, SignInProblem::ProviderRefused),
            ("", SignInProblem::ProviderRefused),
            (
                "access_denied\r\nset-cookie: usher=x",
                SignInProblem::ProviderRefused,
            ),
        ] {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let query = [
                ("state", departed.state()),
                ("error", error),
                ("error_description", SCRIPT),
                ("error_uri", "https://evil.test/owned"),
            ];
            let answer = come_with(&browser, provider, &query).await;
            is_stopped(&answer, why);
            let page = last_page(&stage, &answer).await;
            for text in [answer.header("location"), &answer.body, &page.body] {
                for word in ["owned", "alert(", "script%3E", "evil.test", departed.state()] {
                    assert!(!text.contains(word), "{word}");
                }
            }
        }
    }
    assert_eq!(made(&pool).await, before);
}

/// A sentence of an attacker's on our page would be a lure.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_the_page_shows_no_words_of_its_address(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for query in [
        format!("problem={SCRIPT}&reference={SCRIPT}"),
        "problem=Call+our+hotline+0900-owned&reference=1".to_owned(),
        "problem=over&reference=%3Cimg+src%3Dx+onerror%3Dalert('owned')%3E".to_owned(),
        "problem=missing-attributes&missing=Call+the+hotline+0900-owned&reference=1".to_owned(),
        "problem=over&reference=1&back=https://evil.test/owned".to_owned(),
    ] {
        let page = stage
            .console
            .stranger()
            .open(&format!(
                "/sign-in/problem?{}",
                query.replace('<', "%3C").replace('>', "%3E")
            ))
            .await;
        for word in [
            "<script>alert(",
            "<img src=x",
            "onerror=",
            "evil.test/owned\"",
            "hotline",
        ] {
            assert!(!page.body.contains(word), "{query}: {word}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_code_and_state_leave_the_address(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        // A sign-in, a link page, and a problem.
        for person in [Some(ben.clone()), Some(ben.known_as("8")), None] {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let code = match person {
                Some(person) => stage.providers.code(&departed, &person),
                None => "a-code-of-nobody".to_owned(),
            };
            let answer = come_back(&browser, &departed, &code).await;
            assert_eq!(answer.status, 303);
            let plain = code.split('/').next_back().unwrap();
            for text in [answer.header("location"), &answer.body] {
                assert!(
                    !text.contains(departed.state()) && !text.contains(plain),
                    "{text}"
                );
                assert!(!text.contains("code=") && !text.contains("state="), "{text}");
            }
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
        }
    }
}

/// Nothing that comes there makes the server fail.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_nothing_in_the_address_is_a_fault_of_the_server(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = made(&pool).await;
    let long = "x".repeat(8 * 1024);
    for provider in Provider::ALL {
        let asked = stage.providers.asked().len();
        for (query, why) in [
            (vec![], SignInProblem::AnswerWrong),
            (vec![("code", "")], SignInProblem::AnswerWrong),
            (vec![("code", long.as_str())], SignInProblem::AnswerWrong),
            (vec![("code", "one"), ("code", "two")], SignInProblem::AnswerWrong),
            (vec![("code", "one"), ("code", "one")], SignInProblem::AnswerWrong),
            (
                vec![("code", "x"), ("error", "a"), ("error", "b")],
                SignInProblem::AnswerWrong,
            ),
            (
                vec![("code", "x"), ("error", "access_denied")],
                SignInProblem::Cancelled,
            ),
            (vec![("error", &long)], SignInProblem::ProviderRefused),
            (
                vec![("error", "a"), ("error_description", &long)],
                SignInProblem::ProviderRefused,
            ),
            (vec![("error", "\0\u{202e}\n")], SignInProblem::ProviderRefused),
        ] {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let query = [&[("state", departed.state())], &query[..]].concat();
            let answer = come_with(&browser, provider, &query).await;
            is_stopped(&answer, why);
            assert!(answer.header("location").len() < 300);
            last_page(&stage, &answer).await;
        }
        assert_eq!(stage.providers.asked().len(), asked, "no such code leaves us");

        let mut raw = vec![
            "%",
            "%ff%fe",
            "=&=&&&",
            "state",
            "state=%ff&code=%ff",
            "[]=1&state[0]=2",
        ];
        let pairs = "a=b&".repeat(1_000);
        raw.push(&pairs);
        for query in raw {
            let path = format!("/accounts/{}/callback?{query}", provider.key());
            let browser = stage.console.stranger();
            browser.set_cookie(DEPARTURE, &"A".repeat(43));
            is_stopped(&browser.open(&path).await, SignInProblem::Over);
        }
    }
    assert_eq!(made(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_a_form_is_no_way_back(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let before = made(&pool).await;
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let code = stage.providers.code(&departed, &ben);
        let path = callback(provider, &[("state", departed.state()), ("code", &code)]);
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            // Not even from a page of ours.
            for origin in ["https://evil.test", &stage.console.origin] {
                let request = browser
                    .request(method.clone(), &path)
                    .header(header::ORIGIN, origin);
                let answer = browser.send(request).await;
                assert!(
                    [403, 405].contains(&answer.status.as_u16()),
                    "{method} {origin}: {}",
                    answer.status
                );
            }
        }
        assert_eq!(made(&pool).await, before);
        assert!(!is_in(&browser).await);
    }
}

/// Answers of the provider itself: in an exchange that it refuses.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_a_refused_exchange_is_told_in_our_words(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = Person::of(super::BEN);
        let place = Place::token_of(provider);
        let before = made(&pool).await;
        for (error, why) in [
            ("invalid_grant", SignInProblem::AnswerWrong),
            ("invalid_client", SignInProblem::ClientRefused),
            ("redirect_uri_mismatch", SignInProblem::ClientRefused),
            (SCRIPT, SignInProblem::ClientRefused),
        ] {
            let said = serde_json::json!({ "error": error, "error_description": SCRIPT });
            let statuses: &[u16] = match provider {
                Provider::Google => &[400, 401],
                Provider::GitHub => &[200, 400],
            };
            for status in statuses {
                stage
                    .providers
                    .answer(place, Manner::Says(*status, said.to_string()));
                let browser = stage.console.stranger();
                let answer = sign_in_by(&stage.providers, &browser, provider, &ben).await;
                is_stopped(&answer, why);
                let page = last_page(&stage, &answer).await;
                assert!(!page.body.contains("owned") && !answer.header("location").contains("owned"));
            }
        }
        assert_eq!(made(&pool).await, before);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_11_the_reference_of_the_page_is_that_of_the_log(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let log = crate::log::Log::listen();
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let departed = leave(&browser, provider, &[]).await;
        let query = [
            ("state", departed.state()),
            ("error", "server_error"),
            ("error_description", "out of\nWARN a line of its own \u{1b}[31m"),
        ];
        let answer = come_with(&browser, provider, &query).await;
        let (_, query) = stop_of(&answer);
        let text = log.text();
        let line = text
            .lines()
            .find(|line| line.contains(&query["reference"]) && line.contains("a sign-in by a provider"));
        let line = line.unwrap_or_else(|| panic!("{text}"));
        assert!(
            line.contains("server_error: out of") && line.contains("provider-refused"),
            "{line}"
        );
        assert!(
            !text.lines().any(|line| line.starts_with("WARN")),
            "one line: {text}"
        );
        assert!(!text.contains('\u{1b}'));
    }
}
