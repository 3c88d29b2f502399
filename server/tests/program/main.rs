//! Tests of the program `usher` as its operator runs it: with an embedded PostgreSQL, commands beside a running server,
//! and ends of all kinds. `faults/` has what may not be lost or happen twice.

mod console;
mod faults;
mod log;
mod no_request;
mod postgres;
mod traces;
mod usher;

use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};
use usher::Usher;

#[tokio::test]
async fn the_database_survives_every_end_of_its_server() {
    let usher = Usher::new("survives");
    let mut database = usher.start(&["database"]);
    let url = database.prints("DATABASE_URL=");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("create table kept (n integer); insert into kept values (1)")
        .execute(&mut connection)
        .await
        .unwrap();

    let second = usher.run(&["database"]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        said.contains("another Usher already runs with the data directory"),
        "{said}"
    );

    database.kill();
    let mut database = usher.start(&["database"]);
    assert_eq!(database.prints("DATABASE_URL="), url);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let kept: i32 = sqlx::query_scalar("select n from kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(kept, 1);
    assert_eq!(database.stop(), Some(0));
    assert!(
        PgConnection::connect(&url).await.is_err(),
        "it stops with its server"
    );
}

#[tokio::test]
async fn the_embedded_database_sorts_and_folds_all_alphabets() {
    let usher = Usher::new("alphabets");
    let mut database = usher.start(&["database", "--unsafe-fast"]);
    let mut connection = PgConnection::connect(&database.prints("DATABASE_URL="))
        .await
        .unwrap();
    let lower: String = sqlx::query_scalar("select lower('ÄÖЖΣ')")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(lower, "äöжσ");
    let sorted: bool = sqlx::query_scalar("select 'ä' < 'B' collate \"und-x-icu\"")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(sorted);
}

#[tokio::test]
async fn commands_act_beside_a_running_server_and_without_one() {
    let usher = Usher::new("commands");
    let mut server = usher.start(&[]);
    let first = server.prints("/setup?token=");
    let printed = usher.output(&["setup-link"]);
    let second = printed.trim().split("/setup?token=").nth(1).unwrap();
    assert_ne!(first, second, "a new link each time");
    assert_eq!(server.stop(), Some(0));

    let create = [
        "organization",
        "create",
        "--name",
        "Analytical Engines",
        "--email",
        "ada@example.test",
    ];
    let made = usher.output(&create);
    assert!(
        made.contains("Analytical Engines has the Org ID ") && made.contains("/invitations/"),
        "{made}"
    );
    assert!(
        usher
            .output(&["setup-link"])
            .contains("An organization exists already")
    );
    let refused = usher.run(&["organization", "create", "--name", "Other", "--email", "nobody"]);
    assert_eq!(refused.status.code(), Some(1));

    let org_id = made.split("has the Org ID ").nth(1).unwrap();
    let org_id = org_id.split('.').next().unwrap();
    for (act, said) in [
        ("close", "Analytical Engines is closed. Sessions ended: 0."),
        ("close", "Analytical Engines is closed already."),
        ("reopen", "Analytical Engines is open again."),
        ("reopen", "Analytical Engines is not closed."),
    ] {
        let answer = usher.output(&["organization", act, "--org-id", org_id]);
        assert!(answer.contains(said), "{answer}");
    }
    let unknown = usher.run(&["organization", "close", "--org-id", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("No organization has the Org ID nobody."), "{said}");
}

#[tokio::test]
async fn metrics_are_told_at_their_own_address_only_until_the_end() {
    let usher = Usher::new("metrics");
    let mut server = usher.start(&[]);
    server.prints("/setup?token=");
    let [public, own] = usher.urls();
    let told = reqwest::get(format!("{own}/metrics")).await.unwrap();
    assert_eq!(told.status(), 200);
    let told = told.text().await.unwrap();
    assert!(
        told.contains("usher_database_up 1\n") && told.ends_with("# EOF\n"),
        "{told}"
    );
    let elsewhere = reqwest::get(format!("{own}/sign-in")).await.unwrap();
    assert_eq!(elsewhere.status(), 404);
    let page = reqwest::get(format!("{public}/metrics")).await.unwrap();
    assert!(!page.text().await.unwrap().contains("usher_database_up"));
    let ready = reqwest::get(format!("{public}/readyz")).await.unwrap();
    assert_eq!(ready.status(), 200);
    assert_eq!(server.stop(), Some(0));
    assert!(reqwest::get(format!("{own}/metrics")).await.is_err());
}

#[tokio::test]
async fn rel_01_a_server_whose_database_dies_says_so_and_gets_it_back() {
    let usher = Usher::new("dies");
    let [url, _] = usher.urls();
    let mut server = usher.start(&[]);
    server.prints("/setup?token=");
    // The error of a client that waited for longer than this ends the test.
    let patient = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let status = async |path: &str| patient.get(format!("{url}{path}")).send().await.unwrap().status();
    usher.kill_postgres();
    let died = Instant::now();
    let mut seen = BTreeSet::new();
    let mut ready_in_a_row = 0;
    while ready_in_a_row < 5 {
        assert!(
            died.elapsed() < Duration::from_secs(20),
            "it does not come back: {seen:?}"
        );
        seen.insert(status("/setup").await.as_u16());
        assert_eq!(status("/livez").await, 200);
        ready_in_a_row = match status("/readyz").await.as_u16() {
            200 => ready_in_a_row + 1,
            503 => 0,
            other => panic!("{other}"),
        };
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(seen.is_subset(&BTreeSet::from([200, 503])), "{seen:?}");
    assert_eq!(status("/setup").await, 200);
    assert!(usher.output(&["setup-link"]).contains("/setup?token="));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_typing_mistake_is_refused_before_anything_starts() {
    let usher = Usher::new("mistake");
    let refused = usher.run(&["--config", "/nowhere/usher.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("/nowhere/usher.toml can't be read"), "{said}");
    assert!(!usher.data_dir().exists());
}

/// Given as it is or as a file.
#[test]
fn rel_10_a_start_with_a_short_or_an_example_key_ends_and_repeats_nothing() {
    let usher = Usher::new("example-key");
    let file = usher.folder().join("key-of-ours");
    for key in ["hunter2", "Y2hhbmdlLW1lLWNoYW5nZS1tZS1jaGFuZ2UtbWUtYWI="] {
        std::fs::write(&file, key).unwrap();
        let file = file.display().to_string();
        for variable in [
            ("USHER_SECRET_KEY", key),
            ("USHER_SECRET_KEY_FILE", file.as_str()),
        ] {
            let ended = usher.run_with(&[], &[variable]);
            assert_eq!(ended.status.code(), Some(1), "{variable:?}");
            let said = [ended.stdout, ended.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains("head -c 32 /dev/urandom | base64"), "{said}");
            assert!(!said.contains(key) && !said.contains("listens on"), "{said}");
        }
    }
    assert!(!usher.data_dir().exists(), "nothing was started");
}

fn line<'a>(report: &'a str, what: &str) -> &'a str {
    let line = report
        .lines()
        .find(|line| line.get(9..).is_some_and(|rest| rest.starts_with(what)));
    line.unwrap_or_else(|| panic!("no line about {what} in\n{report}"))
}

#[test]
fn the_doctor_makes_nothing_where_nothing_is() {
    let usher = Usher::new("doctor-new");
    let report = usher.output(&["doctor"]);
    assert!(
        line(&report, "database").contains("The first start makes it"),
        "{report}"
    );
    assert!(report.contains("It can run. Warnings: "), "{report}");
    assert!(!usher.data_dir().exists());
}

#[test]
fn the_doctor_finds_what_is_wrong_beside_a_running_server_and_without_one() {
    let usher = Usher::new("doctor");
    let mut server = usher.start(&[]);
    server.prints("/setup?token=");
    let report = usher.output(&["doctor"]);
    for what in ["data directory", "pages", "database", "clock", "schema", "key"] {
        assert!(line(&report, what).starts_with("ok "), "{report}");
    }
    assert!(line(&report, "database").contains("PostgreSQL "), "{report}");
    for (what, to_do) in [("mail", "USHER_MAIL_URL"), ("public address", "USHER_PUBLIC_URL")] {
        let line = line(&report, what);
        assert!(line.starts_with("warning ") && line.contains(to_do), "{report}");
    }
    assert_eq!(server.stop(), Some(0));

    let key = usher.data_dir().join("key");
    let right = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let closed = "smtp://127.0.0.1:1?tls=none";
    let sick = usher.run_with(&["doctor"], &[("USHER_MAIL_URL", closed)]);
    assert_eq!(sick.status.code(), Some(1));
    let report = String::from_utf8(sick.stdout).unwrap();
    assert!(
        line(&report, "key").starts_with("FAILURE") && !key.exists(),
        "{report}"
    );
    assert!(line(&report, "mail").starts_with("FAILURE"), "{report}");
    assert!(String::from_utf8_lossy(&sick.stderr).contains("failures: 2."));

    std::fs::write(&key, "hunter2").unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let sick = usher.run(&["doctor"]);
    assert!(!String::from_utf8_lossy(&sick.stdout).contains("hunter2"));
    assert_eq!(sick.status.code(), Some(1));
    std::fs::write(&key, right).unwrap();
    usher.output(&["doctor"]);

    let address = "postgres://usher:hunter2@127.0.0.1:1/usher";
    let sick = usher.run_with(&["doctor"], &[("DATABASE_URL", address)]);
    assert_eq!(sick.status.code(), Some(1));
    let report = String::from_utf8(sick.stdout).unwrap();
    assert!(
        line(&report, "database").contains("does not answer") && !report.contains("hunter2"),
        "{report}"
    );
}

#[test]
fn the_configuration_is_checked_without_starting_anything() {
    let usher = Usher::new("check");
    let report = usher.output(&["config", "check"]);
    assert!(
        report.contains("USHER_LISTEN") && report.contains("The configuration is in order."),
        "{report}"
    );
    std::fs::write(usher.folder().join("usher.toml"), "\nlog_fromat = \"json\"\n").unwrap();
    let refused = usher.run(&["config", "check"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("`log_fromat` in line 2 of usher.toml") && said.contains("Did you mean `log_format`?"),
        "{said}"
    );
    assert!(usher.output(&["config"]).contains("| `listen` |"));
    assert!(!usher.data_dir().exists());
}

#[test]
fn an_administrator_is_recovered_beside_a_running_server_and_another_key_is_refused() {
    let usher = Usher::new("recover");
    let mut server = usher.start(&[]);
    server.prints("/setup?token=");
    let nobody = usher.run(&["recover-admin"]);
    assert_eq!(nobody.status.code(), Some(1));
    let said = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(
        said.contains("No organization has an administrator yet"),
        "{said}"
    );
    assert_eq!(server.stop(), Some(0));

    let key = usher.data_dir().join("key");
    let right = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let missing = usher.run(&["setup-link"]);
    assert!(
        String::from_utf8_lossy(&missing.stderr).contains("The key of this installation is missing"),
        "{missing:?}"
    );
    assert!(!key.exists(), "no wrong one is made");
    let other = Usher::new("recover-other");
    other.output(&["setup-link"]);
    std::fs::copy(other.data_dir().join("key"), &key).unwrap();
    let wrong = usher.run(&["setup-link"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("another key than the installation"),
        "{wrong:?}"
    );
    std::fs::write(&key, right).unwrap();
    assert!(usher.output(&["setup-link"]).contains("/setup?token="));
}
