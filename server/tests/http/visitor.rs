//! A console for one test, and the people who visit it. A [`Visitor`] keeps cookies and sends what a browser sends, and
//! with `Visitor::send` also what no browser would.

use backend::{
    Backend, Client,
    clock::Clock,
    secret::{Chance, Secret},
    setup::SetUp,
};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap, HeaderName},
};
use server::{Console, config::Config};
use sqlx::PgPool;
use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};
use tokio::net::TcpListener;

pub(crate) const PASSWORD: &str = "a calm sea of green glass";

pub(crate) struct TestConsole {
    /// Where it listens.
    pub(crate) url: String,
    /// What visitors take it for.
    pub(crate) origin: String,
    pub(crate) backend: Backend,
    pub(crate) console: Console,
    pub(crate) pool: PgPool,
    /// By how many seconds its clock is ahead of the system's.
    ahead: Arc<AtomicI64>,
    /// At which look from now on its clock breaks; 0: at none.
    breaks: Arc<AtomicU32>,
}

impl TestConsole {
    pub(crate) async fn start(pool: PgPool) -> Self {
        Self::start_with(pool, &[]).await
    }

    /// With configuration keys of its own. Under a public address of https a proxy speaks TLS for it.
    pub(crate) async fn start_with(pool: PgPool, keys: &[(&'static str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let url = format!("http://{listen}");
        let named = keys.iter().find(|(key, _)| *key == "public_url");
        let origin = named.map_or(url.as_str(), |(_, origin)| *origin).to_owned();
        let listen = listen.to_string();
        let mut all = vec![("listen", listen.as_str()), ("public_url", &origin)];
        all.extend(keys.iter().filter(|(key, _)| *key != "public_url"));
        let config = Config::of(&all).unwrap();
        let (ahead, breaks) = (Arc::<AtomicI64>::default(), Arc::<AtomicU32>::default());
        let (system, hands, looks) = (Clock::system(), ahead.clone(), breaks.clone());
        let clock = Clock::new(move || {
            let looks = looks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            assert_ne!(looks, Ok(1), "the clock breaks on purpose");
            system.now() + time::Duration::seconds(hands.load(Ordering::SeqCst))
        });
        let backend = Backend::new(
            pool.clone(),
            config.settings(),
            clock,
            Chance::system(),
            backend::testing::sealer(),
        );
        let console = Console::new(backend.clone(), &config);
        let router = server::router(&console);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            url,
            origin,
            backend,
            console,
            pool,
            ahead,
            breaks,
        }
    }

    /// Moves this server's clock, and no other's; backwards with a number below zero.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Its clock panics at the look of this number, once: a fault that nobody foresaw, in the middle of a request.
    pub(crate) fn break_clock_at_look(&self, number: u32) {
        self.breaks.store(number, Ordering::SeqCst);
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn stranger(&self) -> Visitor {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Visitor {
            url: self.url.clone(),
            origin: self.origin.clone(),
            client,
            cookies: RefCell::default(),
        }
    }

    /// Ada, the first administrator of the first organization, signed in.
    pub(crate) async fn ada(&self) -> Visitor {
        let token = self.backend.open_set_up().await.unwrap().unwrap();
        let typed = SetUp {
            organization: "Analytical Engines".into(),
            first_name: "Ada".into(),
            last_name: "Lovelace".into(),
            email: "ada@example.test".into(),
            password: Secret::new(PASSWORD.into()),
        };
        let session = self
            .backend
            .set_up(&Client::default(), &token, typed)
            .await
            .unwrap();
        let ada = self.stranger();
        ada.set_cookie("usher", session.expose());
        ada
    }
}

pub(crate) struct Visitor {
    url: String,
    origin: String,
    client: reqwest::Client,
    cookies: RefCell<BTreeMap<String, String>>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// All headers but those that differ with each answer.
    pub(crate) fn lasting_headers(&self) -> Vec<String> {
        let lasting = |name: &HeaderName| *name != header::DATE && *name != "x-request-id";
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| lasting(name))
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        headers
    }

    /// Where it leads, with how.
    pub(crate) fn redirect(&self) -> (u16, &str) {
        (self.status.as_u16(), self.header("location"))
    }
}

impl Visitor {
    /// Opens a page.
    pub(crate) async fn open(&self, path: &str) -> Answer {
        self.send(
            self.request(Method::GET, path)
                .header(header::ACCEPT, "text/html,*/*;q=0.8"),
        )
        .await
    }

    /// Posts a form from a page, as a browser without scripts does.
    pub(crate) async fn post(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(
            self.request(Method::POST, action)
                .header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")
                .header(header::ORIGIN, &self.origin)
                .header("sec-fetch-site", "same-origin")
                .header(header::REFERER, format!("{}{page}", self.origin))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(encoded(fields)),
        )
        .await
    }

    /// Calls a server function, as the front end does.
    pub(crate) async fn call(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(
            self.request(Method::POST, action)
                .header(header::ACCEPT, "application/json")
                .header(header::ORIGIN, &self.origin)
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(encoded(fields)),
        )
        .await
    }

    /// As when a cookie has run out.
    pub(crate) fn forget_cookie(&self, name: &str) {
        self.cookies.borrow_mut().remove(name);
    }

    /// A request with this visitor's cookies and nothing else.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies = self.cookies.borrow();
        let cookies: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let host = self.origin.split_once("://").unwrap().1;
        let request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header(header::HOST, host);
        if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response: Response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        Answer {
            status,
            headers,
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
