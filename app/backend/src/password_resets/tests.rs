//! An administrator who lost everything is let in again, and nobody else is, on a real database.

use super::NoRecovery;
use crate::{
    Client, Error,
    secret::{Secret, Token},
    testing::{PASSWORD, Stage, client},
};
use domain::{field::Field, refusal::Refusal};
use sqlx::PgPool;
use time::Duration;

const NEW: &str = "eleven foxes paint the harbour";

async fn link(stage: &Stage) -> Token {
    let recovery = stage
        .backend
        .recover_administrator(&Client::command_line(), None)
        .await;
    recovery.unwrap().link
}

async fn use_up(stage: &Stage, link: &Token, password: &str) -> Result<Token, Error> {
    let signed_in = stage
        .backend
        .reset_password(&client(), link, Secret::new(password.into()))
        .await?;
    Ok(signed_in.expect("the operator's link signs in"))
}

async fn signs_in(stage: &Stage, password: &str) -> bool {
    let outcome = stage
        .backend
        .sign_in(&client(), "ada@example.test", Secret::new(password.into()))
        .await;
    outcome.is_ok()
}

fn is_dead(outcome: &Result<Token, Error>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::LinkDead)))
}

#[sqlx::test]
async fn an_administrator_is_let_in_again_with_a_new_password(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let old = stage
        .backend
        .sign_in(&client(), "ada@example.test", Secret::new(PASSWORD.into()))
        .await
        .unwrap()
        .session()
        .unwrap();
    let recovery = stage
        .backend
        .recover_administrator(&Client::command_line(), Some("ADA@example.test"))
        .await
        .unwrap();
    assert_eq!(
        (recovery.email.as_str(), recovery.sessions_ended),
        ("ada@example.test", 2)
    );
    assert!(
        stage.caller(&old).await.is_none(),
        "sessions end with the command"
    );
    assert!(signs_in(&stage, PASSWORD).await, "a mistake locks nobody out");

    let view = stage
        .backend
        .look_at_password_reset(&client(), &recovery.link)
        .await
        .unwrap();
    assert_eq!(view.unwrap().email, "ada@example.test");
    let session = use_up(&stage, &recovery.link, NEW).await.unwrap();
    assert_eq!(stage.caller(&session).await.unwrap().user, ada.user);
    assert!(signs_in(&stage, NEW).await && !signs_in(&stage, PASSWORD).await);

    let entries: Vec<(String, String)> =
        sqlx::query_as("select actor_kind, action from audit where action like '%recover%' or action like '%reset%' order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    let expected = [("operator", "users.recover"), ("user", "users.reset_password")];
    assert_eq!(
        entries,
        expected.map(|(who, what)| (who.to_owned(), what.to_owned()))
    );
    let told: i64 =
        sqlx::query_scalar("select count(*) from mails where message->>'kind' = 'password_reset'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(told, 1);
    let stored: i64 = sqlx::query_scalar("select count(*) from password_resets where token_hash = $1")
        .bind(recovery.link.expose().as_bytes())
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(stored, 0, "only the hash is stored");
}

/// Whoever has the person's browser may be why they need the link.
#[sqlx::test]
async fn a_new_password_makes_every_browser_strange_again(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    stage.ada().await;
    let known = async || -> i64 {
        sqlx::query_scalar("select count(*) from known_browsers")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let browser = Client {
        browser: Some(stage.backend.new_browser()),
        ..client()
    };
    let password = Secret::new(PASSWORD.into());
    stage
        .backend
        .sign_in(&browser, "ada@example.test", password)
        .await
        .unwrap();
    assert_eq!(known().await, 1);
    let link = link(&stage).await;
    use_up(&stage, &link, NEW).await.unwrap();
    assert_eq!(known().await, 0);
}

#[sqlx::test]
async fn auth_16_a_link_works_once_in_its_time_and_until_a_newer_one(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let first = link(&stage).await;
    let second = link(&stage).await;
    assert!(
        is_dead(&use_up(&stage, &first, NEW).await),
        "a newer one was made"
    );
    let weak = use_up(&stage, &second, "short").await;
    assert!(matches!(weak, Err(Error::Invalid(faults)) if faults.of(Field::Password).is_some()));
    stage.advance(Duration::hours(1) - Duration::seconds(1));
    use_up(&stage, &second, NEW).await.unwrap();
    assert!(is_dead(&use_up(&stage, &second, PASSWORD).await), "it was used");
    let third = link(&stage).await;
    stage.advance(Duration::hours(1));
    assert!(
        is_dead(&use_up(&stage, &third, PASSWORD).await),
        "it expired this very second"
    );
    let never = Token::presented("never ours");
    assert!(is_dead(&use_up(&stage, &never, PASSWORD).await));
    assert!(
        stage
            .backend
            .look_at_password_reset(&client(), &third)
            .await
            .unwrap()
            .is_none()
    );
    assert!(signs_in(&stage, NEW).await);
}

#[sqlx::test]
async fn auth_16_of_many_who_use_one_link_at_once_one_does(pool: PgPool) {
    let stage = Stage::new(pool);
    stage.ada().await;
    let link = link(&stage).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (backend, link) = (stage.backend.clone(), link.clone());
        tries.spawn(async move {
            backend
                .reset_password(&client(), &link, Secret::new(NEW.into()))
                .await
                .is_ok()
        });
    }
    assert_eq!(tries.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
}

#[sqlx::test]
async fn auth_19_a_deactivated_administrator_has_no_working_link(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let recovery = stage
        .backend
        .recover_administrator(&Client::command_line(), Some("ben@example.test"))
        .await
        .unwrap();
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert!(is_dead(&use_up(&stage, &recovery.link, NEW).await));
    let refused = stage
        .backend
        .recover_administrator(&Client::command_line(), Some("ben@example.test"))
        .await
        .unwrap_err();
    assert!(matches!(&refused, NoRecovery::Deactivated(others) if others[..] == ["ada@example.test"]));
    stage.backend.reactivate_user(&ada, ben.user).await.unwrap();
    assert!(
        is_dead(&use_up(&stage, &recovery.link, NEW).await),
        "reactivation gives back the account, not its links"
    );
}

#[sqlx::test]
async fn the_operator_is_told_whom_a_link_can_be_for(pool: PgPool) {
    let stage = Stage::new(pool);
    let recover = async |email: Option<&str>| {
        stage
            .backend
            .recover_administrator(&Client::command_line(), email)
            .await
    };
    assert!(matches!(recover(None).await, Err(NoRecovery::NoAdministrator)));
    stage.ada().await;
    assert_eq!(recover(None).await.unwrap().email, "ada@example.test");
    let again = stage
        .backend
        .sign_in(&client(), "ada@example.test", Secret::new(PASSWORD.into()))
        .await;
    let ada = stage.caller(&again.unwrap().session().unwrap()).await.unwrap();
    stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    stage.colleague(&ada, "carla@example.test", &["read"]).await;
    stage.invite(&ada, "dora@example.test", &["admin"]).await;
    assert!(matches!(recover(None).await, Err(NoRecovery::Several(all)) if all.len() == 2));
    assert!(matches!(
        recover(Some("nobody@example.test")).await,
        Err(NoRecovery::Unknown)
    ));
    assert!(matches!(
        recover(Some("nonsense")).await,
        Err(NoRecovery::Unknown)
    ));
    assert!(matches!(
        recover(Some("carla@example.test")).await,
        Err(NoRecovery::NoAdministratorAccount(all)) if all.len() == 2
    ));
    assert!(matches!(
        recover(Some("dora@example.test")).await,
        Err(NoRecovery::Invited)
    ));
    stage
        .backend
        .close_organization(&Client::command_line(), ada.org_id.as_str())
        .await
        .unwrap();
    assert!(matches!(
        recover(Some("ada@example.test")).await,
        Err(NoRecovery::OrganizationClosed)
    ));
}
