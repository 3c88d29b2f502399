//! What decides, what explains and what the rules say are the same, over random policies: the roles of a session, the
//! explanations that pages show, and the rules stated once more as plainly as can be.

use crate::{
    Caller,
    access::store::held,
    database::Tx,
    secret::{Secret, Token},
    testing::{PASSWORD, Stage, client},
};
use domain::{
    access::{Action, Audience, Grant, Role, RoleKey},
    ids::UserId,
    moment::Moment,
};
use proptest::{collection::vec, option, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sqlx::PgPool;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const PEOPLE: usize = 5;
const GROUPS: usize = 4;
/// Sets of policies, one after the other.
const SETS: usize = 16;
/// Each is looked at over so many hours of the stage's clock.
const HOURS: i64 = 5;
/// This one's account is deactivated.
const GONE: usize = PEOPLE - 1;

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
    /// Allow only, default deny: some rule in force gives the role to the person or to a group of theirs, by itself or
    /// with one that includes it.
    fn gives(&self, person: usize, role: Role, hour: i64) -> bool {
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
        rules
            .filter(|rule| rule.users.contains(&person) || rule.groups.iter().any(|group| is_in(*group)))
            .flat_map(|rule| &rule.roles)
            .map(|given| Role::ALL[*given])
            .any(|given| {
                given == role || (given, role) == (Role::NotificationsAdmin, Role::NotificationsViewer)
            })
    }

    /// Whoever is deactivated may do nothing.
    fn allows(&self, person: usize, action: Action, hour: i64) -> bool {
        let by_role = |role: &Role| role.actions().contains(&action.key()) && self.gives(person, *role, hour);
        person != GONE && (action.audience() == Audience::Self_ || Role::ALL.iter().any(by_role))
    }

    /// Rows by hand: what the forms refuse (a rule that names nobody) is there, too.
    async fn db_write(
        &self,
        pool: &PgPool,
        organization: Uuid,
        people: &[UserId],
        (n, start): (usize, OffsetDateTime),
    ) {
        let at = |ends: Option<i64>| ends.map(|hour| start + Duration::hours(hour));
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
            .bind(people[*person].0)
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
                let users: Vec<_> = rule.users.iter().map(|user| people[*user].0).collect();
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

/// The ways by which somebody comes to each role, as a page tells them.
type Told = BTreeMap<RoleKey, Vec<Grant>>;

/// What the page of a person tells.
async fn told_of(stage: &Stage, ada: &Caller, user: UserId) -> Told {
    let access = stage.backend.explain_person(ada, user).await.unwrap();
    access
        .roles
        .into_iter()
        .map(|(role, because)| (role.key, because))
        .collect()
}

/// What the pages of all roles tell of everybody who holds one.
async fn told_by_roles(stage: &Stage, ada: &Caller) -> BTreeMap<UserId, Told> {
    let mut told: BTreeMap<UserId, Told> = BTreeMap::new();
    for role in Role::ALL {
        let key = RoleKey::from(*role);
        let page = stage.backend.explain_role(ada, &key, None).await.unwrap();
        for holder in page.holders.people {
            told.entry(holder.id)
                .or_default()
                .insert(key.clone(), holder.because);
        }
    }
    told
}

struct Cast {
    people: Vec<UserId>,
    sessions: Vec<Token>,
}

impl Cast {
    async fn join(stage: &Stage, ada: &Caller) -> Self {
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let email = format!("p{n}@example.test");
            people.push(stage.colleague(ada, &email, &[]).await.user);
        }
        Self {
            people,
            sessions: Vec::new(),
        }
    }

    /// Everybody but the one who is out.
    async fn sign_in(&mut self, stage: &Stage) {
        self.sessions.clear();
        for n in 0..GONE {
            let password = Secret::new(PASSWORD.into());
            let email = format!("p{n}@example.test");
            let signed_in = stage.backend.sign_in(&client(), &email, password).await;
            self.sessions.push(signed_in.unwrap().session().unwrap());
        }
    }
}

/// The decision of a request, the one inside of an act, both explanations and the rules agree about one person. Returns
/// how many acts a role allows them.
async fn agree(
    stage: &Stage,
    ada: &Caller,
    cast: &Cast,
    (random, of_roles): (&Random, Option<Told>),
    (person, hour): (usize, i64),
) -> usize {
    let user = cast.people[person];
    let now = stage.backend.now();
    let what = || format!("{person} at {hour}: {random:?}");
    let given: Vec<_> = Role::ALL
        .iter()
        .filter(|role| random.gives(person, **role, hour))
        .map(|role| RoleKey::from(*role))
        .collect();

    // What pages tell: the same from the person and from the roles, and whoever is out holds nothing there.
    let told = told_of(stage, ada, user).await;
    let mut keys: Vec<_> = told.keys().cloned().collect();
    keys.sort_by_key(|key| Role::ALL.iter().position(|role| key.built_in() == Some(*role)));
    assert_eq!(keys, given, "{}", what());
    for grants in told.values() {
        let in_force = |grant: &Grant| grant.ends.is_none_or(|ends| ends > Moment::from(now));
        assert!(!grants.is_empty() && grants.iter().all(in_force), "{}", what());
    }
    let expected = (person != GONE && !told.is_empty()).then_some(told);
    assert_eq!(of_roles, expected, "{}", what());

    // What decides.
    let mut tx = Tx::begin(&stage.backend.pool).await.unwrap();
    let decided = held::find_roles_of_active(&mut tx, user, None, now)
        .await
        .unwrap();
    drop(tx);
    let session = match cast.sessions.get(person) {
        Some(session) => stage.caller(session).await,
        None => None,
    };
    assert_eq!(
        (decided.is_some(), session.is_some()),
        (person != GONE, person != GONE)
    );
    let mut allowed = 0;
    for action in Action::ALL {
        let says = random.allows(person, *action, hour);
        let in_act = decided
            .as_ref()
            .is_some_and(|roles| domain::access::decide(roles, *action).is_allowed());
        let in_request = session.as_ref().is_some_and(|caller| caller.may(*action));
        assert_eq!((in_act, in_request), (says, says), "{action:?} of {}", what());
        allowed += usize::from(says && action.audience() == Audience::Granted);
    }
    allowed
}

#[sqlx::test]
async fn decision_explanation_and_rules_never_differ(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let mut cast = Cast::join(&stage, &ada).await;
    stage
        .backend
        .deactivate_user(&ada, cast.people[GONE], "")
        .await
        .unwrap();
    let mut runner = TestRunner::deterministic();
    let mut allowed = 0;
    for n in 1..=SETS {
        let random = random().new_tree(&mut runner).unwrap().current();
        let beginning = (n, stage.backend.now());
        random
            .db_write(&pool, ada.organization.0, &cast.people, beginning)
            .await;
        cast.sign_in(&stage).await;
        for hour in 0..HOURS {
            let mut by_roles = told_by_roles(&stage, &ada).await;
            for (person, user) in cast.people.iter().enumerate() {
                let told = (&random, by_roles.remove(user));
                allowed += agree(&stage, &ada, &cast, told, (person, hour)).await;
            }
            stage.advance(Duration::hours(1));
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
        allowed > 300,
        "random policies that allow nothing prove nothing: {allowed}"
    );
}
