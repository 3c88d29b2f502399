//! What a decision costs the database in an organization of 200 groups and 500 policies of 20 rules: pages of indexes,
//! which repeat from run to run as no time does. Measured with it on two cores, by pgbench: 0.2 ms for a person in 20 of
//! the groups, 0.7 ms for one in all of them.

use super::{policy, rule};
use crate::testing::Stage;
use domain::access::{Role, policy::NameQuery};
use serde_json::Value;
use sqlx::PgPool;

/// Everybody named here stands in the rows by number: groups and policies from 0.
const ROWS: [&str; 6] = [
    "insert into groups (id, organization_id, name, created_at)
     select ('00000000-0000-7000-8000-2' || lpad(n::text, 11, '0'))::uuid, $1, 'g' || n, now() from generate_series(0, 199) n",
    "insert into memberships (organization_id, group_id, user_id, created_at)
     select $1, id, $2, now() from groups where not built_in",
    "insert into policies (id, organization_id, name, created_at)
     select ('00000000-0000-7000-8000-3' || lpad(n::text, 11, '0'))::uuid, $1, 'p' || n, now() from generate_series(0, 499) n",
    "insert into policy_rules (id, organization_id, policy_id, position)
     select ('00000000-0000-7000-8000-4' || lpad((n * 20 + r)::text, 11, '0'))::uuid, $1,
            ('00000000-0000-7000-8000-3' || lpad(n::text, 11, '0'))::uuid, r + 1
     from generate_series(0, 499) n, generate_series(0, 19) r",
    "insert into policy_rule_roles (organization_id, rule_id, role)
     select $1, ('00000000-0000-7000-8000-4' || lpad(x::text, 11, '0'))::uuid,
            (array['cks-viewer', 'cks-admin', 'billing-viewer', 'iam-viewer', 'support-viewer'])[1 + x % 5]
     from generate_series(0, 9999) x",
    "insert into policy_rule_principals (organization_id, rule_id, group_id)
     select $1, ('00000000-0000-7000-8000-4' || lpad(x::text, 11, '0'))::uuid,
            ('00000000-0000-7000-8000-2' || lpad((x * 13 % 200)::text, 11, '0'))::uuid
     from generate_series(0, 9999) x",
];

/// All nodes of a plan.
fn nodes<'a>(plan: &'a Value, into: &mut Vec<&'a Value>) {
    into.push(plan);
    for child in plan["Plans"].as_array().into_iter().flatten() {
        nodes(child, into);
    }
}

#[sqlx::test]
async fn a_decision_reads_two_indexes_and_no_rule(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    for rows in ROWS {
        // Each takes the organization, and one of them the person, too.
        let statement = sqlx::query(rows).bind(ada.organization.0);
        let statement = if rows.contains("$2") {
            statement.bind(ben.user.0)
        } else {
            statement
        };
        statement.execute(&pool).await.unwrap();
    }
    for table in ["memberships", "given_roles", "users"] {
        let statement = format!("vacuum analyze {table}");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&pool)
            .await
            .unwrap();
    }
    let explained: Value = sqlx::query_scalar(
        "explain (analyze, buffers, format json)
         select distinct role from person_roles where user_id = $1 and (ends_at is null or ends_at > now())",
    )
    .bind(ben.user.0)
    .fetch_one(&pool)
    .await
    .unwrap();
    let plan = &explained[0]["Plan"];
    let mut all = Vec::new();
    nodes(plan, &mut all);
    let tables: Vec<_> = all
        .iter()
        .filter_map(|node| node["Relation Name"].as_str())
        .collect();
    assert!(
        tables
            .iter()
            .all(|table| ["memberships", "given_roles"].contains(table)),
        "{tables:?}"
    );
    assert_eq!(plan["Actual Rows"].as_f64(), Some(5.0), "{explained:#}");
    let pages = ["Shared Hit Blocks", "Shared Read Blocks"].map(|key| plan[key].as_u64().unwrap());
    // 10,000 rules of 200 groups lie on hundreds of pages; what they give each group, once, on a few.
    assert!(pages.iter().sum::<u64>() <= 60, "{explained:#}");
}

/// Whatever number of rules it has, what people hold by a policy is worked out once.
#[sqlx::test]
async fn a_policy_of_many_rules_is_written_by_one_statement_for_all(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    sqlx::raw_sql(
        "create table written (n integer not null);
         insert into written values (0);
         create function count_it() returns trigger language plpgsql as $$
         begin update written set n = n + 1; return null; end $$;
         create trigger count_it after insert on policy_rule_principals for each statement execute function count_it();",
    )
    .execute(&pool)
    .await
    .unwrap();
    let rules = Role::ALL
        .iter()
        .take(10)
        .map(|role| rule(&[*role], &[ada.user], &[]));
    let rules: Vec<_> = rules
        .chain([rule(&[Role::CksViewer], &[ada.user], &[])])
        .collect();
    policy(&stage, &ada, "Many", rules.clone()).await;
    let written: i32 = sqlx::query_scalar("select n from written")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(written, 1);
    let all = stage
        .backend
        .list_policies(&ada, &NameQuery::default())
        .await
        .unwrap();
    let many = all.policies.iter().find(|policy| policy.name == "Many").unwrap();
    assert_eq!(many.draft().rules, rules, "each in its place");
}
