//! The second step of signing in.

use super::*;
use crate::Client;
use tokio::task::JoinSet;

#[sqlx::test]
async fn a_code_is_asked_for_and_a_right_one_signs_in_once(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let waiting = challenge(&stage, &ada.caller.email).await;
    assert!(stage.caller(&waiting).await.is_none(), "what waits is no session");
    let question = stage.backend.look_at_challenge(&waiting).await.unwrap().unwrap();
    assert_eq!(
        (question.email.as_str(), question.recovery_codes_left),
        ("ada@example.test", 10)
    );
    let code = ada.phone.code(&stage);
    let session = answer(&stage, &waiting, &code).await.unwrap();
    assert_eq!(stage.caller(&session).await.unwrap().email, "ada@example.test");
    // Neither the sign-in nor the code works again, be it in another sign-in.
    assert!(is_refused(
        answer(&stage, &waiting, &ada.phone.code_after(&stage, 1)).await,
        Refusal::SignInOver
    ));
    let again = challenge(&stage, &ada.caller.email).await;
    assert!(is_wrong(answer(&stage, &again, &code).await));
    answer(&stage, &again, &ada.phone.code_after(&stage, 1))
        .await
        .unwrap();
}

#[sqlx::test]
async fn the_code_that_set_it_up_does_not_sign_in(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let (ada, phone) = start(&stage, &ada).await;
    let code = phone.code(&stage);
    stage
        .backend
        .confirm_enrolment(&ada, "Phone", &code)
        .await
        .unwrap();
    let waiting = challenge(&stage, &ada.email).await;
    assert!(is_wrong(answer(&stage, &waiting, &code).await));
}

#[sqlx::test]
async fn mfa_06_one_step_of_tolerance_either_way(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    stage.advance(Duration::minutes(5));
    let waiting = challenge(&stage, &ada.caller.email).await;
    for steps in [-2, 2] {
        assert!(
            is_wrong(answer(&stage, &waiting, &ada.phone.code_after(&stage, steps)).await),
            "{steps}"
        );
    }
    for steps in [-1, 0, 1] {
        let waiting = challenge(&stage, &ada.caller.email).await;
        answer(&stage, &waiting, &ada.phone.code_after(&stage, steps))
            .await
            .unwrap();
    }
    // Once a later one was used, an earlier one is over.
    let waiting = challenge(&stage, &ada.caller.email).await;
    assert!(is_wrong(
        answer(&stage, &waiting, &ada.phone.code_after(&stage, -1)).await
    ));
}

#[sqlx::test]
async fn of_many_who_use_a_code_at_once_one_gets_in(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    for code in [ada.phone.code(&stage), ada.codes[0].clone()] {
        let mut tries = JoinSet::new();
        for _ in 0..6 {
            let waiting = challenge(&stage, &ada.caller.email).await;
            let (backend, code) = (stage.backend.clone(), code.clone());
            tries.spawn(async move { backend.answer_challenge(&client(), &waiting, &code).await.is_ok() });
        }
        let got_in = tries.join_all().await.into_iter().filter(|is_in| *is_in).count();
        assert_eq!(got_in, 1, "{code}");
        let waiting = challenge(&stage, &ada.caller.email).await;
        let session = answer(&stage, &waiting, &ada.codes[if code.len() == 6 { 1 } else { 2 }]).await;
        assert!(
            session.is_ok(),
            "the owner gets in, which makes room for more tries"
        );
    }
}

#[sqlx::test]
async fn of_many_who_use_a_sign_in_at_once_one_gets_in(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let waiting = challenge(&stage, &ada.caller.email).await;
    let mut tries = JoinSet::new();
    for code in ada.codes.iter().take(4).cloned().chain([ada.phone.code(&stage)]) {
        let (backend, waiting) = (stage.backend.clone(), waiting.clone());
        tries.spawn(async move { backend.answer_challenge(&client(), &waiting, &code).await.is_ok() });
    }
    assert_eq!(
        tries.join_all().await.into_iter().filter(|is_in| *is_in).count(),
        1
    );
}

#[sqlx::test]
async fn after_five_wrong_codes_the_password_is_asked_for_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let waiting = challenge(&stage, &ada.caller.email).await;
    for _ in 0..4 {
        assert!(is_wrong(answer(&stage, &waiting, "000000").await));
    }
    assert!(is_refused(
        answer(&stage, &waiting, "000000").await,
        Refusal::SignInOver
    ));
    assert!(is_refused(
        answer(&stage, &waiting, &ada.phone.code(&stage)).await,
        Refusal::SignInOver
    ));
    assert!(stage.backend.look_at_challenge(&waiting).await.unwrap().is_none());
    let again = challenge(&stage, &ada.caller.email).await;
    answer(&stage, &again, &ada.phone.code(&stage)).await.unwrap();
}

#[sqlx::test]
async fn mfa_08_only_who_knows_the_password_uses_the_tries_up_and_they_come_back(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    // A stranger who makes a sign-in up takes nothing from anybody.
    for _ in 0..20 {
        let nobodys = Token::presented(&"A".repeat(43));
        assert!(is_refused(
            answer(&stage, &nobodys, "000000").await,
            Refusal::SignInOver
        ));
    }
    for _ in 0..2 {
        let waiting = challenge(&stage, &ada.caller.email).await;
        for _ in 0..5 {
            assert!(answer(&stage, &waiting, "000000").await.is_err());
        }
    }
    let waiting = challenge(&stage, &ada.caller.email).await;
    let locked = answer(&stage, &waiting, &ada.phone.code(&stage)).await;
    let Err(Error::TooManyAttempts { wait }) = locked else {
        panic!("{locked:?}")
    };
    assert!(wait <= Duration::minutes(15));
    stage.advance(wait);
    let waiting = challenge(&stage, &ada.caller.email).await;
    answer(&stage, &waiting, &ada.phone.code(&stage)).await.unwrap();
    // A right one makes all of them whole again.
    let waiting = challenge(&stage, &ada.caller.email).await;
    for _ in 0..4 {
        assert!(is_wrong(answer(&stage, &waiting, "000000").await));
    }
}

/// Whoever has the password can use the tries up again and again. A new one ends that.
#[sqlx::test]
async fn mfa_08_a_new_password_makes_the_tries_whole_again(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let email = ada.caller.email.as_str();
    let use_up = async || {
        for _ in 0..2 {
            let waiting = challenge(&stage, email).await;
            for _ in 0..5 {
                assert!(answer(&stage, &waiting, "000000").await.is_err());
            }
        }
        let waiting = challenge(&stage, email).await;
        let locked = answer(&stage, &waiting, &ada.phone.code(&stage)).await;
        assert!(matches!(locked, Err(Error::TooManyAttempts { .. })), "{locked:?}");
    };
    use_up().await;
    let new = || Secret::new("nine owls repair my piano".to_owned());
    stage
        .backend
        .change_password(&ada.caller, &password(), &new())
        .await
        .unwrap();
    let SignedIn::CodeWanted(waiting) = stage.backend.sign_in(&client(), email, new()).await.unwrap() else {
        panic!("no code was asked for")
    };
    answer(&stage, &waiting, &ada.phone.code(&stage)).await.unwrap();
}

#[sqlx::test]
async fn mfa_10_a_sign_in_takes_the_code_of_its_own_person_and_no_later_than_ten_minutes(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let (ada, ben) = (enrol(&stage, &ada).await, enrol(&stage, &ben).await);
    let [of_ada, of_ben] = [
        challenge(&stage, &ada.caller.email).await,
        challenge(&stage, &ben.caller.email).await,
    ];
    assert!(is_wrong(answer(&stage, &of_ada, &ben.phone.code(&stage)).await));
    assert!(is_wrong(answer(&stage, &of_ben, &ada.codes[0]).await));
    stage.advance(Duration::minutes(10));
    for (waiting, who) in [(of_ada, &ada), (of_ben, &ben)] {
        assert!(is_refused(
            answer(&stage, &waiting, &who.phone.code(&stage)).await,
            Refusal::SignInOver
        ));
    }
}

#[sqlx::test]
async fn mfa_15_a_recovery_code_works_once_and_new_ones_end_the_old(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    assert_eq!(ada.codes.len(), 10);
    let waiting = challenge(&stage, &ada.caller.email).await;
    // As copied from paper.
    let typed = ada.codes[0].to_uppercase().replace('-', " ");
    answer(&stage, &waiting, &typed).await.unwrap();
    let waiting = challenge(&stage, &ada.caller.email).await;
    assert!(is_wrong(answer(&stage, &waiting, &ada.codes[0]).await));
    assert_eq!(db_mails(&pool, "code_used").await, 1);
    let own = stage.backend.own_settings(&ada.caller).await.unwrap();
    assert_eq!(own.two_factor.recovery_codes_left, 9);

    let new = stage.backend.make_recovery_codes(&ada.caller).await.unwrap();
    assert!(is_wrong(answer(&stage, &waiting, &ada.codes[1]).await));
    answer(&stage, &waiting, new[1].expose()).await.unwrap();
    assert_eq!(db_mails(&pool, "new_codes").await, 1);
}

#[sqlx::test]
async fn mfa_17_a_sign_in_that_was_left_is_over(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let waiting = challenge(&stage, &ada.caller.email).await;
    for _ in 0..2 {
        stage.backend.leave_challenge(&waiting).await.unwrap();
    }
    assert!(is_refused(
        answer(&stage, &waiting, &ada.phone.code(&stage)).await,
        Refusal::SignInOver
    ));
}

/// Each ends what waits for its code: another password, whoever ends all sessions, and a deactivation.
#[sqlx::test]
async fn what_ends_sessions_ends_what_waits_for_its_code(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let ben = enrol(&stage, &ben).await;
    let email = ben.caller.email.as_str();

    let waiting = challenge(&stage, email).await;
    stage.backend.end_other_sessions(&ben.caller).await.unwrap();
    assert!(is_refused(
        answer(&stage, &waiting, &ben.phone.code(&stage)).await,
        Refusal::SignInOver
    ));

    let waiting = challenge(&stage, email).await;
    stage
        .backend
        .end_sessions_of(&ada, ben.caller.user)
        .await
        .unwrap();
    assert!(is_refused(
        answer(&stage, &waiting, &ben.phone.code(&stage)).await,
        Refusal::SignInOver
    ));

    let waiting = challenge(&stage, email).await;
    stage
        .backend
        .deactivate_user(&ada, ben.caller.user, "")
        .await
        .unwrap();
    stage
        .backend
        .reactivate_user(&ada, ben.caller.user)
        .await
        .unwrap();
    assert!(is_refused(
        answer(&stage, &waiting, &ben.phone.code(&stage)).await,
        Refusal::SignInOver
    ));

    // It is as it was before, and still asks.
    let waiting = challenge(&stage, email).await;
    answer(&stage, &waiting, &ben.phone.code(&stage)).await.unwrap();

    let waiting = challenge(&stage, "ben@example.test").await;
    let operator = Client::command_line();
    stage
        .backend
        .close_organization(&operator, ada.org_id.as_str())
        .await
        .unwrap();
    assert!(is_refused(
        answer(&stage, &waiting, &ben.phone.code(&stage)).await,
        Refusal::SignInOver
    ));
}

#[sqlx::test]
async fn what_was_begun_with_the_password_alone_does_not_go_on_once_it_is_off(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    let waiting = challenge(&stage, &ada.caller.email).await;
    stage.backend.turn_two_factor_off(&ada.caller).await.unwrap();
    assert!(is_refused(
        answer(&stage, &waiting, &ada.phone.code(&stage)).await,
        Refusal::SignInOver
    ));
}

/// As after the loss of the installation's key: what was sealed with the old one stays so.
#[sqlx::test]
async fn an_authenticator_that_can_not_be_opened_keeps_no_other_from_working(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ada = enrol(&stage, &ada).await;
    sqlx::query("update authenticators set sealed_secret = substring(sealed_secret from 2)")
        .execute(&pool)
        .await
        .unwrap();
    let waiting = challenge(&stage, &ada.caller.email).await;
    assert!(is_wrong(answer(&stage, &waiting, &ada.phone.code(&stage)).await));
    let session = answer(&stage, &waiting, &ada.codes[0]).await.unwrap();
    let (caller, new) = start(&stage, &stage.caller(&session).await.unwrap()).await;
    stage
        .backend
        .confirm_enrolment(&caller, "New phone", &new.code(&stage))
        .await
        .unwrap();
    stage.advance(Duration::seconds(30));
    let waiting = challenge(&stage, &caller.email).await;
    answer(&stage, &waiting, &new.code(&stage)).await.unwrap();
}
