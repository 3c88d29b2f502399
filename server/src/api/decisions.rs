//! `POST /api/v1/decisions`: may this token or this person do these acts? Up to a hundred at once, each with the reason.

use super::{
    ApiError, TAG_WHO,
    body::{Body, Object},
    credentials::Asking,
};
use crate::Console;
use axum::{Json, extract::State};
use backend::decisions::{MOST_ACTIONS, Subject, Verdict};
use domain::access::{Catalogue, RoleKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    #[schema(value_type = About)]
    principal: Object<About>,
    /// Keys of acts, like `clusters.create`.
    #[schema(min_items = 1, max_items = 100)]
    actions: Vec<String>,
}

/// Exactly one of them.
#[derive(Deserialize, ToSchema)]
#[schema(as = AskedAbout)]
#[serde(deny_unknown_fields)]
struct About {
    token: Option<String>,
    uid: Option<String>,
    email: Option<String>,
}

impl About {
    fn subject(self) -> Result<Subject, ApiError> {
        match (self.token, self.uid, self.email) {
            (Some(token), None, None) => Ok(Subject::Token(token)),
            (None, Some(uid), None) => match uid.parse() {
                Ok(user) => Ok(Subject::User(user)),
                Err(_) => Err(ApiError::invalid("principal.uid", "uid must be a UUID.")),
            },
            (None, None, Some(email)) => Ok(Subject::Email(email)),
            _ => Err(ApiError::invalid(
                "principal",
                "Name the principal by exactly one of token, uid and email.",
            )),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Decisions)]
pub(super) struct Answer {
    /// `null`: nobody active of the organization.
    principal: Option<Principal>,
    /// In the order of the question.
    decisions: Vec<Decision>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Principal {
    uid: String,
    email: String,
    org_uid: String,
}

#[derive(Serialize, ToSchema)]
struct Decision {
    action: String,
    allowed: bool,
    /// A word that stays the same, for programs.
    reason: &'static str,
    /// For people.
    message: String,
    /// Keys: of an act that is allowed the roles held that allow it, of one whose role is missing those of which one is enough.
    roles: Vec<String>,
}

impl Decision {
    fn of(action: String, verdict: Verdict, catalogue: &Catalogue) -> Self {
        let names = |roles: &[RoleKey]| {
            let names: Vec<_> = roles.iter().map(|role| catalogue.name(role)).collect();
            names.join(" or ")
        };
        let keys = |roles: Vec<RoleKey>| roles.iter().map(ToString::to_string).collect();
        let (reason, message, roles) = match verdict {
            Verdict::Allowed { by } if by.is_empty() => {
                let message = "Everybody may do this about themselves.".to_owned();
                ("about_themselves", message, Vec::new())
            }
            Verdict::Allowed { by } => {
                let message = format!("Allowed by the role {}.", names(&by));
                ("role_held", message, keys(by))
            }
            Verdict::Denied { needs } => {
                let message = format!("It needs the role {}.", names(&needs));
                ("role_missing", message, keys(needs))
            }
            Verdict::UnknownAction => {
                let message = "No role allows such an action. Look for a typing error.".to_owned();
                ("unknown_action", message, Vec::new())
            }
            Verdict::NotActive => {
                let message = "There is no such active account in the organization.".to_owned();
                ("not_active", message, Vec::new())
            }
            Verdict::TwoFactorWanted => {
                let message =
                    "The organization asks for two-factor authentication, which this person has not set up."
                        .to_owned();
                ("two_factor_wanted", message, Vec::new())
            }
        };
        Self {
            action,
            allowed: matches!(reason, "role_held" | "about_themselves"),
            reason,
            message,
            roles,
        }
    }
}

/// Whether somebody may do each of these acts, and why.
#[utoipa::path(post, path = "/api/v1/decisions", tag = TAG_WHO, operation_id = "decide", request_body = Question,
    responses((status = 200, body = Answer)), security(("service" = []), ("service_basic" = [])))]
pub(super) async fn answer(
    State(console): State<Console>,
    Asking(service): Asking,
    Body(question): Body<Question>,
) -> Result<Json<Answer>, ApiError> {
    let Question { principal, actions } = question;
    let subject = principal.0.subject()?;
    if actions.is_empty() || actions.len() > MOST_ACTIONS {
        let message = format!("Name 1 to {MOST_ACTIONS} actions.");
        return Err(ApiError::invalid("actions", message));
    }
    let (judged, verdicts) = console.backend.decide(&service, &subject, &actions).await?;
    let catalogue = &console.backend.settings().catalogue;
    let decided = actions.into_iter().zip(verdicts);
    Ok(Json(Answer {
        principal: judged.map(|judged| Principal {
            uid: judged.user.to_string(),
            email: judged.email,
            org_uid: service.org_id.to_string(),
        }),
        decisions: decided
            .map(|(action, verdict)| Decision::of(action, verdict, catalogue))
            .collect(),
    }))
}
