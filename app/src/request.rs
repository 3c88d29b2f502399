//! The request that is being answered, on the server: who asks, from where, and what the answer sets beside its body.
//! The only place that touches headers and cookies. Everything else gets its [`Visitor`] here.

mod flash;
mod handed;
mod shown_once;

pub use flash::{CookieNames, FLASH_SECONDS, Flash, leave_flash, leave_refusal, leave_values, read_person};
pub use handed::Handed;
pub use shown_once::{show_recovery_codes, show_secret};

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
    secret::{Secret, Token},
};
use domain::{identities::Offered, ids::UserId, local_path::LocalPath, organization::OrgId, theme::Theme};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

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
    /// A sign-in in this browser that waits for its code.
    pub challenge: Option<Token>,
    /// What a provider vouches for in this browser, and belongs to no account yet.
    pub pending: Option<Token>,
    /// Where somebody last signed in with single sign-on in this browser.
    pub sso: Option<OrgId>,
    /// Whether another site led the browser here, by a link or by itself.
    pub from_elsewhere: bool,
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
        let value = flash::seal_cookie(self.backend.sealer(), name, None, person.0.as_bytes()).ok()?;
        Some(self.cookies.set(name, &value, None))
    }

    /// The cookies of a new session, and what the browser is recognized by from now on.
    pub fn session_cookies(&self, token: &Token) -> Vec<String> {
        let cookies = self.cookies;
        let known = self
            .client
            .browser
            .as_ref()
            .map(|browser| cookies.set(cookies.browser, browser.expose(), Some(KNOWN_BROWSER_SECONDS)));
        [cookies.set(cookies.session, token.expose(), None)]
            .into_iter()
            .chain(known)
            .collect()
    }

    /// What this browser can sign in with, beside a password.
    pub fn offered(&self) -> Offered {
        Offered {
            providers: self.backend.providers(),
            sso: self.sso.clone(),
            from_elsewhere: self.from_elsewhere,
        }
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

/// The same for an act that wants a recent proof of who somebody is. A password that was given makes the proof new, and
/// the session's token with it; whether a proof is wanted is judged by the use case.
pub async fn signed_in_proving(password: Option<String>) -> Result<(Backend, Caller)> {
    let (backend, mut caller) = signed_in()?;
    let password = Secret::new(password.unwrap_or_default());
    if !password.expose().is_empty() && !backend.is_proved(&caller) {
        let token = answer(backend.confirm_identity(&caller, &password).await)?;
        begin_session(&token)?;
        caller.proved_at = backend.now();
    }
    Ok((backend, caller))
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
            // Nobody comes to a page with a token.
            backend::Error::SignedOut | backend::Error::SessionWanted => Self::SignedOut,
            backend::Error::Forbidden { needs } => Self::Forbidden(needs),
            backend::Error::TwoFactorWanted => Self::TwoFactorWanted,
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

/// How far an act goes that asks for a second yes where it matters. `seen`: the changes that the yes was to.
pub fn intent(seen: Option<u64>) -> Intent {
    seen.map_or(Intent::Save, Intent::Shown)
}

/// Gives the page of a link that can't be used any more its status (RFC 9110 section 15.5.11).
pub fn set_gone() {
    set_page_status(StatusCode::GONE.as_u16());
}

/// Gives a page that says why something did not work the status that says the same.
pub fn set_page_status(status: u16) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(status) = StatusCode::from_u16(status)
    {
        response.set_status(status);
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
        ![
            "dialog=",
            "user=",
            "policy=",
            "authenticator=",
            "identity=",
            "token=",
            "service=",
            "notice=",
        ]
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

/// How long a browser may keep what it is recognized by; browsers allow 400 days at most.
const KNOWN_BROWSER_SECONDS: i64 = 400 * 86_400;

/// Gives the browser its new session, and what it is recognized by from now on.
pub fn begin_session(token: &Token) -> Result<()> {
    for cookie in visitor()?.session_cookies(token) {
        append_cookie(&cookie);
    }
    Ok(())
}

/// Gives the browser what answers the question for a code, in the place of one that it had.
pub async fn begin_challenge(visitor: &Visitor, token: &Token) -> Result<()> {
    forget_challenge(visitor).await;
    let cookies = visitor.cookies;
    append_cookie(&cookies.set(cookies.challenge, token.expose(), None));
    Ok(())
}

/// Failing to is no reason to refuse anything: it ends by itself.
async fn forget_challenge(visitor: &Visitor) {
    if let Some(challenge) = &visitor.challenge
        && let Err(error) = visitor.backend.leave_challenge(challenge).await
    {
        tracing::warn!(?error, "a sign-in that waits for its code was not ended");
    }
}

/// Ends a sign-in that waits for its code, on the server and in the browser.
pub async fn leave_challenge(visitor: &Visitor) {
    if visitor.challenge.is_some() {
        forget_challenge(visitor).await;
        append_cookie(&visitor.cookies.set(visitor.cookies.challenge, "", Some(0)));
    }
}

/// Ends what waits to be joined to an account, on the server and in the browser.
pub async fn leave_pending(visitor: &Visitor) {
    if let Some(pending) = &visitor.pending {
        if let Err(error) = visitor.backend.leave_pending(pending).await {
            tracing::warn!(?error, "an identity that waits to be joined was not forgotten");
        }
        append_cookie(&visitor.cookies.set(visitor.cookies.identity, "", Some(0)));
    }
}

/// Gives the browser what it must bring back from a provider.
pub fn begin_departure(visitor: &Visitor, browser: &Token) {
    let cookies = visitor.cookies;
    append_cookie(&cookies.set(cookies.departure, browser.expose(), None));
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
