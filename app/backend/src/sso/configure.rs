//! Saving, discarding, deploying and switching the configuration of single sign-on. What is saved is a draft: nobody signs
//! in by it before it is deployed.

use super::{Configuration, store};
use crate::{
    Backend, Caller, Result, audit,
    caller::Target,
    database::Hold,
    outbound::NoAnswer,
    saml::{self, IdentityProvider},
};
use domain::{
    access::Action,
    field::{Fault, Faults, Field},
    refusal::Refusal,
    saml_settings::{SamlSetting, SamlSettingProblem},
    sso::{FetchFault, Source, SsoRules, Stage, parse_domains},
};
use serde_json::{Value, json};
use url::Url;

/// What an administrator typed or chose.
#[derive(Clone, Debug)]
pub struct SsoTyped {
    pub source: TypedSource,
    pub require_signed_assertion: bool,
    pub asks_for_code: bool,
    pub creates_accounts: bool,
    pub domains: String,
    /// Of the configuration that the form was filled from; `None`: there was none.
    pub version: Option<i32>,
}

#[derive(Clone, Debug)]
pub enum TypedSource {
    Manual {
        entity_id: String,
        sso_url: String,
        certificate: String,
    },
    File(Vec<u8>),
    Url(String),
}

fn at(field: Field, problem: SamlSettingProblem) -> (Field, Fault) {
    (field, Fault::Saml(problem))
}

/// What the audit log says of a configuration.
fn recorded(idp: &IdentityProvider, rules: &SsoRules) -> Value {
    let fingerprints: Vec<_> = idp
        .certificates
        .iter()
        .map(|certificate| certificate.fingerprint().to_string())
        .collect();
    json!({
        "entity_id": idp.entity_id, "sso_url": idp.sso_url, "certificates": fingerprints,
        "require_signed_assertion": rules.require_signed_assertion, "asks_for_code": rules.asks_for_code,
        "creates_accounts": rules.creates_accounts, "domains": rules.domains
    })
}

fn recorded_of(configuration: &Configuration) -> Value {
    recorded(&configuration.identity_provider(), &configuration.rules())
}

impl Backend {
    /// Understands what was typed, uploaded or fetched, and saves it as the draft.
    pub async fn configure_sso(&self, caller: &Caller, typed: SsoTyped) -> Result<()> {
        let permit = caller.permit(Action::ConfigureSso, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let mut faults = Faults::default();
        let domains = parse_domains(&typed.domains).and_then(|domains| {
            // Addresses are of one person in the whole installation: nobody may make accounts for those of everybody.
            if typed.creates_accounts && domains.is_empty() {
                return Err(Fault::DomainsWanted);
            }
            Ok(domains)
        });
        let domains = faults.take(Field::Domains, domains);
        let (source, metadata_url) = match &typed.source {
            TypedSource::Manual { .. } => (Source::Manual, None),
            TypedSource::File(_) => (Source::File, None),
            TypedSource::Url(url) => (Source::Url, Some(url.trim().to_owned())),
        };
        let understood = self
            .understand(typed.source, typed.require_signed_assertion)
            .await
            .and_then(|idp| self.is_not_ours(caller, idp, source));
        let idp = match understood {
            Ok(idp) => Some(idp),
            Err(found) => {
                faults.0.splice(0..0, found);
                None
            }
        };
        let (Some(idp), Some(domains)) = (idp, domains) else {
            return Err(faults.into());
        };
        let rules = SsoRules {
            require_signed_assertion: typed.require_signed_assertion,
            asks_for_code: typed.asks_for_code,
            creates_accounts: typed.creates_accounts,
            domains,
        };
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let draft = store::find(&mut tx, permit.organization, Stage::Draft).await?;
        let live = store::find(&mut tx, permit.organization, Stage::Live).await?;
        let shown = draft.as_ref().or(live.as_ref());
        if shown.map(|shown| shown.row.version) != typed.version {
            return Err(Refusal::EditedMeanwhile.into());
        }
        let new = store::NewConfiguration {
            source,
            metadata_url: metadata_url.as_deref(),
            idp: &idp,
            rules: &rules,
        };
        store::replace_draft(&mut tx, &permit, &new, self.now()).await?;
        let change = match &draft {
            Some(before) => audit::Change::from_to(recorded_of(before), recorded(&idp, &rules)),
            None => audit::Change::made(recorded(&idp, &rules)),
        };
        audit::record(&mut tx, &permit, &caller.organization_name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn understand(
        &self,
        source: TypedSource,
        require_signed_assertion: bool,
    ) -> Result<IdentityProvider, Vec<(Field, Fault)>> {
        let (bytes, field) = match source {
            TypedSource::Manual {
                entity_id,
                sso_url,
                certificate,
            } => return by_hand(&entity_id, &sso_url, &certificate, require_signed_assertion),
            TypedSource::File(bytes) if bytes.is_empty() => {
                return Err(vec![(Field::MetadataFile, Fault::Missing)]);
            }
            TypedSource::File(bytes) => (bytes, Field::MetadataFile),
            TypedSource::Url(url) => (
                self.fetch(&url)
                    .await
                    .map_err(|fault| vec![(Field::MetadataUrl, fault)])?,
                Field::MetadataUrl,
            ),
        };
        let found = saml::parse_metadata(&bytes, self.now()).map_err(|problem| vec![at(field, problem)])?;
        Ok(found.identity_provider(require_signed_assertion))
    }

    /// What is to be copied there is easily pasted here.
    fn is_not_ours(
        &self,
        caller: &Caller,
        idp: IdentityProvider,
        source: Source,
    ) -> Result<IdentityProvider, Vec<(Field, Fault)>> {
        let sp = self.service_provider(&caller.org_id);
        let ours = [sp.entity_id.as_str(), sp.acs_url.as_str()];
        let (entity_id, sso_url) = match source {
            Source::Manual => (Field::EntityId, Field::SsoUrl),
            Source::File => (Field::MetadataFile, Field::MetadataFile),
            Source::Url => (Field::MetadataUrl, Field::MetadataUrl),
        };
        let mut faults = Vec::new();
        if ours.contains(&idp.sso_url.as_str()) {
            faults.push(at(sso_url, SamlSettingProblem::SsoUrlIsOurs));
        }
        if ours.contains(&idp.entity_id.as_str()) {
            faults.push(at(entity_id, SamlSettingProblem::EntityIdIsOurs));
        }
        if faults.is_empty() { Ok(idp) } else { Err(faults) }
    }

    async fn fetch(&self, typed: &str) -> Result<Vec<u8>, Fault> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(Fault::Missing);
        }
        let address = Url::parse(typed).map_err(|_| Fault::Fetch(FetchFault::NotAnAddress))?;
        match self.outbound.fetch_metadata(&address).await {
            Ok((200, body)) => Ok(body),
            Ok((300..=399, _)) => Err(Fault::Fetch(FetchFault::Redirected)),
            Ok(_) => Err(Fault::Fetch(FetchFault::NotThere)),
            Err(NoAnswer::NotPublic) => Err(Fault::Fetch(FetchFault::NotPublic)),
            Err(NoAnswer::TooLarge(_)) => Err(Fault::Saml(SamlSettingProblem::MetadataTooLarge)),
            Err(NoAnswer::Unreachable(_)) => Err(Fault::Fetch(FetchFault::Unreachable)),
        }
    }

    /// Throws the draft away. Again does nothing.
    pub async fn discard_sso_draft(&self, caller: &Caller) -> Result<()> {
        let permit = caller.permit(Action::ConfigureSso, Target::Organization(caller.organization))?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let Some(draft) = store::find(&mut tx, permit.organization, Stage::Draft).await? else {
            return Ok(());
        };
        store::delete(&mut tx, &permit, Stage::Draft).await?;
        let change = audit::Change::removed(recorded_of(&draft));
        audit::record(&mut tx, &permit, &caller.organization_name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Puts the draft of this version into use, enabled. Sign-ins that are under way at the identity provider before it are
    /// refused if its certificates are gone.
    pub async fn deploy_sso(&self, caller: &Caller, version: i32) -> Result<()> {
        let permit = caller.permit(Action::DeploySso, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let draft = store::find(&mut tx, permit.organization, Stage::Draft).await?;
        let live = store::find(&mut tx, permit.organization, Stage::Live).await?;
        let Some(draft) = draft.filter(|draft| draft.row.version == version) else {
            // Again: it is in use already.
            if live.is_some_and(|live| live.row.version == version) {
                return Ok(());
            }
            return Err(Refusal::NoSsoConfiguration.into());
        };
        let required = store::find_required(&mut tx, permit.organization, self.now()).await?;
        if required.is_some() && draft.row.tested_at.is_none() {
            return Err(Refusal::SsoNotTested.into());
        }
        store::delete(&mut tx, &permit, Stage::Live).await?;
        store::save_deployed(&mut tx, &permit).await?;
        let change = match &live {
            Some(before) => audit::Change::from_to(recorded_of(before), recorded_of(&draft)),
            None => audit::Change::made(recorded_of(&draft)),
        };
        audit::record(&mut tx, &permit, &caller.organization_name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Lets nobody, or people again, sign in by what is deployed. Again does nothing.
    pub async fn switch_sso(&self, caller: &Caller, enabled: bool) -> Result<()> {
        let permit = caller.permit(Action::SwitchSso, Target::Organization(caller.organization))?;
        self.require_proof(caller)?;
        let mut tx = self.begin(&permit, Hold::Alone).await?;
        let live = store::find(&mut tx, permit.organization, Stage::Live).await?;
        let live = live.ok_or(Refusal::NoSsoConfiguration)?;
        if live.row.enabled == enabled {
            return Ok(());
        }
        let required = store::find_required(&mut tx, permit.organization, self.now()).await?;
        if required.is_some() && !enabled {
            return Err(Refusal::SsoIsRequired.into());
        }
        store::save_enabled(&mut tx, &permit, enabled).await?;
        let change = audit::Change::from_to(json!({ "enabled": !enabled }), json!({ "enabled": enabled }));
        audit::record(&mut tx, &permit, &caller.organization_name, change, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// What was typed field by field, with all faults at once.
fn by_hand(
    entity_id: &str,
    sso_url: &str,
    certificate: &str,
    require_signed_assertion: bool,
) -> Result<IdentityProvider, Vec<(Field, Fault)>> {
    let entered = saml::Entered {
        entity_id,
        sso_url,
        certificates: certificate.as_bytes(),
        require_signed_assertion,
    };
    saml::check_identity_provider(&entered).map_err(|problems| {
        let fields = problems.0.into_iter().map(|(setting, problem)| {
            let field = match setting {
                SamlSetting::SsoUrl => Field::SsoUrl,
                SamlSetting::EntityId => Field::EntityId,
                SamlSetting::Certificate => Field::Certificate,
            };
            at(field, problem)
        });
        fields.collect()
    })
}
