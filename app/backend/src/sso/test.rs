//! Test sign-ins of administrators: what an identity provider answered, with every check in words. They sign nobody in and
//! make no account.

use super::{Configuration, arrive::profile_of, depart::Kept, store};
use crate::{
    Backend, Caller, Client, Error, Result, audit,
    caller::{Permit, Target},
    identities::Stopped,
    saml::{self, ServiceProvider},
};
use domain::{
    access::Action,
    ids::{OrganizationId, SessionId, SsoTestId, UserId},
    sign_in_problem::SignInProblem,
    sso::SsoTest,
};
use serde_json::json;

impl Backend {
    /// Judges a response as a sign-in would, and keeps what was found for the administrator who began.
    pub(super) async fn finish_test(
        &self,
        client: &Client,
        (organization, session): (OrganizationId, SessionId),
        found: Option<Configuration>,
        kept: &Kept,
        response: &str,
    ) -> Result<SsoTestId, Stopped> {
        // What was replaced meanwhile is not what was tested.
        let found = found
            .filter(|found| found.row.version == kept.version)
            .ok_or_else(|| Stopped::new(SignInProblem::Over, "the tested configuration is gone"))?;
        let judged = self.judge_response(kept, &found, response).await;
        let (idp, now) = (found.identity_provider(), self.now());
        let sp = ServiceProvider {
            entity_id: kept.entity_id.clone(),
            acs_url: kept.acs_url.clone(),
        };
        let report = saml::report(&sp, &idp, &kept.request, response, now, &judged);
        let profile = judged.as_ref().map(profile_of);
        let passed = matches!(profile, Ok(Ok(_)));
        let mut tx = self.pool.begin().await?;
        let tester = store::find_tester(&mut tx, organization, session, now)
            .await?
            .ok_or(SignInProblem::SessionOver)?;
        if let Ok(asserted) = &judged {
            self.use_up(&mut tx, organization, asserted).await?;
        }
        let permit = Permit::testing_sso(organization, UserId(tester.user_id), &tester.email, client);
        let id = SsoTestId(self.chance.id(now));
        let test = store::NewTest {
            id,
            user: tester.user_id,
            stage: kept.stage,
            version: kept.version,
            passed,
            report: serde_json::to_value(&report).map_err(Error::unavailable)?,
            response: &saml::decoded_text(response),
        };
        store::save_test(&mut tx, &permit, &test, now).await?;
        let change = audit::Change::made(json!({ "passed": passed, "stage": kept.stage }));
        audit::record(&mut tx, &permit, &found.row.organization, change, now).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What a test found.
    pub async fn find_sso_test(&self, caller: &Caller, id: SsoTestId) -> Result<SsoTest> {
        // What an identity provider says of a person is for those alone who can act on it.
        caller.permit(Action::TestSso, Target::Organization(caller.organization))?;
        let found = store::find_test(&self.pool, caller.organization, id)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(SsoTest {
            id,
            at: found.at.into(),
            by: found.by,
            stage: found
                .stage
                .parse()
                .map_err(|()| Error::unavailable("unknown stage"))?,
            report: serde_json::from_value(found.report).map_err(Error::unavailable)?,
            response: found.response,
            is_current: found.is_current,
        })
    }
}
