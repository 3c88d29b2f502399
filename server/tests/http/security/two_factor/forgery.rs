//! Cross-site request forgery against the acts of two-factor authentication. `security/forgery.rs` has all others, and
//! proves that none is forgotten.

use super::super::forgery::{Act, OF_TWO_FACTOR, send_from_elsewhere};
use crate::{
    phone::{ENROLMENT, Phone, RECOVERY_CODES, enrol, recovery_codes_on, waiting},
    stage::{colleague, db_rows, id_of, settings},
    visitor::{PASSWORD, TestConsole, Visitor},
};
use sqlx::PgPool;
use std::{cell::RefCell, collections::BTreeSet};

/// Sends each act from elsewhere, which changes nothing, and then from our own pages, which changes something.
struct Forger<'a> {
    console: &'a TestConsole,
    sent: RefCell<BTreeSet<&'static str>>,
}

impl Forger<'_> {
    async fn tries(&self, victim: &Visitor, action: &'static str, fields: &[(&'static str, &str)]) {
        let act = Act::new(action, fields);
        let before = db_rows(&self.console.pool).await;
        send_from_elsewhere(self.console, victim, &act).await;
        assert_eq!(db_rows(&self.console.pool).await, before, "{action}");
        let answer = victim.call(action, fields).await;
        assert_eq!(answer.status, 200, "{action} {}", answer.body);
        assert_ne!(db_rows(&self.console.pool).await, before, "{action}");
        self.sent.borrow_mut().insert(action);
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn web_01_another_site_changes_nothing_about_two_factor(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &[]).await;
    enrol(&console, &ben).await;
    let ben = id_of(&console, "ben@example.test").await;
    let forger = Forger {
        console: &console,
        sent: RefCell::default(),
    };
    let password = ("current_password", PASSWORD);
    let mut phones = Vec::new();
    for name in ["Phone", "Key"] {
        forger.tries(&ada, "/api/two_factor/start", &[password]).await;
        let phone = Phone::scanned(&ada.open(ENROLMENT).await.body);
        let code = phone.code(&console);
        forger
            .tries(
                &ada,
                "/api/two_factor/confirm",
                &[("name", name), ("code", &code)],
            )
            .await;
        phones.push(phone);
    }
    forger
        .tries(&ada, "/api/two_factor/make_codes", &[password])
        .await;
    assert_eq!(recovery_codes_on(&ada.open(RECOVERY_CODES).await.body).len(), 10);
    forger
        .tries(&ada, "/api/two_factor/ask", &[("from", "2100-01-01"), password])
        .await;
    forger
        .tries(&ada, "/api/two_factor/stop_asking", &[password])
        .await;
    forger
        .tries(&ada, "/api/users/reset_two_factor", &[("user", &ben), password])
        .await;
    let key = settings(&ada).await.two_factor.authenticators[1].id.to_string();
    forger
        .tries(
            &ada,
            "/api/two_factor/remove",
            &[("authenticator", &key), password],
        )
        .await;

    let browser = waiting(&console, "ada@example.test").await;
    forger.tries(&browser, "/api/sign_in/leave", &[]).await;
    let browser = waiting(&console, "ada@example.test").await;
    let code = phones[0].next_code(&console);
    forger
        .tries(&browser, "/api/sign_in/code", &[("code", &code)])
        .await;
    forger.tries(&ada, "/api/two_factor/turn_off", &[password]).await;
    assert_eq!(*forger.sent.borrow(), BTreeSet::from(OF_TWO_FACTOR));
}
