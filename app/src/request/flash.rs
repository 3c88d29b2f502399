//! What one answer leaves for the next page, and the cookies that it travels in.

use super::{append_cookie, visitor};
use crate::error::{AppError, Result};
use backend::sealer::{Place, Sealer};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ids::UserId, moment::Moment};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a flash waits for its page.
pub const FLASH_SECONDS: i64 = 600;

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
    /// The value of the cookie `name`, for one person; `None` is for whoever is not signed in. Its end is sealed in it: a
    /// browser forgets the cookie by itself, and whoever copied it does not.
    pub fn seal(
        &self,
        sealer: &Sealer,
        name: &'static str,
        person: Option<UserId>,
        now: Moment,
    ) -> Result<String> {
        let ends = now.unix_seconds() + FLASH_SECONDS;
        let json = serde_json::to_vec(&(ends, self)).map_err(|_| AppError::Unavailable)?;
        seal_cookie(sealer, name, person, &json)
    }

    pub fn open(
        sealer: &Sealer,
        name: &'static str,
        person: Option<UserId>,
        value: &str,
        now: Moment,
    ) -> Option<Self> {
        let opened = open_cookie(sealer, name, person, value)?;
        let (ends, flash): (i64, Self) = serde_json::from_slice(&opened).ok()?;
        (now.unix_seconds() < ends).then_some(flash)
    }
}

pub(super) fn seal_cookie(
    sealer: &Sealer,
    name: &'static str,
    person: Option<UserId>,
    text: &[u8],
) -> Result<String> {
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
    /// A sign-in that waits for its code.
    pub challenge: &'static str,
    /// A sign-in that has left for Google or GitHub.
    pub departure: &'static str,
    /// The same for a SAML identity provider, whose answer is posted from another site.
    pub saml: &'static str,
    /// Somebody whom a provider vouches for and who belongs to no account yet.
    pub identity: &'static str,
    /// The organization where somebody last signed in with single sign-on.
    pub sso: &'static str,
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
                challenge: "__Host-challenge",
                departure: "__Host-departure",
                saml: "__Host-saml",
                identity: "__Host-identity",
                sso: "__Host-sso",
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
                challenge: "challenge",
                departure: "departure",
                saml: "saml",
                identity: "identity",
                sso: "sso",
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

    /// The same for what a form of another site must bring along. Browsers want it to be secure, and take the machine's
    /// own address for that.
    pub fn set_cross_site(&self, name: &str, value: &str, max_age: i64) -> String {
        format!("{name}={value}; Path=/; HttpOnly; SameSite=None; Secure; Max-Age={max_age}")
    }
}

/// Who was signed in last, by the cookie [`CookieNames::person`].
pub fn read_person(sealer: &Sealer, cookies: CookieNames, value: &str) -> Option<UserId> {
    let id = open_cookie(sealer, cookies.person, None, value)?;
    Uuid::from_slice(&id).ok().map(UserId)
}

/// Leaves a flash for the next page.
pub fn leave_flash(flash: &Flash) -> Result<()> {
    let visitor = visitor()?;
    let (name, person) = (visitor.cookies.flash, visitor.person());
    let sealed = flash.seal(
        visitor.backend.sealer(),
        name,
        person,
        visitor.backend.now().into(),
    )?;
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

/// Leaves the reason for a refusal for the form of this server function on this page.
pub fn leave_refusal(page: String, action: &str, error: AppError) -> Result<()> {
    leave_flash(&Flash {
        page,
        action: action.to_owned(),
        error: Some(error),
        values: Vec::new(),
    })
}
