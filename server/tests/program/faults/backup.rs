//! Backup and restore, by the commands of `docs/operation.md`.

use super::account::{Account, Trace};
use crate::{
    console::{Browser, PASSWORD, acceptance, database, id_of, is_ready, mailed_token},
    usher::Usher,
};
use backend::mail::testing::MailServer;
use sqlx::{AssertSqlSafe, PgPool};
use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// The line of the document that begins so.
fn documented(beginning: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = fs::read_to_string(top.join("docs/operation.md")).unwrap();
    let place = document
        .find(beginning)
        .unwrap_or_else(|| panic!("{beginning} is not documented"));
    document[place..].split(['`', '\n']).next().unwrap().to_owned()
}

fn run(command: &str, usher: &Usher, database: &str) {
    let ran = Command::new("sh")
        .args(["-c", command])
        .current_dir(usher.folder())
        .env("DATABASE_URL", database)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// Every row of every table as text.
async fn rows(database: &PgPool) -> BTreeMap<String, i64> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(database)
    .await
    .unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        let query = format!("select t::text from {table} t");
        let of_table: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(database)
            .await
            .unwrap();
        for row in of_table {
            *rows.entry(format!("{table} {row}")).or_default() += 1;
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_12_a_restored_backup_keeps_sessions_links_passwords_and_the_audit_log() {
    let mails = MailServer::start().await;
    let usher = Usher::new("backup").with("USHER_MAIL_URL", mails.url());
    let mut server = usher.start(&[]);
    let token = server.prints("/setup?token=");
    let [url, _] = usher.urls();
    is_ready(&url).await;
    let ada = Browser::ada(&url, &token).await;
    for email in ["ben@example.test", "carla@example.test", "dan@example.test"] {
        ada.invites(email).await;
    }
    let link = async |email: &str| mailed_token(&mails, email).await;
    let ben = Browser::accepting(&url, &link("ben@example.test").await).await;
    let (ben, phone) = ben.scans().await;
    assert_eq!(ben.confirms(&phone).send().await.unwrap().status(), 200);
    let dan = Browser::accepting(&url, &link("dan@example.test").await).await;
    let pool = database(&usher.embedded_database());
    let id = id_of(&pool, "dan@example.test").await;
    assert_eq!(ada.act("/api/users/deactivate", &[("user", &id)]).await, 200);
    let carlas = link("carla@example.test").await;
    crate::console::eventually("the outbox is empty", async || {
        sqlx::query_scalar("select not exists (select from mails where state <> 'sent')")
            .fetch_one(&pool)
            .await
            .unwrap()
    })
    .await;
    let before = rows(&pool).await;
    run(&documented("pg_dump "), &usher, &usher.embedded_database());
    pool.close().await;
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));

    let data = usher.data_dir();
    fs::rename(data.join("postgres"), usher.folder().join("old")).unwrap();
    fs::rename(data.join("key"), usher.folder().join("kept-apart")).unwrap();
    let mut empty = usher.start(&["database"]);
    let address = empty.prints("DATABASE_URL=");
    run(&documented("pg_restore "), &usher, &address);
    let pool = database(&address);
    let after = rows(&pool).await;
    pool.close().await;
    empty.ask_to_end();
    assert_eq!(empty.ended().await, Some(0));
    let mut account = Account::new("restored from a backup", 1);
    for (row, times) in &before {
        let found = after.get(row).copied().unwrap_or_default();
        account.enter(row, true, Trace::of(&[*times - 1 + found]));
    }
    assert_eq!(before.len(), after.len(), "and nothing else is there");

    // Without the key nothing starts, and no wrong one is made.
    assert_eq!(usher.run(&["setup-link"]).status.code(), Some(1));
    fs::copy(usher.folder().join("kept-apart"), data.join("key")).unwrap();
    fs::set_permissions(data.join("key"), fs::Permissions::from_mode(0o600)).unwrap();
    let report = usher.output(&["doctor"]);
    assert!(!report.contains("FAILURE"), "{report}");
    let mut server = usher.start(&[]);
    is_ready(&url).await;
    assert!(ada.is_signed_in().await, "sessions go on");
    assert!(!dan.is_signed_in().await, "and ended ones do not");
    let ben = Browser::asked_for_code(&url, "ben@example.test").await;
    assert!(!ben.is_signed_in().await, "two-factor authentication is still on");
    let code = phone.code_after(1);
    let ben = ben.given_cookies("/api/sign_in/code", &[("code", &code)]).await;
    assert_eq!(ben.act("/api/account/settings", &[]).await, 200);
    let typed = [("email", "dan@example.test"), ("password", PASSWORD)];
    assert_eq!(Browser::at(&url).act("/api/sign_in/password", &typed).await, 409);
    Browser::accepting(&url, &carlas).await;
    let again = Browser::at(&url)
        .act("/api/invitations/accept", &acceptance(&carlas, PASSWORD))
        .await;
    assert_eq!(again, 409);
    ada.invites("eric@example.test").await;

    let pool = database(&usher.embedded_database());
    let numbers: Vec<i64> = sqlx::query_scalar("select id from audit order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert!(
        numbers.windows(2).all(|pair| pair[0] < pair[1]),
        "the audit log goes on: {numbers:?}"
    );
    let forged = sqlx::query("update audit set actor_label = 'nobody'")
        .execute(&pool)
        .await;
    assert!(forged.is_err(), "and is append-only");
    let id = id_of(&pool, "ada@example.test").await;
    assert_eq!(
        ada.act("/api/users/deactivate", &[("user", &id)]).await,
        409,
        "the last administrator"
    );
    pool.close().await;
    server.ask_to_end();
    assert_eq!(server.ended().await, Some(0));
    account.close();
}
