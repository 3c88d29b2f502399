//! The second step of signing in. What the first step leaves behind is no session and has no power: it can be answered
//! with a code, in the browser that has its cookie, for a few minutes and a few tries.

use super::{codes::Used, store};
use crate::{
    Backend, Client, Error, Result,
    access::store::held,
    audit,
    caller::Permit,
    database::{Hold, Tx},
    mail::TwoFactorChange,
    secret::Token,
    sessions::Vouching,
    throttle,
};
use domain::{
    access::Role,
    field::{Fault, Faults, Field},
    identities::Method,
    ids::{OrganizationId, UserId},
    refusal::Refusal,
    two_factor::{CodeQuestion, TRIES, TypedCode},
};
use serde_json::json;
use time::OffsetDateTime;

/// Administrators who are named to somebody who has lost their device.
const NAMED: i64 = 5;

impl Backend {
    /// What is left of a sign-in whose first step was right.
    /// `links`: what waits to be linked to the account, by the hash of its token. `until`: when whoever vouched wants the
    /// session to end.
    pub(crate) async fn ask_for_code(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        user: UserId,
        method: Method,
        links: Option<[u8; 32]>,
        until: Option<OffsetDateTime>,
    ) -> Result<Token> {
        let (token, now) = (self.chance.token(), self.now());
        let ends = now + self.settings.challenge_lifetime;
        store::save_challenge(
            tx,
            permit,
            (user, method),
            &token,
            (now, ends),
            (TRIES, links),
            until,
        )
        .await?;
        Ok(token)
    }

    /// What the page shows that asks for the code; `None` once the sign-in is over.
    pub async fn look_at_challenge(&self, challenge: &Token) -> Result<Option<CodeQuestion>> {
        let now = self.now();
        let Some(waiting) = store::find_challenge(&self.pool, challenge, now).await? else {
            return Ok(None);
        };
        let organization = OrganizationId(waiting.organization_id);
        let role = [Role::IamAdmin.key().to_owned()];
        let mut tx = Tx::begin(&self.pool).await?;
        let holders = held::list_holders(&mut tx, organization, &role, None, now, NAMED).await?;
        let left = store::count_codes_left(&mut *tx, organization, UserId(waiting.user_id)).await?;
        tx.commit().await?;
        Ok(Some(CodeQuestion {
            organization: waiting.organization,
            email: waiting.email,
            recovery_codes_left: usize::try_from(left).unwrap_or_default(),
            administrators: holders
                .into_iter()
                .filter(|holder| holder.id != waiting.user_id)
                .map(|holder| holder.name)
                .collect(),
        }))
    }

    /// A new session for whoever knows the code, too: of an authenticator or a recovery code.
    pub async fn answer_challenge(&self, client: &Client, challenge: &Token, typed: &str) -> Result<Token> {
        let outcome = self.judge_answer(client, challenge, typed).await;
        self.metrics.sign_in(&outcome);
        outcome
    }

    async fn judge_answer(&self, client: &Client, challenge: &Token, typed: &str) -> Result<Token> {
        let code = TypedCode::parse(typed).map_err(|fault| Faults::from((Field::Code, fault)))?;
        let now = self.now();
        let browser = client.browser.as_ref().map(Token::hash);
        // A try is taken before it is judged, so that of many at once no more are judged than there are.
        let mut tx = Tx::begin(&self.pool).await?;
        let waiting = store::take_try(&mut tx, challenge, browser, now)
            .await?
            .ok_or(Refusal::SignInOver)?;
        let (organization, user) = (OrganizationId(waiting.organization_id), UserId(waiting.user_id));
        let limits = &self.settings.throttles;
        let guesses = match browser.filter(|_| waiting.knows_browser) {
            Some(browser) => throttle::code_in_known_browser(limits, user, &browser),
            None => throttle::code(limits, user),
        };
        throttle::take(&mut tx, std::slice::from_ref(&guesses), now).await?;
        tx.commit().await?;

        let candidate = self.judge_code(organization, user, &code).await?;
        let permit = Permit::sign_in(organization, user, &waiting.email, client);
        let mut tx = match self.begin(&permit, Hold::Shared).await {
            // The organization was closed meanwhile.
            Err(Error::NotFound) => return Err(Refusal::SignInOver.into()),
            begun => begun?,
        };
        let Some(spent) = self.use_code(&mut tx, &permit, user, candidate, now).await? else {
            drop(tx);
            self.record_wrong_code(&waiting, client).await?;
            return Err(if waiting.tries_left == 0 {
                Refusal::SignInOver.into()
            } else {
                Faults::from((Field::Code, Fault::WrongCode)).into()
            });
        };
        // Only once; and not if it was ended meanwhile, as by a deactivation.
        if !store::delete_challenge(&mut tx, &permit, challenge).await? {
            return Err(Refusal::SignInOver.into());
        }
        let method = waiting.method.parse().unwrap_or(Method::Password);
        let vouching = Vouching {
            // The code that was just given is a proof of its own.
            until: waiting.session_ends_at,
            ..Vouching::default()
        };
        let session = self
            .start_session_by(&mut tx, &permit, user, method, vouching)
            .await?;
        let to = (user, waiting.email.as_str());
        if !waiting.knows_browser {
            self.tell_of_new_device(&mut tx, &permit, to, &waiting.organization)
                .await?;
        }
        if let Some(links) = &waiting.links_hash {
            let hash = links.as_slice().try_into().map_err(Error::unavailable)?;
            self.link_pending(&mut tx, &permit, to, &waiting.organization, hash)
                .await?;
        }
        let mut second = match spent {
            Used::Authenticator { name } => json!({ "authenticator": name }),
            Used::RecoveryCode { left } => {
                let told = TwoFactorChange::CodeUsed { left, method };
                self.tell_of_two_factor(&mut tx, &permit, to, &waiting.organization, told)
                    .await?;
                json!({ "recovery_codes_left": left })
            }
        };
        if method != Method::Password {
            second["method"] = method.key().into();
        }
        throttle::clear(&mut tx, &guesses).await?;
        audit::record(&mut tx, &permit, &waiting.email, audit::Change::made(second), now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(session)
    }

    /// Once the tries of a sign-in are used up, its person is told: somebody else can take its first step.
    async fn record_wrong_code(&self, waiting: &store::Waiting, client: &Client) -> Result<()> {
        let (organization, user) = (OrganizationId(waiting.organization_id), UserId(waiting.user_id));
        let permit = Permit::failed_sign_in(organization, user, client);
        let email = waiting.email.as_str();
        let mut tx = Tx::begin(&self.pool).await?;
        if waiting.tries_left == 0 {
            let told = TwoFactorChange::WrongCodes {
                method: waiting.method.parse().unwrap_or_default(),
            };
            self.tell_of_two_factor(&mut tx, &permit, (user, email), &waiting.organization, told)
                .await?;
        }
        audit::record(&mut tx, &permit, email, audit::Change::refused(), self.now()).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok(())
    }

    /// Forgets a sign-in that waits for its code: whoever began it turned away. Again does nothing.
    pub async fn leave_challenge(&self, challenge: &Token) -> Result<()> {
        store::forget_challenge(&self.pool, challenge).await
    }
}
