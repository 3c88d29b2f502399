//! What decides, what explains and what the rules say are the same, over random policies: the roles of a session, the
//! chains of an explanation, and the rules stated once more as plainly as can be.

use crate::{
    Caller,
    access::store::held,
    secret::Secret,
    testing::{PASSWORD, Stage, client},
};
use domain::{
    access::{Action, Audience, Role, grant},
    moment::Moment,
};
use proptest::{collection::vec, option, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sqlx::PgPool;
use uuid::Uuid;

const PEOPLE: usize = 5;
const GROUPS: usize = 4;
const ORGANIZATIONS: usize = 25;
/// Hours of the stage's clock after its start.
const HOURS: i64 = 6;

#[derive(Clone, Debug)]
struct RandomRule {
    roles: Vec<usize>,
    users: Vec<usize>,
    groups: Vec<usize>,
    ends: Option<i64>,
}

#[derive(Clone, Debug)]
struct Random {
    policies: Vec<Vec<RandomRule>>,
    /// Person, group, and the hour at which it ends.
    memberships: Vec<(usize, usize, Option<i64>)>,
}

fn random() -> impl Strategy<Value = Random> {
    let rule = (
        vec(0..Role::ALL.len(), 1..4),
        vec(0..PEOPLE, 0..3),
        vec(0..GROUPS, 0..3),
        option::of(1..HOURS),
    );
    let rule = rule.prop_map(|(roles, users, groups, ends)| RandomRule {
        roles,
        users,
        groups,
        ends,
    });
    let memberships = vec((0..PEOPLE, 0..GROUPS, option::of(1..HOURS)), 0..12);
    (vec(vec(rule, 1..4), 1..5), memberships).prop_map(|(policies, memberships)| Random {
        policies,
        memberships,
    })
}

impl Random {
    /// Allow only, default deny: some rule in force gives a role that allows it to the person or to a group of theirs.
    fn allows(&self, person: usize, action: Action, hour: i64) -> bool {
        let over = |ends: Option<i64>| ends.is_some_and(|ends| ends <= hour);
        // The last of several statements about one membership counts.
        let is_in = |group: usize| {
            let last = self
                .memberships
                .iter()
                .rev()
                .find(|(p, g, _)| (*p, *g) == (person, group));
            last.is_some_and(|(.., ends)| !over(*ends))
        };
        let rules = self.policies.iter().flatten().filter(|rule| !over(rule.ends));
        action.audience() == Audience::Self_
            || rules
                .filter(|rule| rule.users.contains(&person) || rule.groups.iter().any(|group| is_in(*group)))
                .flat_map(|rule| &rule.roles)
                .any(|role| Role::ALL[*role].allows(action.key()))
    }

    /// Rows by hand: what the forms refuse (a rule that names nobody) is there, too.
    async fn db_write(&self, pool: &PgPool, organization: Uuid, people: &[Uuid], n: usize) {
        let start = time::macros::datetime!(2026-11-24 10:00 UTC);
        let at = |ends: Option<i64>| ends.map(|hour| start + time::Duration::hours(hour));
        let mut groups = Vec::new();
        for g in 0..GROUPS {
            let id = Uuid::from_u128((n * 1_000 + g + 1) as u128);
            sqlx::query("insert into groups (id, organization_id, name, created_at) values ($1, $2, $3, $4)")
                .bind(id)
                .bind(organization)
                .bind(format!("g{n}-{g}"))
                .bind(start)
                .execute(pool)
                .await
                .unwrap();
            groups.push(id);
        }
        for (person, group, ends) in &self.memberships {
            sqlx::query(
                "insert into memberships (organization_id, group_id, user_id, created_at, ends_at) values ($1, $2, $3, $4, $5)
                 on conflict (group_id, user_id) do update set ends_at = excluded.ends_at",
            )
            .bind(organization)
            .bind(groups[*group])
            .bind(people[*person])
            .bind(start)
            .bind(at(*ends))
            .execute(pool)
            .await
            .unwrap();
        }
        for (p, rules) in self.policies.iter().enumerate() {
            let policy = Uuid::from_u128((n * 1_000 + 100 + p) as u128);
            sqlx::query(
                "insert into policies (id, organization_id, name, created_at) values ($1, $2, $3, $4)",
            )
            .bind(policy)
            .bind(organization)
            .bind(format!("p{n}-{p}"))
            .bind(start)
            .execute(pool)
            .await
            .unwrap();
            for (r, rule) in rules.iter().enumerate() {
                let id = Uuid::from_u128((n * 1_000 + 500 + p * 10 + r) as u128);
                let roles: Vec<_> = rule
                    .roles
                    .iter()
                    .map(|role| Role::ALL[*role].key().to_owned())
                    .collect();
                let users: Vec<_> = rule.users.iter().map(|user| people[*user]).collect();
                let named: Vec<_> = rule.groups.iter().map(|group| groups[*group]).collect();
                for statement in [
                    sqlx::query("insert into policy_rules (id, organization_id, policy_id, position, ends_at) values ($1, $2, $3, $4, $5)")
                        .bind(id).bind(organization).bind(policy).bind(i32::try_from(r).unwrap() + 1).bind(at(rule.ends)),
                    sqlx::query("insert into policy_rule_roles (organization_id, rule_id, role) select distinct $1, $2, unnest($3::text[])")
                        .bind(organization).bind(id).bind(&roles),
                    sqlx::query("insert into policy_rule_principals (organization_id, rule_id, user_id) select distinct $1, $2, unnest($3::uuid[])")
                        .bind(organization).bind(id).bind(&users),
                    sqlx::query("insert into policy_rule_principals (organization_id, rule_id, group_id) select distinct $1, $2, unnest($3::uuid[])")
                        .bind(organization).bind(id).bind(&named),
                ] {
                    statement.execute(pool).await.unwrap();
                }
            }
        }
    }
}

#[sqlx::test]
async fn decision_explanation_and_rules_never_differ(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let mut callers: Vec<Caller> = Vec::new();
    for n in 0..PEOPLE {
        callers.push(stage.colleague(&ada, &format!("p{n}@example.test"), &[]).await);
    }
    let mut sessions = Vec::new();
    for n in 0..PEOPLE {
        let password = Secret::new(PASSWORD.into());
        let email = format!("p{n}@example.test");
        let signed_in = stage.backend.sign_in(&client(), &email, password).await.unwrap();
        sessions.push(signed_in.session().unwrap());
    }
    let people: Vec<_> = callers.iter().map(|caller| caller.user.0).collect();
    let organization = ada.organization.0;
    let mut runner = TestRunner::deterministic();
    let mut allowed = 0_u32;
    // The clock goes on, so the organizations stand one behind the other in time: each begins at a new hour.
    for n in 0..ORGANIZATIONS {
        let random = random().new_tree(&mut runner).unwrap().current();
        random.db_write(&pool, organization, &people, n + 1).await;
        for (person, caller) in callers.iter().enumerate() {
            for hour in 0..HOURS {
                let now = Moment::from_unix_seconds(
                    time::macros::datetime!(2026-11-24 10:00 UTC).unix_timestamp() + hour * 3_600,
                );
                let mut tx = pool.begin().await.unwrap();
                let decided = held::find_roles_of_active(&mut tx, caller.user, None, now.civil()).await;
                let decided = decided.unwrap().unwrap();
                let one = [people[person]];
                let grants = held::list_grants(&pool, ada.organization, &one, None, now.civil()).await;
                let grants: Vec<_> = grants.unwrap().into_iter().map(|(_, grant)| grant).collect();
                for action in Action::ALL {
                    let says = random.allows(person, *action, hour);
                    let decides = domain::access::decide(&decided, *action).is_allowed();
                    let explains = grant::explain(&grants, *action, now).decision.is_allowed();
                    assert_eq!(
                        (decides, explains),
                        (says, says),
                        "{n}: {person} {action:?} at {hour}: {random:?}"
                    );
                    allowed += u32::from(says && action.audience() == Audience::Granted);
                }
            }
            // The session is judged by the same.
            let seen = stage.caller(&sessions[person]).await.unwrap();
            for action in Action::ALL {
                assert_eq!(
                    seen.may(*action),
                    random.allows(person, *action, 0),
                    "{n}: {person} {action:?}"
                );
            }
        }
        for statement in [
            "delete from policies where not built_in",
            "delete from groups where not built_in",
        ] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        let left: i64 = sqlx::query_scalar(
            "select count(*) from given_roles g where user_id is not null or not exists
             (select from groups where id = g.group_id and built_in)",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(left, 0, "what is gone gives nothing");
    }
    assert!(
        allowed > 500,
        "random policies that allow nothing prove nothing: {allowed}"
    );
}
