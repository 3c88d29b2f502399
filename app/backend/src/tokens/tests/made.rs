//! Making and deleting tokens: who may, what is wrong with one, how many there are, and who is told.

use crate::{
    Error,
    mail::{Transport, testing::MailServer},
    testing::Stage,
};
use domain::{
    field::{Fault, Field},
    ids::UserId,
    refusal::Refusal,
    tokens::{MOST_TOKENS, TokenQuery},
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn what_is_wrong_with_a_token_is_said_at_its_field_and_a_name_stands_once(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let made = stage.backend.create_token(&ada, " ", "for ever", "a\nb").await;
    let Err(Error::Invalid(faults)) = made else {
        panic!("{made:?}");
    };
    let expected = [
        (Field::Name, Fault::Missing),
        (Field::Expires, Fault::UnknownLifetime),
        (Field::Comment, Fault::HiddenCharacter),
    ];
    assert_eq!(faults.0, expected);

    let first = stage.token(&ada, "Deploy", "one_hour").await;
    let twice = stage.backend.create_token(&ada, "DEPLOY", "one_hour", "").await;
    let taken = Fault::Refused(Refusal::NameTaken);
    assert!(
        matches!(&twice, Err(Error::Invalid(faults)) if faults.0 == [(Field::Name, taken)]),
        "{twice:?}"
    );
    assert!(stage.holder(&first).await.is_some());
    // Of one that has expired the name is free.
    stage.advance(Duration::HOUR);
    let ada = stage.again("ada@example.test").await;
    stage.token(&ada, "deploy", "one_hour").await;
    assert_eq!(stage.backend.own_tokens(&ada).await.unwrap().tokens.len(), 1);
}

#[sqlx::test]
async fn nobody_has_more_tokens_than_they_can_oversee(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    for n in 0..MOST_TOKENS {
        stage.token(&ada, &format!("Token {n}"), "never").await;
    }
    let one_more = stage.backend.create_token(&ada, "One more", "never", "").await;
    assert!(matches!(one_more, Err(Error::Refused(Refusal::TooManyTokens))));
    let newest = stage.backend.own_tokens(&ada).await.unwrap().tokens.remove(0);
    stage.backend.delete_token(&ada, newest.id).await.unwrap();
    stage.token(&ada, "One more", "never").await;
}

#[sqlx::test]
async fn making_a_token_asks_for_a_recent_proof_and_is_told_by_mail(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    stage.advance(Duration::minutes(6));
    let refused = stage.backend.create_token(&ada, "Deploy", "never", "").await;
    let wanted = [(Field::CurrentPassword, Fault::ProofWanted)];
    assert!(
        matches!(&refused, Err(Error::Invalid(faults)) if faults.0 == wanted),
        "{refused:?}"
    );

    let ada = stage.again("ada@example.test").await;
    let token = stage.token(&ada, "Deploy", "one_year").await;
    let server = MailServer::start().await;
    let transport = Transport::from_url(&server.url()).unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let mails = server.received_by("ada@example.test");
    let told: Vec<_> = mails
        .iter()
        .filter(|mail| mail.text().contains("Deploy"))
        .collect();
    assert_eq!(told.len(), 1);
    let text = told[0].text();
    assert!(text.contains("24 Nov 2027") && text.contains("/tokens"), "{text}");
    assert!(!text.contains(&token));
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from audit where action = 'tokens.create' and after ->> 'token' = 'Deploy'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(kept, 1);
}

#[sqlx::test]
async fn of_many_tokens_at_once_each_is_counted(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    for n in 0..MOST_TOKENS - 2 {
        stage.token(&ada, &format!("Token {n}"), "never").await;
    }
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (backend, ada) = (stage.backend.clone(), ada.clone());
        tries.spawn(async move {
            backend
                .create_token(&ada, &format!("More {n}"), "never", "")
                .await
                .is_ok()
        });
    }
    let made = tries.join_all().await.into_iter().filter(|made| *made).count();
    assert_eq!(made, 2);
    let of_nobody = stage
        .backend
        .tokens_of(&ada, UserId(uuid::Uuid::nil()))
        .await
        .unwrap();
    assert!(of_nobody.tokens.is_empty());
}
#[sqlx::test]
async fn an_administrator_who_deletes_a_token_tells_its_person(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    stage.token(&ben, "Deploy", "never").await;
    let server = MailServer::start().await;
    let transport = Transport::from_url(&server.url()).unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let before = server.received_by("ben@example.test").len();
    let token = stage
        .backend
        .tokens_of(&ada, ben.user)
        .await
        .unwrap()
        .tokens
        .remove(0);
    stage
        .backend
        .delete_token_of(&ada, ben.user, token.id)
        .await
        .unwrap();
    stage.backend.deliver_due_mails(&transport).await.unwrap();
    let mails = server.received_by("ben@example.test");
    assert_eq!(mails.len(), before + 1);
    assert!(mails[before].text().contains("deleted your access token Deploy"));
}

#[sqlx::test]
async fn each_role_does_with_tokens_what_it_is_for(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    let cleo = stage.colleague(&ada, "cleo@example.test", &["write"]).await;
    let dan = stage.colleague(&ada, "dan@example.test", &[]).await;
    stage.token(&cleo, "Deploy", "never").await;
    let hers = stage.backend.own_tokens(&cleo).await.unwrap();
    assert!(hers.may_create && hers.may_delete);
    let id = hers.tokens[0].id;

    // IAM Viewer and Access Token Viewer.
    let own = stage.backend.own_tokens(&ben).await.unwrap();
    assert!(!own.may_create && !own.may_delete && own.tokens.is_empty());
    let all = stage
        .backend
        .list_tokens(&ben, &TokenQuery::default())
        .await
        .unwrap();
    assert_eq!((all.rows.len(), all.may_delete), (1, false));
    let forbidden = |outcome: Result<(), Error>| matches!(outcome, Err(Error::Forbidden { .. }));
    assert!(forbidden(
        stage.backend.create_token(&ben, "x", "never", "").await.map(drop)
    ));
    assert!(forbidden(
        stage.backend.delete_token_of(&ben, cleo.user, id).await
    ));
    // Access Token Admin: their own and no other.
    assert!(forbidden(
        stage
            .backend
            .list_tokens(&cleo, &TokenQuery::default())
            .await
            .map(drop)
    ));
    assert!(forbidden(
        stage.backend.delete_token_of(&cleo, cleo.user, id).await
    ));
    let of_ada = stage.token(&ada, "Hers", "never").await;
    let adas = stage.backend.own_tokens(&ada).await.unwrap().tokens[0].id;
    assert!(matches!(
        stage.backend.delete_token(&cleo, adas).await,
        Err(Error::NotFound)
    ));
    assert!(stage.holder(&of_ada).await.is_some());
    // Nobody in particular.
    assert!(forbidden(stage.backend.own_tokens(&dan).await.map(drop)));
    assert!(forbidden(stage.backend.tokens_of(&dan, dan.user).await.map(drop)));
}
