//! Paging, filters, exports, and what they are read from.

mod words;

use super::{
    AuditEntry,
    store::{From, push_list},
};
use crate::{Caller, Error, testing::Stage};
use domain::{
    audit::{AuditAction, AuditPage, AuditQuery, AuditResult, Cursor, PAGE_SIZE, Place},
    ids::{OrganizationId, UserId},
};
use sqlx::{
    PgPool, Postgres, QueryBuilder,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::Duration;
use uuid::Uuid;

/// Entries of an organization about `number-<n>@example.test`, one a second; each third by Ada, each hundredth refused.
async fn db_fill(pool: &PgPool, organization: OrganizationId, by: UserId, count: i32) {
    sqlx::query(
        "insert into audit (organization_id, at, actor_kind, actor_id, actor_label, action, target_kind, target_id,
                            target_label, before, after, result, address, request_id)
         select $1, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', 'user',
                case when n % 3 = 0 then $2 else md5('by' || n % 500)::uuid end, 'person-' || n % 500 || '@example.test',
                case when n % 1000 = 0 then 'users.recover' else 'sessions.sign_in' end, 'user', md5('of' || n % 700)::uuid,
                'number-' || n || '@example.test', null, '{\"n\": 1}',
                case when n % 100 = 0 then 'refused' else 'done' end, '192.0.2.7', 'test'
         from generate_series(1, $3) n",
    )
    .bind(organization.0)
    .bind(by.0)
    .bind(count)
    .execute(pool)
    .await
    .unwrap();
}

async fn page(stage: &Stage, caller: &Caller, query: &AuditQuery, cursor: Cursor) -> AuditPage {
    let query = AuditQuery {
        cursor,
        ..query.clone()
    };
    stage.backend.list_audit(caller, &query).await.unwrap()
}

fn targets(page: &AuditPage) -> Vec<String> {
    page.rows.iter().map(|row| row.target.clone()).collect()
}

/// Entries with these names, all of one moment.
async fn db_at_once(pool: &PgPool, organization: OrganizationId, at: &str, targets: Vec<String>) {
    sqlx::query(
        "insert into audit (organization_id, at, actor_kind, actor_label, action, target_kind, target_label, result,
                            address, request_id)
         select $1, $2::text::timestamptz, 'operator', 'Operator', 'x', 'user', target, 'done', '', ''
         from unnest($3::text[]) target",
    )
    .bind(organization.0)
    .bind(at)
    .bind(targets)
    .execute(pool)
    .await
    .unwrap();
}

#[sqlx::test]
async fn pages_have_no_gaps_and_no_doubles_while_entries_come_in(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (noon, plain) = ("2026-06-01T12:00:00.000001Z", AuditQuery::default());
    db_fill(&pool, ada.organization, ada.user, 40).await;
    // The border between the first two pages lies among entries of one microsecond.
    let at_once = (1..=80).map(|n| format!("same-{n}")).collect();
    db_at_once(&pool, ada.organization, noon, at_once).await;
    let expected: Vec<String> =
        sqlx::query_scalar("select target_label from audit order by at desc, id desc")
            .fetch_all(&pool)
            .await
            .unwrap();

    let first = page(&stage, &ada, &plain, Cursor::Start).await;
    assert_eq!((first.rows.len(), first.previous), (PAGE_SIZE, None));
    for at in [noon, "2026-12-01T12:00:00Z"] {
        db_at_once(&pool, ada.organization, at, vec!["late".into()]).await;
    }
    let second = page(&stage, &ada, &plain, first.next.unwrap()).await;
    let third = page(&stage, &ada, &plain, second.next.unwrap()).await;
    assert_eq!(third.next, None);
    let read: Vec<_> = [&first, &second, &third].into_iter().flat_map(targets).collect();
    assert_eq!(read, expected);

    let back = page(&stage, &ada, &plain, third.previous.unwrap()).await;
    assert_eq!(
        (targets(&back), back.previous),
        (targets(&second), second.previous)
    );
    let back = page(&stage, &ada, &plain, back.previous.unwrap()).await;
    assert_eq!(
        targets(&back)[2..],
        targets(&first)[2..],
        "the newcomers moved two out"
    );
    assert!(back.previous.is_some());
}

#[sqlx::test]
async fn a_place_that_is_nowhere_shows_what_is_beside_it_or_the_start(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let plain = AuditQuery::default();
    let start = page(&stage, &ada, &plain, Cursor::Start).await;
    let nowhere = Place { at: 0, nth: 3 };
    assert_eq!(
        targets(&page(&stage, &ada, &plain, Cursor::After(nowhere)).await),
        targets(&start)
    );
    let above = page(&stage, &ada, &plain, Cursor::Before(nowhere)).await;
    assert_eq!(targets(&above), targets(&start));
}

#[sqlx::test]
async fn each_filter_narrows_and_none_leads_into_another_organization(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (other, ben) = (OrganizationId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    sqlx::query(
        "insert into organizations (id, org_id, name, created_at) values ($1, 'ffffff', 'Others', now())",
    )
    .bind(other.0)
    .execute(&pool)
    .await
    .unwrap();
    db_fill(&pool, other, ben, 200).await;
    db_fill(&pool, ada.organization, ada.user, 200).await;
    let count = async |query: AuditQuery| {
        let mut export = stage.backend.export_audit(&ada, &query).unwrap();
        let mut count = 0;
        loop {
            match export.next().await.unwrap().len() {
                0 => return count,
                n => count += n,
            }
        }
    };
    let plain = AuditQuery::default;
    // The set-up of the console is one more.
    assert_eq!(count(plain()).await, 201);
    let actor_id = Some(ada.user);
    assert_eq!(count(AuditQuery { actor_id, ..plain() }).await, 66 + 1);
    let actor_id = Some(ben);
    assert_eq!(count(AuditQuery { actor_id, ..plain() }).await, 0);
    let actor = "PERSON-7@".into();
    assert_eq!(count(AuditQuery { actor, ..plain() }).await, 1);
    let target = "number-1".into();
    assert_eq!(count(AuditQuery { target, ..plain() }).await, 111);
    let target = "number_1".into();
    assert_eq!(count(AuditQuery { target, ..plain() }).await, 0);
    let target = "a\0\\".into();
    assert_eq!(count(AuditQuery { target, ..plain() }).await, 0);
    let result = Some(AuditResult::Refused);
    assert_eq!(count(AuditQuery { result, ..plain() }).await, 2);
    let action = AuditAction::from_key("organization.set_up");
    assert_eq!(count(AuditQuery { action, ..plain() }).await, 1);
    let from = "2026-01-02".parse().ok();
    assert_eq!(count(AuditQuery { from, ..plain() }).await, 1);
    let to = "2026-01-01".parse().ok();
    assert_eq!(
        count(AuditQuery {
            to,
            from: to,
            ..plain()
        })
        .await,
        200
    );
    let target_id = sqlx::query_scalar("select md5('of1')::uuid")
        .fetch_one(&pool)
        .await
        .ok();
    assert_eq!(count(AuditQuery { target_id, ..plain() }).await, 1);
}

#[sqlx::test]
async fn an_export_goes_through_all_batches_and_ends_when_the_right_does(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["read"]).await;
    db_fill(&pool, ada.organization, ada.user, 1_200).await;
    let query = AuditQuery {
        to: "2026-01-31".parse().ok(),
        ..AuditQuery::default()
    };
    let mut export = stage.backend.export_audit(&ben, &query).unwrap();
    let mut read: Vec<AuditEntry> = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let batch = export.next().await.unwrap();
        sizes.push(batch.len());
        if batch.is_empty() {
            break;
        }
        read.extend(batch);
        // What came after the start of the file is not in it.
        let newer = vec!["late".to_owned()];
        db_at_once(&pool, ada.organization, "2026-01-20T00:00:00Z", newer).await;
    }
    assert_eq!(sizes, [500, 500, 200, 0]);
    assert!(read.is_sorted_by(|a, b| (a.at, a.id) > (b.at, b.id)));

    let mut export = stage.backend.export_audit(&ben, &query).unwrap();
    assert_eq!(export.next().await.unwrap().len(), 500);
    stage.backend.deactivate_user(&ada, ben.user, "").await.unwrap();
    assert!(matches!(export.next().await, Err(Error::SignedOut)));

    let guest = stage.colleague(&ada, "guest@example.test", &[]).await;
    assert!(matches!(
        stage.backend.export_audit(&guest, &query),
        Err(Error::Forbidden { .. })
    ));
    assert!(matches!(
        stage.backend.list_audit(&guest, &query).await,
        Err(Error::Forbidden { .. })
    ));
}

#[sqlx::test]
async fn whoever_reads_slowly_holds_no_connection(pool: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool.max_connections(1).connect_with(options).await.unwrap();
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    db_fill(&pool, ada.organization, ada.user, 600).await;
    let query = AuditQuery::default();
    let mut export = stage.backend.export_audit(&ada, &query).unwrap();
    assert_eq!(export.next().await.unwrap().len(), 500);
    // With the only connection in other hands this would never be answered.
    stage.backend.list_audit(&ada, &query).await.unwrap();
    assert_eq!(export.next().await.unwrap().len(), 101);
}

/// How PostgreSQL would answer it.
async fn plan(pool: &PgPool, caller: &Caller, query: &AuditQuery, from: From) -> String {
    let mut sql = QueryBuilder::<Postgres>::new("explain ");
    push_list(&mut sql, caller.organization, query, from, PAGE_SIZE + 1);
    let lines: Vec<String> = sql
        .build_query_scalar()
        .persistent(false)
        .fetch_all(pool)
        .await
        .unwrap();
    lines.join("\n")
}

#[sqlx::test]
async fn no_list_reads_or_sorts_the_whole_log(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    db_fill(&pool, ada.organization, ada.user, 20_000).await;
    sqlx::query("vacuum analyze audit").execute(&pool).await.unwrap();
    let at = ada_was_there(&stage, &ada).await;
    let of_1: Uuid = sqlx::query_scalar("select md5('of1')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();
    let by_1: Uuid = sqlx::query_scalar("select md5('by1')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();
    let plain = AuditQuery::default;
    let queries = [
        (plain(), "audit_by_time"),
        (
            AuditQuery {
                actor_id: Some(ada.user),
                ..plain()
            },
            "audit_by_",
        ),
        (
            AuditQuery {
                actor_id: Some(UserId(by_1)),
                ..plain()
            },
            "audit_by_actor",
        ),
        (
            AuditQuery {
                target_id: Some(of_1),
                ..plain()
            },
            "audit_of_target",
        ),
        (
            AuditQuery {
                action: AuditAction::from_key("users.recover"),
                ..plain()
            },
            "audit_by_action",
        ),
        (
            AuditQuery {
                action: AuditAction::from_key("users.deactivate"),
                ..plain()
            },
            "audit_by_action",
        ),
        (
            AuditQuery {
                result: Some(AuditResult::Refused),
                ..plain()
            },
            "audit_refused",
        ),
        (
            AuditQuery {
                from: "2026-01-01".parse().ok(),
                to: "2026-01-01".parse().ok(),
                ..plain()
            },
            "audit_by_time",
        ),
        (
            AuditQuery {
                target: "number-19999@".into(),
                ..plain()
            },
            "audit_by_target_text",
        ),
        (
            AuditQuery {
                actor: "person-1".into(),
                ..plain()
            },
            "audit_by_",
        ),
    ];
    for (query, index) in queries {
        for from in [
            From::Newest,
            From::Below(at),
            From::Above(at),
            From::BelowEntry(stage.backend.now() - Duration::days(300), 10_000),
        ] {
            let plan = plan(&pool, &ada, &query, from).await;
            let what = format!("{query:?} {from:?}\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{what}");
            assert!(plan.contains(index), "{what}");
            // What a text finds is few and not in order; everything else comes out of its index in order.
            assert!(index.ends_with("_text") || !plan.contains("Sort"), "{what}");
        }
    }
}

/// A place in the middle of the log.
async fn ada_was_there(stage: &Stage, ada: &Caller) -> Place {
    let query = AuditQuery {
        target: "number-10000@".into(),
        ..AuditQuery::default()
    };
    let mut export = stage.backend.export_audit(ada, &query).unwrap();
    export.next().await.unwrap()[0].place()
}
