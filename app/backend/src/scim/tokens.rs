//! The page of SCIM: its tokens, and what is taken.

use super::store;
use crate::{
    Backend, Caller, Error, Result, audit, caller::Target, database::Hold, mail::Message, secret::Token,
    secret_text::SecretKind, sso,
};
use domain::{
    access::Action,
    field::{Faults, Field},
    ids::ScimTokenId,
    moment::Moment,
    refusal::Refusal,
    scim::{MOST_SCIM_TOKENS, ScimPart, ScimTokenLine, ScimTokenName, ScimView},
};
use serde_json::json;

impl Backend {
    /// What an administrator sees of it.
    pub async fn view_scim(&self, caller: &Caller) -> Result<ScimView> {
        caller.permit(Action::ViewScim, Target::Organization(caller.organization))?;
        let (users, groups) = store::find_switches(&self.pool, caller.organization).await?;
        let rows = store::list_tokens(&self.pool, caller.organization).await?;
        let line = |row: store::TokenRow| ScimTokenLine {
            id: ScimTokenId(row.id),
            name: row.name,
            created: row.created_at.into(),
            created_by: row.created_by,
            maker_is_out: row.maker_is_out,
            last_used: row.last_used_at.map(Moment::from),
        };
        Ok(ScimView {
            users,
            groups,
            tokens: rows.into_iter().map(line).collect(),
            may_change: caller.may(Action::CreateScimToken),
            address: format!("{}/scim/{}", self.settings.public_url, caller.org_id),
            sso_domains: sso::store::list_domains_in_use(&self.pool, caller.organization).await?,
            now: self.now().into(),
        })
    }

    /// Takes or refuses a part from now on. Again does nothing.
    pub async fn switch_scim(&self, caller: &Caller, part: ScimPart, on: bool) -> Result<()> {
        let permit = caller.permit(Action::SwitchScim, Target::Organization(caller.organization))?;
        // Alone: no request that was under way comes after it.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        if !store::save_switch(&mut tx, &permit, part, on).await? {
            return Ok(());
        }
        let change = audit::Change::from_to(json!({ part.key(): !on }), json!({ part.key(): on }));
        audit::record(&mut tx, &permit, &caller.organization_name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives an identity provider a token, which nobody is shown again.
    pub async fn create_scim_token(&self, caller: &Caller, name: &str) -> Result<(ScimTokenId, Token)> {
        let name = ScimTokenName::parse(name).map_err(|fault| Faults::from((Field::Name, fault)))?;
        let now = self.now();
        let id = ScimTokenId(self.chance.id(now));
        let permit = caller.permit(Action::CreateScimToken, Target::ScimToken(id))?;
        self.require_proof(caller)?;
        // Alone: of two at once the second counts the first.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let there = store::count_tokens(&mut tx, &permit).await?;
        if usize::try_from(there).unwrap_or_default() >= MOST_SCIM_TOKENS {
            return Err(Refusal::TooManyScimTokens.into());
        }
        let secret = SecretKind::Scim.make(&self.chance);
        store::save_token(&mut tx, &permit, (id, caller.user), &name, &secret, now).await?;
        // Whoever has it can add and deactivate everybody of the organization, for as long as it is there.
        let message = Message::ScimTokenAdded {
            organization: caller.organization_name.clone(),
            at: now.into(),
            name: name.as_str().to_owned(),
            by: caller.name(),
        };
        self.mail_administrators(&mut tx, &permit, None, &message).await?;
        let change = audit::Change::made(json!({ "name": name.as_str() }));
        audit::record(&mut tx, &permit, name.as_str(), change, now).await?;
        tx.commit().await?;
        self.mail_bell.notify_one();
        Ok((id, secret))
    }

    /// Takes a token away: it is refused from the next request on. Again: there is none.
    pub async fn delete_scim_token(&self, caller: &Caller, token: ScimTokenId) -> Result<()> {
        let permit = caller.permit(Action::DeleteScimToken, Target::ScimToken(token))?;
        // Alone, as the switches.
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let name = store::delete_token(&mut tx, &permit, token)
            .await?
            .ok_or(Error::NotFound)?;
        let change = audit::Change::removed(json!({ "name": name }));
        audit::record(&mut tx, &permit, &name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }
}
