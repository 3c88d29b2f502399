//! Access policies: written, changed, deleted.

use super::{change, draft, group, group_called, holds, newest_entry, policy, policy_called, rule, version};
use crate::{Error, access::Intent, testing::Stage};
use domain::{
    access::{
        Role, RoleKey,
        policy::{NameQuery, Version},
    },
    field::{Fault, Field},
    refusal::Refusal,
};
use sqlx::PgPool;

#[sqlx::test]
async fn a_policy_gives_its_roles_to_whom_its_rules_name(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let carla = stage.colleague(&ada, "carla@example.test", &[]).await;
    let operators = group(&stage, &ada, "Operators", &[carla.user]).await;
    let rules = vec![
        rule(&[Role::BillingViewer, Role::CksAdmin], &[ben.user], &[operators]),
        rule(&[Role::SupportViewer], &[ben.user], &[]),
    ];
    let typed = draft("Clusters", rules);
    let shown = stage
        .backend
        .save_policy(&ada, None, &typed, Intent::Preview)
        .await
        .unwrap();
    assert!(
        !holds(&stage, &ben, Role::CksAdmin).await,
        "a preview changes nothing"
    );
    let saved = stage
        .backend
        .save_policy(&ada, None, &typed, Intent::Save)
        .await
        .unwrap();
    assert_eq!(saved.preview, shown.preview);
    for (who, role, held) in [
        (&ben, Role::CksAdmin, true),
        (&carla, Role::CksAdmin, true),
        (&ben, Role::SupportViewer, true),
        (&carla, Role::SupportViewer, false),
        (&ada, Role::SupportViewer, false),
    ] {
        assert_eq!(holds(&stage, who, role).await, held, "{} {role:?}", who.email);
    }
    let view = stage.backend.find_policy(&ada, saved.policy).await.unwrap();
    assert_eq!(view.draft(), typed);
    let (action, before, after) = newest_entry(&stage).await;
    let after = after.unwrap();
    assert_eq!((action.as_str(), before), ("policies.create", None));
    assert_eq!(after["rules"][0]["groups"], serde_json::json!(["Operators"]));
    assert_eq!(
        after["difference"]["gained"],
        serde_json::to_value(&shown.preview.gained).unwrap()
    );

    // Without the second rule, and with the first for somebody else.
    let less = draft("Clusters", vec![rule(&[Role::CksAdmin], &[], &[operators])]);
    let changed = change(&stage, &ada, saved.policy, &less).await.unwrap();
    let lost: Vec<_> = changed
        .preview
        .lost
        .iter()
        .map(|lost| (lost.role.as_str(), lost.people.len()))
        .collect();
    assert_eq!(
        lost,
        [("Billing Viewer", 2), ("CKS Admin", 1), ("Support Viewer", 1)]
    );
    assert!(!holds(&stage, &ben, Role::CksAdmin).await && holds(&stage, &carla, Role::CksAdmin).await);
    let now = version(&stage, &ada, saved.policy).await;
    stage
        .backend
        .delete_policy(&ada, saved.policy, now, Intent::Save)
        .await
        .unwrap();
    assert!(!holds(&stage, &carla, Role::CksAdmin).await);
    let (action, before, _) = newest_entry(&stage).await;
    assert_eq!(action, "policies.delete");
    assert_eq!(
        before.unwrap()["difference"]["lost"][0]["people"],
        serde_json::json!(["Ben Babbage"])
    );
}

#[sqlx::test]
async fn more_people_than_can_be_named_are_counted(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let crowd = group(&stage, &ada, "Crowd", &[]).await;
    sqlx::query(
        "with people as (
            insert into users (id, organization_id, email, email_key, first_name, last_name, status, created_at, activated_at)
            select gen_random_uuid(), $1, n || '@example.test', n || '@example.test', 'P', lpad(n::text, 3, '0'), 'active', now(), now()
            from generate_series(1, 25) n returning id)
         insert into memberships (organization_id, group_id, user_id, created_at) select $1, $2, id, now() from people",
    )
    .bind(ada.organization.0)
    .bind(crowd.0)
    .execute(&pool)
    .await
    .unwrap();
    let typed = draft("Bills", vec![rule(&[Role::BillingViewer], &[], &[crowd])]);
    let shown = stage
        .backend
        .save_policy(&ada, None, &typed, Intent::Preview)
        .await
        .unwrap()
        .preview;
    assert_eq!((shown.gained[0].people.len(), shown.gained[0].more), (20, 5));
    assert_eq!(shown.gained[0].people[0], "P 001");
}

#[sqlx::test]
async fn of_a_default_policy_only_the_principals_change(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &[]).await;
    let metrics = policy_called(&stage, &ada, "Default metrics").await;
    let view = stage.backend.find_policy(&ada, metrics).await.unwrap();
    let mut typed = view.draft();
    typed.name = "Mine".into();
    typed.rules[0].roles = vec![Role::IamAdmin.into()];
    typed.rules[0].users = vec![ben.user];
    let extra = rule(&[Role::IamAdmin], &[ben.user], &[]);
    typed.rules.push(extra);
    change(&stage, &ada, metrics, &typed).await.unwrap();
    let after = stage.backend.find_policy(&ada, metrics).await.unwrap();
    assert_eq!((after.name.as_str(), after.rules.len()), ("Default metrics", 1));
    assert_eq!(after.rules[0].roles, view.rules[0].roles);
    assert!(
        holds(&stage, &ben, Role::ObservabilityViewer).await && !holds(&stage, &ben, Role::IamAdmin).await
    );
    let deleted = stage
        .backend
        .delete_policy(&ada, metrics, after.version, Intent::Confirmed)
        .await;
    assert!(matches!(deleted, Err(Error::Refused(Refusal::DefaultPolicy))));

    // Nor does the database let anything else.
    for statement in [
        "delete from policies where name = 'Default metrics'",
        "update policies set name = 'x' where name = 'Default metrics'",
        "update policies set built_in = false where name = 'Default metrics'",
        "delete from policy_rules where policy_id = (select id from policies where name = 'Default metrics')",
        "insert into policy_rules (id, organization_id, policy_id, position)
            select gen_random_uuid(), organization_id, id, 2 from policies where name = 'Default read'",
        "delete from policy_rule_roles where role = 'observability-viewer'",
        "insert into policy_rule_roles (organization_id, rule_id, role)
            select r.organization_id, r.id, 'iam-admin' from policy_rules r join policies p on p.id = r.policy_id
            where p.name = 'Default read'",
        "update policy_rules set ends_at = now() where policy_id = (select id from policies where name = 'Default read')",
    ] {
        assert!(sqlx::query(statement).execute(&pool).await.is_err(), "{statement}");
    }
}

#[sqlx::test]
async fn pol_07_a_stale_policy_is_not_saved(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let typed = draft("Clusters", vec![rule(&[Role::CksViewer], &[ada.user], &[])]);
    let id = policy(&stage, &ada, "Clusters", typed.rules.clone()).await;
    let other = draft("Clusters of all", typed.rules.clone());
    change(&stage, &ada, id, &other).await.unwrap();
    for intent in [Intent::Preview, Intent::Save, Intent::Confirmed] {
        let late = stage
            .backend
            .save_policy(&ada, Some((id, Version(0))), &typed, intent)
            .await;
        assert!(
            matches!(late, Err(Error::Refused(Refusal::EditedMeanwhile))),
            "{intent:?}"
        );
    }
    let late = stage
        .backend
        .delete_policy(&ada, id, Version(0), Intent::Confirmed)
        .await;
    assert!(matches!(late, Err(Error::Refused(Refusal::EditedMeanwhile))));
    assert_eq!(
        stage.backend.find_policy(&ada, id).await.unwrap().name,
        "Clusters of all"
    );
}

#[sqlx::test]
async fn pol_06_what_is_wrong_is_said_and_nothing_is_saved(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    policy(
        &stage,
        &ada,
        "Clusters",
        vec![rule(&[Role::CksViewer], &[ada.user], &[])],
    )
    .await;
    let mut unknown = rule(&[], &[ada.user], &[]);
    unknown.roles = vec![RoleKey::new("root")];
    let stranger = domain::ids::UserId(uuid::Uuid::from_u128(7));
    let good = || rule(&[Role::CksViewer], &[ada.user], &[]);
    for (name, rules, field, fault) in [
        (
            "clusters",
            vec![good()],
            Field::Name,
            Fault::Refused(Refusal::NameTaken),
        ),
        ("", vec![good()], Field::Name, Fault::Missing),
        ("New", vec![], Field::Rules, Fault::NoRule),
        (
            "New",
            vec![good(), unknown],
            Field::Rules,
            Fault::UnknownRole { rule: 2 },
        ),
        (
            "New",
            vec![rule(&[Role::CksViewer], &[], &[])],
            Field::Rules,
            Fault::RuleWithoutPrincipal { rule: 1 },
        ),
        (
            "New",
            vec![rule(&[Role::CksViewer], &[stranger], &[])],
            Field::Rules,
            Fault::UnknownPrincipal { rule: 1 },
        ),
        (
            "New",
            vec![rule(&[Role::CksViewer], &[ada.user, ada.user], &[])],
            Field::Rules,
            Fault::TwiceInRule { rule: 1 },
        ),
    ] {
        let refused = stage
            .backend
            .save_policy(&ada, None, &draft(name, rules), Intent::Save)
            .await;
        assert!(
            matches!(&refused, Err(Error::Invalid(faults)) if faults.of(field) == Some(&fault)),
            "{refused:?}"
        );
    }
    let all = stage
        .backend
        .list_policies(&ada, &NameQuery::default())
        .await
        .unwrap();
    assert_eq!(all.policies.len(), 6);
}

#[sqlx::test]
async fn policies_are_listed_by_name_and_paged(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    for n in 0..60 {
        policy(
            &stage,
            &ada,
            &format!("Policy {n:02}"),
            vec![rule(&[Role::CksViewer], &[ada.user], &[])],
        )
        .await;
    }
    let mut query = NameQuery::default();
    let mut names = Vec::new();
    loop {
        let page = stage.backend.list_policies(&ada, &query).await.unwrap();
        names.extend(page.policies.into_iter().map(|policy| policy.name));
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    assert_eq!(names.len(), 65);
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()));
    query = NameQuery {
        search: "policy 1".into(),
        after: None,
    };
    assert_eq!(
        stage
            .backend
            .list_policies(&ada, &query)
            .await
            .unwrap()
            .policies
            .len(),
        10
    );
}

#[sqlx::test]
async fn a_draft_is_its_writers_alone_and_gives_nothing(pool: PgPool) {
    let stage = Stage::new(pool);
    let ada = stage.ada().await;
    let ben = stage.colleague(&ada, "ben@example.test", &["admin"]).await;
    let metrics = group_called(&stage, &ada, "metrics").await;
    let what = crate::access::Draft {
        policy: None,
        typed: draft(
            "Half",
            vec![rule(&[Role::BillingViewer], &[ben.user], &[metrics])],
        ),
    };
    let id = stage.backend.keep_draft(&ada, None, &what).await.unwrap();
    assert_eq!(stage.backend.find_draft(&ada, id).await.unwrap(), what);
    assert!(matches!(
        stage.backend.find_draft(&ben, id).await,
        Err(Error::NotFound)
    ));
    let other = stage.backend.keep_draft(&ben, Some(id), &what).await.unwrap();
    assert_ne!(other, id, "somebody else's is not written over");
    assert_eq!(stage.backend.keep_draft(&ada, Some(id), &what).await.unwrap(), id);
    assert!(!holds(&stage, &ben, Role::ObservabilityViewer).await);
    let choices = stage.backend.choices_of(&ada, &what.typed).await.unwrap();
    assert_eq!(
        (
            choices[0].users[0].name.as_str(),
            choices[0].groups[0].name.as_str()
        ),
        ("Ben Babbage", "metrics")
    );
    stage.backend.drop_draft(&ada, id).await.unwrap();
    stage.backend.drop_draft(&ada, id).await.unwrap();
    assert!(matches!(
        stage.backend.find_draft(&ada, id).await,
        Err(Error::NotFound)
    ));
    // The twenty-first pushes the oldest out, and a week without a touch the rest.
    for _ in 0..25 {
        stage.backend.keep_draft(&ada, None, &what).await.unwrap();
    }
    let count = || async {
        sqlx::query_scalar::<_, i64>("select count(*) from policy_drafts")
            .fetch_one(&stage.backend.pool)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 21);
    stage.advance(crate::access::KEEP_DRAFTS);
    stage.backend.tidy_up().await.unwrap();
    assert_eq!(count().await, 0);
}
