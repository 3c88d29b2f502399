//! What people and programs do meanwhile. Whoever is not answered, or told to try later, asks again at the other server, as
//! behind a load balancer, until it is done.

use super::{
    ledger::{Kind, Ledger},
    post::Post,
};
use crate::console::{Browser, PASSWORD, USERS, acceptance, cookies_of};
use reqwest::{Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

/// Before somebody asks again.
const AGAIN: Duration = Duration::from_millis(300);
/// Whoever is told by then that an act is being worked on does something else, and asks again later.
const TRIES_AT_ONCE: usize = 4;
/// Of so many people that a connection invites one begins to work; the others wait.
const ONE_JOINS_OF: usize = 3;

pub(super) struct Shift {
    pub(super) ledger: Ledger,
    pub(super) post: Post,
    pub(super) urls: [String; 2],
    pub(super) ada: Browser,
    /// Hers.
    pub(super) token: String,
    /// Which invited people are to be in.
    pub(super) group: String,
    /// Between two requests of a connection.
    pub(super) pause: Duration,
    pub(super) over: AtomicBool,
}

/// What an act was answered.
enum Told {
    Done {
        cookies: String,
        body: String,
    },
    /// It had been done before, and the answer was lost.
    DoneBefore,
    /// Not known.
    Nothing,
    /// The same, and the session is another since: the answer that had its cookie was lost.
    SignedOut,
}

/// A creation by a program, which is asked for under the same key until it is answered.
struct Creation {
    kind: Kind,
    path: &'static str,
    name: String,
    body: Value,
    /// In vain, so that it may have been done.
    tried: usize,
}

/// One kept-alive connection to each server.
struct Connection {
    shift: Arc<Shift>,
    ada: Browser,
    /// Counts the requests, so that each goes to the other server.
    asked: AtomicUsize,
}

pub(super) async fn work(shift: Arc<Shift>, number: usize) {
    let connection = Connection {
        ada: shift.ada.with_own_connections(),
        asked: AtomicUsize::new(number),
        shift,
    };
    // Not all at the same moment.
    sleep(connection.shift.pause * u32::try_from(number % 7).unwrap() / 7).await;
    let (mut invited, mut unanswered) = (VecDeque::new(), Vec::new());
    for turn in 0.. {
        if connection.shift.over.load(Ordering::SeqCst) {
            break;
        }
        let name = format!("c{number}t{turn}");
        let email = format!("{name}@example.test");
        match (turn + number) % 6 {
            0 => {
                connection.invite(&email).await;
                invited.push_back(email);
            }
            1 => connection.look_at_people().await,
            2 => unanswered.extend(connection.make_group(name).await),
            3 => connection.search(&email).await,
            4 => {
                let invitation = connection.invitation_by_program(&email);
                unanswered.extend(connection.create(invitation).await.1);
                invited.push_back(email);
            }
            _ => connection.look_who_it_is().await,
        }
        if let Some(token) = invited
            .front()
            .and_then(|email| connection.shift.post.token(email))
        {
            let email = invited.pop_front().unwrap_or_default();
            if turn % ONE_JOINS_OF == 0 {
                connection.live(&email, &token).await;
            }
        }
        if let Some(creation) = unanswered.pop() {
            unanswered.extend(connection.create(creation).await.1);
        }
        sleep(connection.shift.pause).await;
    }
    for creation in unanswered {
        connection.create(creation).await;
    }
}

impl Connection {
    fn server(&self) -> usize {
        self.asked.fetch_add(1, Ordering::Relaxed) % 2
    }

    /// Sends once; what is no answer, or one to try later, is counted and is none.
    async fn send(&self, ask: impl Fn(&str) -> RequestBuilder) -> Option<(usize, Response)> {
        let (server, ledger) = (self.server(), &self.shift.ledger);
        match ask(&self.shift.urls[server]).send().await {
            Ok(answer) if answer.status() == 503 => {
                ledger.unavailable.fetch_add(1, Ordering::SeqCst);
                None
            }
            Ok(answer) => Some((server, answer)),
            Err(_) => {
                ledger.unanswered.fetch_add(1, Ordering::SeqCst);
                None
            }
        }
    }

    async fn read(&self, ask: impl Fn(&str) -> RequestBuilder) -> Option<String> {
        let (_, answer) = self.send(ask).await?;
        let (place, status) = (answer.url().path().to_owned(), answer.status());
        let body = answer.text().await.ok()?;
        if status != 200 {
            self.shift.ledger.expect_not(format!("{place}: {status} {body}"));
            return None;
        }
        self.shift.ledger.read.fetch_add(1, Ordering::SeqCst);
        Some(body)
    }

    /// Asks until it is done. `done_before`: what is answered to a repetition if it was.
    async fn act(
        &self,
        act: (Kind, &str),
        done_before: &[&str],
        ask: impl Fn(&str) -> RequestBuilder,
    ) -> Told {
        self.act_again(act, &mut 0, done_before, ask).await
    }

    /// The same of what was tried before.
    async fn act_again(
        &self,
        (kind, name): (Kind, &str),
        tried: &mut usize,
        done_before: &[&str],
        ask: impl Fn(&str) -> RequestBuilder,
    ) -> Told {
        let ledger = &self.shift.ledger;
        ledger.try_act(kind, name);
        let mut in_hand = 0;
        loop {
            let answered = self.send(&ask).await;
            *tried += 1;
            let Some((server, answer)) = answered else {
                sleep(AGAIN).await;
                continue;
            };
            let (status, cookies) = (answer.status(), cookies_of(&answer));
            let Ok(body) = answer.text().await else {
                continue;
            };
            if status.is_success() {
                ledger.acknowledge(kind, name, server);
                return Told::Done { cookies, body };
            }
            if *tried > 1 && done_before.iter().any(|word| body.contains(word)) {
                ledger.acknowledge(kind, name, server);
                ledger.found_done.fetch_add(1, Ordering::SeqCst);
                return Told::DoneBefore;
            }
            // Where the clock was set, a token wants the password, and that begins another session.
            if *tried > 1 && status == 401 && kind == Kind::TokenCreated {
                return Told::SignedOut;
            }
            if !body.contains("key_in_hand") {
                ledger.expect_not(format!(
                    "{kind:?} {name} when tried {tried} times: {status} {body}"
                ));
                return Told::Nothing;
            }
            in_hand += 1;
            if in_hand >= TRIES_AT_ONCE {
                return Told::Nothing;
            }
            sleep(AGAIN).await;
        }
    }

    async fn invite(&self, email: &str) {
        let fields = [("email", email), ("groups[]", &self.shift.group)];
        let ask = |url: &str| {
            self.ada
                .elsewhere(url)
                .request("/api/invitations/invite", &fields)
        };
        self.act((Kind::Invited, email), &["AlreadyInvited"], ask).await;
    }

    fn by_token(&self, method: Method, url: &str, path: &str) -> RequestBuilder {
        self.ada
            .elsewhere(url)
            .program(method, path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.shift.token))
    }

    fn invitation_by_program(&self, email: &str) -> Creation {
        Creation {
            kind: Kind::Invited,
            path: "/api/v1/invitations",
            name: email.to_owned(),
            body: json!({ "email": email, "groups": [self.shift.group] }),
            tried: 0,
        }
    }

    /// What it was answered; the creation itself if that is not known yet.
    async fn create(&self, creation: Creation) -> (Told, Option<Creation>) {
        let ask = |url: &str| {
            self.by_token(Method::POST, url, creation.path)
                .header("Idempotency-Key", &creation.name)
                .header(header::CONTENT_TYPE, "application/json")
                .body(creation.body.to_string())
        };
        // Where the answer could not be kept, the name is found taken.
        let (act, taken) = (
            (creation.kind, creation.name.as_str()),
            ["is already", "is taken"],
        );
        let mut tried = creation.tried;
        let told = self.act_again(act, &mut tried, &taken, ask).await;
        let again = matches!(told, Told::Nothing).then_some(Creation { tried, ..creation });
        (told, again)
    }

    async fn make_group(&self, name: String) -> Option<Creation> {
        let creation = Creation {
            kind: Kind::GroupCreated,
            path: "/api/v1/groups",
            body: json!({ "name": name }),
            tried: 0,
            name: name.clone(),
        };
        let (told, again) = self.create(creation).await;
        if let Told::Done { body, .. } = told {
            let made: Value = serde_json::from_str(&body).unwrap();
            let path = format!("/api/v1/groups/{}", made["id"].as_str().unwrap());
            let ask = |url: &str| self.by_token(Method::DELETE, url, &path);
            self.act((Kind::GroupDeleted, &name), &["not_found"], ask).await;
        }
        again
    }

    async fn look_at_people(&self) {
        self.read(|url| self.ada.elsewhere(url).page(USERS)).await;
    }

    async fn search(&self, text: &str) {
        let page = format!("{USERS}?search={text}");
        self.read(|url| self.ada.elsewhere(url).page(&page)).await;
    }

    async fn look_who_it_is(&self) {
        self.read(|url| self.by_token(Method::GET, url, "/v1beta1/auth/whoami"))
            .await;
        self.read(|url| self.ada.elsewhere(url).request("/api/account/settings", &[]))
            .await;
    }

    /// Somebody from their invitation on: in, signs in again, out, and in once more.
    async fn live(&self, email: &str, token: &str) -> Option<()> {
        let stranger = Browser::at(&self.shift.urls[0]);
        let accept = |url: &str| {
            let fields = acceptance(token, PASSWORD);
            stranger
                .elsewhere(url)
                .request("/api/invitations/accept", &fields)
        };
        let told = self
            .act((Kind::Accepted, email), &["InvitationUsed"], accept)
            .await;
        let person = match told {
            Told::Done { cookies, .. } => stranger.with_cookies(cookies),
            Told::DoneBefore => self.sign_in(&stranger, email).await?,
            Told::Nothing | Told::SignedOut => return None,
        };
        let fields = [("theme", "dark")];
        let choose = |url: &str| {
            person
                .elsewhere(url)
                .request("/api/account/choose_theme", &fields)
        };
        self.act((Kind::ThemeChosen, email), &[], choose).await;
        let mut person = self.sign_in(&stranger, email).await?;
        while let Told::SignedOut = self.make_token(&mut person, email).await {
            person = self.sign_in(&stranger, email).await?;
        }
        self.delete_token(&person, email).await;

        let id = self.find(email).await?;
        let fields = [("user", id.as_str())];
        let deactivate = |url: &str| self.ada.elsewhere(url).request("/api/users/deactivate", &fields);
        self.act((Kind::Deactivated, email), &[], deactivate).await;
        if let Some((_, answer)) = self.send(|url| person.elsewhere(url).page(USERS)).await
            && answer.status() != 303
        {
            let answer = format!("{email} is out and sees {}", answer.status());
            self.shift.ledger.expect_not(answer);
        }
        let path = format!("/api/v1/users/{id}/reactivate");
        let reactivate = |url: &str| self.by_token(Method::POST, url, &path);
        self.act((Kind::Reactivated, email), &[], reactivate).await;
        Some(())
    }

    async fn sign_in(&self, stranger: &Browser, email: &str) -> Option<Browser> {
        let typed = [("email", email), ("password", PASSWORD)];
        loop {
            let ask = |url: &str| stranger.elsewhere(url).request("/api/sign_in/password", &typed);
            match self.send(ask).await {
                Some((_, answer)) if answer.status() == 200 => {
                    self.shift.ledger.read.fetch_add(1, Ordering::SeqCst);
                    return Some(stranger.with_cookies(cookies_of(&answer)));
                }
                Some((_, answer)) => {
                    let answer = format!("{email} signs in: {}", answer.status());
                    self.shift.ledger.expect_not(answer);
                    return None;
                }
                None => sleep(AGAIN).await,
            }
        }
    }

    async fn make_token(&self, person: &mut Browser, email: &str) -> Told {
        let fields = [
            ("name", email),
            ("expires", "one_month"),
            ("current_password", PASSWORD),
        ];
        let create = |url: &str| person.elsewhere(url).request("/api/tokens/create", &fields);
        let told = self
            .act((Kind::TokenCreated, email), &["NameTaken"], create)
            .await;
        if let Told::Done { cookies, .. } = &told
            && cookies.contains("usher=")
        {
            *person = person.with_cookies(cookies.clone());
        }
        told
    }

    async fn delete_token(&self, person: &Browser, email: &str) -> Option<()> {
        let tokens = self
            .read(|url| person.elsewhere(url).request("/api/tokens/list_own", &[]))
            .await?;
        let tokens: Value = serde_json::from_str(&tokens).unwrap();
        let fields = [("token", tokens["tokens"][0]["id"].as_str()?)];
        let delete = |url: &str| person.elsewhere(url).request("/api/tokens/delete", &fields);
        self.act((Kind::TokenDeleted, email), &["NotFound"], delete).await;
        Some(())
    }

    /// The id of a person.
    async fn find(&self, email: &str) -> Option<String> {
        let path = format!("/api/v1/users?search={email}");
        let found = self.read(|url| self.by_token(Method::GET, url, &path)).await?;
        let found: Value = serde_json::from_str(&found).unwrap();
        Some(found["items"][0]["id"].as_str()?.to_owned())
    }
}
