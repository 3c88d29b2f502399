//! Lifetimes, limits and addresses that an operator may choose. Read from file and environment by the host.

use crate::secret::Secret;
use domain::{
    access::Catalogue,
    password::{DEFAULT_LENGTH, PasswordLength},
};
use ipnet::IpNet;
use time::Duration;

#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of the console as people see it, without a slash at the end. All links in mails begin with it.
    pub public_url: String,
    /// How long an invitation can be accepted.
    pub invitation_lifetime: Duration,
    /// How long the link works that lets an administrator in again.
    pub recovery_lifetime: Duration,
    /// How long the link works by which people who forgot their password choose another.
    pub reset_lifetime: Duration,
    /// How long a sign-in can be reported by the link in its mail.
    pub report_lifetime: Duration,
    /// How long a sign-in waits for its code.
    pub challenge_lifetime: Duration,
    /// How long an authenticator can be set up before the password is asked for again.
    pub enrolment_lifetime: Duration,
    /// How long what matters most goes without another proof of who somebody is.
    pub proof_lifetime: Duration,
    /// How long a sign-in may be away at a provider.
    pub external_sign_in_lifetime: Duration,
    /// How long somebody whom a provider vouches for may take to join an account.
    pub pending_identity_lifetime: Duration,
    pub providers: Providers,
    /// A session ends after this long without a request.
    pub session_idle: Duration,
    /// A session ends after this long, whatever happens in it.
    pub session_lifetime: Duration,
    pub password_length: PasswordLength,
    pub hashing: Hashing,
    /// Whom mails come from, with or without a name: `Usher <usher@example.com>`.
    pub mail_from: String,
    pub mail: MailRetry,
    pub throttles: Throttles,
    /// The roles that there are, those of the operator included.
    pub catalogue: Catalogue,
    pub keep: Retention,
}

/// Providers by whom people can sign in, and how they are reached.
#[derive(Clone, Debug)]
pub struct Providers {
    pub google: Option<GoogleClient>,
    pub github: Option<GitHubClient>,
    /// For all answers of one sign-in together.
    pub timeout: Duration,
    /// Networks that metadata of SAML identity providers may come from beside public ones.
    pub metadata_networks: Vec<IpNet>,
}

impl Default for Providers {
    fn default() -> Self {
        Self {
            google: None,
            github: None,
            timeout: Duration::seconds(10),
            metadata_networks: Vec::new(),
        }
    }
}

/// As this installation is registered at a provider.
#[derive(Clone, Debug)]
pub struct Registration {
    pub client_id: String,
    pub client_secret: Secret<String>,
}

/// Google, or another provider of OpenID Connect in its place.
#[derive(Clone, Debug)]
pub struct GoogleClient {
    pub registration: Registration,
    pub issuer: String,
    pub authorize_url: String,
    pub token_url: String,
    pub keys_url: String,
}

/// GitHub, or an installation of its enterprise server.
#[derive(Clone, Debug)]
pub struct GitHubClient {
    pub registration: Registration,
    pub authorize_url: String,
    pub token_url: String,
    pub user_url: String,
    pub emails_url: String,
}

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At once.
    pub burst: u32,
    /// One more after each of these.
    pub every: Duration,
}

impl Limit {
    pub const fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every }
    }

    /// So many at once, and as many in each minute.
    pub fn per_minute(burst: u32) -> Self {
        Self::new(burst, Duration::MINUTE / burst)
    }
}

/// How often strangers, people and administrators may try what costs or hurts somebody.
#[derive(Clone, Copy, Debug)]
pub struct Throttles {
    pub guesses_by_known_browser: Limit,
    pub guesses_by_account_and_network: Limit,
    pub guesses_by_account: Limit,
    pub guesses_by_network: Limit,
    pub codes_by_account: Limit,
    pub recovery_codes: Limit,
    pub wrong_links_by_network: Limit,
    pub invitations_by_user: Limit,
    pub invitations_by_organization: Limit,
    /// People of lists: each list takes as many at once as it has.
    pub bulk_invitations_by_organization: Limit,
    pub taken_addresses: Limit,
    pub mails_to_address: Limit,
    pub fresh_links: Limit,
    pub resets_by_network: Limit,
    pub external_sign_ins_by_network: Limit,
    pub questions_by_token: Limit,
    pub questions_by_service: Limit,
    pub questions_by_scim: Limit,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            guesses_by_known_browser: Limit::new(10, Duration::minutes(1)),
            // Slower than `guesses_by_account` comes back: no one network ever uses that up.
            guesses_by_account_and_network: Limit::new(10, Duration::minutes(10)),
            // NIST SP 800-63B-4 section 3.2.2: at most 100 wrong guesses in a row.
            guesses_by_account: Limit::new(100, Duration::minutes(5)),
            guesses_by_network: Limit::new(60, Duration::seconds(10)),
            // A right password alone guesses a code with a chance of one to 3,000 in a day: three codes of a million
            // are right at any moment.
            codes_by_account: Limit::new(10, Duration::minutes(15)),
            recovery_codes: Limit::new(5, Duration::minutes(1)),
            wrong_links_by_network: Limit::new(30, Duration::seconds(30)),
            invitations_by_user: Limit::new(200, Duration::seconds(30)),
            invitations_by_organization: Limit::new(1_000, Duration::seconds(10)),
            bulk_invitations_by_organization: Limit::new(5_000, Duration::seconds(20)),
            taken_addresses: Limit::new(60, Duration::minutes(1)),
            mails_to_address: Limit::new(6, Duration::hours(1)),
            fresh_links: Limit::new(3, Duration::hours(1)),
            resets_by_network: Limit::new(30, Duration::minutes(1)),
            external_sign_ins_by_network: Limit::new(120, Duration::seconds(5)),
            questions_by_token: Limit::per_minute(600),
            questions_by_service: Limit::per_minute(60_000),
            questions_by_scim: Limit::per_minute(6_000),
        }
    }
}

/// How long what is over is kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Mails that were sent or given up.
    pub mails: Duration,
    /// A browser that nobody signs in with is forgotten.
    pub known_browsers: Duration,
    /// An access token that has expired, so that its person sees why something stopped.
    pub expired_tokens: Duration,
    /// A list of people who were invited, with what became of each line.
    pub lists: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            mails: Duration::days(90),
            known_browsers: Duration::days(180),
            expired_tokens: Duration::days(90),
            lists: Duration::days(30),
        }
    }
}

/// The cost of hashing a password with argon2id, and how many are hashed at the same time.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    /// KiB. OWASP Password Storage Cheat Sheet: 19456 with 2 passes and 1 lane is the least.
    pub memory: u32,
    pub passes: u32,
    pub lanes: u32,
    pub at_once: usize,
}

/// How the outbox deals with a mail server that does not take a mail.
#[derive(Clone, Copy, Debug)]
pub struct MailRetry {
    /// The wait after the first attempt; it doubles after each.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// A mail that is older than this is given up.
    pub give_up_after: Duration,
    /// How long one worker has a mail before another may take it; longer than any attempt.
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:3000".to_owned(),
            invitation_lifetime: Duration::days(7),
            recovery_lifetime: Duration::hours(1),
            reset_lifetime: Duration::hours(1),
            report_lifetime: Duration::days(7),
            challenge_lifetime: Duration::minutes(10),
            enrolment_lifetime: Duration::minutes(10),
            proof_lifetime: Duration::minutes(5),
            external_sign_in_lifetime: Duration::minutes(10),
            pending_identity_lifetime: Duration::minutes(30),
            providers: Providers::default(),
            session_idle: Duration::hours(8),
            session_lifetime: Duration::hours(24),
            password_length: DEFAULT_LENGTH,
            hashing: Hashing {
                memory: 19_456,
                passes: 2,
                lanes: 1,
                at_once: 2,
            },
            mail_from: "Usher <usher@localhost>".to_owned(),
            mail: MailRetry {
                first_wait: Duration::seconds(10),
                longest_wait: Duration::minutes(30),
                give_up_after: Duration::days(2),
                lease: Duration::minutes(2),
            },
            throttles: Throttles::default(),
            catalogue: Catalogue::default(),
            keep: Retention::default(),
        }
    }
}
