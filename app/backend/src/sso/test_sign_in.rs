//! Test sign-ins of administrators: what an identity provider answered, with every check in words. They sign nobody in and
//! make no account.

use super::{Configuration, depart::Kept, store};
use crate::{
    Backend, Caller, Client, Error, Result, audit,
    caller::{Permit, Target},
    database::{Hold, storable},
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
    /// Judges a response as the first sign-in of somebody would be, and keeps what was found for the administrator who began.
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
        let now = self.now();
        let began = store::find_tester(&self.pool, organization, session, now)
            .await?
            .ok_or(SignInProblem::SessionOver)?;
        let person = (UserId(began.user_id), session);
        let permit = Permit::testing_sso(organization, person, &began.email, client);
        let (tested, readable) = self.test_response(kept, &found, response).await?;
        let passed = tested.verdict.is_ok();
        let mut tx = self.begin(&permit, Hold::Shared).await?;
        if let Ok((asserted, _)) = &tested.verdict {
            self.use_up(&mut tx, organization, asserted).await?;
        }
        let id = SsoTestId(self.chance.id(now));
        let test = store::NewTest {
            id,
            user: began.user_id,
            stage: kept.stage,
            version: kept.version,
            passed,
            report: serde_json::to_value(&tested.report).map_err(Error::unavailable)?,
            response: &readable,
        };
        store::save_test(&mut tx, &permit, &test, now).await?;
        let change = audit::Change::made(json!({ "passed": passed, "stage": kept.stage }));
        audit::record(&mut tx, &permit, &found.row.organization, change, now).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Off the async threads: the verdict with its reasons, and the response as people can read it.
    async fn test_response(
        &self,
        kept: &Kept,
        found: &Configuration,
        response: &str,
    ) -> Result<(saml::Tested, String)> {
        let sp = ServiceProvider {
            entity_id: kept.entity_id.clone(),
            acs_url: kept.acs_url.clone(),
        };
        let (idp, rules, now) = (found.identity_provider(), found.rules(), self.now());
        let (request, response) = (kept.request.clone(), response.to_owned());
        let judged = tokio::task::spawn_blocking(move || {
            let readable = saml::readable(&response)
                .map(|text| storable(&text))
                .unwrap_or_default();
            (
                saml::test(&sp, (&idp, &rules), &request, &response, now),
                readable,
            )
        });
        judged.await.map_err(Error::unavailable)
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
