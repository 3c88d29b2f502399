//! POL-01 and ORG-01 for programs: every question, by a token of somebody with each role, and of another organization. A
//! question that is new fails here until its row is written.

use super::{bearer, db_token_for, token_of};
use crate::{
    bulk_invitations::sent_list,
    endpoints::questions,
    security::policy_for,
    stage::{caller, colleague, db_rows, eve, id_of},
    visitor::{Answer, TestConsole, Visitor},
};
use backend::access::Intent;
use domain::access::{
    Role,
    policy::{PolicyDraft, RuleDraft},
};
use reqwest::{Method, header};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

const SEEING: &[Role] = &[Role::IamViewer, Role::IamAdmin];
const CHANGING: &[Role] = &[Role::IamAdmin];
const OWN: &[Role] = &[Role::AccessTokenViewer, Role::AccessTokenAdmin];

/// Who may ask, and what they are answered; `&[]`: everybody with a token. Everybody else is answered 403.
const MATRIX: [(&str, &[Role], u16); 36] = [
    ("GET /v1beta1/auth/whoami", &[], 200),
    ("GET /api/v1/users", SEEING, 200),
    ("GET /api/v1/users/{id}", SEEING, 200),
    ("POST /api/v1/users/{id}/deactivate", CHANGING, 204),
    ("POST /api/v1/users/{id}/reactivate", CHANGING, 204),
    ("POST /api/v1/invitations", CHANGING, 422),
    // Of somebody who has accepted.
    ("DELETE /api/v1/invitations/{id}", CHANGING, 409),
    ("POST /api/v1/invitations/{id}/resend", CHANGING, 409),
    ("POST /api/v1/invitations/{id}/link", CHANGING, 409),
    ("PUT /api/v1/invitations/{id}/groups", CHANGING, 409),
    ("POST /api/v1/invitation-lists", CHANGING, 422),
    // Of one that was sent.
    ("GET /api/v1/invitation-lists/{id}", CHANGING, 200),
    ("POST /api/v1/invitation-lists/{id}/start", CHANGING, 204),
    ("POST /api/v1/invitation-lists/{id}/retry", CHANGING, 409),
    ("DELETE /api/v1/invitation-lists/{id}", CHANGING, 409),
    ("GET /api/v1/groups", SEEING, 200),
    ("POST /api/v1/groups", CHANGING, 422),
    ("GET /api/v1/groups/{id}", SEEING, 200),
    ("PUT /api/v1/groups/{id}", CHANGING, 422),
    ("GET /api/v1/groups/{id}/members", SEEING, 200),
    ("PUT /api/v1/groups/{id}/members/{user}", CHANGING, 200),
    ("DELETE /api/v1/groups/{id}/members/{user}", CHANGING, 200),
    ("GET /api/v1/policies", SEEING, 200),
    ("POST /api/v1/policies", CHANGING, 422),
    ("GET /api/v1/policies/{id}", SEEING, 200),
    ("PUT /api/v1/policies/{id}", CHANGING, 422),
    ("GET /api/v1/sso", SEEING, 200),
    ("GET /api/v1/tokens", OWN, 200),
    // Not theirs.
    ("DELETE /api/v1/tokens/{id}", &[Role::AccessTokenAdmin], 404),
    ("GET /api/v1/organization/tokens", SEEING, 200),
    ("GET /api/v1/users/{id}/tokens", SEEING, 200),
    ("DELETE /api/v1/users/{id}/tokens/{token}", CHANGING, 204),
    ("GET /api/v1/roles", SEEING, 200),
    ("GET /api/v1/audit", SEEING, 200),
    // Nothing can be asked about them afterwards.
    ("DELETE /api/v1/policies/{id}", CHANGING, 200),
    ("DELETE /api/v1/groups/{id}", CHANGING, 200),
];

/// Somebody and something that questions can be about.
struct Things {
    user: String,
    token: String,
    group: String,
    policy: String,
    list: String,
}

impl Things {
    async fn of(console: &TestConsole, admin: &Visitor, email: &str) -> Self {
        let token: sqlx::types::Uuid = sqlx::query_scalar(
            "select t.id from access_tokens t join users u on u.id = t.user_id where u.email = $1",
        )
        .bind(email)
        .fetch_one(&console.pool)
        .await
        .unwrap();
        let list = sent_list(console, admin, "listed@example.test").await;
        let admin = caller(console, admin).await;
        let group = console
            .backend
            .create_group(&admin, "Analytical", "")
            .await
            .unwrap();
        let draft = PolicyDraft {
            name: "Analytical".to_owned(),
            rules: vec![RuleDraft {
                roles: vec![Role::CksViewer.into()],
                users: vec![admin.user],
                ..RuleDraft::default()
            }],
            ..PolicyDraft::default()
        };
        let saved = console
            .backend
            .save_policy(&admin, None, &draft, Intent::Save)
            .await
            .unwrap();
        Self {
            user: id_of(console, email).await,
            token: token.to_string(),
            group: group.to_string(),
            policy: saved.policy.to_string(),
            list,
        }
    }

    fn path(&self, path: &str) -> String {
        let id = match path.split('/').nth(3) {
            Some("tokens") => &self.token,
            Some("groups") => &self.group,
            Some("policies") => &self.policy,
            Some("invitation-lists") => &self.list,
            _ => &self.user,
        };
        path.replace("{id}", id)
            .replace("{token}", &self.token)
            .replace("{user}", &self.user)
    }

    /// A body that is understood, of which nothing can be made.
    fn body(method: &Method, path: &str) -> Option<Value> {
        let body = match (method.as_str(), path) {
            ("POST", "/api/v1/invitation-lists") => json!({ "list": "" }),
            ("POST", "/api/v1/invitations") => json!({ "email": "" }),
            ("PUT", path) if path.ends_with("/{id}/groups") => json!({ "groups": [] }),
            ("POST" | "PUT", path) if path.contains("/policies") => json!({ "name": "", "rules": [] }),
            ("POST" | "PUT", path) if path.contains("/groups") && !path.contains("/members") => {
                json!({ "name": "" })
            }
            ("POST" | "PUT", _) => json!({}),
            _ => return None,
        };
        Some(body)
    }

    async fn ask(&self, console: &TestConsole, method: &str, path: &str, token: &str) -> Answer {
        let method = method.parse::<Method>().unwrap();
        let mut request = console
            .program(method.clone(), &self.path(path), &bearer(token))
            .header(header::IF_MATCH, "*");
        if let Some(body) = Self::body(&method, path) {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        console.stranger().send(request).await
    }
}

/// Those that are asked by a token, as the matrix names them.
fn by_token() -> Vec<(String, String)> {
    let all = questions().into_iter().filter(|(.., who)| who == "access_token");
    all.map(|(method, path, _)| (method, path)).collect()
}

#[test]
fn every_question_has_its_row() {
    let asked: Vec<_> = by_token()
        .iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let rows: BTreeSet<_> = MATRIX.iter().map(|(question, ..)| *question).collect();
    assert_eq!(asked.len(), rows.len());
    for question in asked {
        assert!(rows.contains(question.as_str()), "{question}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pol_01_each_role_is_answered_by_its_tokens_as_the_matrix_says(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["write"]).await;
    token_of(&console, &grace).await;
    let things = Things::of(&console, &ada, "grace@example.test").await;
    colleague(&console, &ada, "nobody@example.test", &[]).await;
    let mut people = vec![(None, db_token_for(&console, &ada, "nobody@example.test").await)];
    // Whoever may do everything does it: they come last.
    let others = Role::ALL.iter().filter(|role| **role != Role::IamAdmin);
    for role in others.chain([&Role::IamAdmin]) {
        let email = format!("{}@example.test", role.key());
        colleague(&console, &ada, &email, &[]).await;
        policy_for(&console, &ada, *role, &id_of(&console, &email).await).await;
        people.push((Some(*role), db_token_for(&console, &ada, &email).await));
    }
    for (role, token) in &people {
        for (question, roles, answered) in MATRIX {
            let (method, path) = question.split_once(' ').unwrap();
            let answer = things.ask(&console, method, path, token).await;
            let may = roles.is_empty() || role.is_some_and(|role| roles.contains(&role));
            let expected = if may { answered } else { 403 };
            assert_eq!(answer.status, expected, "{role:?} {question}: {}", answer.body);
            if expected == 403 {
                assert_eq!(answer.json()["code"], "forbidden");
            }
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn ses_10_without_a_credential_no_question_is_answered_and_nothing_is_changed(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let token = token_of(&console, &ada).await;
    let things = Things::of(&console, &ada, "ada@example.test").await;
    let session = ada.cookie("usher").unwrap();
    let before = db_rows(&pool).await;
    for (method, path, _) in questions() {
        let (method, path) = (method.parse::<Method>().unwrap(), things.path(&path));
        // Somebody who is signed in has none here, nor has a token its place in a cookie.
        for cookie in [
            "theme=dark".to_owned(),
            format!("usher={session}"),
            format!("usher={token}"),
        ] {
            let request = console
                .stranger()
                .request(method.clone(), &path)
                .header(header::ORIGIN, &console.origin)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::COOKIE, cookie)
                .body("{}");
            let answer = console.stranger().send(request).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["code"]),
                (401, &json!("unauthenticated")),
                "{path}"
            );
        }
        let other = console.ask(Method::PATCH, &path, &token).await;
        assert_eq!(other.status, 405, "PATCH {path}");
    }
    assert_eq!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn org_01_no_question_finds_anything_of_another_organization(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let grace = colleague(&console, &ada, "grace@example.test", &["write"]).await;
    token_of(&console, &grace).await;
    let things = Things::of(&console, &ada, "grace@example.test").await;
    let eve = eve(&console).await;
    let hers = token_of(&console, &eve).await;
    // Her token is used now, and not again within the minute.
    assert_eq!(console.whoami(&hers).await.status, 200);
    let before = rows_but_counts(&pool).await;
    for (method, path) in by_token() {
        let answer = things.ask(&console, &method, &path, &hers).await;
        let expected = match (path.contains('{'), method.as_str()) {
            (true, _) => 404,
            (false, "GET") => 200,
            (false, _) => 422,
        };
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
        let theirs = [things.user.as_str(), &things.token, &things.group, &things.policy];
        let theirs = theirs.into_iter().chain([things.list.as_str()]);
        for foreign in theirs.chain(["grace@example", "listed@example", "Analytical"]) {
            assert!(!answer.body.contains(foreign), "{method} {path} tells {foreign}");
        }
        assert_eq!(rows_but_counts(&pool).await, before, "{method} {path}");
    }
}

/// How much was asked is counted, whatever was answered.
async fn rows_but_counts(pool: &PgPool) -> BTreeMap<String, Option<String>> {
    let mut rows = db_rows(pool).await;
    rows.remove("request_counts").expect("the table of counts");
    rows
}
