//! Nobody comes to a role by an act of their own.

use crate::{
    stage::{colleague, create_group, db_rows, group, id_of, invite, policy, settings},
    visitor::{TestConsole, Visitor},
};
use domain::access::Role;
use sqlx::PgPool;

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// What somebody could want to use.
struct Means {
    admins: String,
    writers: String,
    /// A group of the organization's own, which `passing` makes an IAM Admin until its end. Nobody is in it.
    team: String,
    /// Invited as an IAM Viewer.
    invited: String,
    default: String,
    passing: String,
}

impl Means {
    async fn prepare(console: &TestConsole, ada: &Visitor) -> Self {
        invite(console, ada, "second@example.test", &["read"]).await;
        let team = create_group(console, ada, "Team").await;
        let fields = [
            ("name", "Passing"),
            ("rules[0][roles][]", "iam-admin"),
            ("rules[0][groups][]", team.as_str()),
            ("rules[0][ends]", "2099-01-01T00:00"),
            ("step", "save"),
        ];
        assert_eq!(ada.call("/api/policies/save", &fields).await.status, 200);
        Self {
            admins: group(console, ada, "admin").await,
            writers: group(console, ada, "write").await,
            team,
            invited: id_of(console, "second@example.test").await,
            default: policy(console, ada, "Default admin").await,
            passing: policy(console, ada, "Passing").await,
        }
    }

    /// By policies: a new one, one in place of another, one less.
    fn by_policies<'a>(&'a self, own: &'a str) -> Vec<(&'static str, Fields<'a>)> {
        let grant = |name: &'a str, step: &'a str, policy: Option<&'a str>| {
            let mut fields = vec![
                ("name", name),
                ("rules[0][roles][]", "iam-admin"),
                ("rules[0][users][]", own),
                ("version", "0"),
                ("step", step),
            ];
            fields.extend(policy.map(|policy| ("policy", policy)));
            ("/api/policies/save", fields)
        };
        let moved_end = vec![
            ("policy", self.passing.as_str()),
            ("name", "Passing"),
            ("rules[0][roles][]", "iam-admin"),
            ("rules[0][groups][]", self.team.as_str()),
            ("rules[0][ends]", ""),
            ("version", "0"),
            ("step", "save"),
        ];
        let delete = vec![("policy", self.passing.as_str()), ("version", "0"), ("seen", "0")];
        vec![
            grant("Mine", "save", None),
            grant("Mine", "confirm-0", None),
            grant("Mine", "add-rule", None),
            grant("Default admin", "confirm-0", Some(&self.default)),
            grant("Passing", "confirm-0", Some(&self.passing)),
            ("/api/policies/save", moved_end),
            ("/api/policies/delete", delete),
        ]
    }

    /// Into a group that a policy names, by any of its names, now or with another end; and by taking one's place.
    fn by_groups<'a>(&'a self, own: &'a str) -> Vec<(&'static str, Fields<'a>)> {
        let (add, remove) = ("/api/groups/add_members", "/api/groups/remove_members");
        let until = ("ends", "2099-01-01T00:00");
        let me = ("users[]", own);
        let team = ("group", self.team.as_str());
        vec![
            (add, vec![("group", self.admins.as_str()), me, ("seen", "0")]),
            (add, vec![("group", self.writers.as_str()), me, until]),
            (add, vec![team, me]),
            (remove, vec![("group", self.admins.as_str()), me]),
            ("/api/groups/create", vec![("name", "Admins")]),
            (
                "/api/groups/rename",
                vec![team, ("version", "0"), ("name", "admin2")],
            ),
            ("/api/groups/delete", vec![team, ("seen", "0")]),
        ]
    }

    /// By somebody else, who is invited into more.
    fn by_invitations<'a>(&'a self, own: &'a str) -> Vec<(&'static str, Fields<'a>)> {
        let admins = ("groups[]", self.admins.as_str());
        let edit = "/api/invitations/edit_groups";
        vec![
            (
                "/api/invitations/invite",
                vec![("email", "me2@example.test"), admins],
            ),
            (edit, vec![("user", self.invited.as_str()), admins]),
            (edit, vec![("user", own), admins]),
            (
                "/api/invitations/copy_link",
                vec![("user", self.invited.as_str())],
            ),
            (
                "/api/invitations/resend_to",
                vec![("email", "second@example.test")],
            ),
        ]
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_02_nobody_raises_themselves(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let means = Means::prepare(&console, &ada).await;
    let mut people = Vec::new();
    for (email, groups) in [
        ("nobody@example.test", &[][..]),
        ("viewer@example.test", &["read"]),
        ("writer@example.test", &["write", "metrics", "billing_viewer"]),
    ] {
        people.push((email, colleague(&console, &ada, email, groups).await));
    }
    let before = db_rows(&pool).await;
    for (email, person) in &people {
        let own = id_of(&console, email).await;
        let paths = [
            means.by_policies(&own),
            means.by_groups(&own),
            means.by_invitations(&own),
        ];
        for (action, fields) in paths.concat() {
            assert_eq!(
                person.call(action, &fields).await.status,
                403,
                "{email} {action} {fields:?}"
            );
        }
        assert!(!settings(person).await.roles.holds(Role::IamAdmin));
    }
    assert_eq!(db_rows(&pool).await, before);
}
