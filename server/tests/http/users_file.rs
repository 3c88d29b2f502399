//! The list of people as a file: all that is filtered, in the order of the page, safe to open.

use crate::{
    audit::{column, records},
    stage::{colleague, deactivate, eve, invite},
    visitor::TestConsole,
};
use app::routes::USERS_CSV as FILE;
use sqlx::PgPool;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_file_has_everybody_who_is_filtered_and_nobody_else(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &["read", "metrics"]).await;
    invite(&console, &ada, "soon@example.test", &[]).await;
    eve(&console).await;
    assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    let file = ada.open(FILE).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    let org_id = crate::stage::settings(&ada).await.org_id;
    assert!(
        file.header("content-disposition")
            .contains(&format!("users-{org_id}-"))
    );
    assert_eq!(column(&file, "email").len(), 3);
    let gone = ada.open(&format!("{FILE}?status=deactivated")).await;
    assert_eq!(column(&gone, "email"), ["ben@example.test"]);
    assert_eq!(column(&gone, "groups"), ["metrics; read"]);
    assert_eq!(
        column(&ada.open(&format!("{FILE}?q=soon")).await, "status"),
        ["Invited"]
    );
    assert_eq!(records(&ada.open(&format!("{FILE}?q=eve")).await).len(), 0);
    let backwards = ada.open(&format!("{FILE}?sort=-email")).await;
    assert_eq!(
        column(&backwards, "email"),
        ["soon@example.test", "ben@example.test", "ada@example.test"]
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_long_file_is_whole_and_no_cell_is_a_formula(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    // Rows by hand: more than two batches, whose names are as wild as a directory can make them.
    sqlx::query(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         select gen_random_uuid(), o.id, n || '@example.test', n || '@example.test', '=cmd|''/c calc''!A0', 'a,\"b\"' || n, 'active', now(), now()
         from generate_series(1, 1200) n, organizations o",
    )
    .execute(&pool)
    .await
    .unwrap();
    for sort in ["name", "-email", "last-sign-in"] {
        let file = ada
            .open(&format!(
                "{FILE}?sort={sort}&after=00000000-0000-0000-0000-000000000000"
            ))
            .await;
        let mut emails = column(&file, "email");
        assert_eq!(emails.len(), 1201, "{sort}");
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), 1201, "{sort}");
        let names = column(&file, "name");
        assert!(
            names.iter().any(|name| name == "'=cmd|'/c calc'!A0 a,\"b\"7"),
            "{sort}"
        );
        assert!(!names.iter().any(|name| name.starts_with('=')), "{sort}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_may_not_see_the_list_gets_no_file(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["write"]).await;
    let reader = colleague(&console, &ada, "reader@example.test", &["read"]).await;
    assert_eq!(ben.open(FILE).await.status, 403);
    assert_eq!(reader.open(FILE).await.status, 200);
    let stranger = console.stranger().open(FILE).await;
    assert_eq!(stranger.status, 303);
    assert!(stranger.header("location").starts_with("/sign-in?next="));
}
