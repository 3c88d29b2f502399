//! The page of one person: what names them, what they hold by it, and their part of the audit log.

use crate::{
    stage::{colleague, db_count, group, id_of, new_group, new_policy},
    visitor::{TestConsole, Visitor},
};
use app::routes::AUDIT;
use backend::clock::Clock;
use domain::{access::Role, moment::Moment};
use sqlx::PgPool;

/// What stands in the card with this heading.
fn card<'a>(page: &'a str, title: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<h2>{title}<")).unwrap();
    rest.split_once("</section>").unwrap().0
}

/// In an hour, as a form has it.
fn soon() -> String {
    Moment::from(Clock::system().now() + time::Duration::hours(1)).control()
}

async fn save_policy(ada: &Visitor, name: &str, rule: [(&str, &str); 3]) {
    let fields = [&[("name", name), ("step", "save")][..], &rule].concat();
    assert_eq!(
        ada.call("/api/policies/save", &fields).await.status,
        200,
        "{name}"
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_card_of_policies_names_those_that_name_a_person_whatever_they_give(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &["metrics"]).await;
    let id = id_of(&console, "ben@example.test").await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    new_policy(&console, &ada, "Of the team", &[Role::CksViewer], &team).await;
    let ends = soon();
    let fields = [("group", team.as_str()), ("users[]", &id), ("ends", &ends)];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
    let viewer = ("rules[0][roles][]", "billing-viewer");
    save_policy(
        &ada,
        "For a while",
        [viewer, ("rules[0][users][]", &id), ("rules[0][ends]", &ends)],
    )
    .await;
    let readers = group(&console, &ada, "read").await;
    save_policy(
        &ada,
        "Of others",
        [viewer, ("rules[0][groups][]", &readers), ("rules[0][ends]", "")],
    )
    .await;

    let page = ada.open(&format!("/organization/users/{id}")).await.body;
    let named = card(&page, "Access policies");
    for name in ["Default metrics", "For a while", "Of the team"] {
        assert!(named.contains(name), "{name}");
    }
    assert!(!named.contains("Of others") && !named.contains("Default read"));

    // An ended rule gives nothing and still names them; an ended membership does not.
    console.advance(2 * 60 * 60);
    let page = ada.open(&format!("/organization/users/{id}")).await.body;
    let named = card(&page, "Access policies");
    assert!(named.contains("Default metrics") && named.contains("For a while"));
    assert!(!named.contains("Of the team"));
    assert!(!card(&page, "Roles").contains("Billing Viewer"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_role_that_the_catalogue_no_longer_has_is_shown_by_its_key(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    let id = id_of(&console, "ben@example.test").await;
    let (team, _) = new_group(&console, &ada, "Team").await;
    let fields = [("group", team.as_str()), ("users[]", id.as_str())];
    assert_eq!(ada.call("/api/groups/add_members", &fields).await.status, 200);
    new_policy(&console, &ada, "Releases", &[Role::CksViewer], &team).await;
    // As if the operator had taken the role out of the file since.
    sqlx::query(
        "with gone as (delete from policy_rule_roles where role = 'cks-viewer' and rule_id in
            (select x.id from policy_rules x join policies p on p.id = x.policy_id where p.name = 'Releases')
            returning organization_id, rule_id)
         insert into policy_rule_roles (organization_id, rule_id, role)
         select organization_id, rule_id, 'custom:deployer' from gone",
    )
    .execute(&pool)
    .await
    .unwrap();
    let page = ada.open(&format!("/organization/users/{id}")).await.body;
    let settings = ben.open("/account/settings").await.body;
    for held in [card(&page, "Roles"), card(&settings, "Your roles")] {
        assert!(
            held.contains("<h3>custom:deployer<") && held.contains("Releases"),
            "{held}"
        );
        assert!(!held.contains("No roles"));
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_person_has_two_parts_of_the_audit_log(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    let id = id_of(&console, "ben@example.test").await;
    assert_eq!(
        ben.call("/api/groups/create", &[("name", "Of Ben")]).await.status,
        200
    );
    assert_eq!(
        ada.call("/api/users/end_sessions", &[("user", &id)]).await.status,
        200
    );
    assert!(db_count(&pool, "audit where action = 'users.end_sessions'").await == 1);

    let page = ada.open(&format!("/organization/users/{id}")).await.body;
    let log = card(&page, "Audit log");
    let (done_to, done_by) = (
        format!("{AUDIT}?target_id={id}"),
        format!("{AUDIT}?actor_id={id}"),
    );
    assert!(log.contains(&format!("href=\"{done_to}\"")) && log.contains(&format!("href=\"{done_by}\"")));
    let (done_to, done_by) = (ada.open(&done_to).await.body, ada.open(&done_by).await.body);
    let table = |page: &str| {
        page.split("<tbody>")
            .nth(1)
            .unwrap()
            .split("</tbody>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert!(!table(&done_to).contains("Of Ben") && table(&done_by).contains("Of Ben"));
    assert!(table(&done_to).contains("ada@example.test") && !table(&done_by).contains("ada@example.test"));
}
