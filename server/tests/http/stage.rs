//! People of a test organization, who come to it as people do: by a mail with a link.

use crate::visitor::{Answer, PASSWORD, TestConsole, Visitor};
use backend::{
    Caller, Client,
    access::Intent,
    mail::{Transport, testing::MailServer},
    secret::Token,
};
use domain::{
    access::{
        Role, RoleKey,
        policy::{PolicyDraft, RuleDraft},
    },
    account::OwnSettings,
    moment::Moment,
    users::Cursor,
};
use sqlx::{AssertSqlSafe, PgPool};
use std::collections::BTreeMap;

pub(crate) const USERS: &str = "/organization/users";
/// The plain list of people, as the front end asks for it.
pub(crate) const LIST: [(&str, &str); 4] = [
    ("query[search]", ""),
    ("query[sort]", "Name"),
    ("query[descending]", "false"),
    ("query[cursor]", "Start"),
];

/// Who a visitor is, as the use cases know them.
pub(crate) async fn caller(console: &TestConsole, visitor: &Visitor) -> Caller {
    let session = ["usher", "__Host-usher"]
        .into_iter()
        .find_map(|name| visitor.cookie(name));
    let token = Token::presented(&session.unwrap());
    console
        .backend
        .find_session(&token, Client::default())
        .await
        .unwrap()
        .unwrap()
}

pub(crate) async fn group(console: &TestConsole, by: &Visitor, name: &str) -> String {
    let all = console.backend.list_groups(&caller(console, by).await).await;
    let all = all.unwrap();
    all.iter()
        .find(|group| group.name == name)
        .unwrap()
        .id
        .to_string()
}

/// Makes a group and returns its id.
pub(crate) async fn create_group(console: &TestConsole, by: &Visitor, name: &str) -> String {
    assert_eq!(by.call("/api/groups/create", &[("name", name)]).await.status, 200);
    group(console, by, name).await
}

/// The id of a policy.
pub(crate) async fn policy(console: &TestConsole, by: &Visitor, name: &str) -> String {
    let query = domain::access::policy::NameQuery {
        search: name.to_lowercase(),
        after: None,
    };
    let page = console
        .backend
        .list_policies(&caller(console, by).await, &query)
        .await;
    let page = page.unwrap();
    page.policies
        .iter()
        .find(|policy| policy.name == name)
        .unwrap()
        .id
        .to_string()
}

/// A group of the organization's own, empty: its id and its version.
pub(crate) async fn new_group(console: &TestConsole, by: &Visitor, name: &str) -> (String, String) {
    let by = caller(console, by).await;
    let id = console.backend.create_group(&by, name, "").await.unwrap();
    let found = console
        .backend
        .find_group(&by, id, "", Cursor::Start)
        .await
        .unwrap();
    (id.to_string(), found.version.0.to_string())
}

/// A policy with one rule, which gives roles to a group.
pub(crate) async fn new_policy(
    console: &TestConsole,
    by: &Visitor,
    name: &str,
    roles: &[Role],
    group: &str,
) -> String {
    let rule = RuleDraft {
        roles: roles.iter().map(|role| RoleKey::from(*role)).collect(),
        groups: vec![group.parse().unwrap()],
        ..RuleDraft::default()
    };
    let draft = PolicyDraft {
        name: name.to_owned(),
        rules: vec![rule],
        ..PolicyDraft::default()
    };
    let by = caller(console, by).await;
    let saved = console
        .backend
        .save_policy(&by, None, &draft, Intent::Confirmed)
        .await;
    saved.unwrap().policy.to_string()
}

/// Sends the form of the invite dialog.
pub(crate) async fn send_invitation(
    console: &TestConsole,
    by: &Visitor,
    email: &str,
    groups: &[&str],
) -> Answer {
    let mut fields = vec![("email", email.to_owned())];
    for name in groups {
        fields.push(("groups[]", group(console, by, name).await));
    }
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    by.call("/api/invitations/invite", &fields).await
}

/// Invites an address into groups; the path of a copied link to accept it.
pub(crate) async fn invite(console: &TestConsole, by: &Visitor, email: &str, groups: &[&str]) -> String {
    assert_eq!(
        send_invitation(console, by, email, groups).await.status,
        200,
        "{email}"
    );
    copy_link(console, by, email).await
}

pub(crate) async fn copy_link(console: &TestConsole, by: &Visitor, email: &str) -> String {
    let caller = caller(console, by).await;
    let user = console.backend.find_user_by_email(&caller, email).await.unwrap();
    let link = console.backend.copy_invitation_link(&caller, user).await.unwrap();
    link.expose().strip_prefix(&console.origin).unwrap().to_owned()
}

pub(crate) fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

pub(crate) fn acceptance(link: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("token", token(link)),
        ("first_name", "Ben"),
        ("last_name", "Babbage"),
        ("password", PASSWORD),
    ]
}

/// The form that makes the first organization.
pub(crate) fn set_up(token: &str) -> [(&'static str, &str); 6] {
    [
        ("token", token),
        ("organization", "Analytical Engines"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("email", "ada@example.test"),
        ("password", PASSWORD),
    ]
}

/// Accepts an invitation; whoever did is signed in.
pub(crate) async fn accept(console: &TestConsole, link: &str, more: &[(&str, &str)]) -> Visitor {
    let ben = console.stranger();
    let mut fields = acceptance(link);
    fields.extend(more);
    let answer = ben.post(link, "/api/invitations/accept", &fields).await;
    assert_eq!(answer.redirect(), (303, "/"));
    ben
}

/// A member of these groups, signed in.
pub(crate) async fn colleague(console: &TestConsole, by: &Visitor, email: &str, groups: &[&str]) -> Visitor {
    accept(console, &invite(console, by, email, groups).await, &[]).await
}

pub(crate) async fn id_of(console: &TestConsole, email: &str) -> String {
    let id: sqlx::types::Uuid = sqlx::query_scalar("select id from users where email_key = lower($1)")
        .bind(email)
        .fetch_one(&console.pool)
        .await
        .unwrap();
    id.to_string()
}

/// Eve, the administrator of another organization.
pub(crate) async fn eve(console: &TestConsole) -> Visitor {
    let made = console
        .backend
        .create_organization(&Client::command_line(), "Others", &["eve@other.test".to_owned()])
        .await
        .unwrap();
    let link = format!("/invitations/{}", made.links[0].1.expose());
    accept(console, &link, &[]).await
}

/// Types address and password into the sign-in page.
pub(crate) async fn sign_in(visitor: &Visitor, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    visitor.post("/sign-in", "/api/sign_in/password", &fields).await
}

/// What the settings page knows of a visitor, without the time at which it was asked.
pub(crate) async fn settings(visitor: &Visitor) -> OwnSettings {
    let answer = visitor.call("/api/account/settings", &[]).await;
    assert_eq!(answer.status, 200);
    let mut settings: OwnSettings = serde_json::from_str(&answer.body).unwrap();
    settings.access.now = Moment::from_unix_seconds(0);
    // Each session has its own.
    settings.now = Moment::from_unix_seconds(0);
    settings.sessions.clear();
    settings
}

pub(crate) async fn deactivate(console: &TestConsole, by: &Visitor, email: &str) -> Answer {
    let id = id_of(console, email).await;
    by.call("/api/users/deactivate", &[("user", &id)]).await
}

pub(crate) async fn reactivate(console: &TestConsole, by: &Visitor, email: &str) -> Answer {
    let id = id_of(console, email).await;
    by.call("/api/users/reactivate", &[("user", &id)]).await
}

/// Rows of a table, with a condition behind its name.
pub(crate) async fn db_count(pool: &PgPool, table_and_condition: &str) -> i64 {
    let query = format!("select count(*) from {table_and_condition}");
    sqlx::query_scalar(AssertSqlSafe(query))
        .fetch_one(pool)
        .await
        .unwrap()
}

/// How many of each thing that an act could change. Two equal ones: nothing happened.
pub(crate) async fn db_state(pool: &PgPool) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "organizations",
        "users where status = 'active'",
        "users where status = 'invited'",
        "users where status = 'deactivated'",
        "users where theme <> 'system'",
        "invitations where cancelled_at is null",
        "invitation_links where replaced_at is null",
        "invitation_groups",
        "memberships",
        "sessions",
        "authenticators",
        "recovery_codes",
        "sign_in_challenges",
        "organizations where two_factor_from is not null",
        "mails",
        "audit",
    ] {
        counts.push(db_count(pool, table).await);
    }
    counts
}

/// All that is in the database, as one digest for each table. Two equal ones: nothing happened.
pub(crate) async fn db_rows(pool: &PgPool) -> BTreeMap<String, Option<String>> {
    let mut rows = BTreeMap::new();
    for table in tables(pool).await {
        let query = format!("select md5(string_agg(t::text, ' ' order by t::text)) from {table} t");
        let digest = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(pool).await;
        rows.insert(table, digest.unwrap());
    }
    rows
}

async fn tables(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 10);
    tables
}

/// Whether a text stands anywhere in the database.
pub(crate) async fn db_holds(pool: &PgPool, text: &str) -> bool {
    for table in tables(pool).await {
        let query = format!("select count(*) from {table} t where position($1 in t::text) > 0");
        let found: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(text)
            .fetch_one(pool)
            .await
            .unwrap();
        if found > 0 {
            return true;
        }
    }
    false
}

/// Entries of an organization, one a minute, the newest a minute ago.
pub(crate) async fn db_fill_audit(pool: &PgPool, email_of_member: &str, count: i32) {
    sqlx::query(
        "insert into audit (organization_id, at, actor_kind, actor_label, action, target_kind, target_label, result,
                            address, request_id)
         select u.organization_id, date_trunc('minute', now()) - n * interval '1 minute', 'operator', 'Operator',
                'organization.close', 'organization', 'entry-' || n, 'done', '192.0.2.7', ''
         from users u, generate_series(1, $2) n where u.email = $1",
    )
    .bind(email_of_member)
    .bind(count)
    .execute(pool)
    .await
    .unwrap();
}

/// So many policies without rules.
pub(crate) async fn db_policies(pool: &PgPool, count: i64) {
    sqlx::query(
        "insert into policies (id, organization_id, name, created_at)
         select gen_random_uuid(), o.id, 'Policy ' || n, o.created_at
         from (select id, created_at from organizations order by created_at limit 1) o, generate_series(1, $1) n",
    )
    .bind(count)
    .execute(pool)
    .await
    .unwrap();
}

/// Every organization has asked everybody for two-factor authentication since a day.
pub(crate) async fn db_ask_for_two_factor(pool: &PgPool) {
    sqlx::query("update organizations set two_factor_from = now() - interval '1 day'")
        .execute(pool)
        .await
        .unwrap();
}

/// A mail server on loopback to which a console delivers when asked.
pub(crate) struct Post {
    pub(crate) server: MailServer,
    pub(crate) transport: Transport,
}

impl Post {
    pub(crate) async fn open() -> Self {
        let server = MailServer::start().await;
        let transport = Transport::from_url(&server.url()).unwrap();
        Self { server, transport }
    }

    pub(crate) async fn deliver(&self, console: &TestConsole) -> usize {
        console.backend.deliver_due_mails(&self.transport).await.unwrap()
    }

    /// The path of the link in the newest mail to somebody.
    pub(crate) async fn link(&self, console: &TestConsole, recipient: &str) -> String {
        self.link_to(console, recipient, "/invitations/").await
    }

    /// The same for a link that begins with this.
    pub(crate) async fn link_to(&self, console: &TestConsole, recipient: &str, start: &str) -> String {
        self.deliver(console).await;
        let start = format!("{}{start}", console.origin);
        let mails = self.server.received_by(recipient);
        let link = mails.iter().rev().find_map(|mail| mail.link(&start)).unwrap();
        link.strip_prefix(&console.origin).unwrap().to_owned()
    }
}

/// Which changes a page shows, for the yes to them.
pub(crate) fn seen_on(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"seen\" value=\"")
        .expect("a page that asks");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// The same on the editor of a policy: the button that says yes.
pub(crate) fn confirm_on(page: &str) -> String {
    let (_, rest) = page.split_once("value=\"confirm-").expect("an editor that asks");
    format!("confirm-{}", rest.split('"').next().unwrap_or_default())
}
