//! What people call things is text on every page that shows it: organizations, groups, policies, reasons.

use crate::{
    stage::{colleague, copy_link, create_group, group, id_of, policy, send_invitation, set_up},
    visitor::{Answer, TestConsole, Visitor},
};
use sqlx::PgPool;

/// Ends a script, an attribute and a comment, each followed by what would run.
const PAYLOAD: &str = "</script><!--\"><img src=x onerror=alert(1)>";
const SHOWN: &str = "&lt;/script&gt;&lt;!--";

/// A text of its own for each field, by which it is found.
fn harm(field: &str) -> String {
    format!("{field} {PAYLOAD}")
}

async fn act(who: &Visitor, action: &str, fields: &[(&str, &str)]) {
    let answer = who.call(action, fields).await;
    assert_eq!(answer.status, 200, "{action} {}", answer.body);
}

/// Somebody who set up an organization of this name.
async fn founder(console: &TestConsole) -> Visitor {
    let link = console.backend.open_set_up().await.unwrap().unwrap();
    let (mut fields, organization) = (set_up(link.expose()), harm("organization"));
    fields[1] = ("organization", &organization);
    let founder = console.stranger();
    act(&founder, "/api/setup/complete", &fields).await;
    founder
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_09_what_people_call_things_is_text_on_every_page(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = founder(&console).await;
    for email in ["ben@example.test", "vera@example.test"] {
        colleague(&console, &ada, email, &[]).await;
    }
    let ben = id_of(&console, "ben@example.test").await;
    let vera = id_of(&console, "vera@example.test").await;
    let team = create_group(&console, &ada, "Team").await;
    let (name, description) = (harm("group"), harm("purpose"));
    let renamed = [
        ("group", team.as_str()),
        ("version", "0"),
        ("name", &name),
        ("description", &description),
    ];
    act(&ada, "/api/groups/rename", &renamed).await;
    assert_eq!(group(&console, &ada, &name).await, team);
    act(
        &ada,
        "/api/groups/add_members",
        &[("group", &team), ("users[]", &ben), ("users[]", &vera)],
    )
    .await;
    let (name, description) = (harm("policy"), harm("meaning"));
    let saved = [
        ("name", name.as_str()),
        ("description", &description),
        ("rules[0][roles][]", "cks-viewer"),
        ("rules[0][groups][]", &team),
        ("rules[0][users][]", &vera),
        ("step", "save"),
    ];
    act(&ada, "/api/policies/save", &saved).await;
    let policy = policy(&console, &ada, &name).await;
    let reason = harm("reason");
    act(
        &ada,
        "/api/users/deactivate",
        &[("user", &ben), ("reason", &reason)],
    )
    .await;
    assert_eq!(
        send_invitation(&console, &ada, "soon@example.test", &[&harm("group")])
            .await
            .status,
        200
    );
    let link = copy_link(&console, &ada, "soon@example.test").await;

    let (users, groups, policies) = (
        "/organization/users",
        "/organization/users/groups",
        "/organization/iam/access-policies",
    );
    // Each page, and which of the texts it shows.
    let pages: [(String, &[&str]); 18] = [
        ("/".into(), &["organization"]),
        (users.into(), &["organization"]),
        (format!("{users}?status=deactivated"), &["reason"]),
        (format!("{users}?dialog=invite"), &["group"]),
        (format!("{users}?dialog=reactivate&user={ben}"), &[]),
        (format!("{users}/{ben}"), &["group", "policy"]),
        (groups.into(), &["group"]),
        (format!("{groups}/{team}"), &["group", "purpose", "policy"]),
        (format!("{groups}/{team}?dialog=rename"), &["group", "purpose"]),
        (format!("{groups}/{team}?dialog=delete"), &["group", "policy"]),
        (format!("{groups}/{team}/add"), &["group"]),
        (policies.into(), &["policy", "meaning", "group"]),
        (format!("{policies}?dialog=delete&policy={policy}"), &["policy"]),
        (
            format!("{policies}/{policy}/edit"),
            &["policy", "meaning", "group"],
        ),
        ("/organization/iam/roles/cks-viewer".into(), &["group", "policy"]),
        ("/organization/audit".into(), &["group", "policy", "reason"]),
        ("/account/settings".into(), &["organization"]),
        (link, &["organization"]),
    ];
    let mut wrong = Vec::new();
    for (path, shows) in pages {
        let page = if path.starts_with("/invitations/") {
            console.stranger().open(&path).await
        } else {
            ada.open(&path).await
        };
        wrong.extend(faults(&path, &page, shows));
    }
    // The offer to undo it has the reason in a form.
    let back = ada.post(users, "/api/users/reactivate", &[("user", &ben)]).await;
    let path = back.redirect().1;
    wrong.extend(faults(path, &ada.open(path).await, &["reason"]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a page that is to show these texts as they are.
fn faults(path: &str, page: &Answer, shows: &[&str]) -> Vec<String> {
    assert_eq!(page.status, 200, "{path}");
    let harmful = ["<img src=x", "</script><!--"]
        .into_iter()
        .filter(|harmful| page.body.contains(harmful))
        .map(|harmful| format!("{path} has {harmful}"));
    let hidden = shows
        .iter()
        .filter(|text| !page.body.contains(&format!("{text} {SHOWN}")))
        .map(|text| format!("{path} does not show the {text} as it is"));
    harmful.chain(hidden).collect()
}
