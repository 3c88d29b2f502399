//! Takes connections. In place of `axum::serve`, because that one waits for ever for a client that sends its request
//! byte by byte. HTTP/1.1 only: TLS and HTTP/2 belong to the proxy in front.

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// From the first byte that is awaited to the end of the head of a request; also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For the head of a request; a longer one is answered with 431.
const LONGEST_HEAD: usize = 32 * 1024;
/// More wait in the system's queue.
const MOST_CONNECTIONS: usize = 8_192;
/// How long requests that are under way may take when the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// Serves until `stop` ends; then takes no more connections and lets requests that are under way come to their end.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let (graceful, free) = (
        GracefulShutdown::new(),
        Arc::new(Semaphore::new(MOST_CONNECTIONS)),
    );
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = free.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = graceful.watch(connection(stream, peer, router.clone()));
                tokio::spawn(async move {
                    // A client that hangs up or sends nonsense is its own affair.
                    let _ = connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                // Mostly "too many open files": it passes when connections end.
                tracing::warn!(%error, "a connection can't be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            seconds = LAST_REQUESTS.as_secs(),
            "requests that were under way took too long"
        );
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    // Answers are short: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests;
