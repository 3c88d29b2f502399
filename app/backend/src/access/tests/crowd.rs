//! Lists and pickers in an organization of 100,000 people and 20,000 groups: whatever is typed, a page of them is read,
//! and not everybody.

use super::plan::Plan;
use crate::{
    access::store::{choices, held, members},
    database::Tx,
    testing::Stage,
    users::{
        self,
        search::{Seen, Way, found_near},
    },
};
use domain::{
    ids::{GroupId, OrganizationId, UserId},
    users::{Cursor, PAGE_SIZE, ShownStatus, SortBy, UserQuery},
};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgPool, Postgres, QueryBuilder, postgres::PgRow};
use time::OffsetDateTime;

/// People from 1 on, groups from 1 on. In the first group is everybody, in the second are five; both give a role. One
/// person and one group have a name like no other.
const ROWS: &str = "
    insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at,
                       deactivated_at)
    select ('00000000-0000-7000-8000-1' || lpad(n::text, 11, '0'))::uuid, $organization, 'p' || n || '@example.test',
           'p' || n || '@example.test',
           (array['Ada','Ben','Carla','Dora','Eve','Grace','Hedy','Mary','Marie','Rosalind','Lise'])[1 + n % 11],
           case when n = 77777 then 'Quetzalcoatl' else initcap(translate(md5(n::text), '0123456789q', 'ghijklmnopr')) end,
           case when n % 20000 = 0 then 'deactivated' else 'active' end, now(), now(),
           case when n % 20000 = 0 then now() end
    from generate_series(1, 100000) n;
    insert into groups (id, organization_id, name, created_at)
    select ('00000000-0000-7000-8000-2' || lpad(n::text, 11, '0'))::uuid, $organization,
           case when n = 7777 then 'Quetzalcoatl' else 'Team ' || n end, now()
    from generate_series(1, 20000) n;
    insert into memberships (organization_id, group_id, user_id, created_at)
    select organization_id, '00000000-0000-7000-8000-200000000001', id, now() from users;
    insert into memberships (organization_id, group_id, user_id, created_at)
    select organization_id, '00000000-0000-7000-8000-200000000002', id, now() from users order by sort_name limit 5;
    insert into policies (id, organization_id, name, created_at)
    values ('00000000-0000-7000-8000-300000000001', $organization, 'All', now());
    insert into policy_rules (id, organization_id, policy_id, position)
    select ('00000000-0000-7000-8000-40000000000' || n)::uuid, $organization, '00000000-0000-7000-8000-300000000001', n
    from generate_series(1, 2) n;
    insert into policy_rule_roles (organization_id, rule_id, role)
    values ($organization, '00000000-0000-7000-8000-400000000001', 'cks-viewer'),
           ($organization, '00000000-0000-7000-8000-400000000002', 'billing-viewer');
    insert into policy_rule_principals (organization_id, rule_id, group_id)
    select $organization, ('00000000-0000-7000-8000-40000000000' || n)::uuid,
           ('00000000-0000-7000-8000-20000000000' || n)::uuid from generate_series(1, 2) n;
";

fn person(n: u32) -> UserId {
    UserId(format!("00000000-0000-7000-8000-1{n:011}").parse().unwrap())
}

fn group(n: u32) -> GroupId {
    GroupId(format!("00000000-0000-7000-8000-2{n:011}").parse().unwrap())
}

/// Nothing; what many have, at the beginning and at the end of the order, one and nobody; the same of two letters.
const TYPED: [&str; 9] = [
    "",
    "ada",
    "rosal",
    "example.test",
    "quetzal",
    "nobody is called that",
    "qu",
    "zq",
    "p1",
];

/// Pages of a walk along the names, at most; for all people it is more than 100,000. Those who have what is looked for
/// may stand together at the other end.
const DEEP: u64 = 20_000;
/// Pages where people are looked for along the beginning of an order: one for each, and twelve for each that is listed,
/// or four for each member; and by the index of texts, which finds up to 9,091.
const PICKED: u64 = 500;
const LISTED: u64 = 1_900;
const MEMBERS: u64 = 5_200;
const AMONG_FOUND: u64 = 5_000;

fn has_bounds(plan: &Plan, table: &str, most: u64, what: &str) {
    assert!(!plan.scans_of(table).contains(&"Seq Scan"), "{what}\n{plan}");
    assert!(plan.pages() <= most, "{what}: {} pages\n{plan}", plan.pages());
}

/// A role that everybody holds, one of five people, and one of nobody.
async fn holders_have_bounds(pool: &PgPool, organization: OrganizationId, now: OffsetDateTime) {
    let mut tx = Tx::begin(pool).await.unwrap();
    for (role, holders) in [
        ("cks-viewer", PAGE_SIZE),
        ("billing-viewer", 5),
        ("support-viewer", 0),
    ] {
        let roles = [role.to_owned()];
        let limit = i64::try_from(PAGE_SIZE).unwrap();
        let found = held::list_holders(&mut tx, organization, &roles, None, now, limit)
            .await
            .unwrap();
        assert_eq!(found.len(), holders, "{role}");
        let values = format!("'{organization}', '{{{role}}}', '2026-11-24', {}", held::FEW + 1);
        for plan in Plan::both_of_prepared(&mut tx, "as found limit", &values).await {
            assert!(plan.pages() <= 2_000, "{role}: {} pages\n{plan}", plan.pages());
        }
        for after in [None, Some(person(50_000))] {
            let many = held::page_of_many(organization, &roles, after, now, limit);
            let plan = Plan::of(&mut *tx, many).await;
            if holders > 5 {
                has_bounds(&plan, "users", 2_000, role);
            }
            let some: Vec<_> = (1..held::FEW)
                .map(|n| person(u32::try_from(n).unwrap()).0)
                .collect();
            let plan = Plan::of(&mut *tx, held::page_among(organization, &some, after, limit)).await;
            has_bounds(&plan, "users", 10_000, role);
        }
    }
}

/// A look along the order, and by the index where that is asked after it.
async fn looked_for_has_bounds<T: for<'r> FromRow<'r, PgRow> + Send + Unpin>(
    pool: &PgPool,
    what: &str,
    most: u64,
    limit: usize,
    ask: impl Fn(Way) -> QueryBuilder<Postgres>,
) {
    let plan = Plan::of(pool, ask(Way::Near).build()).await;
    has_bounds(&plan, "users", most, what);
    let seen: Vec<Seen<T>> = ask(Way::Near).build_query_as().fetch_all(pool).await.unwrap();
    if found_near(seen, limit).is_none() {
        let plan = Plan::of(pool, ask(Way::Everywhere).build()).await;
        has_bounds(&plan, "users", AMONG_FOUND, what);
    }
}

/// A look along the order is planned once for whatever is typed.
async fn look_along_the_order_has_bounds(pool: &PgPool, organization: OrganizationId, now: OffsetDateTime) {
    for cursor in [Cursor::Start, Cursor::After(person(50_000))] {
        for status in [None, Some(ShownStatus::Active), Some(ShownStatus::Deactivated)] {
            let query = UserQuery {
                search: "nobody".into(),
                status,
                cursor,
                ..UserQuery::default()
            };
            let mut connection = pool.acquire().await.unwrap().detach();
            let mut near = users::list::statement(organization, &query, now, PAGE_SIZE + 1, Way::Near);
            near.build().fetch_all(&mut connection).await.unwrap();
            let beside = match cursor {
                Cursor::Start => String::new(),
                Cursor::After(id) | Cursor::Before(id) => format!("'{organization}', '{id}', "),
            };
            let values = format!("'%nobody%', '{organization}', {beside}'2026-11-24'");
            for plan in Plan::both_of_prepared(&mut connection, "row_number()", &values).await {
                has_bounds(&plan, "users", LISTED, &format!("planned once, {query:?}"));
            }
            connection.close().await.unwrap();
        }
    }
}

/// The list of all people, which is planned once for whatever is bound to it.
async fn whole_list_has_bounds(pool: &PgPool, organization: OrganizationId, now: OffsetDateTime) {
    let (after, before) = (Cursor::After(person(50_000)), Cursor::Before(person(50_000)));
    for sort in SortBy::ALL {
        for cursor in [Cursor::Start, after, before] {
            let query = UserQuery {
                sort,
                cursor,
                ..UserQuery::default()
            };
            let mut connection = pool.acquire().await.unwrap().detach();
            let mut list = users::list::statement(organization, &query, now, PAGE_SIZE + 1, Way::Free);
            let found = list.build().fetch_all(&mut connection).await.unwrap();
            assert_eq!(found.len(), PAGE_SIZE + 1);
            let beside = match cursor {
                Cursor::Start => String::new(),
                Cursor::After(id) | Cursor::Before(id) => format!("'{organization}', '{id}', "),
            };
            let values = format!("'{organization}', {beside}'2026-11-24'");
            for plan in Plan::both_of_prepared(&mut connection, "(select u.* from users u", &values).await {
                has_bounds(&plan, "users", 2_000, &format!("list, planned once, {query:?}"));
            }
            connection.close().await.unwrap();
        }
    }
}

#[sqlx::test]
async fn whatever_is_typed_a_page_is_read_and_not_everybody(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let (organization, now) = (ada.organization, stage.backend.now());
    let rows = ROWS.replace("$organization", &format!("'{organization}'::uuid"));
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    for table in ["users", "groups", "memberships", "given_roles"] {
        let statement = format!("vacuum analyze {table}");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&pool)
            .await
            .unwrap();
    }
    holders_have_bounds(&pool, organization, now).await;
    whole_list_has_bounds(&pool, organization, now).await;
    look_along_the_order_has_bounds(&pool, organization, now).await;
    for typed in TYPED {
        let people = |way| choices::people(organization, typed, 20, way);
        looked_for_has_bounds::<held::Holder>(&pool, &format!("people, {typed:?}"), PICKED, 20, people).await;
        let plan = Plan::of(&pool, choices::options(organization, typed, 20)).await;
        has_bounds(&plan, "groups", 500, &format!("groups, {typed:?}"));
        for (n, cursor) in [
            (1, Cursor::Start),
            (1, Cursor::After(person(50_000))),
            (1, Cursor::Before(person(50_000))),
            (2, Cursor::Start),
            (3, Cursor::Start),
        ] {
            let ask = |way| members::members(organization, group(n), typed, cursor, now, way);
            let what = format!("members of {n} at {cursor:?}, {typed:?}");
            if typed.is_empty() {
                let plan = Plan::of(&pool, ask(Way::Free).build()).await;
                has_bounds(&plan, "users", DEEP, &what);
            } else {
                looked_for_has_bounds::<members::Member>(&pool, &what, MEMBERS, PAGE_SIZE + 1, ask).await;
            }
        }
        for sort in SortBy::ALL {
            for (status, cursor) in [
                (None, Cursor::Start),
                (None, Cursor::After(person(50_000))),
                (Some(ShownStatus::Active), Cursor::Before(person(50_000))),
                (Some(ShownStatus::Deactivated), Cursor::Start),
            ] {
                let query = UserQuery {
                    search: typed.into(),
                    sort,
                    status,
                    cursor,
                    ..UserQuery::default()
                };
                let list = |way| users::list::statement(organization, &query, now, PAGE_SIZE + 1, way);
                let what = format!("list, {query:?}");
                if typed.is_empty() {
                    let plan = Plan::of(&pool, list(Way::Free).build()).await;
                    has_bounds(&plan, "users", DEEP, &what);
                } else {
                    looked_for_has_bounds::<users::list::Row>(&pool, &what, LISTED, PAGE_SIZE + 1, list)
                        .await;
                }
            }
        }
    }
}

#[sqlx::test]
async fn looking_for_an_administrator_reads_no_list_of_memberships(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let rows = "
        insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
        select gen_random_uuid(), $organization, 'p' || n || '@example.test', 'p' || n || '@example.test', 'Person', n::text,
               'active', now(), now() from generate_series(1, 20000) n;
        insert into groups (id, organization_id, name, created_at)
        values ('00000000-0000-7000-8000-200000000001', $organization, 'All', now());
        insert into memberships (organization_id, group_id, user_id, created_at)
        select organization_id, '00000000-0000-7000-8000-200000000001', id, now() from users;
        -- Behind all others.
        update memberships set created_at = now() where group_id <> '00000000-0000-7000-8000-200000000001';";
    let rows = rows.replace("$organization", &format!("'{}'::uuid", ada.organization));
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    sqlx::raw_sql("vacuum analyze memberships")
        .execute(&pool)
        .await
        .unwrap();
    let mut tx = pool.begin().await.unwrap();
    sqlx::query(
        "delete from memberships where group_id = '00000000-0000-7000-8000-200000000001' and user_id in (
             select id from users where last_name in ('1', '2', '3'))",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    let mut read = Vec::new();
    for _ in 0..2 {
        let so_far: i64 = sqlx::query_scalar(
            "select seq_tup_read from pg_stat_xact_user_tables where relname = 'memberships'",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        read.push(so_far);
        sqlx::raw_sql("set constraints all immediate")
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    assert_eq!(read[0], read[1]);
}
