//! The request that is being answered, on the server: who asks, from where, and what the answer sets beside its body.
//! The only place that touches headers and cookies. Everything else gets its [`Visitor`] here.

use crate::{
    error::{AppError, Result},
    notice::Notice,
    routes,
    users::undo::Undo,
};
use backend::{
    Backend, Caller, Client, TakenBack,
    access::Intent,
    mail::Mailbox,
    sealer::{Place, Sealer},
    secret::Token,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ids::UserId, local_path::LocalPath, theme::Theme};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who asks, made by the host for every request.
#[derive(Clone)]
pub struct Visitor {
    pub backend: Backend,
    /// The person of a living session.
    pub caller: Option<Caller>,
    /// Whether the browser brought a session that is over.
    pub session_ended: bool,
    /// Who was signed in here last, by what the browser keeps for us.
    pub last_person: Option<UserId>,
    pub client: Client,
    /// The caller's choice; before sign-in the last choice in this browser.
    pub theme: Theme,
    /// The page that is asked for, or that a form was posted from.
    pub page: LocalPath,
    pub flash: Option<Flash>,
    pub cookies: CookieNames,
    /// The mails of a trial, for whoever sits at the machine; see the host's `trial.rs`.
    pub mailbox: Option<Mailbox>,
}

impl Visitor {
    /// The person of a living session, by id.
    pub fn person(&self) -> Option<UserId> {
        self.caller.as_ref().map(|caller| caller.user)
    }

    /// The cookie by which a form finds back to whoever sent it after their session had ended, if it must be set.
    pub fn remember_person(&self) -> Option<String> {
        let person = self.person().filter(|_| self.person() != self.last_person)?;
        let name = self.cookies.person;
        let value = seal_cookie(self.backend.sealer(), name, None, person.0.as_bytes()).ok()?;
        Some(self.cookies.set(name, &value, None))
    }

    /// Where somebody signs in to come back to this page; it says why to whoever was signed in before.
    pub fn sign_in_page(&self) -> String {
        let address = routes::sign_in_then(&self.page);
        if self.session_ended {
            Notice::SessionEnded.on(&address)
        } else {
            address
        }
    }
}

/// What the last answer left for this page: why a form was not accepted, with all that was typed but secrets.
/// Travels in a cookie, so that it works without JavaScript; a `<form>` shows it, see `app::feedback`. The cookie is
/// sealed for its person: nobody else can write one, and nobody else at the same machine is shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path of the page that shows it.
    pub page: String,
    /// The path of the server function, like `/api/invitations/invite`; a key where it is no refusal.
    pub action: String,
    pub error: Option<AppError>,
    pub values: Vec<(String, String)>,
}

impl Flash {
    /// The value of the cookie `name`, for one person; `None` is for whoever is not signed in.
    pub fn seal(&self, sealer: &Sealer, name: &'static str, person: Option<UserId>) -> Result<String> {
        let json = serde_json::to_vec(self).map_err(|_| AppError::Unavailable)?;
        seal_cookie(sealer, name, person, &json)
    }

    pub fn open(sealer: &Sealer, name: &'static str, person: Option<UserId>, value: &str) -> Option<Self> {
        serde_json::from_slice(&open_cookie(sealer, name, person, value)?).ok()
    }
}

fn seal_cookie(sealer: &Sealer, name: &'static str, person: Option<UserId>, text: &[u8]) -> Result<String> {
    let bytes = sealer.seal(cookie_of(name, person), text);
    Ok(URL_SAFE_NO_PAD.encode(bytes.map_err(|_| AppError::Unavailable)?))
}

fn open_cookie(sealer: &Sealer, name: &'static str, person: Option<UserId>, value: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let opened = sealer.open(cookie_of(name, person), &bytes).ok()?;
    Some(opened.expose().clone())
}

fn cookie_of(name: &'static str, person: Option<UserId>) -> Place {
    Place {
        table: name,
        row: person.map_or_else(Uuid::nil, |person| person.0),
    }
}

/// Cookies are bound to the host by their name where the console is served over https (RFC 6265bis section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    pub session: &'static str,
    pub flash: &'static str,
    /// A form that waits until its person has signed in again. Apart from the flash, which a mistyped password takes.
    pub kept: &'static str,
    pub theme: &'static str,
    pub browser: &'static str,
    /// Who was signed in here last: what they typed in vain comes back to nobody else.
    pub person: &'static str,
    pub secure: bool,
}

impl CookieNames {
    pub fn new(secure: bool) -> Self {
        if secure {
            Self {
                session: "__Host-usher",
                flash: "__Host-flash",
                kept: "__Host-kept",
                theme: "__Host-theme",
                browser: "__Host-browser",
                person: "__Host-person",
                secure,
            }
        } else {
            Self {
                session: "usher",
                flash: "flash",
                kept: "kept",
                theme: "theme",
                browser: "browser",
                person: "person",
                secure,
            }
        }
    }

    /// A `Set-Cookie` value. `max_age` in seconds; 0 removes the cookie, `None` keeps it for the browser session.
    pub fn set(&self, name: &str, value: &str, max_age: Option<i64>) -> String {
        let max_age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{max_age}")
    }
}

/// Who was signed in last, by the cookie [`CookieNames::person`].
pub fn read_person(sealer: &Sealer, cookies: CookieNames, value: &str) -> Option<UserId> {
    let id = open_cookie(sealer, cookies.person, None, value)?;
    Uuid::from_slice(&id).ok().map(UserId)
}

/// The visitor of this request.
///
/// # Errors
/// `Unavailable` outside of a request, which no page or server function is.
pub fn visitor() -> Result<Visitor> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Visitor>().cloned())
        .ok_or(AppError::Unavailable)
}

/// The visitor's caller with the backend: what nearly every server function begins with.
pub fn signed_in() -> Result<(Backend, Caller)> {
    let visitor = visitor()?;
    Ok((visitor.backend, visitor.caller.ok_or(AppError::SignedOut)?))
}

/// The mailbox of a trial with the backend; for everybody who may not look it does not exist.
pub fn trial_mailbox() -> Result<(Backend, Mailbox)> {
    let visitor = visitor()?;
    let mailbox = visitor.mailbox.ok_or(backend::Error::NotFound);
    Ok((visitor.backend, answer(mailbox)?))
}

/// Turns the outcome of a use case into that of a server function: inner causes are logged here, once, and stay here.
pub fn answer<T>(outcome: backend::Result<T>) -> Result<T> {
    outcome.map_err(|error| {
        if let backend::Error::Unavailable(cause) = &error {
            let request_id = visitor().map(|v| v.client.request_id).unwrap_or_default();
            tracing::error!(%cause, request_id, "a use case failed");
        }
        let error = AppError::from(error);
        set_status(&error);
        error
    })
}

impl From<backend::Error> for AppError {
    fn from(error: backend::Error) -> Self {
        match error {
            backend::Error::SignedOut => Self::SignedOut,
            backend::Error::Forbidden { needs } => Self::Forbidden(needs),
            backend::Error::NotFound => Self::NotFound,
            backend::Error::Invalid(faults) => Self::Invalid(faults),
            backend::Error::Refused(refusal) => Self::Refused(refusal),
            backend::Error::TooManyAttempts { wait } => Self::TooManyAttempts {
                wait_seconds: u32::try_from(wait.whole_seconds().max(1)).unwrap_or(u32::MAX),
            },
            backend::Error::Unavailable(_) => Self::Unavailable,
        }
    }
}

/// Gives the answer the status of the error, except to a plain form: that is answered by a redirect, which a status
/// would destroy.
pub fn set_status(error: &AppError) {
    if !is_plain_form()
        && let Some(response) = use_context::<ResponseOptions>()
        && let Ok(status) = StatusCode::from_u16(error.status())
    {
        response.set_status(status);
        if let Some(seconds) = error.retry_after() {
            response.insert_header(header::RETRY_AFTER, seconds.into());
        }
    }
}

/// How far an act goes that asks for a second yes where it matters.
pub fn intent(confirmed: bool) -> Intent {
    if confirmed {
        Intent::Confirmed
    } else {
        Intent::Save
    }
}

/// Gives the page of a link that can't be used any more its status (RFC 9110 section 15.5.11).
pub fn set_gone() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::GONE);
    }
}

/// Whether a form without scripts asks: it is answered by a page.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepts_html = parts
            .headers
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.contains("text/html"));
        parts.method == http::Method::POST && accepts_html
    })
}

/// The document around a page, with the visitor's theme and the policy of its scripts.
pub fn document(options: leptos::config::LeptosOptions) -> impl leptos::prelude::IntoView {
    let theme = visitor().map(|v| v.theme).unwrap_or_default();
    if let (Some(policy), Some(response)) = (
        crate::shell::content_security_policy(),
        use_context::<ResponseOptions>(),
    ) && let Ok(policy) = HeaderValue::from_str(&policy)
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    crate::shell::Document(crate::shell::DocumentProps {
        options,
        theme: theme.as_str(),
    })
}

/// Sends the browser on after a form was accepted.
#[expect(clippy::disallowed_methods, reason = "a LocalPath always fits a header")]
pub fn redirect(to: &LocalPath) {
    leptos_axum::redirect(to.as_str());
}

/// Back to the page that the form was on, as it was (search, filter, order, place in the list) but without its dialog,
/// to say what was done.
pub fn return_with(notice: Notice) {
    let page = visitor().map_or_else(|_| LocalPath::home(), |visitor| visitor.page);
    let query = page
        .as_str()
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    let stays = |pair: &&str| {
        !["dialog=", "user=", "policy=", "notice="]
            .iter()
            .any(|gone| pair.starts_with(gone))
    };
    let rest: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(stays)
        .collect();
    let path = if rest.is_empty() {
        page.path().to_owned()
    } else {
        format!("{}?{}", page.path(), rest.join("&"))
    };
    redirect_to(&notice.on(&path));
}

/// The same, for a path that the program itself wrote.
pub fn redirect_to(path: &str) {
    redirect(&LocalPath::parse(path).unwrap_or_else(LocalPath::home));
}

/// Leaves a flash for the next page.
pub fn leave_flash(flash: &Flash) -> Result<()> {
    let visitor = visitor()?;
    let (name, person) = (visitor.cookies.flash, visitor.person());
    let sealed = flash.seal(visitor.backend.sealer(), name, person)?;
    append_cookie(&visitor.cookies.set(name, &sealed, Some(FLASH_SECONDS)));
    Ok(())
}

/// Leaves something for the page that the form was on, where the address is no place for it.
pub fn leave_values(key: &str, values: Vec<(String, String)>) -> Result<()> {
    leave_flash(&Flash {
        page: visitor()?.page.path().to_owned(),
        action: key.to_owned(),
        error: None,
        values,
    })
}

/// Says that somebody is active again, and offers whoever did it to undo it.
pub fn reactivated(user: UserId, taken_back: Option<TakenBack>) -> Result<()> {
    if let Some(TakenBack { reason, version }) = taken_back {
        let undo = Undo::Reactivation {
            user,
            reason: reason.unwrap_or_default(),
            version,
        };
        leave_values(Undo::KEY, undo.values())?;
    }
    return_with(Notice::Reactivated);
    Ok(())
}

/// How long a flash waits for its page.
pub const FLASH_SECONDS: i64 = 600;

/// How long a browser may keep what it is recognized by; browsers allow 400 days at most.
const KNOWN_BROWSER_SECONDS: i64 = 400 * 86_400;

/// Gives the browser its new session, and what it is recognized by from now on.
pub fn begin_session(token: &Token) -> Result<()> {
    let Visitor { cookies, client, .. } = visitor()?;
    append_cookie(&cookies.set(cookies.session, token.expose(), None));
    if let Some(browser) = &client.browser {
        append_cookie(&cookies.set(cookies.browser, browser.expose(), Some(KNOWN_BROWSER_SECONDS)));
    }
    Ok(())
}

/// Ends the session that the browser had before its new one. Failing to is no reason to refuse the new one.
pub async fn end_replaced_session(visitor: &Visitor) {
    if let Some(caller) = &visitor.caller
        && let Err(error) = visitor.backend.sign_out(caller).await
    {
        tracing::warn!(?error, "a replaced session was not ended");
    }
}

/// Takes the session cookie away.
pub fn end_session() -> Result<()> {
    let cookies = visitor()?.cookies;
    append_cookie(&cookies.set(cookies.session, "", Some(0)));
    // What one person typed is not for the next one at the same machine.
    append_cookie(&cookies.set(cookies.kept, "", Some(0)));
    Ok(())
}

/// Keeps the theme for pages before sign-in, for a year.
pub fn remember_theme(theme: Theme) -> Result<()> {
    let cookies = visitor()?.cookies;
    append_cookie(&cookies.set(cookies.theme, theme.as_str(), Some(31_536_000)));
    Ok(())
}

fn append_cookie(cookie: &str) {
    append_header(header::SET_COOKIE, cookie);
}

/// Adds a header to the answer; one that can't be written is left out and logged.
pub fn append_header(name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        expect_context::<ResponseOptions>().append_header(name, value);
    } else {
        tracing::error!(header = %name, "a header could not be written");
    }
}
