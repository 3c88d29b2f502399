//! Goal 5: the first pages that people see, as Chromium measures them.

use super::{Setting, USERS, USHER_PORT, usher};
use crate::{seed, table::Table};
use http::header;
use reqwest::Client;
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::process::Command;

/// On a slow line: what `script` says of the pages.
pub(crate) async fn first_page(setting: &Setting, script: &str, table: &mut Table) {
    let database = seed::create_database(&setting.cluster, "bench_first_page").await;
    let mut usher = usher(setting, &database, USHER_PORT).await;
    let url = usher.url.clone();
    let set_up = usher.set_up_link().await;
    let mut pages = chromium(script, &json!([{ "name": "set-up", "url": set_up }])).await;
    let cookie = usher.set_up().await.session;
    let pool = seed::connect(&database).await;
    let (organization, ada) = seed::fill(&pool, 1_000).await;
    let token = format!("Bearer {}", seed::token(&pool, organization, ada, "Bench").await);
    let invited: uuid::Uuid = sqlx::query_scalar("select id from users where status = 'invited' limit 1")
        .fetch_one(&pool)
        .await
        .expect("somebody");
    let link = Client::new()
        .post(format!("{url}/api/v1/invitations/{invited}/link"))
        .header(header::AUTHORIZATION, &token);
    let link: Value = link
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a link");
    let more = json!([
        { "name": "sign-in", "url": format!("{url}/sign-in") },
        { "name": "forgotten password", "url": format!("{url}/forgot-password") },
        { "name": "invitation", "url": link["link"] },
        { "name": "users page", "url": format!("{url}{USERS}"), "cookie": cookie, "rows": "tbody tr" },
    ]);
    pages.extend(chromium(script, &more).await);
    for page in &pages {
        let name = page["name"].as_str().unwrap_or_default();
        let number = |key: &str| page[key].as_f64().unwrap_or(f64::NAN);
        if page["works_without_wasm"] == true {
            table.at_most(
                "5",
                format!("{name}: before it works"),
                number("before_wasm") / 1e3,
                25.0,
                "kB",
            );
            table.told(
                "5",
                format!("{name}: visible, slow 4G, CPU ÷ 4"),
                number("visible") / 1e3,
                "s",
            );
        } else {
            table.at_most(
                "5",
                format!("{name}: whole, with wasm"),
                number("whole") / 1e3,
                205.0,
                "kB",
            );
            table.at_most(
                "5",
                format!("{name}: rows visible, slow 4G, CPU ÷ 4"),
                number("visible") / 1e3,
                1.0,
                "s",
            );
            table.at_most(
                "5",
                format!("{name}: interactive, slow 4G, CPU ÷ 4"),
                number("interactive") / 1e3,
                2.0,
                "s",
            );
        }
        table.at_most(
            "5",
            format!("{name}: a second visit, beside the HTML"),
            number("again") / 1e3,
            0.0,
            "kB",
        );
        table.at_most("5", format!("{name}: layout shift"), number("shift"), 0.0, "");
    }
    usher.stop().await;
}

async fn chromium(script: &str, pages: &Value) -> Vec<Value> {
    let measured = Command::new("node")
        .args([script, &pages.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("node");
    assert!(measured.status.success(), "Chromium could not measure");
    serde_json::from_slice(&measured.stdout).expect("a list of pages")
}
