//! Telling administrators that a certificate of the identity provider in use ends: 30 days before, 7 days, and one.

use super::store;
use crate::{Backend, Result, audit, caller::Permit, database::Tx, mail::Message};
use domain::{ids::OrganizationId, sso::CERTIFICATE_NOTICES};

impl Backend {
    /// Says how many certificates administrators were told of. Each is told once, whichever server does it.
    pub async fn remind_of_certificates(&self) -> Result<u64> {
        let now = self.now();
        let mut told = 0;
        loop {
            let mut tx = Tx::begin(&self.pool).await?;
            let Some(due) = store::lock_ending(&mut tx, now, &CERTIFICATE_NOTICES).await? else {
                return Ok(told);
            };
            let organization = OrganizationId(due.organization_id);
            let permit = Permit::telling_of_certificate(organization);
            store::save_told(&mut tx, &permit, due.position, due.days).await?;
            let subject = crate::saml::Certificate::from_der(&due.der)
                .map(|certificate| certificate.subject().to_owned())
                .unwrap_or_default();
            let left = (due.ends_at - now).whole_hours();
            let message = Message::CertificateEnds {
                organization: due.organization.clone(),
                subject,
                ends: due.ends_at.into(),
                days: (left + 23) / 24,
            };
            self.mail_administrators(&mut tx, &permit, None, &message).await?;
            audit::record(&mut tx, &permit, &due.organization, audit::Change::nothing(), now).await?;
            tx.commit().await?;
            self.mail_bell.notify_one();
            told += 1;
        }
    }
}
