//! Goals 1 and 2: the session check, the list of people, the search in it.

use super::{CONNECTIONS, Setting, USERS, USHER_PORT, WHOAMI, get, limit, usher};
use crate::{
    console::{DONE, Program},
    cpu,
    load::{Ask, Cost, measure},
    seed,
    table::Table,
};
use http::header;
use reqwest::Client;
use std::sync::Arc;

/// What people type until they see whom they look for.
const SEARCHES: [&str; 6] = ["mar", "Lise", "stenb", "vera co", "p777", "zen"];

fn search(url: &str) -> Ask {
    let url = format!("{url}{USERS}");
    Arc::new(move |client: &Client, number| {
        let part = SEARCHES[usize::try_from(number).unwrap_or_default() % SEARCHES.len()];
        client.get(&url).query(&[("q", part)])
    })
}

/// What is asked of an organization of one size, of Usher and of the limit.
struct Loads {
    checked: Cost,
    checked_by_limit: Cost,
    listed: Cost,
    listed_by_limit: Cost,
    found: Cost,
    /// Of Usher after all this, in MiB.
    memory: f64,
}

impl Loads {
    async fn measure(setting: &Setting, people: i64) -> Self {
        let database = seed::create_database(&setting.cluster, &format!("bench_{people}")).await;
        let mut usher = usher(setting, &database, USHER_PORT).await;
        let cookie = usher.set_up().await.session;
        let pool = seed::connect(&database).await;
        let (organization, ada) = seed::fill(&pool, people).await;
        let token = format!("Bearer {}", seed::token(&pool, organization, ada, "Bench").await);
        let postmaster = seed::postmaster(&pool).await;
        let limit = limit(setting, &database).await;
        let run = async |under: &Program, ask: Ask| {
            measure(under.with(postmaster), CONNECTIONS, setting.time, 0, DONE, ask).await
        };
        let by_token = |url: String| get(url, header::AUTHORIZATION, token.clone());
        let by_cookie = |url: String| get(url, header::COOKIE, cookie.clone());
        let (typed, own) = (search(&usher.url), cookie.clone());
        let loads = Self {
            checked: run(&usher, by_token(format!("{}{WHOAMI}", usher.url))).await,
            checked_by_limit: run(&limit, by_token(format!("{}/session", limit.url))).await,
            listed: run(&usher, by_cookie(format!("{}{USERS}", usher.url))).await,
            listed_by_limit: run(&limit, by_cookie(format!("{}/people", limit.url))).await,
            found: run(
                &usher,
                Arc::new(move |client, number| typed(client, number).header(header::COOKIE, &own)),
            )
            .await,
            memory: cpu::memory(usher.process(), "VmHWM"),
        };
        limit.stop().await;
        usher.stop().await;
        loads
    }
}

pub(crate) async fn measure_people(setting: &Setting, table: &mut Table) {
    let mut all = Vec::new();
    for people in &setting.sizes {
        let loads = Box::pin(Loads::measure(setting, *people)).await;
        for (what, cost) in [
            ("session check", &loads.checked),
            ("the same of the limit", &loads.checked_by_limit),
            ("users page", &loads.listed),
            ("the same of the limit", &loads.listed_by_limit),
            ("search, as a page", &loads.found),
        ] {
            table.cost(format!("{what}, {people} people"), cost);
        }
        all.push((*people, loads));
    }
    let [(fewest, small), .., (most, large)] = &all[..] else {
        panic!("two sizes at least");
    };
    let ratio = small.checked_by_limit.both() / small.checked.both();
    table.at_least("1", "session check: limit / Usher", ratio, 0.7, "");
    let many = small.checked.of_a_core();
    table.at_least("1", "session checks a second and core", many, 7_500.0, "");
    let ratio = small.listed_by_limit.both() / small.listed.both();
    table.at_least("2", "users page: limit / Usher", ratio, 0.6, "");
    let many = small.listed.of_a_core();
    table.at_least("2", "users pages a second and core", many, 2_000.0, "");
    let ratio = large.listed.p99 / small.listed.p99;
    table.at_most(
        "2",
        format!("users page: p99 at {most} people / at {fewest}"),
        ratio,
        1.5,
        "",
    );
    let ratio = large.listed.both() / small.listed.both();
    table.told(
        "2",
        format!("users page: cost at {most} people / at {fewest}"),
        ratio,
        "",
    );
    let search = large.found.both() / 1e3;
    table.at_most("2", format!("search at {most} people"), search, 15.0, "ms of CPU");
    table.at_most("6", "memory, at most in all this", large.memory, 75.0, "MiB");
}
