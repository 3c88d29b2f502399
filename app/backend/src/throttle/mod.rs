//! Throttles: how often somebody may try something, counted in the database for all servers together.
//!
//! An attempt is taken before it is judged and put back if it was a good one, so that a burst of parallel guesses gets
//! no further than the limit. Without the database nothing passes.

mod requests;
mod store;
#[cfg(test)]
mod tests;

pub use requests::Allowance;

use crate::{
    Backend, Client, Error, Result,
    caller::{network_of, site_of},
    database::Tx,
    settings::{Limit, Throttles},
};
use domain::{
    email_address::EmailAddress,
    ids::{InvitationId, OrganizationId, UserId},
};
use sha2::{Digest, Sha256};
use std::slice;
use time::{Duration, OffsetDateTime};

/// What is counted, for whom, and how much of it is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    scope: &'static str,
    subject: [u8; 32],
    limit: Limit,
}

impl Bucket {
    fn new(scope: &'static str, limit: Limit, subject: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in subject {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self {
            scope,
            subject: hash.finalize().into(),
            limit,
        }
    }
}

/// The buckets of an attempt to prove who one is. Always taken in this order, so that two never wait for each other.
pub(crate) struct Guess {
    /// Emptied by a right guess.
    own: Vec<Bucket>,
    /// Gets only its one attempt back: otherwise one good account would pay for guesses at others.
    shared: Option<Bucket>,
}

impl Guess {
    fn all(&self) -> Vec<Bucket> {
        self.own.iter().chain(&self.shared).cloned().collect()
    }

    /// In a browser where this person has signed in before. Strangers can't use it up.
    pub(crate) fn in_known_browser(limits: &Throttles, user: UserId, browser: &[u8]) -> Self {
        let bucket = Bucket::new(
            "guess.browser",
            limits.guesses_by_known_browser,
            &[user.0.as_bytes(), browser],
        );
        Self {
            own: vec![bucket],
            shared: None,
        }
    }

    /// In any other browser: few from one network or one customer, more from all together, and an end to trying many accounts.
    pub(crate) fn of_stranger(limits: &Throttles, email: &str, client: &Client) -> Self {
        let network = network(client);
        // An address that is none has its buckets, too: the answer must not tell.
        let key =
            EmailAddress::parse(email).map_or_else(|_| email.trim().to_lowercase(), |e| e.key().to_owned());
        let at_account = |scope, place: &str| {
            let limit = limits.guesses_by_account_and_network;
            Bucket::new(scope, limit, &[key.as_bytes(), place.as_bytes()])
        };
        let mut own = vec![at_account("guess.account_and_network", &network)];
        // Whoever has many networks has no more of one account: otherwise one customer would be the many networks that
        // keep its owner out.
        own.extend(site(client).map(|site| at_account("guess.account_and_site", &site)));
        own.push(Bucket::new(
            "guess.account",
            limits.guesses_by_account,
            &[key.as_bytes()],
        ));
        Self {
            own,
            shared: Some(Bucket::new(
                "guess.network",
                limits.guesses_by_network,
                &[network.as_bytes()],
            )),
        }
    }
}

/// A link that does not exist: whoever follows many of them is searching.
fn wrong_link(limits: &Throttles, client: &Client) -> Bucket {
    Bucket::new(
        "wrong_link",
        limits.wrong_links_by_network,
        &[network(client).as_bytes()],
    )
}

/// Codes that are tried at one account, in all sign-ins together. Only who knew the password gets to try one.
pub(crate) fn code(limits: &Throttles, user: UserId) -> Bucket {
    Bucket::new("code.account", limits.codes_by_account, &[user.0.as_bytes()])
}

/// The same in a browser where this person has signed in before: whoever else has the password does not use it up.
pub(crate) fn code_in_known_browser(limits: &Throttles, user: UserId, browser: &[u8]) -> Bucket {
    Bucket::new(
        "code.browser",
        limits.codes_by_account,
        &[user.0.as_bytes(), browser],
    )
}

/// Making recovery codes: each time ten hashes, and a mail.
pub(crate) fn recovery_codes(limits: &Throttles, user: UserId) -> Bucket {
    Bucket::new("recovery_codes", limits.recovery_codes, &[user.0.as_bytes()])
}

/// Asking for links for new passwords: whoever asks for many fills the mailboxes of others.
pub(crate) fn reset_ask(limits: &Throttles, client: &Client) -> Bucket {
    Bucket::new(
        "reset.network",
        limits.resets_by_network,
        &[network(client).as_bytes()],
    )
}

/// Leaving for a provider: each leaves a row behind.
pub(crate) fn departure(limits: &Throttles, client: &Client) -> Bucket {
    Bucket::new(
        "external_sign_in.network",
        limits.external_sign_ins_by_network,
        &[network(client).as_bytes()],
    )
}

/// What a mail to somebody who may not have asked for it counts as.
pub(crate) fn invitation_mail(
    limits: &Throttles,
    organization: OrganizationId,
    by: UserId,
    recipient: &EmailAddress,
) -> [Bucket; 3] {
    [
        mail_to(limits, recipient),
        Bucket::new("invite.by_user", limits.invitations_by_user, &[by.0.as_bytes()]),
        Bucket::new(
            "invite.by_organization",
            limits.invitations_by_organization,
            &[organization.0.as_bytes()],
        ),
    ]
}

/// People of lists that an organization invites. A list takes as many at once as it has, at the yes to it: each counts here
/// and not among single invitations, of which a person would run out in the midst.
pub(crate) fn bulk_invitations(limits: &Throttles, organization: OrganizationId) -> Bucket {
    Bucket::new(
        "invite_many.by_organization",
        limits.bulk_invitations_by_organization,
        &[organization.0.as_bytes()],
    )
}

/// Answers that an address belongs to another organization: whoever gets many of them is searching.
pub(crate) fn taken_address(limits: &Throttles, organization: OrganizationId) -> Bucket {
    Bucket::new(
        "invite.taken",
        limits.taken_addresses,
        &[organization.0.as_bytes()],
    )
}

/// All mails that anybody can cause to one address.
pub(crate) fn mail_to(limits: &Throttles, recipient: &EmailAddress) -> Bucket {
    Bucket::new("mail.to", limits.mails_to_address, &[recipient.key().as_bytes()])
}

/// Mails that tell somebody of a deactivation or a reactivation. Apart from all others, so that strangers can't use them up.
pub(crate) fn status_mail(limits: &Throttles, user: UserId) -> Bucket {
    Bucket::new("mail.status", limits.mails_to_address, &[user.0.as_bytes()])
}

/// Fresh links that the invitee asks for.
pub(crate) fn fresh_link(limits: &Throttles, invitation: InvitationId) -> Bucket {
    Bucket::new("fresh_link", limits.fresh_links, &[invitation.0.as_bytes()])
}

/// Takes one attempt out of each bucket within an act: what is rolled back was not spent. No two are of one scope.
pub(crate) async fn take(tx: &mut Tx, buckets: &[Bucket], now: OffsetDateTime) -> Result<()> {
    take_times(tx, buckets, 1, now).await
}

/// The same for several attempts of one kind, all or none.
pub(crate) async fn take_many(tx: &mut Tx, bucket: &Bucket, count: u32, now: OffsetDateTime) -> Result<()> {
    take_times(tx, slice::from_ref(bucket), count, now).await
}

async fn take_times(tx: &mut Tx, buckets: &[Bucket], count: u32, now: OffsetDateTime) -> Result<()> {
    let is_first =
        |(n, bucket): (usize, &Bucket)| buckets[..n].iter().all(|other| other.scope != bucket.scope);
    debug_assert!(
        buckets.iter().enumerate().all(is_first),
        "of one scope: {buckets:?}"
    );
    let had = store::take(tx, buckets, count, now).await?;
    let Some(empty) = buckets
        .iter()
        .find(|bucket| !had.iter().any(|scope| scope == bucket.scope))
    else {
        return Ok(());
    };
    let full_at = store::find_full_at(tx, empty).await?.unwrap_or(now);
    Err(Error::TooManyAttempts {
        wait: empty.limit.wait(full_at - now, count),
    })
}

impl Backend {
    /// Takes a guess, before it is judged.
    pub(crate) async fn take_guess(&self, guess: &Guess) -> Result<()> {
        let mut tx = Tx::begin(&self.pool).await?;
        let now = self.now();
        take(&mut tx, &guess.all(), now).await?;
        Ok(tx.commit().await?)
    }

    /// Counts a link that leads nowhere; fails once there were too many.
    pub(crate) async fn count_wrong_link(&self, client: &Client) -> Result<()> {
        let mut tx = Tx::begin(&self.pool).await?;
        let bucket = wrong_link(&self.settings.throttles, client);
        take(&mut tx, &[bucket], self.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// What turned out to be no such attempt costs nothing.
pub(crate) async fn give_back(tx: &mut Tx, bucket: &Bucket, now: OffsetDateTime) -> Result<()> {
    store::put_back(tx, bucket, now).await
}

/// Forgets what was spent before a right one.
pub(crate) async fn clear(tx: &mut Tx, bucket: &Bucket) -> Result<()> {
    store::delete(tx, slice::from_ref(bucket)).await
}

/// A right guess costs nothing.
pub(crate) async fn forgive(tx: &mut Tx, guess: &Guess, now: OffsetDateTime) -> Result<()> {
    store::delete(tx, &guess.own).await?;
    if let Some(bucket) = &guess.shared {
        store::put_back(tx, bucket, now).await?;
    }
    Ok(())
}

/// All whose address is not known are one network.
fn network(client: &Client) -> String {
    client.address.parse().map_or_else(
        |_| "unknown".to_owned(),
        |address| network_of(address).to_string(),
    )
}

/// All the networks that may be one customer's, where that is more than one.
fn site(client: &Client) -> Option<String> {
    let site = site_of(client.address.parse().ok()?)?;
    Some(site.to_string())
}

impl Limit {
    /// How long the whole burst takes to come back.
    fn whole(&self) -> Duration {
        self.every * self.burst
    }

    /// Until so many attempts pass, when everything is back after `full`.
    fn wait(&self, full: Duration, count: u32) -> Duration {
        (full + self.every * count - self.whole()).max(Duration::SECOND)
    }
}
