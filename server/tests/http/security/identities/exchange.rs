//! The way there and the exchange of the code: proof of possession (RFC 7636), and no code for the wrong provider.

use super::{Stage, made};
use crate::providers::{
    DEPARTURE, Person, Place, client_secret, come_back, come_with, encode, is_signed_in, is_stopped, leave,
    sign_in_by,
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_02_every_departure_has_a_challenge_of_its_own(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let browser = stage.console.stranger();
    let mut seen = BTreeSet::new();
    for provider in Provider::ALL.into_iter().cycle().take(6) {
        let departed = leave(&browser, provider, &[]).await;
        assert_eq!(departed.query["code_challenge_method"], "S256");
        assert_eq!(departed.query["response_type"], "code");
        assert!(!departed.query.contains_key("code_verifier"));
        let mut fresh = vec!["state", "code_challenge"];
        if provider == Provider::Google {
            fresh.push("nonce");
        }
        for name in fresh {
            let value = &departed.query[name];
            assert_eq!(value.len(), 43, "{name}: 256 bits");
            assert!(seen.insert(value.clone()), "{name}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_02_the_verifier_goes_to_the_token_endpoint(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let mut verifiers = BTreeSet::new();
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        for _ in 0..2 {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let code = stage.providers.code(&departed, &ben);
            is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
            let asked = stage.providers.asked_at(Place::token_of(provider));
            let form = &asked.last().unwrap().form;
            let verifier = &form["code_verifier"];
            assert!((43..=128).contains(&verifier.len()));
            assert_eq!(encode(Sha256::digest(verifier)), departed.query["code_challenge"]);
            assert_eq!(form["code"], code);
            assert_eq!(form["redirect_uri"], departed.query["redirect_uri"]);
            assert!(verifiers.insert(verifier.clone()), "fresh for each sign-in");
        }
    }
}

/// The browser is the right one, and the code is stolen from another sign-in.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_02_the_code_of_another_sign_in_is_worth_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let before = made(&pool).await;
        let (of_ben, of_mallory) = (stage.console.stranger(), stage.console.stranger());
        let left = leave(&of_ben, provider, &[]).await;
        let stolen = stage.providers.code(&left, &ben);
        let own = leave(&of_mallory, provider, &[]).await;
        let answer = come_back(&of_mallory, &own, &stolen).await;
        is_stopped(&answer, SignInProblem::AnswerWrong);
        assert_eq!(made(&pool).await, before);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_02_the_console_proves_itself_at_the_token_endpoint(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let wrong = [
            ("google_client_secret", "not the one"),
            ("github_client_secret", "not the one"),
        ];
        let other = stage
            .providers
            .console_with(stage.console.pool.clone(), &wrong)
            .await;
        let browser = other.stranger();
        let answer = sign_in_by(&stage.providers, &browser, provider, &ben).await;
        is_stopped(&answer, SignInProblem::ClientRefused);
        let asked = stage.providers.asked_at(Place::token_of(provider));
        let secret = client_secret(provider);
        // Google takes it in a header and GitHub in the form; neither gets it in an address.
        assert_eq!(
            asked[0].form.get("client_secret").map(String::as_str),
            (provider == Provider::GitHub).then_some(secret)
        );
        assert_eq!(
            asked[0].authorization.starts_with("Basic "),
            provider == Provider::Google
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_03_each_provider_has_its_own_addresses(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for provider in Provider::ALL {
        let departed = leave(&stage.console.stranger(), provider, &[]).await;
        let issuer = stage.providers.issuer(provider);
        assert_eq!(departed.address, format!("{issuer}/authorize"));
        let callback = format!("{}/accounts/{}/callback", stage.console.origin, provider.key());
        assert_eq!(departed.query["redirect_uri"], callback);
    }
    for path in [
        "/accounts/gitlab/login",
        "/accounts/gitlab/callback",
        "/accounts/Google/login",
    ] {
        let answer = stage.console.stranger().open(path).await;
        is_stopped(&answer, SignInProblem::NotConfigured);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_03_a_provider_that_is_not_set_up_does_nothing(pool: PgPool) {
    let console = crate::visitor::TestConsole::start(pool.clone()).await;
    for provider in Provider::ALL {
        let browser = console.stranger();
        let answer = browser.open(&crate::providers::login(provider, &[])).await;
        is_stopped(&answer, SignInProblem::NotConfigured);
        assert_eq!(browser.cookie(DEPARTURE), None);
    }
    assert_eq!(crate::stage::db_count(&pool, "external_sign_ins").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_03_a_code_goes_to_no_other_provider(pool: PgPool) {
    let stage = Stage::set(pool).await;
    for (here, there) in [
        (Provider::Google, Provider::GitHub),
        (Provider::GitHub, Provider::Google),
    ] {
        let ben = stage.member(here).await;
        let browser = stage.console.stranger();
        // Away at both, as after a click on each button: the second one is under way.
        let first = leave(&browser, here, &[]).await;
        let second = leave(&browser, there, &[]).await;
        let code = stage.providers.code(&first, &ben);
        let before = stage.providers.asked().len();
        for (provider, state) in [
            (there, first.state()),
            (here, second.state()),
            (here, first.state()),
        ] {
            let cookie = browser.cookie(DEPARTURE).unwrap();
            let query = [("state", state), ("code", &code)];
            is_stopped(&come_with(&browser, provider, &query).await, SignInProblem::Over);
            browser.set_cookie(DEPARTURE, &cookie);
        }
        assert_eq!(stage.providers.asked().len(), before);
        // The right callback asks at its own address, which doesn't know the code.
        let query = [("state", second.state()), ("code", &code)];
        let answer = come_with(&browser, there, &query).await;
        is_stopped(&answer, SignInProblem::AnswerWrong);
        let asked = stage.providers.asked();
        assert!(
            asked[before..]
                .iter()
                .all(|asked| asked.place.provider() == there)
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_03_whoever_answers_must_be_whom_we_asked_if_they_say_who_they_are(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let own = stage.providers.issuer(provider).to_owned();
        let other = stage.providers.issuer(match provider {
            Provider::Google => Provider::GitHub,
            Provider::GitHub => Provider::Google,
        });
        let (longer, upper) = (format!("{own}0"), own.to_uppercase());
        let credentials = own.replace("://", "://evil.test@");
        let before = made(&pool).await;
        for wrong in [
            vec!["https://evil.test"],
            vec![other],
            vec![longer.as_str()],
            vec![&upper],
            vec![&credentials],
            vec![""],
            vec!["https://evil.test", "https://evil.test"],
            vec![&own, "https://evil.test"],
        ] {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let code = stage.providers.code(&departed, &ben);
            let asked = stage.providers.asked().len();
            let mut query = vec![("state", departed.state()), ("code", &code)];
            query.extend(wrong.iter().map(|iss| ("iss", *iss)));
            let answer = come_with(&browser, provider, &query).await;
            is_stopped(&answer, SignInProblem::AnswerWrong);
            assert_eq!(
                stage.providers.asked().len(),
                asked,
                "{wrong:?}: the code stays here"
            );
        }
        assert_eq!(made(&pool).await, before);

        // GitHub names itself with a path.
        let path = format!("{own}/login/oauth");
        let right: &[&str] = match provider {
            Provider::Google => &[&own],
            Provider::GitHub => &[&own, &path],
        };
        for iss in right {
            let browser = stage.console.stranger();
            let departed = leave(&browser, provider, &[]).await;
            let code = stage.providers.code(&departed, &ben);
            let query = [("state", departed.state()), ("code", &code), ("iss", iss)];
            is_signed_in(&come_with(&browser, provider, &query).await, &browser);
        }
    }
}

/// Whoever is known to one provider by a name is not whoever is known to the other one by the same.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_03_a_subject_of_one_provider_is_nobody_at_the_other(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = stage.member(Provider::Google).await;
    let same_number = Person::of("mallory@example.test").known_as(&ben.subject);
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, Provider::GitHub, &same_number).await;
    crate::providers::leads_to_link_page(&answer);
}
