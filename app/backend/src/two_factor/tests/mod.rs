//! Two-factor authentication on a real database. Codes are made as an app makes them: from the secret that the page shows.

mod demand;
mod sign_in;

use crate::{
    Caller, Error, Result,
    secret::{Secret, Token},
    sign_in::SignedIn,
    testing::{PASSWORD, Stage, client},
};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use sqlx::PgPool;
use time::Duration;
use totp_rs::{Builder, Totp};

fn password() -> Secret<String> {
    Secret::new(PASSWORD.into())
}

/// An app on a phone.
struct Phone(Totp);

impl Phone {
    /// That was told the secret.
    fn of(secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    fn code(&self, stage: &Stage) -> String {
        self.code_after(stage, 0)
    }

    /// What it shows so many steps later.
    fn code_after(&self, stage: &Stage, steps: i64) -> String {
        let seconds = stage.backend.now().unix_timestamp() + steps * 30;
        self.0.generate(u64::try_from(seconds).unwrap()).to_string()
    }
}

/// Somebody with their phone and their recovery codes.
struct Enrolled {
    caller: Caller,
    phone: Phone,
    codes: Vec<String>,
}

async fn start(stage: &Stage, caller: &Caller) -> (Caller, Phone) {
    let session = stage.backend.start_enrolment(caller, &password()).await.unwrap();
    let caller = stage.caller(&session).await.unwrap();
    let enrolment = stage.backend.look_at_enrolment(&caller).await.unwrap().unwrap();
    (caller, Phone::of(&enrolment.secret))
}

async fn enrol(stage: &Stage, caller: &Caller) -> Enrolled {
    let (caller, phone) = start(stage, caller).await;
    let code = phone.code(stage);
    let confirmed = stage
        .backend
        .confirm_enrolment(&caller, "Phone", &code)
        .await
        .unwrap();
    // The code of this step is used up.
    stage.advance(Duration::seconds(30));
    Enrolled {
        caller: stage.caller(&confirmed.session).await.unwrap(),
        phone,
        codes: confirmed
            .recovery_codes
            .iter()
            .map(|code| code.expose().clone())
            .collect(),
    }
}

async fn challenge(stage: &Stage, email: &str) -> Token {
    match stage.backend.sign_in(&client(), email, password()).await.unwrap() {
        SignedIn::CodeWanted(challenge) => challenge,
        SignedIn::Session(_) => panic!("no code was asked for"),
    }
}

async fn answer(stage: &Stage, challenge: &Token, code: &str) -> Result<Token> {
    stage.backend.answer_challenge(&client(), challenge, code).await
}

fn is_wrong<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Invalid(faults)) if faults.of(Field::Code) == Some(&Fault::WrongCode))
}

fn is_refused<T>(outcome: Result<T>, refusal: Refusal) -> bool {
    matches!(outcome.err(), Some(Error::Refused(is)) if is == refusal)
}

fn wants_proof<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Invalid(faults)) if faults.of(Field::CurrentPassword) == Some(&Fault::ProofWanted))
}

async fn db_mails(pool: &PgPool, what: &str) -> i64 {
    sqlx::query_scalar("select count(*) from mails where message #>> '{change,what}' = $1")
        .bind(what)
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test]
async fn mfa_01_enabling_needs_the_password_in_the_same_session(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let wrong = Secret::new("seven owls repair my violin".to_owned());
    for (password, fault) in [
        (wrong, Fault::WrongPassword),
        (Secret::new(String::new()), Fault::Missing),
    ] {
        let refused = stage.backend.start_enrolment(&ada, &password).await;
        assert!(
            matches!(refused, Err(Error::Invalid(faults)) if faults.of(Field::CurrentPassword) == Some(&fault))
        );
    }
    // Without a beginning there is nothing to confirm; and another session has not begun.
    let nothing = stage.backend.confirm_enrolment(&ada, "Phone", "123456").await;
    assert!(is_refused(nothing, Refusal::EnrolmentOver));
    let other = stage
        .backend
        .sign_in(&client(), &ada.email, password())
        .await
        .unwrap();
    let other = stage.caller(&other.session().unwrap()).await.unwrap();
    let (ada, phone) = start(&stage, &ada).await;
    assert!(stage.backend.look_at_enrolment(&other).await.unwrap().is_none());
    let elsewhere = stage
        .backend
        .confirm_enrolment(&other, "Phone", &phone.code(&stage))
        .await;
    assert!(is_refused(elsewhere, Refusal::EnrolmentOver));
    // Nor is it confirmed when the proof is too old.
    stage.advance(Duration::minutes(10));
    let late = stage
        .backend
        .confirm_enrolment(&ada, "Phone", &phone.code(&stage))
        .await;
    assert!(is_refused(late, Refusal::EnrolmentOver));
}

#[sqlx::test]
async fn mfa_02_a_secret_that_is_not_confirmed_does_nothing_and_the_newest_counts(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (ada, first) = start(&stage, &ada).await;
    let (ada, second) = start(&stage, &ada).await;
    assert!(is_wrong(
        stage
            .backend
            .confirm_enrolment(&ada, "Phone", &first.code(&stage))
            .await
    ));
    let signed_in = stage
        .backend
        .sign_in(&client(), &ada.email, password())
        .await
        .unwrap();
    assert!(matches!(signed_in, SignedIn::Session(_)), "sign-in is as before");
    let code = second.code(&stage);
    stage
        .backend
        .confirm_enrolment(&ada, "Phone", &code)
        .await
        .unwrap();
    let again = stage.backend.confirm_enrolment(&ada, "Phone", &code).await;
    assert!(is_refused(again, Refusal::EnrolmentOver));
}

#[sqlx::test]
async fn mfa_13_switching_off_needs_a_recent_proof_and_is_mailed(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await.caller;
    stage.advance(Duration::minutes(6));
    assert!(wants_proof(stage.backend.turn_two_factor_off(&ada).await));
    assert!(wants_proof(
        stage.backend.make_recovery_codes(&ada).await.map(drop)
    ));
    let session = stage.backend.confirm_identity(&ada, &password()).await.unwrap();
    let ada = stage.caller(&session).await.unwrap();
    for _ in 0..2 {
        stage.backend.turn_two_factor_off(&ada).await.unwrap();
    }
    let signed_in = stage
        .backend
        .sign_in(&client(), &ada.email, password())
        .await
        .unwrap();
    assert!(matches!(signed_in, SignedIn::Session(_)));
    assert_eq!(
        (db_mails(&pool, "on").await, db_mails(&pool, "off").await),
        (1, 1)
    );
}

#[sqlx::test]
async fn the_secret_is_sealed_and_the_codes_are_hashed(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let secret = ada.phone.0.secret().as_bytes().to_vec();
    let found: i64 =
        sqlx::query_scalar("select count(*) from authenticators where position($1 in sealed_secret) > 0")
            .bind(&secret)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(found, 0);
    let hashes: Vec<String> = sqlx::query_scalar("select hash from recovery_codes")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(hashes.len(), 10);
    assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")));
}

#[sqlx::test]
async fn each_authenticator_works_and_the_last_one_is_not_removed(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let (caller, key) = start(&stage, &ada.caller).await;
    let code = key.code(&stage);
    let confirmed = stage
        .backend
        .confirm_enrolment(&caller, "Key", &code)
        .await
        .unwrap();
    assert!(confirmed.recovery_codes.is_empty(), "those of the first one stay");
    let caller = stage.caller(&confirmed.session).await.unwrap();
    stage.advance(Duration::seconds(30));
    for phone in [&key, &ada.phone] {
        let waiting = challenge(&stage, &caller.email).await;
        answer(&stage, &waiting, &phone.code(&stage)).await.unwrap();
    }
    let own = stage.backend.own_settings(&caller).await.unwrap().two_factor;
    let names: Vec<_> = own.authenticators.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Phone", "Key"]);
    let [first, second] = [own.authenticators[0].id, own.authenticators[1].id];
    stage.backend.remove_authenticator(&caller, first).await.unwrap();
    assert!(matches!(
        stage.backend.remove_authenticator(&caller, first).await,
        Err(Error::NotFound)
    ));
    assert!(is_refused(
        stage.backend.remove_authenticator(&caller, second).await,
        Refusal::LastAuthenticator
    ));
    stage.advance(Duration::seconds(60));
    let waiting = challenge(&stage, &caller.email).await;
    assert!(is_wrong(answer(&stage, &waiting, &ada.phone.code(&stage)).await));
    answer(&stage, &waiting, &key.code(&stage)).await.unwrap();
    assert_eq!(
        (db_mails(&pool, "added").await, db_mails(&pool, "removed").await),
        (1, 1)
    );
}

#[sqlx::test]
async fn mfa_14_an_administrator_resets_somebody_elses_and_it_is_told(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let ben = enrol(&stage, &ben).await;
    let dora = stage.colleague(&ada, "dora@example.test", &["read"]).await;
    assert!(matches!(
        stage.backend.reset_two_factor(&dora, ben.caller.user).await,
        Err(Error::Forbidden { .. })
    ));
    let eve = stage.founder("Others", "eve@other.test").await;
    assert!(matches!(
        stage.backend.reset_two_factor(&eve, ben.caller.user).await,
        Err(Error::NotFound)
    ));
    assert!(is_refused(
        stage.backend.reset_two_factor(&ada, ada.user).await,
        Refusal::OwnTwoFactor
    ));
    let waiting = challenge(&stage, &ben.caller.email).await;
    stage.advance(Duration::minutes(5));
    assert!(wants_proof(
        stage.backend.reset_two_factor(&ada, ben.caller.user).await
    ));
    let session = stage.backend.confirm_identity(&ada, &password()).await.unwrap();
    let ada = stage.caller(&session).await.unwrap();
    assert!(
        stage
            .backend
            .reset_two_factor(&ada, ben.caller.user)
            .await
            .unwrap()
    );
    assert!(
        !stage
            .backend
            .reset_two_factor(&ada, ben.caller.user)
            .await
            .unwrap()
    );
    assert!(is_refused(
        answer(&stage, &waiting, &ben.phone.code(&stage)).await,
        Refusal::SignInOver
    ));
    let sessions: i64 = sqlx::query_scalar("select count(*) from sessions where user_id = $1")
        .bind(ben.caller.user.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(sessions, 0);
    let signed_in = stage
        .backend
        .sign_in(&client(), &ben.caller.email, password())
        .await
        .unwrap();
    assert!(matches!(signed_in, SignedIn::Session(_)));
    assert_eq!(db_mails(&pool, "reset").await, 1);
}

#[sqlx::test]
async fn the_operators_link_takes_it_away_and_a_mailed_one_does_not(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    enrol(&stage, &ada).await;
    let recovery = stage
        .backend
        .recover_administrator(&crate::Client::command_line(), None)
        .await
        .unwrap();
    challenge(&stage, &ada.email).await;
    let new = || Secret::new("nine owls repair my piano".to_owned());
    let session = stage
        .backend
        .reset_password(&client(), &recovery.link, new())
        .await
        .unwrap();
    assert!(session.is_some());
    assert_eq!(db_mails(&pool, "cleared").await, 1);
    let signed_in = stage.backend.sign_in(&client(), &ada.email, new()).await.unwrap();
    assert!(matches!(signed_in, SignedIn::Session(_)));
}
