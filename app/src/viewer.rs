//! What every page knows of whoever looks at it.

use crate::error::{AppError, Result};
use domain::{identities::ProofWays, moment::Moment, theme::Theme};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Serialized into the page, so that server and browser render the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub person: Option<Person>,
    pub theme: Theme,
    pub flash: Option<Left>,
    /// Under which the logs know this request; shown where something went wrong.
    pub request_id: String,
    /// Whether the mails of a trial are shown at `/mailbox`.
    pub has_mailbox: bool,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question that a page asks"
)]
pub struct Person {
    /// One of the four hues of an avatar.
    pub hue: u8,
    pub name: String,
    pub email: String,
    pub organization: String,
    pub sees_users: bool,
    pub changes_users: bool,
    pub sees_audit: bool,
    pub sees_access: bool,
    pub changes_access: bool,
    pub has_roles: bool,
    pub sees_own_tokens: bool,
    pub sees_all_tokens: bool,
    pub sees_services: bool,
    pub asks_for_two_factor: bool,
    /// How they can prove again who they are, where the last proof is too old for what matters most.
    pub proof: Option<ProofWays>,
    /// From when they need two-factor authentication that they don't have.
    pub must_enrol_from: Option<Moment>,
    /// Whether that time has come: nothing but their own settings is open to them.
    pub must_enrol: bool,
}

/// What a form without scripts left for its page: why it was not accepted, and what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    pub action: String,
    pub error: Option<AppError>,
    pub values: Vec<(String, String)>,
}

impl Left {
    /// What it has by this name; empty for nothing.
    pub fn value(&self, name: &str) -> String {
        let found = self.values.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

#[server(endpoint = "shell/view")]
pub async fn view_shell() -> Result<Viewer> {
    use crate::request;
    use domain::access::Action;
    let visitor = request::visitor()?;
    let flash = visitor.flash.map(|f| Left {
        action: f.action,
        error: f.error,
        values: f.values,
    });
    let backend = visitor.backend;
    let proof = match &visitor.caller {
        Some(caller) if !backend.is_proved(caller) => {
            Some(request::answer(backend.proof_ways(caller).await)?)
        }
        _ => None,
    };
    let person = visitor.caller.map(|caller| Person {
        proof,
        hue: caller.user.hue(),
        name: caller.name(),
        email: caller.email.clone(),
        organization: caller.organization_name.clone(),
        must_enrol_from: caller
            .two_factor_from
            .filter(|_| !caller.two_factor)
            .map(Into::into),
        must_enrol: caller.must_enrol,
        asks_for_two_factor: caller.may(Action::AskForTwoFactor),
        sees_users: caller.may(Action::ViewUsers),
        changes_users: caller.may(Action::InviteUser),
        sees_audit: caller.may(Action::ViewAudit),
        sees_access: caller.may(Action::ViewAccess),
        changes_access: caller.may(Action::EditPolicy),
        has_roles: !caller.roles.is_empty(),
        sees_own_tokens: caller.may(Action::ViewTokens),
        sees_all_tokens: caller.may(Action::ViewAllTokens),
        sees_services: caller.may(Action::ViewServices),
    });
    Ok(Viewer {
        person,
        theme: visitor.theme,
        request_id: visitor.client.request_id,
        has_mailbox: visitor.mailbox.is_some(),
        flash,
    })
}
