//! Signing in with Google and GitHub, each case under its id. Both are those of `crate::providers`.

mod deactivation;
mod dead_invitations;
mod errors;
mod exchange;
mod first_password;
mod forgery;
mod hygiene;
mod id_token;
mod invitations;
mod linking;
mod outage;
mod settings;
mod single_sign_on;
mod state;
mod subject;
mod two_factor;
mod unlinking;

use crate::{
    phone::{Phone, enrol},
    providers::{Person, Providers, colleague_by, link},
    stage::{colleague, db_count},
    visitor::{TestConsole, Visitor},
};
use backend::Error;
use domain::{
    field::{Fault, Field},
    identities::Provider,
};
use sqlx::PgPool;

const ADA: &str = "ada@example.test";
const BEN: &str = "ben@example.test";
const GRACE: &str = "grace@example.test";

/// A console with both providers, and Ada, who has a password.
struct Stage {
    providers: Providers,
    console: TestConsole,
    ada: Visitor,
}

impl Stage {
    async fn set(pool: PgPool) -> Self {
        Self::set_with(pool, &[]).await
    }

    async fn set_with(pool: PgPool, keys: &[(&'static str, &str)]) -> Self {
        let providers = Providers::start().await;
        let console = providers.console_with(pool, keys).await;
        let ada = console.ada().await;
        Self {
            providers,
            console,
            ada,
        }
    }

    /// Somebody who signs in with this provider, and can't otherwise.
    async fn member(&self, provider: Provider) -> Person {
        let person = Person::of(&format!("ben.{}@example.test", provider.key()));
        self.joins(provider, &person).await;
        person
    }

    /// The same, in the browser in which they joined.
    async fn joins(&self, provider: Provider, person: &Person) -> Visitor {
        colleague_by(&self.console, &self.providers, &self.ada, provider, person).await
    }

    /// Somebody with a password, this provider, and an authenticator.
    async fn enrolled_member(&self, provider: Provider) -> (Person, Phone) {
        let person = Person::of(&format!("ben.{}@example.test", provider.key()));
        let browser = colleague(&self.console, &self.ada, &person.email, &[]).await;
        link(&self.console, &self.providers, &browser, provider, &person).await;
        let phone = enrol(&self.console, &browser).await.phone;
        (person, phone)
    }
}

/// How many there are of all that a sign-in, or an attempt at one, could make. Two equal ones: it made nothing.
async fn made(pool: &PgPool) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "users where status = 'active'",
        "sessions",
        "identities",
        "pending_identities",
        "sign_in_challenges",
        "memberships",
        "known_browsers",
        "invitations where accepted_at is not null",
        "mails",
    ] {
        counts.push(db_count(pool, table).await);
    }
    counts
}

/// That an act was refused until its person proves again who they are.
fn wants_proof<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Invalid(faults)) => {
            assert_eq!(faults.of(Field::CurrentPassword), Some(&Fault::ProofWanted));
        }
        other => panic!("{other:?}"),
    }
}
