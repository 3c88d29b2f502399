//! A mail server with a certificate that nobody vouches for: it hears nothing that is worth hearing.

use super::{Post, transport};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use sqlx::PgPool;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration as Wait,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    AtOnce,
    ByStartTls,
}

/// What a client said: `<tls>` where it went on under TLS.
type Heard = Arc<Mutex<Vec<String>>>;

/// For this very address, and self-signed.
fn certificate() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

async fn start(begins: Begins) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, heard) = (certificate(), Heard::default());
    let told = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            converse(client, begins, &tls, &told).await;
        }
    });
    (address, heard)
}

async fn converse(client: TcpStream, begins: Begins, tls: &TlsAcceptor, heard: &Heard) -> Option<()> {
    let mut client = client;
    if begins == Begins::ByStartTls {
        client = answer_until_tls(client, heard).await?;
    }
    let client = tls.accept(client).await.ok()?;
    heard.lock().unwrap().push("<tls>".into());
    answer(BufReader::new(client), begins == Begins::AtOnce, heard).await
}

/// Offers STARTTLS and what a client would sign in with.
async fn answer_until_tls(client: TcpStream, heard: &Heard) -> Option<TcpStream> {
    let mut client = BufReader::new(client);
    client.write_all(b"220 test ESMTP\r\n").await.ok()?;
    loop {
        let said = hear(&mut client, heard).await?;
        if said.starts_with("STARTTLS") {
            client.write_all(b"220 go on\r\n").await.ok()?;
            return Some(client.into_inner());
        }
        client
            .write_all(b"250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
            .await
            .ok()?;
    }
}

async fn answer(
    mut client: BufReader<impl AsyncRead + AsyncWrite + Unpin>,
    greets: bool,
    heard: &Heard,
) -> Option<()> {
    if greets {
        client.write_all(b"220 test ESMTP\r\n").await.ok()?;
    }
    loop {
        let said = hear(&mut client, heard).await?;
        let answer: &[u8] = match said.split(' ').next()? {
            "EHLO" => b"250-test\r\n250 AUTH PLAIN\r\n",
            "AUTH" => b"235 ok\r\n",
            "DATA" => b"354 go on\r\n",
            _ => b"250 ok\r\n",
        };
        client.write_all(answer).await.ok()?;
        client.flush().await.ok()?;
    }
}

async fn hear(client: &mut (impl AsyncBufReadExt + Unpin), heard: &Heard) -> Option<String> {
    let mut line = String::new();
    (client.read_line(&mut line).await.ok()? > 0).then_some(())?;
    heard.lock().unwrap().push(line.trim_end().to_owned());
    Some(line)
}

#[sqlx::test]
async fn mail_08_a_server_with_a_certificate_of_its_own_making_hears_no_password_and_no_mail(pool: PgPool) {
    let mut post = Post::new(pool).await;
    for (begins, scheme, query, least) in [
        (Begins::AtOnce, "smtps", "", 0),
        (Begins::ByStartTls, "smtp", "?tls=required", 2),
    ] {
        let (address, heard) = start(begins).await;
        let url = format!("{scheme}://ada:hunter2@{address}{query}");
        post.transport = transport(&url, Wait::from_secs(10));
        let (_, mail) = post.invite(&format!("{scheme}@example.com")).await;
        assert_eq!(post.deliver().await, 0);
        let row = post.row(mail).await.unwrap();
        assert_eq!((row.state.as_str(), row.attempts), ("queued", 1), "{begins:?}");
        let reason = row.reason.unwrap();
        assert!(reason.contains("certificate"), "{begins:?}: {reason}");
        let heard = heard.lock().unwrap().clone();
        assert!(heard.len() >= least, "{begins:?}: {heard:?}");
        assert!(
            heard
                .iter()
                .all(|line| line.starts_with("EHLO ") || line == "STARTTLS"),
            "{begins:?}: {heard:?}"
        );
    }
}
