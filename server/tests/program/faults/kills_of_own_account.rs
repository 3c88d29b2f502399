//! Servers that are killed while people change what proves who they are: the password, the second factor.

use super::{
    account::{Account, Trace, rounds},
    kills::{Victim, traces},
};
use crate::console::{Browser, PASSWORD, mailed_token};
use backend::mail::testing::MailServer;
use std::collections::BTreeMap;

/// The password itself is judged by signing in.
const CHANGED: &str = "select email, array[
        (select count(*) from mails m where m.user_id = u.id and m.message->>'kind' = 'password_changed'),
        (select count(*) from audit a
         where a.target_id = u.id and a.action = 'account.change_password' and a.result = 'done')]
    from users u where email = any($1)";
#[tokio::test(flavor = "multi_thread")]
async fn rel_03_a_server_that_is_killed_while_passwords_change_leaves_everybody_one() {
    const PEOPLE: usize = 8;
    const NEW: &str = "eleven foxes paint the harbour";
    let mails = MailServer::start().await;
    let mut victim = Victim::start("kills-changing", &mails).await;
    let (url, rounds) = (victim.url(), rounds(4));
    let mut account = Account::new("killed while changing passwords", rounds);
    for round in 0..rounds {
        let mut acts = Vec::new();
        for n in 0..PEOPLE {
            let email = format!("r{round}n{n}@example.test");
            victim.ada.invites(&email).await;
            let person = Browser::accepting(&url, &mailed_token(&mails, &email).await).await;
            let typed = [("current_password", PASSWORD), ("password", NEW)];
            acts.push((email, person.request("/api/account/change_password", &typed)));
        }
        let again: Vec<_> = acts
            .iter()
            .map(|(email, request)| (email.clone(), request.try_clone().unwrap()))
            .collect();
        let emails: Vec<_> = again.iter().map(|(email, _)| email.clone()).collect();
        let acknowledged = victim.killed_during(round, acts).await;
        let mut found = traces(&victim.database, CHANGED, &emails).await;
        for (email, request) in again {
            let signs_in = async |password| {
                let typed = [("email", email.as_str()), ("password", password)];
                match Browser::at(&url)
                    .act("/api/sign_in/password", &typed)
                    .await
                    .as_u16()
                {
                    200 => true,
                    409 => false,
                    other => panic!("{email}: {other}"),
                }
            };
            let (old, new) = (signs_in(PASSWORD).await, signs_in(NEW).await);
            assert!(old != new, "{email} has one password: {old} {new}");
            if new != (found[&email] == Trace::Done) {
                found.insert(email.clone(), Trace::Half);
            }
            if old {
                assert_eq!(request.send().await.unwrap().status(), 200, "{email} goes on");
                assert!(signs_in(NEW).await, "{email}");
            }
        }
        account.enter_all(&acknowledged, &found);
        let now = traces(&victim.database, CHANGED, &emails).await;
        assert!(now.values().all(|trace| *trace == Trace::Done), "{now:?}");
    }
    assert!(
        account.found() < rounds * PEOPLE,
        "no server was killed in the middle of it"
    );
    victim.ends().await;
    account.close();
}

/// Of each person: all of what switching it on does, or nothing.
const ENROLLED: &str = "select email, array[
        two_factor::int::bigint,
        (select count(*) from authenticators a where a.user_id = u.id and a.confirmed_at is not null),
        (select count(*) from recovery_codes c where c.user_id = u.id) / 10,
        (select count(*) from mails m where m.user_id = u.id and m.message#>>'{change,what}' = 'on'),
        (select count(*) from audit a where a.target_id = u.id and a.action = 'two_factor.add')]
    from users u where email = any($1)";

#[tokio::test(flavor = "multi_thread")]
async fn rel_03_a_server_that_is_killed_while_people_switch_two_factor_on_does_nothing_by_half() {
    const PEOPLE: usize = 6;
    let mails = MailServer::start().await;
    let mut victim = Victim::start("kills-enrolling", &mails).await;
    let (url, rounds) = (victim.url(), rounds(2));
    let mut account = Account::new("killed while switching two-factor on", rounds);
    for round in 0..rounds {
        let mut people = BTreeMap::new();
        for n in 0..PEOPLE {
            let email = format!("r{round}n{n}@example.test");
            victim.ada.invites(&email).await;
            let person = Browser::accepting(&url, &mailed_token(&mails, &email).await).await;
            people.insert(email, person.scans().await);
        }
        let confirming = people
            .iter()
            .map(|(email, (who, phone))| (email.clone(), who.confirms(phone)));
        let acts: Vec<_> = confirming.collect();
        let acknowledged = victim.killed_during(round, acts).await;
        let emails: Vec<_> = people.keys().cloned().collect();
        let found = traces(&victim.database, ENROLLED, &emails).await;
        account.enter_all(&acknowledged, &found);
        for (email, (who, phone)) in &people {
            if found[email] == Trace::Nothing {
                let again = who.confirms(phone).send().await.unwrap();
                assert_eq!(again.status(), 200, "{email} goes on");
            }
            let asked = Browser::asked_for_code(&url, email).await;
            let code = phone.code_after(1);
            assert_eq!(
                asked.act("/api/sign_in/code", &[("code", &code)]).await,
                200,
                "{email}"
            );
        }
        let now = traces(&victim.database, ENROLLED, &emails).await;
        assert!(now.values().all(|trace| *trace == Trace::Done), "{now:?}");
    }
    assert!(
        account.found() < rounds * PEOPLE,
        "no server was killed in the middle of it"
    );
    victim.ends().await;
    account.close();
}
