//! The database itself lets nothing reach from one organization into another, whatever the program believes.

use super::{group, policy, rule};
use crate::testing::Stage;
use domain::access::Role;
use sqlx::{AssertSqlSafe, PgPool};

#[sqlx::test]
async fn org_01_what_crosses_organizations_is_refused_by_the_database(pool: PgPool) {
    let stage = Stage::new(pool.clone());
    let ada = stage.ada().await;
    let eve = stage.founder("Others", "eve@other.test").await;
    let ours = group(&stage, &ada, "Ours", &[]).await;
    policy(
        &stage,
        &ada,
        "Ours",
        vec![rule(&[Role::CksViewer], &[ada.user], &[])],
    )
    .await;
    let theirs = group(&stage, &eve, "Theirs", &[]).await;
    stage.invite(&ada, "soon@example.test", &[]).await;
    let (o, other) = (ada.organization, eve.organization);
    let rule_of =
        "(select x.id from policy_rules x join policies p on p.id = x.policy_id where p.name = 'Ours')";
    for statement in [
        // A member of ours from there, and one of ours who is counted there.
        format!("insert into memberships (organization_id, group_id, user_id, created_at) values ('{o}', '{ours}', '{}', now())", eve.user),
        format!("insert into memberships (organization_id, group_id, user_id, created_at) values ('{other}', '{ours}', '{}', now())", eve.user),
        // A rule of ours that names somebody and a group from there.
        format!("insert into policy_rule_principals (organization_id, rule_id, user_id) values ('{o}', {rule_of}, '{}')", eve.user),
        format!("insert into policy_rule_principals (organization_id, rule_id, group_id) values ('{o}', {rule_of}, '{theirs}')"),
        format!("insert into policy_rule_roles (organization_id, rule_id, role) values ('{other}', {rule_of}, 'iam-admin')"),
        // What they hold because of that.
        format!("insert into given_roles (organization_id, user_id, role) values ('{o}', '{}', 'iam-admin')", eve.user),
        // An invitation of ours into a group from there.
        format!("insert into invitation_groups (organization_id, invitation_id, group_id)
                 select '{o}', id, '{theirs}' from invitations where organization_id = '{o}' and email = 'soon@example.test'"),
    ] {
        let outcome = sqlx::query(AssertSqlSafe(statement.clone())).execute(&pool).await;
        let code = outcome.as_ref().err().and_then(|error| error.as_database_error()?.code());
        assert_eq!(code.as_deref(), Some("23503"), "{statement}: {outcome:?}");
    }
}
