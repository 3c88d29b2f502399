//! Takes connections. In place of `axum::serve`, because that one waits for ever for a client that sends its request
//! byte by byte. HTTP/1.1 only: TLS and HTTP/2 belong to the proxy in front.

use axum::{Router, body::Body, extract::ConnectInfo};
use backend::caller::network_of;
use http::{HeaderValue, Request, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use ipnet::IpNet;
use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// From the first byte that is awaited to the end of the head of a request; also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// A client that takes nothing of its answer for this long is gone, or wants to hold the connection.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// For the head of a request; a longer one is answered with 431.
const LONGEST_HEAD: usize = 32 * 1024;
/// More wait in the system's queue.
const MOST_CONNECTIONS: usize = 8_192;
/// How long connections stay open after the last request on them, when the server stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long requests that are under way may take when the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// Serves until `stop` ends; then takes no more connections and lets requests that are under way come to their end.
///
/// A proxy that has just connected, or that sends on a connection it has kept, loses the request if it is closed at that
/// moment, and may not send it again. So who is in the system's queue is served, and connections that are kept end
/// with the next answer, which says so; only those on which nothing comes are closed.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    doors: Doors,
    stop: impl Future<Output = ()>,
) {
    let (graceful, free) = (
        GracefulShutdown::new(),
        Arc::new(Semaphore::new(MOST_CONNECTIONS)),
    );
    let stopping = Arc::new(AtomicBool::new(false));
    let take = |place, stream, peer: SocketAddr| {
        let Some(door) = doors.enter(peer.ip()) else {
            return;
        };
        let connection = connection(stream, peer, router.clone(), &doors, stopping.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that hangs up or sends nonsense is its own affair.
            let _ = connection.await;
            drop((place, door));
        });
    };
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
            Ok((stream, peer)) => take(place, stream, peer),
            Err(error) => {
                // Mostly "too many open files": it passes when connections end.
                tracing::warn!(%error, "a connection can't be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    stopping.store(true, Ordering::Relaxed);
    // Asked directly: the runtime may not know yet who is in the queue.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, peer)) = listener.accept() {
            let place = free.clone().try_acquire_owned();
            if let (Ok(place), Ok(())) = (place, stream.set_nonblocking(true))
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                take(Ok(place), stream, peer);
            }
        }
    }
    let all = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = timeout(doors.farewell, free.acquire_many(all)).await;
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
    doors: &Doors,
    stopping: Arc<AtomicBool>,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<> {
    // Answers are short: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(doors.write_timeout));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (answer, stopping) = (router.clone().oneshot(request), stopping.clone());
        async move {
            let mut answer = answer.await?;
            if stopping.load(Ordering::Relaxed) {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, Infallible>(answer)
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(doors.head_timeout)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
}

/// What a client may hold, and for how long: how many connections each network has, so that one alone can't take them
/// all. Behind a proxy all come from its address: trusted ones are not counted.
#[derive(Clone)]
pub(crate) struct Doors {
    most: usize,
    head_timeout: Duration,
    write_timeout: Duration,
    farewell: Duration,
    trusted: Arc<[IpNet]>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A counted connection, until it is dropped.
pub(crate) struct Door(Doors, IpAddr);

impl Doors {
    pub(crate) fn new(most: usize, trusted: &[IpNet]) -> Self {
        Self {
            most,
            head_timeout: HEAD_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
            farewell: FAREWELL,
            trusted: trusted.into(),
            open: Arc::default(),
        }
    }

    /// `None`: the address has as many as it may.
    fn enter(&self, address: IpAddr) -> Option<Door> {
        let address = address.to_canonical();
        let trusted = self.trusted.iter().any(|network| network.contains(&address));
        let address = network_of(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most && !trusted {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Door(self.clone(), address))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests;
