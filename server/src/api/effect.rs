//! What an act does to what people hold: asked for before it, or answered with it.

use super::{ApiError, query::Parameters};
use axum::{extract::FromRequestParts, http::request::Parts};
use backend::access::Intent;
use domain::access::{Preview, difference::ShownChange};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How far an act goes.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HowFar {
    /// Whether it is only said what would change.
    preview: Option<bool>,
    /// `confirm` of such an answer, where it said `wantsConfirmation`: it happens if it still changes that.
    #[param(pattern = "^[0-9]{1,20}$")]
    confirm: Option<String>,
}

/// The same, understood.
pub(super) struct Extent(pub(super) Intent);

impl<S: Send + Sync> FromRequestParts<S> for Extent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Parameters(asked) = Parameters::<HowFar>::from_request_parts(parts, state).await?;
        match (asked.preview.unwrap_or_default(), asked.confirm) {
            (true, None) => Ok(Self(Intent::Preview)),
            (false, None) => Ok(Self(Intent::Save)),
            (false, Some(confirm)) => {
                let shown = confirm.parse().map_err(|_| {
                    ApiError::invalid(
                        "confirm",
                        "Send `confirm` of what a preview answered, or leave it out.",
                    )
                })?;
                Ok(Self(Intent::Shown(shown)))
            }
            (true, Some(_)) => Err(ApiError::invalid("confirm", "A preview is not confirmed.")),
        }
    }
}

/// Who gains and who loses which role.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Effect {
    /// Of the policy that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `false`: it was a preview, and nothing has changed.
    done: bool,
    gained: Vec<RoleChange>,
    lost: Vec<RoleChange>,
    /// The ids of the policies that name the group which is deleted.
    policies: Vec<String>,
    /// Whether it is done only with `confirm`: somebody becomes an IAM Admin or stays one for longer, you stop being one, or
    /// policies name what is deleted.
    wants_confirmation: bool,
    /// Stands for what is said here.
    confirm: String,
}

#[derive(Serialize, ToSchema)]
struct RoleChange {
    /// Of the role.
    name: String,
    /// The names of the first twenty people.
    people: Vec<String>,
    /// How many more there are.
    more: usize,
}

impl From<ShownChange> for RoleChange {
    fn from(change: ShownChange) -> Self {
        Self {
            name: change.role,
            people: change.people,
            more: change.more,
        }
    }
}

impl Effect {
    pub(super) fn of(preview: Preview, intent: Intent) -> Self {
        Self {
            id: None,
            done: intent != Intent::Preview,
            wants_confirmation: preview.wants_confirmation(),
            confirm: preview.fingerprint().to_string(),
            gained: preview.gained.into_iter().map(Into::into).collect(),
            lost: preview.lost.into_iter().map(Into::into).collect(),
            policies: preview.naming.iter().map(ToString::to_string).collect(),
        }
    }

    pub(super) fn with_id(self, id: String) -> Self {
        Self { id: Some(id), ..self }
    }
}
