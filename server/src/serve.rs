//! Running the console: database, migrations, workers of mails and jobs, HTTP, and the way down.

use crate::{
    Console,
    assets::Assets,
    config::Config,
    database::{self, Database, moves::Moves},
    key,
    listener::{self, Doors},
    metrics, router,
    stop_signal::StopSignal,
};
use backend::{Backend, clock::Clock, mail::Transport, secret::Chance};
use std::{error::Error, net::SocketAddr};
use tokio::{net::TcpListener, task::spawn_blocking};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

pub async fn serve(config: Config) -> Result {
    let stop = StopSignal::listen()?;
    // First of all: an address that is taken is known before anything is started.
    let listener = bind(config.listen, "USHER_LISTEN").await?;
    let for_metrics = match config.metrics_listen {
        Some(address) => Some(bind(address, "USHER_METRICS_LISTEN").await?),
        None => None,
    };
    let database = tokio::select! {
        () = stop.clone().received() => return Ok(()),
        database = Database::start(&config) => database?,
    };
    let outcome = serve_with(&config, &database, listener, for_metrics, stop).await;
    database.stop().await;
    outcome
}

async fn bind(address: SocketAddr, variable: &str) -> Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    Ok(bound.map_err(|error| {
        format!("Usher can't listen on {address}: {error}. Choose another address with {variable}.")
    })?)
}

async fn serve_with(
    config: &Config,
    database: &Database,
    listener: TcpListener,
    for_metrics: Option<TcpListener>,
    stop: StopSignal,
) -> Result {
    // Hundreds of files are read while the database is reached.
    let site_root = config.site_root.clone();
    let assets = spawn_blocking(move || Assets::find(site_root.as_deref()));
    let pool = tokio::select! {
        () = stop.clone().received() => return Ok(()),
        pool = database::open(database, config.database_connections) => pool?,
    };
    let sealer = key::find_or_make(config, &pool).await?;
    let backend = Backend::new(
        pool.clone(),
        config.settings(),
        Clock::system(),
        Chance::system(),
        sealer,
    );
    key::adopt(&backend).await?;
    let console = Console::following(database.moves(), backend.clone(), config, assets.await?);
    if let Some(file) = console.assets.missing() {
        return Err(format!(
            "The built pages are not those of this program: {} is missing. Run bin/build again, or set USHER_SITE_ROOT.",
            file.display()
        )
        .into());
    }
    let transport = Transport::from_url(config.mail_url.expose())?;
    let (worker, stopped, moves) = (backend.clone(), stop.clone(), database.moves());
    let mail = tokio::spawn(following(moves.clone(), move || {
        worker
            .clone()
            .run_mail_worker(transport.clone(), stopped.clone().received())
    }));
    let (worker, stopped) = (backend.clone(), stop.clone());
    let jobs = tokio::spawn(following(moves.clone(), move || {
        worker.clone().run_job_worker(stopped.clone().received())
    }));
    let (worker, stopped) = (backend.clone(), stop.clone());
    let housekeeping = tokio::spawn(following(moves, move || {
        worker.clone().run_housekeeping(stopped.clone().received())
    }));
    let (onlookers, ending) = (console.onlookers.clone(), stop.clone());
    tokio::spawn(async move {
        ending.received().await;
        onlookers.end();
    });

    greet(config, &backend, listener.local_addr()?).await?;
    let doors = Doors::new(config.connections_per_address, &config.trusted_proxies);
    let telling = for_metrics.map(|listener| metrics::serve(listener, &console));
    listener::serve(listener, router(&console), doors, stop.received()).await;
    tracing::info!("stopping");
    backend.finish_beside().await;
    mail.await?;
    jobs.await?;
    housekeeping.await?;
    if let Some(telling) = telling {
        telling.abort();
    }
    pool.close().await;
    Ok(())
}

/// A worker until its end. One that the database may have left behind begins anew; what it had in hand is leased, and taken
/// up again as that of a server that was killed.
async fn following<F: Future<Output = ()>>(moves: Moves, worker: impl Fn() -> F) {
    loop {
        tokio::select! {
            () = worker() => return,
            () = moves.left_behind() => {}
        }
    }
}

/// Where the console is; and, as long as there is no organization, the link to make the first one.
async fn greet(config: &Config, backend: &Backend, listens: SocketAddr) -> Result {
    let address = config.public_url.as_str();
    println!("Usher listens on {listens}: open {address}");
    if let Some(token) = backend.open_set_up().await? {
        println!(
            "Set up the first organization (this link works once):\n{address}/setup?token={}",
            token.expose()
        );
    }
    Ok(())
}
