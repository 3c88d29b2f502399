//! The key of an installation, and its numbers, on a real database.

use super::KeyVerdict;
use crate::{
    sealer::Sealer,
    secret::{Chance, Secret},
    testing::Stage,
};
use sqlx::PgPool;

#[sqlx::test]
async fn the_first_key_is_the_installations_and_no_other_is(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    assert!(!super::has_key(&pool).await.unwrap());
    let other = Sealer::new(&Secret::new([9; 32]), Chance::system());
    assert_eq!(super::judge_key(&pool, &other).await.unwrap(), None);
    for _ in 0..2 {
        assert_eq!(stage.backend.adopt_key().await.unwrap(), KeyVerdict::Right);
    }
    assert!(super::has_key(&pool).await.unwrap());
    assert_eq!(
        super::judge_key(&pool, &other).await.unwrap(),
        Some(KeyVerdict::Wrong)
    );
    let mut backend = stage.backend.clone();
    backend.sealer = other;
    assert_eq!(backend.adopt_key().await.unwrap(), KeyVerdict::Wrong);
}

#[sqlx::test]
async fn of_many_servers_with_different_keys_one_has_the_right_one(pool: PgPool) {
    let stage = Stage::new(pool);
    let mut servers = tokio::task::JoinSet::new();
    for key in 1..=8 {
        let mut backend = stage.backend.clone();
        backend.sealer = Sealer::new(&Secret::new([key; 32]), Chance::system());
        servers.spawn(async move { backend.adopt_key().await.unwrap() });
    }
    let verdicts = servers.join_all().await;
    assert_eq!(verdicts.iter().filter(|v| **v == KeyVerdict::Right).count(), 1);
}

#[sqlx::test]
async fn sessions_and_waiting_mails_are_counted(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    stage.invite(&ada, "ben@example.test", &[]).await;
    let counts = stage.backend.count().await.unwrap();
    assert_eq!(
        (counts.sessions, counts.mails_queued, counts.mails_failed),
        (1, 1, 0)
    );
    assert_eq!(counts.oldest_queued_mail, Some(stage.backend.now()));
    stage.advance(time::Duration::hours(9));
    assert_eq!(stage.backend.count().await.unwrap().sessions, 0);
}
