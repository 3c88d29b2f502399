//! schemathesis asks everything that the description allows, and much that it does not: no answer is one that the
//! description does not have, nothing wrong is taken for right, and nothing is answered without a credential.

use super::{bearer, service_of, token_of};
use crate::{
    stage::{colleague, invite},
    visitor::TestConsole,
};
use server::api::DESCRIPTION;
use sqlx::PgPool;
use std::{env, process::Stdio};
use tokio::process::Command;

async fn ask_all(console: &TestConsole, credential: &str, which: &[&str]) {
    let program =
        env::var_os("USHER_SCHEMATHESIS").expect("bin/setup installs schemathesis, bin/toolchain names it");
    let settings = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/api/schemathesis.toml");
    let asked = Command::new(program)
        .args(["--config-file", settings])
        .args([
            "run",
            &format!("{}{DESCRIPTION}", console.url),
            "--url",
            &console.url,
        ])
        .args(["-H", &format!("Authorization: {credential}")])
        .args([
            "--checks",
            "all",
            "--max-examples",
            "20",
            "--seed",
            "20261127",
            "--no-color",
        ])
        .args(["--suppress-health-check", "all", "--max-failures", "10"])
        .args(which)
        // It leaves what it learned in its folder.
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .await
        .expect("schemathesis");
    let told = String::from_utf8_lossy(&asked.stdout);
    assert!(
        asked.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&asked.stderr)
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn schemathesis_finds_nothing(pool: PgPool) {
    let limits = [
        ("throttle_questions_token", "1000000"),
        ("throttle_questions_service", "1000000"),
    ];
    let console = TestConsole::start_with(pool, &limits).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "grace@example.test", &["write"]).await;
    invite(&console, &ada, "soon@example.test", &["read"]).await;
    let token = bearer(&token_of(&console, &ada).await);
    let (_, secret) = service_of(&console, &ada).await;
    let of_services = ["--include-path-regex", "^/oauth2/introspect$|^/api/v1/decisions$"];
    ask_all(&console, &bearer(&secret), &of_services).await;
    let by_token = ["--exclude-path-regex", "^/oauth2/introspect$|^/api/v1/decisions$"];
    ask_all(&console, &token, &by_token).await;
}
