//! Account settings, and acts that are sent twice.

use crate::{
    stage::{colleague, db_count, deactivate, send_invitation, sign_in},
    visitor::{PASSWORD, TestConsole},
};
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_05_a_theme_is_one_of_three_and_follows_the_person(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    for theme in ["light", "dark", "system"] {
        assert_eq!(
            ada.call("/api/account/choose_theme", &[("theme", theme)])
                .await
                .status,
            200
        );
        let other = console.stranger();
        sign_in(&other, "ada@example.test", PASSWORD).await;
        assert!(
            other
                .open("/")
                .await
                .body
                .contains(&format!("data-theme=\"{theme}\"")),
            "{theme}"
        );
    }
    for theme in ["", "blue", "Dark", "\"><script>alert(1)</script>"] {
        assert_eq!(
            ada.call("/api/account/choose_theme", &[("theme", theme)])
                .await
                .status,
            422,
            "{theme}"
        );
        let planted = console.stranger();
        planted.set_cookie("theme", theme);
        assert!(!planted.open("/sign-in").await.body.contains("<script>alert"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn set_06_an_act_sent_twice_at_once_happens_once(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let mails = db_count(&pool, "mails").await;
    let (one, two) = tokio::join!(
        send_invitation(&console, &ada, "x@example.test", &[]),
        send_invitation(&console, &ada, "x@example.test", &[])
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    let (one, two) = tokio::join!(
        deactivate(&console, &ada, "ben@example.test"),
        deactivate(&console, &ada, "ben@example.test")
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_eq!(db_count(&pool, "mails").await, mails + 2);
    assert_eq!(
        db_count(&pool, "audit where action = 'users.deactivate'").await,
        1
    );
}
