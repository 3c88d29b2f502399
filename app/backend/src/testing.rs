//! A test organization with named people, made through the use cases, and a clock that is moved by hand.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test that can't be arranged ends by panicking"
)]

use crate::{
    Backend, Caller, Client,
    clock::Clock,
    invitations::Acceptance,
    sealer::Sealer,
    secret::{Chance, Secret, Token},
    settings::{Hashing, Settings},
    setup::SetUp,
};
use domain::ids::UserId;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use time::{Duration, OffsetDateTime, macros::datetime};

/// A password that passes the rule.
pub const PASSWORD: &str = "seven owls repair my piano";

/// A backend whose clock stands still until it is moved.
pub struct Stage {
    pub backend: Backend,
    now: Arc<Mutex<OffsetDateTime>>,
}

impl Stage {
    /// Hashes cheaply: the cost is the operator's choice, the rules are the same.
    pub fn new(pool: PgPool) -> Self {
        let now = Arc::new(Mutex::new(datetime!(2026-11-24 10:00 UTC)));
        let hands = Arc::clone(&now);
        let clock = Clock::new(move || hands.lock().map_or_else(|e| *e.into_inner(), |now| *now));
        let hashing = Hashing {
            memory: 64,
            passes: 1,
            lanes: 1,
            at_once: 2,
        };
        let settings = Settings {
            hashing,
            ..Settings::default()
        };
        Self {
            backend: Backend::new(pool, settings, clock, Chance::system(), sealer()),
            now,
        }
    }

    pub fn advance(&self, by: Duration) {
        if let Ok(mut now) = self.now.lock() {
            *now += by;
        }
    }

    /// Sets the installation up: Ada Lovelace of Analytical Engines is its first administrator.
    pub async fn ada(&self) -> Caller {
        let link = self
            .backend
            .open_set_up()
            .await
            .expect("a database")
            .expect("an empty installation");
        let session = self
            .backend
            .set_up(&client(), &link, ada())
            .await
            .expect("a set-up organization");
        self.caller(&session).await.expect("a session")
    }

    pub async fn caller(&self, session: &Token) -> Option<Caller> {
        self.backend
            .find_session(session, client())
            .await
            .expect("a database")
    }

    /// Somebody in a session of now, so that they have just proved who they are.
    pub async fn again(&self, email: &str) -> Caller {
        let password = Secret::new(PASSWORD.to_owned());
        let signed_in = self.backend.sign_in(&client(), email, password).await;
        let session = signed_in.expect("the password").session();
        self.caller(&session.expect("no code is asked for"))
            .await
            .expect("a session")
    }

    /// Invites somebody into groups and returns them with a link.
    pub async fn invite(&self, by: &Caller, email: &str, groups: &[&str]) -> (UserId, Token) {
        let all = self.backend.list_groups(by).await.expect("groups");
        let ids: Vec<_> = all
            .iter()
            .filter(|g| groups.contains(&g.name.as_str()))
            .map(|g| g.id)
            .collect();
        let user = self.backend.invite(by, email, &ids).await.expect("an invitation");
        (user, self.copy_link(by, user).await)
    }

    pub async fn copy_link(&self, by: &Caller, user: UserId) -> Token {
        let link = self.backend.copy_invitation_link(by, user).await.expect("a link");
        Token::presented(link.expose().rsplit('/').next().unwrap_or_default())
    }

    /// A colleague who accepted an invitation.
    pub async fn colleague(&self, by: &Caller, email: &str, groups: &[&str]) -> Caller {
        let (_, link) = self.invite(by, email, groups).await;
        let accepted = self
            .backend
            .accept_invitation(&client(), &link, acceptance())
            .await;
        self.caller(&accepted.expect("an accepted invitation"))
            .await
            .expect("a session")
    }
}

impl Stage {
    /// A further organization and its first administrator.
    pub async fn founder(&self, name: &str, email: &str) -> Caller {
        let emails = [email.to_owned()];
        let made = self.backend.create_organization(&client(), name, &emails).await;
        let made = made.expect("an organization");
        let session = self
            .backend
            .accept_invitation(&client(), &made.links[0].1, acceptance())
            .await;
        self.caller(&session.expect("an accepted invitation"))
            .await
            .expect("a session")
    }
}

/// Until so many wait for what other transactions hold.
pub async fn until_waiting(pool: &PgPool, wanted: i64) {
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
        .fetch_one(pool)
        .await
        .expect("the database");
        if waiting >= wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// With a key for tests.
pub fn sealer() -> Sealer {
    Sealer::new(&Secret::new([7; 32]), Chance::system())
}

/// A request from somewhere.
pub fn client() -> Client {
    Client {
        address: "192.0.2.7".into(),
        user_agent: "test".into(),
        request_id: "test".into(),
        browser: None,
    }
}

pub fn ada() -> SetUp {
    SetUp {
        organization: "Analytical Engines".into(),
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        email: "ada@example.test".into(),
        password: Secret::new(PASSWORD.into()),
    }
}

pub fn acceptance() -> Acceptance {
    Acceptance {
        first_name: "Ben".into(),
        last_name: "Babbage".into(),
        password: Secret::new(PASSWORD.into()),
    }
}
