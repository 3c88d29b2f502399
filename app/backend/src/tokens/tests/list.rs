//! The list of everybody's tokens: what is found, and what finding it reads.

use crate::{testing::Stage, tokens::list::statement};
use domain::{
    ids::OrganizationId,
    tokens::{TokenCursor, TokenFilter, TokenQuery},
};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test]
async fn everybodys_tokens_are_found_by_person_and_by_what_is_wrong_with_them(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["write"]).await;
    let eve = stage.founder("Others", "eve@other.test").await;
    stage.token(&eve, "Foreign", "never").await;
    stage.token(&ben, "Old", "one_hour").await;
    stage.advance(Duration::SECOND);
    let used = stage.token(&ben, "Used", "never").await;
    stage.advance(Duration::SECOND);
    stage.token(&ada, "Forgotten", "one_year").await;
    stage.advance(Duration::days(90));
    stage.holder(&used).await;
    let ada = stage.again("ada@example.test").await;
    let with = |filter, search: &str| TokenQuery {
        filter,
        search: search.into(),
        ..TokenQuery::default()
    };
    let found = async |filter, search| stage.names_of(&ada, &with(filter, search)).await;
    assert_eq!(found(None, "").await, ["Forgotten", "Used", "Old"]);
    assert_eq!(found(Some(TokenFilter::Active), "").await, ["Forgotten", "Used"]);
    assert_eq!(found(Some(TokenFilter::Endless), "").await, ["Used"]);
    assert_eq!(found(Some(TokenFilter::Idle), "").await, ["Forgotten"]);
    assert_eq!(found(Some(TokenFilter::Expired), "").await, ["Old"]);
    assert_eq!(found(None, "ben@").await, ["Used", "Old"]);
    assert_eq!(found(Some(TokenFilter::Expired), "lovelace").await, [""; 0]);
    assert_eq!(found(None, "eve").await, [""; 0]);
}

/// So many tokens for each of so many people.
async fn db_crowd(pool: &PgPool, organization: OrganizationId, people: i32, each: i32) {
    sqlx::query(
        "insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
         select gen_random_uuid(), $1, 'p' || n || '@crowd.test', 'p' || n || '@crowd.test', 'Person', n::text, 'active', now(), now()
         from generate_series(1, $2) n",
    )
    .bind(organization.0)
    .bind(people)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into access_tokens (id, token_hash, organization_id, user_id, name, comment, created_at, expires_at, second_factor_elsewhere)
         select gen_random_uuid(), decode(md5(u.id::text || n), 'hex'), $1, u.id, 'Token ' || n, '', now(),
                case when n = 3 then null else now() + interval '1 year' end, false
         from users u, generate_series(1, $2) n where u.email like '%@crowd.test'",
    )
    .bind(organization.0)
    .bind(each)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query("vacuum analyze users, access_tokens")
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test]
async fn pages_lead_there_and_back_and_no_page_reads_everybodys(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    db_crowd(&pool, ada.organization, 20_000, 3).await;
    let first = TokenQuery::default();
    let page = stage.backend.list_tokens(&ada, &first).await.unwrap();
    assert_eq!((page.rows.len(), page.previous), (50, None));
    let second = TokenQuery {
        cursor: page.next.unwrap(),
        ..TokenQuery::default()
    };
    let next = stage.backend.list_tokens(&ada, &second).await.unwrap();
    assert!(
        next.rows
            .iter()
            .all(|row| page.rows.iter().all(|other| other.token.id != row.token.id))
    );
    let back = TokenQuery {
        cursor: next.previous.unwrap(),
        ..TokenQuery::default()
    };
    let back = stage.backend.list_tokens(&ada, &back).await.unwrap();
    assert_eq!(back.rows, page.rows);
    assert!(back.previous.is_none() && back.next == page.next);

    let deep = TokenCursor::After(page.rows[49].token.id);
    let queries = [
        first,
        TokenQuery {
            cursor: deep,
            ..TokenQuery::default()
        },
        TokenQuery {
            filter: Some(TokenFilter::Endless),
            ..TokenQuery::default()
        },
        TokenQuery {
            search: "p12345@crowd".into(),
            ..TokenQuery::default()
        },
        TokenQuery {
            search: "person".into(),
            ..TokenQuery::default()
        },
    ];
    for query in queries {
        let mut sql = statement(ada.organization, &query, stage.backend.now(), 51);
        let (text, values) = {
            use sqlx::Execute;
            let mut built = sql.build();
            let values = built.take_arguments().unwrap().unwrap();
            (built.sql().as_str().to_owned(), values)
        };
        let explain = sqlx::AssertSqlSafe(format!("explain (analyze, format json) {text}"));
        let plan: serde_json::Value = sqlx::query_scalar_with(explain, values)
            .persistent(false)
            .fetch_one(&pool)
            .await
            .unwrap();
        let read = most_rows(&plan[0]["Plan"]);
        assert!(read < 1_000.0, "{query:?} reads {read} rows: {plan:#}");
    }
}

/// The rows of the node that has most of them, those that it threw away included.
fn most_rows(node: &serde_json::Value) -> f64 {
    let number = |key: &str| node[key].as_f64().unwrap_or_default();
    let own = (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops").max(1.0);
    let below = node["Plans"].as_array().into_iter().flatten().map(most_rows);
    below.fold(own, f64::max)
}
