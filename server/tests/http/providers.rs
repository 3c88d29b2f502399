//! Google and GitHub for one test: on loopback, each at an address of its own. They answer as the real ones do until a
//! test says otherwise, give nothing for a code that is used or not theirs to give, and note what they were asked.
//! The page on which somebody picks their account there is [`Providers::code`]. `people.rs` has who is known there,
//! `ways.rs` what a browser does on the way there and back, `id_token.rs` what Google signs.

mod answers;
mod id_token;
mod people;
mod ways;

pub(crate) use answers::{Manner, Place};
pub(crate) use id_token::{Keys, encode, mac, rsa_jwk, sign_with_rsa, signed};
pub(crate) use people::Person;
pub(crate) use ways::*;

use crate::visitor::TestConsole;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::identities::Provider;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::net::TcpListener;

/// With what must be encoded in every place where it travels.
pub(crate) const CLIENT: &str = "usher+here@providers.test";

/// What the provider and the console share.
pub(crate) fn client_secret(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => "a/secret of Google & Usher+1",
        Provider::GitHub => "a/secret of GitHub & Usher+2",
    }
}

pub(crate) struct Providers {
    google: String,
    github: String,
    book: Arc<Book>,
}

/// What both know, and what a test told them.
struct Book {
    keys: Keys,
    pages: Mutex<Pages>,
}

type Claims = Map<String, Value>;
type Forge = Box<dyn Fn(&Keys, Claims) -> String + Send>;

#[derive(Default)]
struct Pages {
    codes: HashMap<String, Grant>,
    /// Who is behind the access tokens of GitHub.
    tokens: HashMap<String, Person>,
    manners: BTreeMap<Place, Manner>,
    forge: Option<Forge>,
    /// Beside the one address that a person has.
    emails: Option<Value>,
    asked: Vec<Asked>,
    /// All tokens that were given away.
    issued: Vec<String>,
    count: u32,
}

/// What a code stands for.
#[derive(Clone)]
struct Grant {
    provider: Provider,
    person: Person,
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) place: Place,
    pub(crate) authorization: String,
    pub(crate) user_agent: String,
    pub(crate) form: BTreeMap<String, String>,
}

impl Providers {
    pub(crate) async fn start() -> Self {
        let (google, github) = (listen().await, listen().await);
        let urls = [&google, &github].map(|listener| format!("http://{}", listener.local_addr().unwrap()));
        let [google_url, github_url] = urls;
        let book = Arc::new(Book {
            keys: Keys::new(&google_url),
            pages: Mutex::default(),
        });
        for listener in [google, github] {
            let router = answers::router(&book);
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        Self {
            google: google_url,
            github: github_url,
            book,
        }
    }

    /// A console that knows them.
    pub(crate) async fn console(&self, pool: PgPool) -> TestConsole {
        self.console_with(pool, &[]).await
    }

    /// The same with further configuration keys, the last of each counts.
    pub(crate) async fn console_with(&self, pool: PgPool, keys: &[(&'static str, &str)]) -> TestConsole {
        let (google, github) = (&self.google, &self.github);
        let all = [
            ("google_client_id", CLIENT.to_owned()),
            ("google_client_secret", client_secret(Provider::Google).to_owned()),
            ("google_issuer", google.clone()),
            ("google_authorize_url", format!("{google}/authorize")),
            (
                "google_token_url",
                format!("{google}{}", Place::GoogleToken.path()),
            ),
            ("google_keys_url", format!("{google}{}", Place::GoogleKeys.path())),
            ("github_client_id", CLIENT.to_owned()),
            ("github_client_secret", client_secret(Provider::GitHub).to_owned()),
            ("github_authorize_url", format!("{github}/authorize")),
            (
                "github_token_url",
                format!("{github}{}", Place::GitHubToken.path()),
            ),
            ("github_user_url", format!("{github}{}", Place::GitHubUser.path())),
            (
                "github_emails_url",
                format!("{github}{}", Place::GitHubEmails.path()),
            ),
        ];
        let mut all: BTreeMap<_, _> = all.iter().map(|(key, value)| (*key, value.as_str())).collect();
        all.extend(keys.iter().copied());
        let all: Vec<_> = all.into_iter().collect();
        TestConsole::start_with(pool, &all).await
    }

    /// Who vouches, as a provider names itself.
    pub(crate) fn issuer(&self, provider: Provider) -> &str {
        match provider {
            Provider::Google => &self.google,
            Provider::GitHub => &self.github,
        }
    }

    /// Somebody signs in at the provider and agrees: the code with which their browser is sent back.
    pub(crate) fn code(&self, departed: &Departed, person: &Person) -> String {
        let mut pages = self.book.pages();
        pages.count += 1;
        // With what must be encoded in an address.
        let code = format!("4/0A+code&{}={}", pages.count, person.subject);
        let grant = Grant {
            provider: departed.provider,
            person: person.clone(),
            nonce: departed.query.get("nonce").cloned(),
            challenge: departed.query["code_challenge"].clone(),
            redirect_uri: departed.query["redirect_uri"].clone(),
        };
        pages.codes.insert(code.clone(), grant);
        code
    }

    /// From now on a place answers like this.
    pub(crate) fn answer(&self, place: Place, manner: Manner) {
        self.book.pages().manners.insert(place, manner);
    }

    /// All answer as they should again.
    pub(crate) fn recover(&self) {
        let mut pages = self.book.pages();
        pages.manners.clear();
        pages.forge = None;
        pages.emails = None;
    }

    /// Google's ID tokens are made like this from now on, from the claims of a right one.
    pub(crate) fn forge(&self, forge: impl Fn(&Keys, Claims) -> String + Send + 'static) {
        self.book.pages().forge = Some(Box::new(forge));
    }

    /// The same, rightly signed, with claims that are changed.
    pub(crate) fn claim(&self, change: impl Fn(&mut Claims) + Send + 'static) {
        self.forge(move |keys, mut claims| {
            change(&mut claims);
            keys.sign(&claims)
        });
    }

    /// What GitHub lists as anybody's addresses from now on.
    pub(crate) fn list_emails(&self, emails: Value) {
        self.book.pages().emails = Some(emails);
    }

    /// What they were asked so far, the oldest first.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.book.pages().asked.clone()
    }

    pub(crate) fn asked_at(&self, place: Place) -> Vec<Asked> {
        let mut asked = self.asked();
        asked.retain(|asked| asked.place == place);
        asked
    }

    /// Every token that was given to the console.
    pub(crate) fn issued(&self) -> Vec<String> {
        self.book.pages().issued.clone()
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap()
    }

    /// What a code is worth (RFC 6749 section 4.1.3, RFC 7636 section 4.6), or the key of an error.
    fn exchange(&self, provider: Provider, asked: &Asked) -> Result<Value, &'static str> {
        let said = |key: &str| asked.form.get(key).map(String::as_str).unwrap_or_default();
        if client_of(provider, asked) != Some((CLIENT.to_owned(), client_secret(provider).to_owned())) {
            return Err("invalid_client");
        }
        let mut pages = self.pages();
        let grant = pages.codes.remove(said("code")).ok_or("invalid_grant")?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
        if said("grant_type") != "authorization_code"
            || grant.provider != provider
            || grant.redirect_uri != said("redirect_uri")
            || grant.challenge != challenge
        {
            return Err("invalid_grant");
        }
        pages.count += 1;
        let access = format!("gho_access-token-{}", pages.count);
        pages.issued.push(access.clone());
        let mut answer = json!({ "access_token": access, "token_type": "bearer", "scope": "user:email" });
        match provider {
            Provider::GitHub => {
                pages.tokens.insert(access, grant.person);
            }
            Provider::Google => {
                let claims = self.keys.claims(CLIENT, &grant.person, grant.nonce.as_deref());
                let token = match &pages.forge {
                    Some(forge) => forge(&self.keys, claims),
                    None => self.keys.sign(&claims),
                };
                pages.issued.push(token.clone());
                answer["id_token"] = token.into();
                answer["expires_in"] = 3_599.into();
            }
        }
        Ok(answer)
    }
}

/// Which client says that it asks, with its secret: at Google in a header, at GitHub in the form.
fn client_of(provider: Provider, asked: &Asked) -> Option<(String, String)> {
    if provider == Provider::GitHub {
        let said = |key: &str| asked.form.get(key).cloned();
        return Some((said("client_id")?, said("client_secret")?));
    }
    let pair = STANDARD
        .decode(asked.authorization.strip_prefix("Basic ")?)
        .ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| {
        let pair = format!("x={text}");
        let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
        pairs.next().map(|(_, value)| value.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
