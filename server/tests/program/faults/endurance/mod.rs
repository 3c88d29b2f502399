//! Many people and programs at work at two servers for some time, while one thing after the other fails: PostgreSQL, the mail
//! server, the disk of a log, clocks, clients, a server. At the end all is well again by itself, what was acknowledged is
//! there, nothing is there twice, every mail was sent, and a server that ran all the time has no more memory than at its
//! beginning.

mod clock;
mod installation;
mod ledger;
mod memory;
mod post;
mod slow_clients;
mod work;

use super::account;
use crate::console::is_ready;
use installation::Installation;
use memory::Memory;
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

/// Until the mails have left that a dead server had in hand, and those that were put off.
const MAILS_LEFT: Duration = Duration::from_mins(3);
/// Until whoever was in the middle of something has an answer.
const ANSWERED: Duration = Duration::from_mins(1);
/// Less than a session lasts without a request.
const HOUR: i64 = 3_600;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    DatabaseStopped,
    MailServerDown,
    DatabaseAborted,
    MailServerStalled,
    ClockForth,
    ClockBack,
    SlowClients,
    DatabaseKilled,
    /// A server is killed and comes back where its log finds no place.
    LogFull,
    ServerKilled,
}

const FAULTS: [Fault; 10] = [
    Fault::DatabaseStopped,
    Fault::MailServerDown,
    Fault::DatabaseAborted,
    Fault::MailServerStalled,
    Fault::ClockForth,
    Fault::ClockBack,
    Fault::SlowClients,
    Fault::DatabaseKilled,
    Fault::LogFull,
    Fault::ServerKilled,
];

/// How much of it: little among all tests, and as `bin/faults --minutes` asks.
struct Extent {
    connections: usize,
    rounds: usize,
    /// For one fault and what comes after it.
    each: Duration,
    slow_clients: usize,
}

impl Extent {
    fn asked_for() -> Self {
        let Ok(minutes) = std::env::var("USHER_FAULT_MINUTES") else {
            return Self {
                connections: 30,
                rounds: 1,
                each: Duration::from_millis(800),
                slow_clients: 5,
            };
        };
        let all = Duration::from_mins(minutes.parse().unwrap());
        // Two and a half minutes a round, so that slow clients are met by the server's own limits.
        let rounds = (all.as_secs() / 150).max(1);
        Self {
            connections: 200,
            rounds: usize::try_from(rounds).unwrap(),
            each: all / u32::try_from(rounds).unwrap() / u32::try_from(FAULTS.len()).unwrap(),
            slow_clients: 20,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_03_one_fault_after_the_other_under_load_loses_and_doubles_nothing() {
    let extent = Extent::asked_for();
    let began = Instant::now();
    // As much work for few as for many.
    let pause = Duration::from_millis(25) * u32::try_from(extent.connections).unwrap();
    let mut installation = Installation::start(pause).await;
    let shift = Arc::clone(&installation.shift);
    let memory = Memory::watch(installation.servers[0].id());
    let mut people = JoinSet::new();
    for number in 0..extent.connections {
        people.spawn(work::work(Arc::clone(&shift), number));
    }
    installation.goes_on(Fault::ServerKilled).await;
    for _ in 0..extent.rounds {
        for fault in FAULTS {
            let end = Instant::now() + extent.each;
            installation.suffers(fault, &extent).await;
            sleep(end.saturating_duration_since(Instant::now())).await;
        }
    }
    shift.over.store(true, Ordering::SeqCst);
    let answered = timeout(ANSWERED, people.join_all()).await;
    assert!(answered.is_ok(), "somebody is not answered");
    let course = memory.end();
    for url in &shift.urls {
        is_ready(url).await;
    }
    let left = timeout(MAILS_LEFT, installation.all_mails_left()).await;
    assert!(left.is_ok(), "mails are left over");
    let accounts = shift
        .ledger
        .accounts(&installation.database, &shift.post, extent.rounds)
        .await;
    let arrived = shift.post.arrived();
    let back: Vec<_> = installation
        .back
        .iter()
        .map(|(fault, longest)| format!("{fault:?} {:.1}", longest.as_secs_f64()))
        .collect();
    let notes = [
        format!(
            "{} connections, {} faults in {} s",
            extent.connections,
            extent.rounds * FAULTS.len(),
            began.elapsed().as_secs()
        ),
        shift.ledger.in_words(),
        format!(
            "mails {}, of which {} arrived again because their answer was lost",
            arrived.len(),
            arrived.values().filter(|times| **times > 1).count()
        ),
        format!(
            "seconds until both servers acknowledged acts again, at the longest: {}",
            back.join(", ")
        ),
        course.in_words(),
    ];
    account::note(&notes);
    installation.ends().await;
    let unexpected = shift.ledger.unexpected();
    assert!(
        unexpected.is_empty(),
        "{}: {:#?}",
        unexpected.len(),
        &unexpected[..unexpected.len().min(20)]
    );
    assert!(course.is_flat(), "{}", course.in_words());
    for account in accounts {
        account.close();
    }
}
