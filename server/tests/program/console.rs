//! A running console as these tests know it: people who act through HTTP, the mails they get, and the database behind.

use backend::{clock::Clock, mail::testing::MailServer};
use domain::two_factor::Enrolment;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use sqlx::{ConnectOptions, PgPool, postgres::PgPoolOptions};
use std::{fmt::Debug, time::Duration};
use tokio::time::{sleep, timeout};
use totp_rs::{Builder, Secret, Totp};

pub(crate) const PASSWORD: &str = "seven owls repair my piano";
/// Of tests with more servers than one, which need the same.
pub(crate) const KEY: &str = "9KRLv5yp0lOwp3d9WoPrANQ/9OBHp4G5erDAiIlym7k=";
pub(crate) const USERS: &str = "/organization/users";

/// Waits for what is about to happen.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: impl Debug, mut happened: impl FnMut() -> F) {
    let waiting = async {
        while !happened().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let outcome = timeout(Duration::from_secs(45), waiting).await;
    assert!(outcome.is_ok(), "it did not happen: {what:?}");
}

pub(crate) async fn is_ready(url: &str) {
    let client = Client::new();
    eventually(url, async || {
        let answer = client.get(format!("{url}/readyz")).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

/// An authenticator app.
pub(crate) struct Phone {
    /// What it was told, in groups of four.
    pub(crate) key: String,
    totp: Totp,
}

impl Phone {
    fn of(key: String) -> Self {
        let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        Self { key, totp }
    }

    /// What it shows so many steps later.
    pub(crate) fn code_after(&self, steps: u64) -> String {
        let now = Clock::system().now().unix_timestamp();
        let now = u64::try_from(now).unwrap();
        self.totp.generate(now + steps * 30).to_string()
    }
}

/// Somebody's browser at one server.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    url: String,
    cookies: String,
}

impl Browser {
    pub(crate) fn at(url: &str) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            url: url.to_owned(),
            cookies: String::new(),
        }
    }

    /// The same browser, which a load balancer sends to another server.
    pub(crate) fn elsewhere(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// Ada, who makes the organization.
    pub(crate) async fn ada(url: &str, token: &str) -> Self {
        let typed = [
            ("token", token),
            ("organization", "Engines"),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("email", "ada@example.test"),
            ("password", PASSWORD),
        ];
        Self::entering(url, "/api/setup/complete", &typed).await
    }

    pub(crate) async fn sign_in(url: &str, email: &str) -> Self {
        let typed = [("email", email), ("password", PASSWORD)];
        Self::entering(url, "/api/sign_in/password", &typed).await
    }

    pub(crate) async fn accepting(url: &str, token: &str) -> Self {
        Self::entering(url, "/api/invitations/accept", &acceptance(token, PASSWORD)).await
    }

    pub(crate) async fn entering(url: &str, action: &str, fields: &[(&str, &str)]) -> Self {
        let browser = Self::at(url).given_cookies(action, fields).await;
        assert!(browser.cookies.contains("usher="), "{action}");
        browser
    }

    /// After an act that gives the browser cookies, as a new session: it has these and no others.
    pub(crate) async fn given_cookies(&self, action: &str, fields: &[(&str, &str)]) -> Self {
        let answer = self.request(action, fields).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{action}");
        self.with_cookies(cookies_of(&answer))
    }

    pub(crate) fn with_cookies(&self, cookies: String) -> Self {
        Self {
            cookies,
            ..self.clone()
        }
    }

    /// What the answer gave it, beside what it has.
    pub(crate) fn also_given(&self, answer: &Response) -> Self {
        self.with_cookies(format!("{}; {}", self.cookies, cookies_of(answer)))
    }

    /// The same session in another browser.
    pub(crate) fn with_own_connections(&self) -> Self {
        Self::at(&self.url).with_cookies(self.cookies.clone())
    }

    /// Up to the key of an authenticator, told to a phone.
    pub(crate) async fn scans(&self) -> (Self, Phone) {
        let password = [("current_password", PASSWORD)];
        let browser = self.given_cookies("/api/two_factor/start", &password).await;
        let look = browser.request("/api/two_factor/look", &[]);
        let shown = look.send().await.unwrap().text().await.unwrap();
        let enrolment: Enrolment = serde_json::from_str(&shown).unwrap();
        (browser, Phone::of(enrolment.secret))
    }

    /// Takes the authenticator into use.
    pub(crate) fn confirms(&self, phone: &Phone) -> RequestBuilder {
        let code = phone.code_after(0);
        self.request("/api/two_factor/confirm", &[("name", "Phone"), ("code", &code)])
    }

    /// Types the password where a code is asked for as well.
    pub(crate) async fn asked_for_code(url: &str, email: &str) -> Self {
        let typed = [("email", email), ("password", PASSWORD)];
        let browser = Self::at(url).given_cookies("/api/sign_in/password", &typed).await;
        assert!(browser.cookies.contains("challenge=") && !browser.cookies.contains("usher="));
        browser
    }

    /// An act as the front end sends it, not yet sent.
    pub(crate) fn request(&self, action: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.client
            .post(format!("{}{action}", self.url))
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &self.url)
            .header(header::COOKIE, &self.cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }

    /// What a program asks, which has no cookies.
    pub(crate) fn program(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// The values of its cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies
            .split("; ")
            .filter_map(|cookie| Some(cookie.split_once('=')?.1))
    }

    pub(crate) async fn act(&self, action: &str, fields: &[(&str, &str)]) -> StatusCode {
        let answer = self.request(action, fields).send().await.unwrap();
        answer.status()
    }

    pub(crate) fn page(&self, path: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{path}", self.url))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookies)
    }

    /// Whether they are let in: everybody else is led to the page to sign in.
    pub(crate) async fn is_signed_in(&self) -> bool {
        match self.page(USERS).send().await.unwrap().status().as_u16() {
            200 => true,
            303 => false,
            other => panic!("{other}"),
        }
    }

    pub(crate) async fn invites(&self, email: &str) {
        let status = self.act("/api/invitations/invite", &[("email", email)]).await;
        assert_eq!(status, 200, "{email}");
    }
}

pub(crate) fn acceptance<'a>(token: &'a str, password: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("token", token),
        ("first_name", "Ben"),
        ("last_name", "Babbage"),
        ("password", password),
    ]
}

/// What an answer gives a browser to keep.
pub(crate) fn cookies_of(answer: &Response) -> String {
    let given = answer.headers().get_all(header::SET_COOKIE).iter();
    let cookies: Vec<_> = given
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    cookies.join("; ")
}

/// The token of the link in the newest mail to somebody, which may still be on its way.
pub(crate) async fn mailed_token(mails: &MailServer, recipient: &str) -> String {
    eventually(recipient, async || !mails.received_by(recipient).is_empty()).await;
    let mails = mails.received_by(recipient);
    let link = mails.last().unwrap().link("http://").unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

/// The test's own connection to a database.
pub(crate) fn database(url: &str) -> PgPool {
    PgPoolOptions::new().max_connections(2).connect_lazy(url).unwrap()
}

/// Of a database that sqlx made for the test.
pub(crate) fn address(database: &PgPool) -> String {
    database.connect_options().to_url_lossy().to_string()
}

pub(crate) async fn id_of(database: &PgPool, email: &str) -> String {
    let id: sqlx::types::Uuid = sqlx::query_scalar("select id from users where email = $1")
        .bind(email)
        .fetch_one(database)
        .await
        .unwrap();
    id.to_string()
}
