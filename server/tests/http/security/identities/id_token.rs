//! What Google signs is believed only if it is made for this sign-in, by a key of Google's, and in time.

use super::{Stage, made};
use crate::{
    phone::is_in,
    providers::{
        Keys, Manner, Person, Place, client_secret, come_back, encode, is_signed_in, is_stopped, leave, mac,
        rsa_jwk, sign_in_by, sign_with_rsa, signed, stop_of,
    },
};
use domain::{identities::Provider, sign_in_problem::SignInProblem};
use serde_json::{Map, Value, json};
use sqlx::PgPool;

type Claims = Map<String, Value>;
type Forge = fn(&Keys, Claims) -> String;
type Cut = fn(&str) -> String;

/// That nobody gets in by the token that is made now.
async fn is_refused(stage: &Stage, ben: &Person, why: &str) {
    let before = made(&stage.console.pool).await;
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, ben).await;
    assert!(
        answer.header("location").contains("problem="),
        "{why}: {:?}",
        answer.redirect()
    );
    let (_, query) = stop_of(&answer);
    assert!(
        ["answer-wrong", "provider-down"].contains(&query["problem"].as_str()),
        "{why}: {query:?}"
    );
    assert!(!is_in(&browser).await, "{why}");
    assert_eq!(made(&stage.console.pool).await, before, "{why}");
}

async fn gets_in(stage: &Stage, ben: &Person, why: &str) {
    let browser = stage.console.stranger();
    let answer = sign_in_by(&stage.providers, &browser, Provider::Google, ben).await;
    assert_eq!(answer.redirect(), (303, "/"), "{why}");
    assert!(is_in(&browser).await, "{why}");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_a_token_with_a_wrong_claim_is_refused(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    let issuer = stage.providers.issuer(Provider::Google).to_owned();
    let client = |others: &[&str]| {
        let mut audiences = vec![json!(crate::providers::CLIENT)];
        audiences.extend(others.iter().map(|other| json!(other)));
        Value::from(audiences)
    };
    let now = stage.console.backend.now().unix_timestamp();
    for (claim, wrong) in [
        (
            "iss",
            vec![
                json!("https://accounts.evil.test"),
                json!(format!("{issuer}/")),
                json!(issuer.to_uppercase()),
                json!(stage.providers.issuer(Provider::GitHub)),
                json!(""),
                json!([issuer]),
                Value::Null,
            ],
        ),
        (
            "aud",
            vec![
                json!("another client"),
                json!(crate::providers::CLIENT.to_uppercase()),
                json!(""),
                json!([]),
                json!(["another client"]),
                client(&["another client"]),
                Value::Null,
            ],
        ),
        ("azp", vec![json!("another client"), json!("")]),
        (
            "nonce",
            vec![
                json!("another sign-in"),
                json!(""),
                json!("A".repeat(43)),
                Value::Null,
            ],
        ),
        (
            "exp",
            vec![
                json!(now - 1),
                json!(now - 86_400),
                json!(0),
                json!(-1),
                json!("never"),
                Value::Null,
            ],
        ),
        (
            "sub",
            vec![Value::Null, json!(""), json!(7), json!([ben.subject])],
        ),
    ] {
        for value in wrong {
            let why = format!("{claim}: {value}");
            stage.providers.claim(move |claims| {
                // A claim that is not there is not one that is null.
                if value.is_null() {
                    claims.remove(claim);
                } else {
                    claims.insert(claim.to_owned(), value.clone());
                }
            });
            is_refused(&stage, &ben, &why).await;
        }
    }
    stage.providers.claim(Map::clear);
    is_refused(&stage, &ben, "no claims").await;
    stage.providers.recover();
    gets_in(&stage, &ben, "as it should be").await;
}

/// The time is that of the console, to the second.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_a_token_that_has_expired_is_refused(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    stage.console.advance(3_590);
    gets_in(&stage, &ben, "ten seconds before").await;
    stage.console.advance(11);
    is_refused(&stage, &ben, "a second after").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_a_token_that_google_has_not_signed_is_refused(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    let es256 = || json!({ "alg": "ES256", "kid": Keys::ID });
    let forged: [(&str, Forge); 16] = [
        ("no algorithm", |_, claims| {
            signed(&json!({ "alg": "none" }), &claims, |_| Vec::new())
        }),
        ("no algorithm, with the name of the key", |_, claims| {
            signed(&json!({ "alg": "none", "kid": Keys::ID }), &claims, |_| {
                Vec::new()
            })
        }),
        ("no algorithm, written otherwise", |_, claims| {
            signed(&json!({ "alg": "NoNe" }), &claims, |_| Vec::new())
        }),
        ("no algorithm, and a signature", |keys, claims| {
            keys.sign_under(&json!({ "alg": "none" }), &claims)
        }),
        ("no algorithm is named", |keys, claims| {
            keys.sign_under(&json!({ "kid": Keys::ID }), &claims)
        }),
        ("the secret that we share", |_, claims| {
            let secret = client_secret(Provider::Google).as_bytes();
            mac(&json!({ "alg": "HS256" }), &claims, secret)
        }),
        ("the secret, with the name of the key", |_, claims| {
            let secret = client_secret(Provider::Google).as_bytes();
            mac(&json!({ "alg": "HS256", "kid": Keys::ID }), &claims, secret)
        }),
        ("the public key as a secret", |keys, claims| {
            mac(&json!({ "alg": "HS256", "kid": Keys::ID }), &claims, keys.point())
        }),
        ("the public key as text", |keys, claims| {
            let text = keys.jwk().to_string();
            mac(
                &json!({ "alg": "HS256", "kid": Keys::ID }),
                &claims,
                text.as_bytes(),
            )
        }),
        ("an empty secret", |_, claims| {
            mac(&json!({ "alg": "HS256", "kid": Keys::ID }), &claims, b"")
        }),
        ("another key under the name of the right one", |keys, claims| {
            keys.sign_as_stranger(&json!({ "alg": "ES256", "kid": Keys::ID }), &claims)
        }),
        ("another key without a name", |keys, claims| {
            keys.sign_as_stranger(&json!({ "alg": "ES256" }), &claims)
        }),
        ("a key that the token brings along", |keys, claims| {
            let header = json!({ "alg": "ES256", "kid": Keys::ID, "jwk": keys.stranger_jwk() });
            keys.sign_as_stranger(&header, &claims)
        }),
        ("the name of a key that is not published", |keys, claims| {
            keys.sign_under(&json!({ "alg": "ES256", "kid": "another" }), &claims)
        }),
        ("another algorithm than that of the key", |keys, claims| {
            keys.sign_under(&json!({ "alg": "RS256", "kid": Keys::ID }), &claims)
        }),
        ("a header that must be understood and isn't", |keys, claims| {
            let header = json!({ "alg": "ES256", "kid": Keys::ID, "crit": ["b64"], "b64": false });
            keys.sign_under(&header, &claims)
        }),
    ];
    for (why, forge) in forged {
        stage.providers.forge(forge);
        is_refused(&stage, &ben, why).await;
    }
    stage
        .providers
        .forge(move |keys, claims| keys.sign_under(&es256(), &claims));
    gets_in(&stage, &ben, "signed by Google").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_a_token_that_was_changed_is_refused(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let (ben, victim) = (
        stage.member(Provider::Google).await,
        Person::of("victim@example.test"),
    );
    let of_victim = victim.subject.clone();
    stage.joins(Provider::Google, &victim).await;
    stage.providers.forge(move |keys, mut claims| {
        let token = keys.sign(&claims);
        let parts: Vec<_> = token.split('.').collect();
        claims.insert("sub".into(), of_victim.clone().into());
        let changed = encode(Value::from(claims).to_string());
        format!("{}.{changed}.{}", parts[0], parts[2])
    });
    is_refused(&stage, &ben, "another subject").await;
    let cut: [(&str, Cut); 6] = [
        ("no signature", |token| {
            token.rsplit_once('.').unwrap().0.to_owned()
        }),
        ("an empty signature", |token| {
            format!("{}.", token.rsplit_once('.').unwrap().0)
        }),
        ("half a signature", |token| token[..token.len() - 43].to_owned()),
        ("zeros for a signature", |token| {
            format!("{}.{}", token.rsplit_once('.').unwrap().0, encode([0; 64]))
        }),
        ("more than a signature", |token| {
            format!("{token}.{}", encode("more"))
        }),
        ("no token", |_| "no.token.at all".to_owned()),
    ];
    for (why, cut) in cut {
        stage
            .providers
            .forge(move |keys, claims| cut(&keys.sign(&claims)));
        is_refused(&stage, &ben, why).await;
    }
}

/// A token of another sign-in of the same person: replayed, or taken from an application of the attacker's.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_the_token_of_another_sign_in_is_refused(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    gets_in(&stage, &ben, "once").await;
    let used = stage.providers.issued().pop().unwrap();
    stage.providers.forge(move |_, _| used.clone());
    is_refused(&stage, &ben, "replayed").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_without_a_token_nobody_gets_in(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    for answer in [
        json!({ "access_token": "x", "token_type": "Bearer" }),
        json!({ "access_token": "x", "token_type": "Bearer", "id_token": null }),
        json!({ "access_token": "x", "token_type": "Bearer", "id_token": "" }),
        json!({ "access_token": "x", "token_type": "Bearer", "id_token": { "sub": ben.subject } }),
        json!({}),
        json!([]),
    ] {
        let manner = Manner::Says(200, answer.to_string());
        stage.providers.answer(Place::GoogleToken, manner);
        is_refused(&stage, &ben, &answer.to_string()).await;
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_what_google_may_do_is_accepted(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    stage
        .providers
        .claim(|claims| drop(claims.insert("aud".into(), json!([crate::providers::CLIENT]))));
    gets_in(&stage, &ben, "a list of one audience").await;
    stage.providers.claim(|claims| drop(claims.remove("azp")));
    gets_in(&stage, &ben, "without the authorized party").await;
    stage
        .providers
        .claim(|claims| drop(claims.insert("hd".into(), json!("example.test"))));
    gets_in(&stage, &ben, "with claims that we don't know").await;

    // As Google signs: with RSA; and with a key that was not there before.
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "next" });
    stage
        .providers
        .forge(move |_, claims| sign_with_rsa(&header, &claims));
    is_refused(&stage, &ben, "a key that is not published yet").await;
    let both = json!({ "keys": [rsa_jwk("other"), rsa_jwk("next")] });
    let published = Manner::Says(200, both.to_string());
    stage.providers.answer(Place::GoogleKeys, published);
    gets_in(&stage, &ben, "signed with RSA").await;
}

/// What everybody knows of RSA must be no secret of HMAC, and a key that is gone signs nothing.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_a_published_key_signs_only_as_what_it_is(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    let key = rsa_jwk("rsa");
    let publish = |keys: Value| {
        let published = Manner::Says(200, json!({ "keys": keys }).to_string());
        stage.providers.answer(Place::GoogleKeys, published);
    };
    publish(json!([key]));
    let modulus = key["n"].as_str().unwrap().to_owned();
    for secret in [modulus, key.to_string()] {
        stage.providers.forge(move |_, claims| {
            mac(
                &json!({ "alg": "HS256", "kid": "rsa" }),
                &claims,
                secret.as_bytes(),
            )
        });
        is_refused(&stage, &ben, "RSA as HMAC").await;
    }
    let header = json!({ "alg": "RS256", "kid": "rsa" });
    stage
        .providers
        .forge(move |_, claims| sign_with_rsa(&header, &claims));
    gets_in(&stage, &ben, "while it is published").await;
    publish(json!([]));
    is_refused(&stage, &ben, "when it is gone").await;
    let mut encrypts = rsa_jwk("rsa");
    encrypts["use"] = "enc".into();
    publish(json!([encrypts]));
    is_refused(&stage, &ben, "a key that is not for signatures").await;
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn soc_04_the_nonce_is_that_of_the_departure(pool: PgPool) {
    let stage = Stage::set(pool).await;
    let ben = stage.member(Provider::Google).await;
    let browser = stage.console.stranger();
    let first = leave(&browser, Provider::Google, &[]).await;
    let mut second = leave(&browser, Provider::Google, &[]).await;
    // The provider is led to put the nonce of another departure of the same browser in.
    second.query.insert("nonce".into(), first.query["nonce"].clone());
    let code = stage.providers.code(&second, &ben);
    let answer = come_back(&browser, &second, &code).await;
    is_stopped(&answer, SignInProblem::AnswerWrong);
    let third = leave(&browser, Provider::Google, &[]).await;
    let code = stage.providers.code(&third, &ben);
    is_signed_in(&come_back(&browser, &third, &code).await, &browser);
}
