//! Goals 3 and 4: sign-ins and invitations.

use super::{CONNECTIONS, Setting, USHER_PORT, WHOAMI, get, usher};
use crate::{
    argon2_alone,
    console::{DONE, EMAIL, PASSWORD},
    cpu,
    load::{Ask, measure},
    seed,
    table::Table,
};
use http::{StatusCode, header};
use reqwest::Client;
use std::sync::Arc;

/// Connections of somebody who would keep others out.
const FLOOD: u64 = 180;

/// Goal 3: sign-in, and what a storm of them does to others.
pub(crate) async fn sign_in(setting: &Setting, table: &mut Table) {
    let database = seed::create_database(&setting.cluster, "bench_sign_in").await;
    let mut usher = usher(setting, &database, USHER_PORT).await;
    let browser = usher.set_up().await.browser;
    let pool = seed::connect(&database).await;
    let (organization, ada) = seed::fill(&pool, 1_000).await;
    let token = format!("Bearer {}", seed::token(&pool, organization, ada, "Bench").await);
    let under = usher.with(seed::postmaster(&pool).await);
    let check = get(format!("{}{WHOAMI}", usher.url), header::AUTHORIZATION, token);
    let usher = Arc::new(usher);
    let enter = |browser: Option<String>| -> Ask {
        let usher = usher.clone();
        Arc::new(move |client: &Client, _| {
            let fields = [("email", EMAIL), ("password", PASSWORD)];
            let form = usher.form(client, "/api/sign_in/password", &fields);
            match &browser {
                Some(browser) => form.header(header::COOKIE, browser),
                None => form,
            }
        })
    };
    let (known, unknown) = (enter(Some(browser)), enter(None));

    let quiet = measure(under, 2, setting.time, 0, DONE, check.clone()).await;
    let mut alone = argon2_alone::measure();
    table.told(
        "3",
        "argon2 alone, on all cores, with memory that is there",
        alone,
        "µs of CPU",
    );
    for (enter, what) in [
        (&known, "sign-in in a known browser"),
        (&unknown, "sign-in in another, with the mail about it"),
    ] {
        let entered = measure(under, CONNECTIONS, setting.time, 0, DONE, enter.clone()).await;
        table.cost(what, &entered);
        // Its cost changes by a tenth within a minute, so it is measured on both sides.
        let before = std::mem::replace(&mut alone, argon2_alone::measure());
        let ratio = before.midpoint(alone) / entered.both();
        table.at_least("3", format!("{what}: argon2 alone / Usher"), ratio, 0.9, "");
    }
    let (stormy, _) = tokio::join!(
        measure(under, 2, setting.time, 0, DONE, check),
        measure(under, 16, setting.time + setting.time / 5, 0, DONE, unknown)
    );
    table.at_most(
        "3",
        "session check: p99 in a storm of sign-ins / quiet",
        stormy.p99 / quiet.p99,
        5.0,
        "",
    );
    let door = format!("{}/sign-in", usher.url);
    let page: Ask = Arc::new(move |client: &Client, _| client.get(&door));
    let (flooded, _) = tokio::join!(
        measure(under, 1, setting.time, 0, DONE, known),
        measure(
            under,
            FLOOD,
            setting.time + setting.time / 5,
            0,
            StatusCode::OK,
            page
        )
    );
    table.told(
        "3",
        format!("sign-in while {FLOOD} connections ask for pages, the median"),
        flooded.median / 1e3,
        "s",
    );
    table.told(
        "6",
        "memory after a storm of sign-ins",
        cpu::memory(usher.process(), "VmHWM"),
        "MiB",
    );
}

/// Goal 4: invitations, with few and with ten thousand that nobody has accepted.
pub(crate) async fn invitations(setting: &Setting, table: &mut Table) {
    let database = seed::create_database(&setting.cluster, "bench_invitations").await;
    let mut usher = usher(setting, &database, USHER_PORT).await;
    usher.set_up().await;
    let pool = seed::connect(&database).await;
    let (organization, ada): (uuid::Uuid, uuid::Uuid) =
        sqlx::query_as("select organization_id, id from users")
            .fetch_one(&pool)
            .await
            .expect("the administrator");
    let token = format!("Bearer {}", seed::token(&pool, organization, ada, "Bench").await);
    let under = usher.with(seed::postmaster(&pool).await);
    let url = format!("{}/api/v1/invitations", usher.url);
    let invite: Ask = Arc::new(move |client: &Client, number| {
        let body = format!("{{\"email\":\"new-{number}@bench.example\"}}");
        client
            .post(&url)
            .header(header::AUTHORIZATION, &token)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
    });
    let some = setting.time / 3;
    let few = measure(under, CONNECTIONS, some, 0, StatusCode::CREATED, invite.clone()).await;
    table.cost("invitation with its mail, few pending", &few);
    seed::invite(&pool, organization, ada, 10_000).await;
    let many = measure(under, CONNECTIONS, some, 10_000_000, StatusCode::CREATED, invite).await;
    table.cost("invitation with its mail, 10,000 pending", &many);
    table.at_least("4", "invitations a second and core", few.of_a_core(), 1_000.0, "");
    table.at_most(
        "4",
        "invitation: cost with 10,000 pending / with few",
        many.both() / few.both(),
        1.1,
        "",
    );
    usher.stop().await;
}
