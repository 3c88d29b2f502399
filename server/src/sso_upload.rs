//! The form that tells of an identity provider by its metadata: a file, or the address of one. A route of the host, since a
//! server function takes no files; it is answered by a page, and a fault leads back to the form as `form_flash.rs` does.

use crate::{
    answers::{self, Reader, RequestId, lead},
    form_flash,
    telemetry::causes,
};
use app::{
    error::AppError,
    notice::Notice,
    request::{FLASH_SECONDS, Flash, Visitor},
    routes,
    sso::{ASKS_HERE, CREATES_ACCOUNTS, REQUIRES_SIGNED, VERSION},
};
use axum::{
    Router,
    extract::{FromRequest, Multipart, Request},
    response::{Redirect, Response},
    routing::get,
};
use backend::{
    Error,
    secret::Secret,
    sso::{SsoTyped, TypedSource},
};
use domain::field::Field;
use http::StatusCode;

/// The tab of the page that has the form.
const TAB: &str = "metadata";

pub(crate) fn routes() -> Router<leptos::config::LeptosOptions> {
    // Whoever had to sign in again before the form was sent is led here.
    let page = get(Redirect::to(routes::SSO));
    Router::new().route(routes::SSO_FILE, page.post(configure))
}

async fn configure(request: Request) -> Response {
    let id = RequestId::of(&request);
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
        return answers::unavailable(Reader::Person, &id);
    };
    let Some(form) = Form::read(request).await else {
        return answers::page(StatusCode::BAD_REQUEST, "This form can't be read.", &id);
    };
    let mut cookies = Vec::new();
    match form.save(&visitor, &mut cookies).await {
        Ok(()) => lead(&Notice::SsoSaved.on(routes::SSO), &cookies),
        Err(error) => {
            if let Error::Unavailable(_) = &error {
                tracing::error!(
                    cause = causes(&error),
                    request_id = id.0,
                    "metadata can't be saved"
                );
            }
            let error = AppError::from(error);
            match error {
                // Of whoever has no such form.
                AppError::SignedOut | AppError::Forbidden(_) | AppError::TwoFactorWanted => {
                    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
                    answers::page(status, &error.sentence(), &id)
                }
                error => {
                    cookies.push(form.flash(&visitor, error));
                    lead(&routes::sso_form(TAB), &cookies)
                }
            }
        }
    }
}

/// What comes back with a form that was not accepted.
fn is_kept(name: &str) -> bool {
    let fields = [Field::MetadataUrl, Field::Domains].map(Field::name);
    fields.contains(&name) || [REQUIRES_SIGNED, ASKS_HERE, CREATES_ACCOUNTS, VERSION].contains(&name)
}

/// What was sent.
struct Form {
    values: Vec<(String, String)>,
    file: Option<Vec<u8>>,
    password: Secret<String>,
}

impl Form {
    async fn read(request: Request) -> Option<Self> {
        // Already in memory and short, see `body_limit.rs`.
        let mut parts = Multipart::from_request(request, &()).await.ok()?;
        let mut form = Self {
            values: Vec::new(),
            file: None,
            password: Secret::new(String::new()),
        };
        while let Some(part) = parts.next_field().await.ok()? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == Field::MetadataFile.name() {
                let is_chosen = part.file_name().is_some_and(|file| !file.is_empty());
                let bytes = part.bytes().await.ok()?;
                form.file = Some(bytes.to_vec()).filter(|bytes| is_chosen || !bytes.is_empty());
                continue;
            }
            let text = part.text().await.ok()?;
            if name == Field::CurrentPassword.name() {
                form.password = Secret::new(text);
            } else if is_kept(&name) {
                form.values.push((name, text));
            }
        }
        Some(form)
    }

    fn find(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A file counts more than an address. `cookies`: of the new session, where a password made the proof new.
    async fn save(&self, visitor: &Visitor, cookies: &mut Vec<String>) -> backend::Result<()> {
        let backend = &visitor.backend;
        let mut caller = visitor.caller.clone().ok_or(Error::SignedOut)?;
        if !self.password.expose().is_empty() && !backend.is_proved(&caller) {
            let token = backend.confirm_identity(&caller, &self.password).await?;
            cookies.extend(visitor.session_cookies(&token));
            caller.proved_at = backend.now();
        }
        let source = match &self.file {
            Some(file) => TypedSource::File(file.clone()),
            None => TypedSource::Url(
                self.find(Field::MetadataUrl.name())
                    .unwrap_or_default()
                    .to_owned(),
            ),
        };
        let typed = SsoTyped {
            source,
            require_signed_assertion: self.find(REQUIRES_SIGNED).is_some(),
            asks_for_code: self.find(ASKS_HERE).is_some(),
            creates_accounts: self.find(CREATES_ACCOUNTS).is_some(),
            domains: self.find(Field::Domains.name()).unwrap_or_default().to_owned(),
            version: self.find(VERSION).and_then(|version| version.parse().ok()),
        };
        backend.configure_sso(&caller, typed).await
    }

    /// The cookie by which the form comes back.
    fn flash(self, visitor: &Visitor, error: AppError) -> String {
        let flash = Flash {
            page: routes::SSO.to_owned(),
            action: routes::SSO_FILE.to_owned(),
            error: Some(error),
            values: self.values,
        };
        let names = visitor.cookies;
        let value = form_flash::write(
            flash,
            visitor.backend.sealer(),
            names.flash,
            visitor.person(),
            visitor.backend.now().into(),
        );
        names.set(names.flash, &value, Some(FLASH_SECONDS))
    }
}
