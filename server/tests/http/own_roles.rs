//! Roles that the operator adds for services of their own.

use crate::{
    stage::{caller, colleague, id_of, settings},
    visitor::TestConsole,
};
use domain::access::{Action, RoleKey};
use sqlx::PgPool;
use std::fs;

const ROLES: &str = r#"
[[role]]
key = "custom:deployer"
name = "Deployer"
area = "Deployments"
description = "Rolls out releases."
assign_when = "They ship."
actions = ["custom:releases.roll_out"]
"#;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_role_of_the_operator_is_given_like_any_other_and_opens_nothing_of_the_console(pool: PgPool) {
    let file = std::env::temp_dir().join(format!("usher-roles-{}.toml", std::process::id()));
    fs::write(&file, ROLES).unwrap();
    let console = TestConsole::start_with(pool, &[("roles_file", file.to_str().unwrap())]).await;
    fs::remove_file(&file).unwrap();
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let catalogue = ada.open("/organization/iam/roles").await.body;
    assert!(catalogue.contains("Deployments") && catalogue.contains("custom:releases.roll_out"));
    let policy = |role| {
        [
            ("name", "Releases"),
            ("step", "save"),
            ("rules[0][roles][]", role),
            ("rules[0][users][]", id.as_str()),
        ]
    };
    assert_eq!(
        ada.call("/api/policies/save", &policy("custom:gone"))
            .await
            .status,
        422
    );
    assert_eq!(
        ada.call("/api/policies/save", &policy("custom:deployer"))
            .await
            .status,
        200
    );

    let held = settings(&ben).await.access.roles;
    assert_eq!(held.len(), 1);
    assert_eq!(
        (&held[0].0.key, held[0].1[0].policy.name.as_str()),
        (&RoleKey::new("custom:deployer"), "Releases")
    );
    let holders = ada.open("/organization/iam/roles/custom:deployer").await;
    assert!(holders.status == 200 && holders.body.contains("ben@example.test"));
    let ben_now = caller(&console, &ben).await;
    let without = caller(
        &console,
        &colleague(&console, &ada, "eve@example.test", &[]).await,
    )
    .await;
    for action in Action::ALL {
        assert_eq!(ben_now.may(*action), without.may(*action), "{action:?}");
    }
}
