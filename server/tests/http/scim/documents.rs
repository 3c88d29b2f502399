//! What `docs/scim.md` says to try is run as it stands there, by curl.

use super::Provider;
use crate::visitor::TestConsole;
use sqlx::PgPool;
use std::{fs, path::Path, process::Stdio};
use tokio::process::Command;

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_example_of_the_document_works(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let (base, token) = Provider::of(&console, &ada, "By hand").await.access();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = fs::read_to_string(top.join("docs/scim.md")).unwrap();
    let (_, example) = document.split_once("```sh\n").unwrap();
    let (commands, _) = example.split_once("```").unwrap();
    let asked = Command::new("bash")
        .args(["-euc", commands])
        .envs([("SCIM", &base), ("SCIM_TOKEN", &token)])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("bash and curl");
    let told = String::from_utf8(asked.stdout).unwrap();
    assert!(
        asked.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    assert_eq!(
        told.matches("mary@example.com").count(),
        4,
        "made and found, with its one address each: {told}"
    );
    assert!(told.contains("\"totalResults\":1"), "{told}");
}
