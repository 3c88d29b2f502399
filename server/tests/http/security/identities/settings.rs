//! Linking in the settings: with a fresh proof of who somebody is, and in the session that began it.

use super::{ADA, BEN, GRACE, Stage, made, wants_proof};
use crate::{
    phone::is_in,
    providers::{
        DEPARTURE, Person, SESSION, come_back, is_signed_in, is_stopped, leads_to_link_page, leave,
        leave_to_link, link, sign_in_by, stop_of,
    },
    stage::{Post, caller, colleague, db_count, sign_in},
    visitor::{Answer, PASSWORD},
};
use backend::secret::Secret;
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use sqlx::PgPool;

const LINKED: (u16, &str) = (303, "/account/settings?notice=method-linked");

/// Stopped, on the way back to the settings.
fn stopped_there(answer: &Answer, problem: SignInProblem) {
    is_stopped(answer, problem);
    assert_eq!(
        stop_of(answer).1.get("back").map(String::as_str),
        Some("settings")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_a_provider_is_linked_in_the_session_that_began_it(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let post = Post::open().await;
    for provider in Provider::ALL {
        let ada = Person::of(ADA);
        let session = stage.ada.cookie(SESSION);
        let answer = link(&stage.console, &stage.providers, &stage.ada, provider, &ada).await;
        assert_eq!(answer.redirect(), LINKED);
        assert_eq!(stage.ada.cookie(SESSION), session, "no new session");
        post.deliver(&stage.console).await;
        let mails = post.server.received_by(ADA);
        let told = mails
            .iter()
            .filter(|mail| mail.raw.contains(provider.name()))
            .count();
        assert_eq!(told, 1, "she is told of it");
        let entry = format!(
            "audit where action = 'identities.link' and result = 'done' and after::text like '%{}%'",
            provider.key()
        );
        assert_eq!(db_count(&pool, &entry).await, 1);
        let browser = stage.console.stranger();
        is_signed_in(
            &sign_in_by(&stage.providers, &browser, provider, &ada).await,
            &browser,
        );
    }
    // Again: it is hers already.
    let before = made(&pool).await;
    let ada = Person::of(ADA);
    let answer = link(
        &stage.console,
        &stage.providers,
        &stage.ada,
        Provider::Google,
        &ada,
    )
    .await;
    assert_eq!(answer.redirect(), LINKED);
    assert_eq!(made(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_linking_asks_for_a_fresh_proof(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    stage.console.advance(301);
    for provider in Provider::ALL {
        wants_proof(leave_to_link(&stage.console, &stage.ada, provider).await);
    }
    assert_eq!(db_count(&pool, "external_sign_ins").await, 0);
    let password = Secret::new(PASSWORD.to_owned());
    let asking = caller(&stage.console, &stage.ada).await;
    let renewed = stage.console.backend.confirm_identity(&asking, &password).await;
    stage.ada.set_cookie(SESSION, renewed.unwrap().expose());
    for provider in Provider::ALL {
        let ada = Person::of(ADA);
        let answer = link(&stage.console, &stage.providers, &stage.ada, provider, &ada).await;
        assert_eq!(answer.redirect(), LINKED);
    }
}

/// Whoever has no password proves it at the provider, where they are asked anew.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_a_sign_in_at_the_provider_is_a_fresh_proof(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = Person::of(BEN);
    let browser = stage.joins(Provider::Google, &ben).await;
    stage.console.advance(301);
    wants_proof(leave_to_link(&stage.console, &browser, Provider::GitHub).await);
    let departed = leave(&browser, Provider::Google, &[("again", "")]).await;
    assert_eq!(departed.query["prompt"], "login");
    let code = stage.providers.code(&departed, &ben);
    is_signed_in(&come_back(&browser, &departed, &code).await, &browser);
    let answer = link(&stage.console, &stage.providers, &browser, Provider::GitHub, &ben).await;
    assert_eq!(answer.redirect(), LINKED);
}

/// As with single sign-on: what counts is when somebody signed in there, where the provider says it.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_a_sign_in_that_lies_back_is_no_fresh_proof(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let ben = Person::of(BEN);
    let browser = stage.joins(Provider::Google, &ben).await;
    for (seconds, proves) in [(0, true), (200, true), (301, false), (3 * 86_400, false)] {
        let at = (stage.console.backend.now() - time::Duration::seconds(seconds)).unix_timestamp();
        stage.providers.claim(move |claims| {
            claims.insert("auth_time".into(), at.into());
        });
        let other = stage.console.stranger();
        is_signed_in(
            &sign_in_by(&stage.providers, &other, Provider::Google, &ben).await,
            &other,
        );
        let proved = stage
            .console
            .backend
            .is_proved(&caller(&stage.console, &other).await);
        assert_eq!(proved, proves, "{seconds} s ago");

        // Whoever was to sign in anew, and did not, is told.
        let departed = leave(&browser, Provider::Google, &[("again", "")]).await;
        assert_eq!(departed.query["max_age"], "0");
        let code = stage.providers.code(&departed, &ben);
        let answer = come_back(&browser, &departed, &code).await;
        if proves {
            is_signed_in(&answer, &browser);
        } else {
            is_stopped(&answer, SignInProblem::NotAnew);
            assert!(is_in(&browser).await, "they are in as before");
        }
    }
}

/// What a link or an image of another site can ask for in her name.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_no_address_begins_a_link(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let before = db_count(&pool, "sessions").await;
    for provider in Provider::ALL {
        for query in [
            ("purpose", "link"),
            ("link", "1"),
            ("again", "1"),
            ("next", "/account/settings"),
            ("ticket", "1"),
        ] {
            let departed = leave(&stage.ada, provider, &[query]).await;
            let code = stage.providers.code(&departed, &Person::of("mallory@evil.test"));
            leads_to_link_page(&come_back(&stage.ada, &departed, &code).await);
        }
    }
    assert_eq!(
        db_count(&pool, "external_sign_ins where purpose = 'link'").await,
        0
    );
    assert_eq!(db_count(&pool, "identities").await, 0);
    assert_eq!(db_count(&pool, "sessions").await, before);
    assert!(is_in(&stage.ada).await);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_the_callback_of_an_attacker_links_nothing_to_the_session_that_visits_it(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    let mallory = colleague(&stage.console, &stage.ada, "mallory@example.test", &[]).await;
    for provider in Provider::ALL {
        let own = Person::of("mallory@example.test");
        let begin = async |person: &Person| {
            let departed = leave_to_link(&stage.console, &mallory, provider).await.unwrap();
            let code = stage.providers.code(&departed, person);
            (departed, code)
        };
        let before = made(&pool).await;
        let (departed, code) = begin(&own).await;
        is_stopped(
            &come_back(&stage.ada, &departed, &code).await,
            SignInProblem::Over,
        );

        // The attacker has even brought their cookie into her browser, as from a neighbouring host, or the address at
        // the provider is hers.
        for person in [&own, &Person::of(ADA)] {
            let (departed, code) = begin(person).await;
            stage
                .ada
                .set_cookie(DEPARTURE, &mallory.cookie(DEPARTURE).unwrap());
            let answer = come_back(&stage.ada, &departed, &code).await;
            stopped_there(&answer, SignInProblem::SessionOver);
        }
        assert_eq!(made(&pool).await, before);
        assert!(is_in(&stage.ada).await && is_in(&mallory).await);
    }
}

/// In one browser, between the start and the callback.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_whoever_signed_in_meanwhile_is_linked_to_nothing(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    colleague(&stage.console, &stage.ada, GRACE, &[]).await;
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        for person in [Person::of(ADA), Person::of(GRACE)] {
            sign_in(&browser, ADA, PASSWORD).await;
            let departed = leave_to_link(&stage.console, &browser, provider).await.unwrap();
            let code = stage.providers.code(&departed, &person);
            sign_in(&browser, GRACE, PASSWORD).await;
            let answer = come_back(&browser, &departed, &code).await;
            // With her session the departure ended.
            is_stopped(&answer, SignInProblem::Over);
        }
        // The session of Ada lives on elsewhere.
        let departed = leave_to_link(&stage.console, &stage.ada, provider).await.unwrap();
        let code = stage.providers.code(&departed, &Person::of(ADA));
        browser.set_cookie(DEPARTURE, &stage.ada.cookie(DEPARTURE).unwrap());
        let answer = come_back(&browser, &departed, &code).await;
        stopped_there(&answer, SignInProblem::SessionOver);
        stage.ada.forget_cookie(DEPARTURE);
    }
    assert_eq!(db_count(&pool, "identities").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_whoever_is_signed_out_meanwhile_is_linked_to_nothing(pool: PgPool) {
    let stage = Stage::set_with(pool.clone(), &[("session_idle", "4m")]).await;
    for provider in Provider::ALL {
        let browser = stage.console.stranger();
        let begin = async || {
            sign_in(&browser, ADA, PASSWORD).await;
            let departed = leave_to_link(&stage.console, &browser, provider).await.unwrap();
            let code = stage.providers.code(&departed, &Person::of(ADA));
            (departed, code)
        };
        let (departed, code) = begin().await;
        browser.post("/", "/api/sessions/sign_out", &[]).await;
        is_stopped(&come_back(&browser, &departed, &code).await, SignInProblem::Over);

        // In another session of the same person.
        let (departed, code) = begin().await;
        let other = stage.console.stranger();
        sign_in(&other, ADA, PASSWORD).await;
        other.set_cookie(DEPARTURE, &browser.cookie(DEPARTURE).unwrap());
        let answer = come_back(&other, &departed, &code).await;
        stopped_there(&answer, SignInProblem::SessionOver);

        let (departed, code) = begin().await;
        browser.forget_cookie(SESSION);
        let answer = come_back(&browser, &departed, &code).await;
        stopped_there(&answer, SignInProblem::SessionOver);

        let (departed, code) = begin().await;
        stage.console.advance(241);
        let answer = come_back(&browser, &departed, &code).await;
        stopped_there(&answer, SignInProblem::SessionOver);
    }
    assert_eq!(db_count(&pool, "identities").await, 0);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_only_ones_own_verified_address_is_linked(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let before = made(&pool).await;
        let ada = Person::of(ADA);
        let attempt = async |person: &Person| {
            link(&stage.console, &stage.providers, &stage.ada, provider, person).await
        };
        stopped_there(
            &attempt(&ada.unverified()).await,
            SignInProblem::AddressNotVerified,
        );
        for other in ["ada@elsewhere.test", "ada+x@example.test", "аda@example.test"] {
            let answer = attempt(&ada.with_address(other)).await;
            stopped_there(&answer, SignInProblem::OwnAddressDiffers);
        }
        assert_eq!(made(&pool).await, before);
        assert_eq!(
            attempt(&ada.with_address("ADA@Example.Test")).await.redirect(),
            LINKED
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_08_what_signs_somebody_in_is_nobody_elses(pool: PgPool) {
    let stage = Stage::set(pool.clone()).await;
    for provider in Provider::ALL {
        let ben = stage.member(provider).await;
        let before = made(&pool).await;
        // Ben has got her address at the provider: his account there is still his.
        let taken = ben.with_address(ADA);
        let answer = link(&stage.console, &stage.providers, &stage.ada, provider, &taken).await;
        stopped_there(&answer, SignInProblem::IdentityTaken);
        assert_eq!(made(&pool).await, before);

        // One of each provider is enough.
        let ada = Person::of(ADA);
        link(&stage.console, &stage.providers, &stage.ada, provider, &ada).await;
        let before = made(&pool).await;
        let second = ada.known_as("5");
        let answer = link(&stage.console, &stage.providers, &stage.ada, provider, &second).await;
        stopped_there(&answer, SignInProblem::AlreadyLinked);
        assert_eq!(made(&pool).await, before);
    }
}
