//! What a decision costs the database in an organization of 200 groups and 500 policies of 20 rules: pages of indexes,
//! which repeat from run to run as no time does. Measured with it by pgbench on two busy cores: 0.2 ms for a person in 20
//! of the groups (260 rows of rights), 1.4 ms for one in all of them (2,613 rows).

use super::{plan::Plan, policy, rule};
use crate::{
    secret::Secret,
    testing::{PASSWORD, Stage, client},
};
use domain::access::{Role, policy::NameQuery};
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Of one decision about somebody in all 200 groups, at most: two for each, and a few more.
const PAGES: u64 = 500;

/// Everybody named here stands in the rows by number. Each group is given all roles, by fifty rules of many policies;
/// `$person` is in all groups and named by 500 rules beside, and each of 2,000 others is in twenty of the groups.
const ROWS: &str = "
    insert into groups (id, organization_id, name, created_at)
    select ('00000000-0000-7000-8000-2' || lpad(n::text, 11, '0'))::uuid, $organization, 'g' || n, now()
    from generate_series(0, 199) n;
    insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
    select ('00000000-0000-7000-8000-1' || lpad(n::text, 11, '0'))::uuid, $organization, n || '@crowd.test',
           n || '@crowd.test', 'P', n::text, 'active', now(), now() from generate_series(1, 2000) n;
    insert into memberships (organization_id, group_id, user_id, created_at)
    select $organization, ('00000000-0000-7000-8000-2' || lpad(((n * 7 + k * 10) % 200)::text, 11, '0'))::uuid,
           ('00000000-0000-7000-8000-1' || lpad(n::text, 11, '0'))::uuid, now()
    from generate_series(1, 2000) n, generate_series(0, 19) k;
    insert into memberships (organization_id, group_id, user_id, created_at)
    select $organization, id, $person, now() from groups where not built_in;
    insert into policies (id, organization_id, name, created_at)
    select ('00000000-0000-7000-8000-3' || lpad(n::text, 11, '0'))::uuid, $organization, 'p' || n, now()
    from generate_series(0, 499) n;
    insert into policy_rules (id, organization_id, policy_id, position)
    select ('00000000-0000-7000-8000-4' || lpad((n * 20 + r)::text, 11, '0'))::uuid, $organization,
           ('00000000-0000-7000-8000-3' || lpad(n::text, 11, '0'))::uuid, r + 1
    from generate_series(0, 499) n, generate_series(0, 19) r;
    insert into policy_rule_roles (organization_id, rule_id, role)
    select $organization, ('00000000-0000-7000-8000-4' || lpad(x::text, 11, '0'))::uuid, ($roles)[1 + x / 200 % 13]
    from generate_series(0, 9999) x;
    insert into policy_rule_principals (organization_id, rule_id, group_id)
    select $organization, ('00000000-0000-7000-8000-4' || lpad(x::text, 11, '0'))::uuid,
           ('00000000-0000-7000-8000-2' || lpad((x % 200)::text, 11, '0'))::uuid
    from generate_series(0, 9999) x;
    insert into policy_rule_principals (organization_id, rule_id, user_id)
    select $organization, ('00000000-0000-7000-8000-4' || lpad((x * 20)::text, 11, '0'))::uuid, $person
    from generate_series(0, 499) x;
";

async fn db_write_rows(pool: &PgPool, organization: uuid::Uuid, person: uuid::Uuid) {
    let keys: Vec<_> = Role::ALL.iter().map(|role| format!("'{}'", role.key())).collect();
    let rows = ROWS
        .replace("$organization", &format!("'{organization}'"))
        .replace("$person", &format!("'{person}'::uuid"))
        .replace("$roles", &format!("array[{}]", keys.join(", ")));
    // An index is read alone only where pages are known to be visible to all, which a vacuum can't say of rows whose commit
    // is not on the disk yet.
    let rows = format!("set synchronous_commit to on; {rows}");
    sqlx::raw_sql(AssertSqlSafe(rows)).execute(pool).await.unwrap();
    for table in ["memberships", "given_roles", "users"] {
        let statement = format!("vacuum analyze {table}");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(pool)
            .await
            .unwrap();
    }
}

/// The statements are those of the program, as its only connection has prepared them.
#[sqlx::test]
async fn a_decision_reads_two_indexes_and_no_rule(pool: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool.max_connections(1).connect_with(options).await.unwrap();
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    db_write_rows(&pool, ada.organization.0, ben.user.0).await;
    let password = Secret::new(PASSWORD.into());
    let session = stage
        .backend
        .sign_in(&client(), "ben@example.test", password)
        .await
        .unwrap()
        .session()
        .unwrap();
    let seen = stage.caller(&session).await.unwrap();
    assert_eq!(seen.roles.iter().count(), Role::ALL.len());
    // An act judges its actor again.
    stage.backend.create_group(&seen, "Mine", "").await.unwrap();

    let now = format!(
        "'{}'",
        domain::moment::Moment::from(stage.backend.now()).rfc3339()
    );
    let token = session
        .hash()
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let mut connection = pool.acquire().await.unwrap();
    for (part, values) in [
        ("from sessions s", format!("'\\x{token}', {now}, '-infinity'")),
        (
            "from users u join organizations o on o.id = u.organization_id where u.id = $1",
            format!("'{}', {now}, null, null", ben.user),
        ),
    ] {
        for plan in Plan::both_of_prepared(&mut connection, part, &values).await {
            let rights = plan.scans_of("given_roles");
            assert_eq!(rights, ["Index Only Scan", "Index Only Scan"], "{plan}");
            let memberships = plan.scans_of("memberships");
            assert!(memberships.len() == 1 && memberships[0] != "Seq Scan", "{plan}");
            for table in [
                "policies",
                "policy_rules",
                "policy_rule_roles",
                "policy_rule_principals",
            ] {
                assert!(!plan.reads(table), "{table}: {plan}");
            }
            assert!(plan.pages() <= PAGES, "{} pages: {plan}", plan.pages());
        }
    }
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
