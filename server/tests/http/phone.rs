//! People with two-factor authentication, and their phones: an authenticator app that knows of a secret what the page
//! shows, and computes codes as any such app does (RFC 6238).

use crate::{
    stage::sign_in,
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use app::error::AppError;
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use totp_rs::{Builder, Secret, Totp};

pub(crate) const SETTINGS: &str = "/account/settings";
/// Where the secret is shown.
pub(crate) const ENROLMENT: &str = "/account/settings?dialog=authenticator";
/// Where recovery codes are, once.
pub(crate) const RECOVERY_CODES: &str = "/account/settings?dialog=recovery-codes";
pub(crate) const START: &str = "/api/two_factor/start";
pub(crate) const LOOK: &str = "/api/two_factor/look";
pub(crate) const CONFIRM: &str = "/api/two_factor/confirm";
pub(crate) const TURN_OFF: &str = "/api/two_factor/turn_off";
pub(crate) const CODE: &str = "/api/sign_in/code";
pub(crate) const CODE_PAGE: &str = "/sign-in/code";
/// The cookie of a sign-in that waits for its code, over http.
pub(crate) const CHALLENGE: &str = "challenge";
/// Seconds for which a code is shown.
pub(crate) const STEP: i64 = 30;

pub(crate) struct Phone(Totp);

impl Phone {
    /// Told the key that a page shows.
    pub(crate) fn scanned(page: &str) -> Self {
        let key = key_on(page).expect("a page that shows a key");
        let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows at the console's time.
    pub(crate) fn code(&self, console: &TestConsole) -> String {
        self.code_after(console, 0)
    }

    /// What it shows so many steps later.
    pub(crate) fn code_after(&self, console: &TestConsole, steps: i64) -> String {
        let seconds = console.backend.now().unix_timestamp() + steps * STEP;
        self.0.generate(u64::try_from(seconds).unwrap()).to_string()
    }

    /// The next code: one step later, so that it was used by nobody.
    pub(crate) fn next_code(&self, console: &TestConsole) -> String {
        console.advance(STEP);
        self.code(console)
    }
}

/// The key as text, in groups of four.
pub(crate) fn key_on(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("class=\"two-factor-secret\"")?;
    let (_, rest) = rest.split_once("<code class=\"mono\">")?;
    rest.split('<').next()
}

/// The shape of the QR code.
pub(crate) fn qr_on(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("class=\"qr-code\"")?;
    let (_, rest) = rest.split_once(" d=\"")?;
    rest.split('"').next()
}

pub(crate) fn recovery_codes_on(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once("class=\"recovery-codes mono\">") else {
        return Vec::new();
    };
    let list = rest.split("</ol>").next().unwrap_or_default();
    let codes = list.split("<li>").skip(1);
    codes
        .map(|code| code.split('<').next().unwrap_or_default().to_owned())
        .collect()
}

/// Types the password to set an authenticator up.
pub(crate) async fn start(who: &Visitor, password: &str) -> Answer {
    who.call(START, &[("current_password", password)]).await
}

/// The same with the right password, up to the key on the page.
pub(crate) async fn scan(who: &Visitor) -> Phone {
    assert_eq!(start(who, PASSWORD).await.status, 200);
    Phone::scanned(&who.open(ENROLMENT).await.body)
}

pub(crate) async fn confirm(who: &Visitor, name: &str, code: &str) -> Answer {
    who.call(CONFIRM, &[("name", name), ("code", code)]).await
}

/// What somebody has who has two-factor authentication.
pub(crate) struct Enrolled {
    pub(crate) phone: Phone,
    pub(crate) codes: Vec<String>,
}

/// Switches it on, as a person does.
pub(crate) async fn enrol(console: &TestConsole, who: &Visitor) -> Enrolled {
    let phone = scan(who).await;
    let answer = confirm(who, "Phone", &phone.code(console)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let codes = recovery_codes_on(&who.open(RECOVERY_CODES).await.body);
    assert_eq!(codes.len(), 10);
    Enrolled { phone, codes }
}

/// A browser in which the password was right and the code is asked for.
pub(crate) async fn waiting(console: &TestConsole, email: &str) -> Visitor {
    let browser = console.stranger();
    asked_for_code(&browser, email).await;
    browser
}

/// The same in a browser that there is.
pub(crate) async fn asked_for_code(browser: &Visitor, email: &str) {
    let answer = sign_in(browser, email, PASSWORD).await;
    assert_eq!(answer.redirect(), (303, CODE_PAGE), "{email}");
    assert!(browser.cookie(CHALLENGE).is_some());
}

pub(crate) async fn type_code(browser: &Visitor, code: &str) -> Answer {
    browser.call(CODE, &[("code", code)]).await
}

/// Signs in with both steps.
pub(crate) async fn sign_in_with(console: &TestConsole, email: &str, phone: &Phone) -> Visitor {
    let browser = waiting(console, email).await;
    let answer = type_code(&browser, &phone.next_code(console)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    browser
}

pub(crate) async fn is_in(who: &Visitor) -> bool {
    match who.open(SETTINGS).await.status.as_u16() {
        200 => true,
        303 => false,
        other => panic!("{other}"),
    }
}

pub(crate) fn failure(answer: &Answer) -> AppError {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{} {}", answer.status, answer.body))
}

pub(crate) fn is_refused(answer: &Answer, why: Refusal) -> bool {
    answer.status == 409 && failure(answer) == AppError::Refused(why)
}

pub(crate) fn is_faulty(answer: &Answer, field: Field, fault: &Fault) -> bool {
    matches!(failure(answer), AppError::Invalid(faults) if faults.of(field) == Some(fault))
}

/// A code that is wrong, or was used.
pub(crate) fn is_wrong(answer: &Answer) -> bool {
    answer.status == 422 && is_faulty(answer, Field::Code, &Fault::WrongCode)
}

/// The password is asked for again.
pub(crate) fn wants_proof(answer: &Answer) -> bool {
    answer.status == 422 && is_faulty(answer, Field::CurrentPassword, &Fault::ProofWanted)
}
