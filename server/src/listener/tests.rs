use super::*;
use axum::routing::get;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::oneshot,
    task::JoinHandle,
};

type Started = (SocketAddr, oneshot::Sender<()>, JoinHandle<()>);

async fn start() -> Started {
    start_with(HEAD_TIMEOUT).await
}

async fn start_with(head_timeout: Duration) -> Started {
    let doors = Doors {
        head_timeout,
        write_timeout: Duration::from_millis(200),
        ..Doors::new(2, &[])
    };
    start_behind(doors).await
}

/// For a proxy on this machine, and with a farewell that no test waits for.
async fn start_for_proxy() -> Started {
    let doors = Doors {
        farewell: Duration::from_hours(1),
        ..Doors::new(1, &["127.0.0.1/32".parse().unwrap()])
    };
    start_behind(doors).await
}

async fn start_behind(doors: Doors) -> Started {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let slow = || async {
        sleep(Duration::from_millis(300)).await;
        "done"
    };
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    let router = Router::new()
        .route("/slow", get(slow))
        .route("/peer", get(peer))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }));
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(serve(listener, router, doors, async move {
        let _ = stopped.await;
    }));
    (address, stop, task)
}

/// Empty if the connection is closed before an answer.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn handlers_know_the_peer() {
    let (address, _stop, _task) = start().await;
    let answer = ask(
        address,
        "GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_under_way_is_finished_when_the_server_stops() {
    let (address, stop, task) = start().await;
    let asked = tokio::spawn(async move { ask(address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await });
    sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    assert!(asked.await.unwrap().ends_with("done"));
    task.await.unwrap();
    assert!(
        TcpStream::connect(address).await.is_err(),
        "no new connection is taken"
    );
}

#[tokio::test]
async fn who_has_connected_when_the_server_stops_is_answered() {
    let (address, stop, task) = start_for_proxy().await;
    // Nothing is awaited up to the wish to stop, so that all of them are in the system's queue by then.
    let streams: Vec<_> = (0..50)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            std::io::Write::write_all(&mut stream, b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
            stream.set_nonblocking(true).unwrap();
            TcpStream::from_std(stream).unwrap()
        })
        .collect();
    stop.send(()).unwrap();
    for mut stream in streams {
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    task.await.unwrap();
}

#[tokio::test]
async fn a_kept_connection_ends_with_an_answer_when_the_server_stops() {
    let (address, stop, task) = start_for_proxy().await;
    let mut kept = TcpStream::connect(address).await.unwrap();
    let request = b"GET /peer HTTP/1.1\r\nhost: x\r\n\r\n";
    kept.write_all(request).await.unwrap();
    let mut first = [0; 12];
    kept.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    kept.write_all(request).await.unwrap();
    let mut rest = String::new();
    kept.read_to_string(&mut rest).await.unwrap();
    assert!(
        rest.contains("HTTP/1.1 200") && rest.contains("connection: close"),
        "{rest}"
    );
    task.await.unwrap();
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let (address, _stop, _task) = start().await;
    let answer = ask(
        address,
        &format!(
            "GET /peer HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
            "y".repeat(64 * 1024)
        ),
    )
    .await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
}

async fn answers_again(address: SocketAddr) {
    let request = "GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let again = async {
        while !ask(address, request).await.starts_with("HTTP/1.1 200") {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), again).await.unwrap();
}

#[tokio::test]
async fn web_12_one_address_has_only_so_many_connections() {
    let (address, _stop, _task) = start().await;
    let held = [
        TcpStream::connect(address).await.unwrap(),
        TcpStream::connect(address).await.unwrap(),
    ];
    let mut third = TcpStream::connect(address).await.unwrap();
    let closed = timeout(Duration::from_secs(5), third.read(&mut [0]))
        .await
        .unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    drop(held);
    answers_again(address).await;
}

#[tokio::test]
async fn web_12_clients_that_take_nothing_of_their_answers_are_let_go() {
    let (address, _stop, _task) = start().await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        // The answer has begun, and nobody reads on.
        stream.read_exact(&mut [0]).await.unwrap();
        held.push(stream);
    }
    // They have all the connections that their address may have, until the server gives them up.
    answers_again(address).await;
    drop(held);
}

#[tokio::test]
async fn web_12_clients_that_do_not_end_the_head_of_their_request_are_let_go() {
    let (address, _stop, _task) = start_with(Duration::from_millis(300)).await;
    let mut held = Vec::new();
    for beginning in ["", "GET /", "GET /peer HTTP/1.1\r\nhost: x\r\nx: y"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let (began, mut answer) = (std::time::Instant::now(), Vec::new());
        let closed = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "{beginning:?} is waited for");
        assert!(began.elapsed() >= Duration::from_millis(250), "{beginning:?}");
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{beginning:?}");
        held.push(stream);
    }
    // Three would be more than their address may have.
    answers_again(address).await;
    drop(held);
}
