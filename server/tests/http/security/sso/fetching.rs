//! Metadata that the server itself fetches, at an address that an administrator types: nothing behind the server is asked.

use crate::{
    identity_provider::{typed, view},
    stage::{caller, db_count, db_rows},
    visitor::{TestConsole, Visitor},
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Redirect, Response},
};
use backend::{
    Error,
    saml::testing::identity_provider_metadata,
    sso::{SsoTyped, TypedSource},
};
use domain::{
    field::{Fault, Field},
    saml_settings::SamlSettingProblem,
    sso::{FetchFault, Source},
};
use sqlx::PgPool;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const SSO_URL: &str = "https://idp.example.test/sso";

/// A web server of the inner network, which keeps what it was asked for.
struct Inner {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Inner {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = asked.clone();
        let router = Router::new().fallback(move |request: Request| {
            let path = request.uri().path().to_owned();
            kept.lock().unwrap().push(path.clone());
            async move { answer(&path, port).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, asked }
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

async fn answer(path: &str, port: u16) -> Response {
    let genuine = identity_provider_metadata(SSO_URL);
    let endless = |every: Duration| {
        let parts = futures_util::stream::unfold((), move |()| async move {
            tokio::time::sleep(every).await;
            Some((Ok::<_, Infallible>(" ".repeat(64)), ()))
        });
        Body::from_stream(parts).into_response()
    };
    match path {
        "/metadata" => genuine.into_response(),
        "/moved" => Redirect::to("/metadata").into_response(),
        "/moved-for-good" => {
            Redirect::permanent(&format!("http://localhost:{port}/metadata")).into_response()
        }
        "/large" => format!("{genuine}{}", " ".repeat(1 << 20)).into_response(),
        "/hanging" => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            genuine.into_response()
        }
        "/slow" => endless(Duration::from_millis(100)),
        "/endless" => endless(Duration::from_micros(10)),
        "/page" => "<html><body>No metadata</body></html>".into_response(),
        "/broken" => (http::StatusCode::INTERNAL_SERVER_ERROR, genuine).into_response(),
        _ => http::StatusCode::NOT_FOUND.into_response(),
    }
}

/// What becomes of an address.
async fn fetch(console: &TestConsole, ada: &Visitor, address: &str) -> Option<Fault> {
    let shown = view(console, ada).await.draft.map(|draft| draft.version);
    let typed = SsoTyped {
        source: TypedSource::Url(address.to_owned()),
        version: shown,
        ..typed()
    };
    match console
        .backend
        .configure_sso(&caller(console, ada).await, typed)
        .await
    {
        Ok(()) => None,
        Err(Error::Invalid(faults)) => Some(faults.of(Field::MetadataUrl).unwrap().clone()),
        Err(other) => panic!("{address}: {other:?}"),
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_19_nothing_of_the_inner_network_is_asked_for_metadata(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let (ada, inner) = (console.ada().await, Inner::open().await);
    let before = db_rows(&pool).await;
    let port = inner.port;
    for address in [
        format!("http://127.0.0.1:{port}/metadata"),
        format!("https://127.0.0.1:{port}/metadata"),
        format!("https://localhost:{port}/metadata"),
        format!("http://localhost:{port}/metadata"),
        format!("https://127.1:{port}/metadata"),
        format!("https://2130706433:{port}/metadata"),
        format!("https://0x7f000001:{port}/metadata"),
        format!("https://0177.0.0.1:{port}/metadata"),
        format!("https://0.0.0.0:{port}/metadata"),
        format!("https://[::1]:{port}/metadata"),
        format!("https://[::ffff:127.0.0.1]:{port}/metadata"),
        format!("https://127.0.0.1.:{port}/metadata"),
        format!("https://idp.example.test@127.0.0.1:{port}/metadata"),
        "http://127.0.0.1:5432/".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://10.0.0.1/metadata".to_owned(),
        "http://93.184.216.34/metadata".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:6379/_INFO".to_owned(),
        "data:text/xml,<x/>".to_owned(),
    ] {
        let found = fetch(&console, &ada, &address).await;
        assert_eq!(found, Some(Fault::Fetch(FetchFault::NotPublic)), "{address}");
    }
    for address in ["idp.example.test/metadata", "/metadata", "https://"] {
        let found = fetch(&console, &ada, address).await;
        assert_eq!(found, Some(Fault::Fetch(FetchFault::NotAnAddress)), "{address}");
    }
    assert_eq!(fetch(&console, &ada, "  ").await, Some(Fault::Missing));
    // Whether this name is found at all, differs between machines.
    let found = fetch(&console, &ada, &format!("https://LOCALHOST.:{port}/metadata")).await;
    let closed = [FetchFault::NotPublic, FetchFault::Unreachable].map(|fault| Some(Fault::Fetch(fault)));
    assert!(closed.contains(&found), "{found:?}");
    assert!(inner.asked().is_empty());
    assert_eq!(db_rows(&pool).await, before);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn saml_19_what_the_operator_allows_is_asked_once_for_five_seconds_and_one_megabyte(pool: PgPool) {
    let console = TestConsole::start_with(pool.clone(), &[("metadata_networks", "127.0.0.0/8")]).await;
    let (ada, inner) = (console.ada().await, Inner::open().await);
    for (path, fault) in [
        ("/moved", Fault::Fetch(FetchFault::Redirected)),
        ("/moved-for-good", Fault::Fetch(FetchFault::Redirected)),
        ("/nothing", Fault::Fetch(FetchFault::NotThere)),
        ("/broken", Fault::Fetch(FetchFault::NotThere)),
        ("/page", Fault::Saml(SamlSettingProblem::NotMetadata)),
        ("/large", Fault::Saml(SamlSettingProblem::MetadataTooLarge)),
        ("/endless", Fault::Saml(SamlSettingProblem::MetadataTooLarge)),
        ("/hanging", Fault::Fetch(FetchFault::Unreachable)),
        ("/slow", Fault::Fetch(FetchFault::Unreachable)),
    ] {
        let began = Instant::now();
        let found = fetch(&console, &ada, &inner.at(path)).await;
        // What comes without an end may take the time before the room.
        let too_slow = path == "/endless" && found == Some(Fault::Fetch(FetchFault::Unreachable));
        assert!(too_slow || found == Some(fault), "{path}: {found:?}");
        assert!(
            began.elapsed() < Duration::from_secs(7),
            "{path}: {:?}",
            began.elapsed()
        );
        assert_eq!(inner.asked(), [path], "it is asked once, and nothing else is");
    }
    // Nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let found = fetch(&console, &ada, &format!("http://{closed}/metadata")).await;
    assert_eq!(found, Some(Fault::Fetch(FetchFault::Unreachable)));
    assert_eq!(db_count(&pool, "saml_configurations").await, 0);
    // Other networks stay closed, and names without encryption.
    for address in [
        "http://10.0.0.1/metadata",
        "https://10.0.0.1/metadata",
        "http://idp.example.test/metadata",
    ] {
        let found = fetch(&console, &ada, address).await;
        assert_eq!(found, Some(Fault::Fetch(FetchFault::NotPublic)), "{address}");
    }
    let genuine = inner.at("/metadata");
    assert_eq!(fetch(&console, &ada, &format!("  {genuine} ")).await, None);
    let draft = view(&console, &ada).await.draft.unwrap();
    assert_eq!((draft.source, draft.metadata_url), (Source::Url, Some(genuine)));
    assert_eq!((draft.sso_url.as_str(), draft.certificates.len()), (SSO_URL, 1));
}
