//! The audit log as its readers meet it: who may, filters, pages, files, and nothing of another organization.

use crate::{
    stage::{colleague, db_count, db_fill_audit, deactivate, id_of, settings, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor, encoded},
};
use app::routes::{AUDIT, AUDIT_CSV as CSV, AUDIT_JSON as JSON};
use domain::audit::{AuditPage, Cursor};
use serde_json::Value;
use sqlx::PgPool;
use std::time::Duration;

/// A page of the log as the front end gets it.
pub(crate) async fn list(visitor: &Visitor, fields: &[(&str, &str)]) -> AuditPage {
    let answer = visitor.call("/api/audit/list", fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The records of a file, by a reader that is not ours.
pub(crate) fn records(answer: &Answer) -> Vec<csv::StringRecord> {
    assert_eq!(answer.status, 200);
    let mut reader = csv::ReaderBuilder::new().from_reader(answer.body.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

pub(crate) fn column(answer: &Answer, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(answer.body.as_bytes());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|column| column == name)
        .unwrap();
    let cell = |record: csv::StringRecord| record[at].to_owned();
    reader.records().map(|record| cell(record.unwrap())).collect()
}

fn entries(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).unwrap()
}

/// Guesses a password. It is recorded beside the answer, a moment later.
async fn fail_to_sign_in(console: &TestConsole, email: &str) {
    let refused = "audit where result = 'refused'";
    let before = db_count(&console.pool, refused).await;
    sign_in(&console.stranger(), email, "not the password of anybody").await;
    for _ in 0..500 {
        if db_count(&console.pool, refused).await > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the failed sign-in was not recorded");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_may_see_the_list_of_people_sees_the_log_and_nobody_else_does(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "reader@example.test", &["read"]).await;
    for reader in [&ada, &viewer] {
        let page = reader.open(AUDIT).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Accepted the invitation") && page.body.contains("reader@example.test"));
        assert!(
            reader
                .open("/")
                .await
                .body
                .contains("href=\"/organization/audit\"")
        );
        for file in [CSV, JSON] {
            assert_eq!(reader.open(file).await.status, 200, "{file}");
        }
    }
    for group in ["", "write", "metrics", "billing_viewer"] {
        let groups: Vec<_> = [group].into_iter().filter(|name| !name.is_empty()).collect();
        let email = format!("p-{group}@example.test");
        let person = colleague(&console, &ada, &email, &groups).await;
        for address in [AUDIT, CSV, JSON] {
            let answer = person.open(address).await;
            assert_eq!(answer.status, 403, "{group} {address}");
            assert!(answer.body.contains("IAM Viewer or IAM Admin") && !answer.body.contains("reader@"));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        assert_eq!(person.call("/api/audit/list", &[]).await.status, 403);
        assert!(!person.open("/").await.body.contains("/organization/audit"));
    }
    let stranger = console.stranger();
    let sign_in = "/sign-in?next=%2Forganization%2Faudit";
    for address in [AUDIT, CSV, JSON] {
        assert_eq!(
            stranger.open(address).await.redirect(),
            (303, sign_in),
            "{address}"
        );
    }
    deactivate(&console, &ada, "reader@example.test").await;
    assert_eq!(viewer.open(CSV).await.status, 303);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn filters_narrow_the_page_and_the_files_alike(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &["read"]).await;
    let ben = id_of(&console, "ben@example.test").await;
    deactivate(&console, &ada, "ben@example.test").await;
    fail_to_sign_in(&console, "ada@example.test").await;
    let (by_ben, of_ben) = (format!("actor_id={ben}"), format!("target_id={ben}"));
    let today = domain::moment::Day::of(console.backend.now());
    let all = db_count(&pool, "audit").await;
    for (query, condition) in [
        ("", "true"),
        ("actor=BEN@&cursor=x", "actor_label like 'ben@%'"),
        ("actor=signed%20out", "actor_kind = 'anonymous'"),
        ("action=users.deactivate", "action = 'users.deactivate'"),
        ("target=ben", "target_label like 'ben%'"),
        ("result=refused", "result = 'refused'"),
        (
            "result=done&actor=ada",
            "result = 'done' and actor_label like 'ada%'",
        ),
        (&by_ben, "actor_label = 'ben@example.test'"),
        (&of_ben, "target_label = 'ben@example.test'"),
        (&format!("from={today}&to={today}"), "true"),
        ("to=2000-01-01", "false"),
        ("from=9999-12-31", "false"),
        ("to=9999-12-31", "true"),
        ("target=%25", "false"),
        ("target=a%00b", "false"),
        // Senseless ones are ignored.
        (
            "action=x&result=x&from=x&to=2026-02-30&actor_id=1&target_id=x&after=x&before=1.x",
            "true",
        ),
    ] {
        let expected = db_count(&pool, &format!("audit where {condition}")).await;
        let csv = ada.open(&format!("{CSV}?{query}")).await;
        assert_eq!(records(&csv).len(), usize::try_from(expected).unwrap(), "{query}");
        let json = ada.open(&format!("{JSON}?{query}")).await;
        assert_eq!(
            entries(&json).len(),
            usize::try_from(expected).unwrap(),
            "{query}"
        );
        let page = ada.open(&format!("{AUDIT}?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(
            page.body.matches("<summary aria-label=\"Details of").count(),
            usize::try_from(expected).unwrap(),
            "{query}"
        );
        if expected == 0 {
            assert!(page.body.contains("Nothing matches") && page.body.contains("Clear filters"));
        }
    }
    assert_eq!(all, db_count(&pool, "audit").await, "looking is not recorded");
    let of_ada = format!("target_id={}", id_of(&console, "ada@example.test").await);
    let page = ada
        .open(&format!("{AUDIT}?result=refused&actor=signed&{of_ada}"))
        .await;
    assert!(
        page.body.contains("Tried to sign in") && page.body.contains("Only about"),
        "{}",
        page.body
    );
    // The links of a page take its filters along.
    assert!(
        page.body
            .contains("/organization/audit.csv?actor=signed&amp;target_id=")
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn pages_follow_each_other_without_gaps_and_doubles_while_new_entries_come_in(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    db_fill_audit(&pool, "ada@example.test", 120).await;
    let mut read = Vec::new();
    let mut cursor = Cursor::Start;
    loop {
        let place = match cursor {
            Cursor::After(place) => place.to_string(),
            _ => String::new(),
        };
        let fields = [("query[cursor][After]", place.as_str())];
        let page = list(&ada, if place.is_empty() { &[] } else { &fields }).await;
        read.extend(page.rows.into_iter().map(|row| row.target));
        // Somebody is at work meanwhile.
        sign_in(&ada, "ada@example.test", PASSWORD).await;
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let expected: Vec<_> = ["Analytical Engines".to_owned()]
        .into_iter()
        .chain((1..=120).map(|n| format!("entry-{n}")))
        .collect();
    assert_eq!(read, expected);

    let first = ada.open(AUDIT).await.body;
    assert!(first.contains("rel=\"next\"") && !first.contains("rel=\"prev\""));
    let next = first
        .split("href=\"")
        .find(|part| part.contains("rel=\"next\""))
        .unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = ada.open(&next).await.body;
    assert!(second.contains("rel=\"next\"") && second.contains("rel=\"prev\""));
}

/// What a spreadsheet or a page could take for something else than text.
const NAMES: [&str; 5] = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\"quoted\", with a comma",
    "two\r\nlines, and =1",
    "</script><img src=x onerror=alert(1)>",
];

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn whatever_stands_in_an_entry_is_text_on_the_page_and_in_the_files(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    for name in NAMES {
        sqlx::query(
            "insert into audit (organization_id, at, actor_kind, actor_id, actor_label, action, target_kind, target_label,
                                before, after, result, address, request_id)
             select organization_id, now(), 'user', id, $1, $1, 'user', $1, jsonb_build_object($1, $1), to_jsonb($1::text),
                    'done', $1, $1
             from users",
        )
        .bind(name)
        .execute(&pool)
        .await
        .unwrap();
    }
    let csv = ada.open(CSV).await;
    assert!(csv.body.starts_with("time,actor_kind,") && csv.body.ends_with("\r\n"));
    let mut expected: Vec<_> = NAMES
        .map(|name| {
            let formula = name.starts_with(['=', '@']);
            format!("{}{name}", if formula { "'" } else { "" })
        })
        .to_vec();
    expected.reverse();
    for name in ["actor", "action", "target", "address", "request_id"] {
        assert_eq!(column(&csv, name)[..5], expected, "{name}");
    }
    assert_eq!(
        column(&csv, "before")[4],
        format!("{{{0}:{0}}}", Value::from(NAMES[0]))
    );

    let json = entries(&ada.open(JSON).await);
    for (entry, name) in json.iter().zip(NAMES.iter().rev()) {
        assert_eq!(
            entry["target"]["label"], *name,
            "as it is: nothing takes JSON for a formula"
        );
        assert_eq!(
            (&entry["before"][name], &entry["after"]),
            (&Value::from(*name), &Value::from(*name))
        );
    }

    for query in ["", &encoded(&[("actor", NAMES[4]), ("target", NAMES[4])])] {
        let page = ada.open(&format!("{AUDIT}?{query}")).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<img src=x") && !page.body.contains("</script><img"));
        assert!(
            page.body.contains("&lt;img src=x onerror=alert(1)&gt;"),
            "it is shown as what it is"
        );
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_file_holds_all_pages_and_says_what_it_is(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    db_fill_audit(&pool, "ada@example.test", 1_234).await;
    let org = settings(&ada).await.org_id;
    let today = domain::moment::Day::of(console.backend.now());
    for (file, kind, extension) in [
        (CSV, "text/csv; charset=utf-8; header=present", "csv"),
        (JSON, "application/json", "json"),
    ] {
        // From which page somebody asks makes no difference.
        let answer = ada.open(&format!("{file}?after=0.0&target=entry")).await;
        let name = format!(
            "attachment; filename=\"audit-{}-{today}.{extension}\"",
            org.as_str()
        );
        assert_eq!(answer.header("content-disposition"), name);
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let targets: Vec<_> = if extension == "csv" {
            column(&answer, "target")
        } else {
            let label = |entry: &Value| entry["target"]["label"].as_str().unwrap().to_owned();
            entries(&answer).iter().map(label).collect()
        };
        let expected: Vec<_> = (1..=1_234).map(|n| format!("entry-{n}")).collect();
        assert_eq!(targets, expected);
    }
    for file in [CSV, JSON] {
        let nothing = ada.open(&format!("{file}?target=nothing")).await;
        let count = if file == CSV {
            records(&nothing).len()
        } else {
            entries(&nothing).len()
        };
        assert_eq!(count, 0);
    }
    pool.close().await;
    assert_eq!(ada.open(CSV).await.status, 503);
}
