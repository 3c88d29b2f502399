//! `POST /oauth2/introspect`: token introspection (RFC 7662), for services with a credential of their own. A token of another
//! organization is as unknown to them as one that was made up.

use super::{ApiError, TAG_WHO, credentials::Asking};
use crate::Console;
use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
};
use backend::tokens::Holder;
use domain::{access::allowed_keys, moment::Moment};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// RFC 7662 section 2.2. Of a token that is not active nothing is said but that.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Introspection {
    Active(About),
    Inactive { active: bool },
}

#[derive(Serialize, ToSchema)]
#[schema(as = AboutToken)]
pub(super) struct About {
    /// `true`.
    active: bool,
    token_type: &'static str,
    /// The keys of all acts that the roles of the person allow at this moment, separated by spaces.
    scope: String,
    username: String,
    sub: String,
    iss: String,
    /// Seconds since 1970; left out for a token without an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    iat: i64,
    /// The Org ID.
    #[serde(rename = "orgUid")]
    org_uid: String,
    /// By name.
    groups: Vec<String>,
}

impl About {
    fn of(holder: Holder, console: &Console) -> Self {
        let settings = console.backend.settings();
        let keys = allowed_keys(&settings.catalogue, holder.effective_roles());
        Self {
            active: true,
            token_type: "Bearer",
            scope: keys.into_iter().collect::<Vec<_>>().join(" "),
            username: holder.email,
            sub: holder.user.to_string(),
            iss: settings.public_url.clone(),
            exp: holder.expires.map(Moment::unix_seconds),
            iat: holder.created.unix_seconds(),
            org_uid: holder.org_id.to_string(),
            groups: holder.groups,
        }
    }
}

/// The parameters of the question (RFC 7662 section 2.1).
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form, which is read pair by pair")]
struct IntrospectionAsked {
    token: String,
    /// Of no use to us.
    token_type_hint: Option<String>,
}

type Fields = Form<Vec<(String, String)>>;

/// Whose a token is (RFC 7662).
#[utoipa::path(post, path = "/oauth2/introspect", tag = TAG_WHO, operation_id = "introspect",
    request_body(content = IntrospectionAsked, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Introspection)), security(("service" = []), ("service_basic" = [])))]
pub(super) async fn answer(
    State(console): State<Console>,
    service: Result<Asking, ApiError>,
    form: Result<Fields, FormRejection>,
) -> Result<Json<Introspection>, ApiError> {
    // RFC 6749 section 5.2.
    let Asking(service) = service.map_err(|error| error.in_oauth("invalid_client"))?;
    let token = token_in(form).map_err(|error| error.in_oauth("invalid_request"))?;
    let holder = console.backend.introspect(&service, &token).await?;
    Ok(Json(match holder {
        Some(holder) => Introspection::Active(About::of(holder, &console)),
        None => Introspection::Inactive { active: false },
    }))
}

/// The one parameter that counts; the hint of what kind it is (RFC 7662 section 2.1) is of no use to us.
fn token_in(form: Result<Fields, FormRejection>) -> Result<String, ApiError> {
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(FormRejection::InvalidFormContentType(_)) => {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(ApiError::of(status)
                .saying("Send the body as Content-Type: application/x-www-form-urlencoded."));
        }
        Err(_) => return Err(ApiError::of(StatusCode::BAD_REQUEST)),
    };
    let mut tokens = fields.into_iter().filter(|(name, _)| name == "token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) if !token.is_empty() => Ok(token),
        (Some(_), Some(_)) => Err(ApiError::invalid("token", "Send one token at a time.")),
        _ => Err(ApiError::invalid(
            "token",
            "Send the token as the parameter token.",
        )),
    }
}
