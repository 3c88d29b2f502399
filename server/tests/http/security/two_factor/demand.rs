//! An organization that asks everybody for it from a day on.

use crate::{
    audit::column,
    phone::{
        ENROLMENT, SETTINGS, TURN_OFF, confirm, enrol, failure, is_in, is_refused, scan, sign_in_with,
        wants_proof,
    },
    stage::{LIST, Post, colleague, db_count, deactivate, eve, id_of, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use app::{
    error::AppError,
    routes::{API_REFERENCE, FILES, HOME, PUBLIC_ACTIONS, is_public_page},
};
use domain::{
    field::{Fault, Field},
    moment::Day,
    refusal::Refusal,
};
use sqlx::PgPool;

const ADA: &str = "ada@example.test";
const BEN: &str = "ben@example.test";
const DEMAND: &str = "/organization/iam/two-factor";
const ASK: &str = "/api/two_factor/ask";
const STOP: &str = "/api/two_factor/stop_asking";
const VIEW: &str = "/api/two_factor/demand";
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
/// What the forms of all functions have, so that each is judged.
const FIELDS: [(&str, &str); 29] = [
    ("id", NOBODY),
    ("part", "users"),
    ("on", "true"),
    ("job", NOBODY),
    ("list", ""),
    ("token", NOBODY),
    ("service", NOBODY),
    ("expires", "never"),
    ("user", NOBODY),
    ("users[]", NOBODY),
    ("group", NOBODY),
    ("policy", NOBODY),
    ("session", NOBODY),
    ("authenticator", NOBODY),
    ("test", NOBODY),
    ("identity", NOBODY),
    ("provider", "google"),
    ("enabled", "false"),
    ("version", "0"),
    ("search", ""),
    ("theme", "dark"),
    ("current_password", "not theirs"),
    ("password", "short"),
    ("code", "000000"),
    ("from", "2100-01-01"),
    ("name", "New"),
    ("email", "new@example.test"),
    ("role", "iam-admin"),
    ("step", "save"),
];
const DAY: i64 = 86_400;

/// The day that begins in less than so many days.
fn day(console: &TestConsole, days: i64) -> String {
    Day::of(console.backend.now() + time::Duration::days(days)).to_string()
}

async fn ask(console: &TestConsole, who: &Visitor, days: i64) -> Answer {
    who.call(ASK, &[("from", &day(console, days))]).await
}

fn wants_two_factor(answer: &Answer) -> bool {
    answer.status == 403 && failure(answer) == AppError::TwoFactorWanted
}

/// Signs somebody in anew, as sessions end after a day.
async fn again(console: &TestConsole, email: &str) -> Visitor {
    let browser = console.stranger();
    assert_eq!(sign_in(&browser, email, PASSWORD).await.redirect(), (303, "/"));
    browser
}

/// The pages for which a role is needed.
fn granted_pages(id: &str) -> Vec<String> {
    let pages = leptos_axum::generate_route_list(app::App);
    let pages = pages.iter().map(|page| page.path().to_owned());
    let all = pages.chain(FILES.map(|(file, _)| file.to_owned()));
    let granted =
        all.filter(|page| !is_public_page(page) && ![HOME, SETTINGS, API_REFERENCE].contains(&page.as_str()));
    granted
        .map(|page| page.replace("{id}", id).replace("{key}", "iam-admin"))
        .collect()
}

/// What whoever lacks it may do, with what these forms, which are not right, are answered.
const LEFT_TO_EVERYBODY: [(&str, u16); 17] = [
    ("/api/api_reference/read", 200),
    ("/api/access/administrators", 200),
    ("/api/account/settings", 200),
    ("/api/account/choose_theme", 200),
    ("/api/account/change_password", 422),
    ("/api/account/mail_password_link", 409),
    ("/api/identities/proof_ways", 200),
    ("/api/identities/depart_to_link", 404),
    ("/api/identities/unlink", 404),
    ("/api/sessions/end", 404),
    ("/api/sessions/end_others", 200),
    ("/api/two_factor/look", 200),
    ("/api/two_factor/start", 422),
    ("/api/two_factor/confirm", 409),
    ("/api/two_factor/remove", 404),
    ("/api/two_factor/make_codes", 404),
    ("/api/sessions/sign_out", 200),
];

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn nobody_is_cut_off_before_the_day_and_then_everybody_without_it_until_they_have_it(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool.clone()).await,
    );
    let advance = |seconds: i64| {
        console.advance(seconds);
        other.advance(seconds);
    };
    let (ada, post) = (console.ada().await, Post::open().await);
    let of_ada = enrol(&console, &ada).await;
    colleague(&console, &ada, BEN, &["admin"]).await;
    let id = id_of(&console, ADA).await;
    post.deliver(&console).await;
    assert_eq!(ask(&console, &ada, 3).await.status, 200);
    post.deliver(&console).await;
    let told = |email: &str| {
        let mails = post.server.received_by(email);
        mails
            .iter()
            .filter(|mail| mail.text().contains("asks everybody for two-factor"))
            .count()
    };
    assert_eq!((told(BEN), told(ADA)), (1, 0));

    // A moment before.
    let day = Day::of(console.backend.now() + time::Duration::days(3)).start();
    advance((day - console.backend.now()).whole_seconds() - 60);
    let ben = again(&console, BEN).await;
    assert!(
        ben.open("/")
            .await
            .body
            .contains("Two-factor authentication will be needed")
    );
    for page in granted_pages(&id) {
        let status = ben.open(&page).await.status.as_u16();
        assert!([200, 404].contains(&status), "{page} {status}");
    }
    let elsewhere = other.stranger();
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    let held = crate::stage::caller(&console, &ben).await;

    advance(61);
    for (jar, server) in [(&ben, "one"), (&elsewhere, "other")] {
        for page in granted_pages(&id) {
            let answer = jar.open(&page).await;
            assert_eq!(answer.status, 403, "{server} {page}");
            assert!(!answer.body.contains(ADA), "{server} {page}");
        }
        let home = jar.open("/").await;
        assert!(home.status == 200 && home.body.contains("Set up two-factor authentication"));
        assert!(is_in(jar).await, "own settings stay");
    }
    let fields = [&FIELDS[..], &LIST].concat();
    for (action, _) in server_fn::axum::server_fn_paths() {
        if PUBLIC_ACTIONS.contains(&action) || action == "/api/sessions/sign_out" {
            continue;
        }
        let answer = elsewhere.call(action, &fields).await;
        match LEFT_TO_EVERYBODY.iter().find(|(left, _)| *left == action) {
            Some((_, status)) => assert_eq!(answer.status, *status, "{action}"),
            None if action == TURN_OFF => assert!(is_refused(&answer, Refusal::TwoFactorAskedFor)),
            None => assert!(
                wants_two_factor(&answer),
                "{action} {} {}",
                answer.status,
                answer.body
            ),
        }
    }
    // What had begun a moment before does not happen either.
    let late = console.backend.invite(&held, "late@example.test", &[]).await;
    assert!(matches!(late, Err(backend::Error::Forbidden { .. })), "{late:?}");

    // With the first authenticator all is back at once, on every server.
    let phone = scan(&ben).await;
    assert!(ben.open(ENROLMENT).await.body.contains("Scan this code"));
    assert_eq!(confirm(&ben, "Phone", &phone.code(&console)).await.status, 200);
    elsewhere.set_cookie("usher", &ben.cookie("usher").unwrap());
    for jar in [&ben, &elsewhere] {
        assert_eq!(jar.call("/api/users/list", &LIST).await.status, 200);
        assert_eq!(jar.open(DEMAND).await.status, 200);
    }
    assert!(!ben.open("/").await.body.contains("two-factor authentication"));
    assert!(is_refused(
        &ben.call(TURN_OFF, &[]).await,
        Refusal::TwoFactorAskedFor
    ));

    // And as soon as it is asked of nobody, nobody lacks anything.
    let carla = colleague(&console, &ben, "carla@example.test", &["read"]).await;
    assert_eq!(carla.open(DEMAND).await.status, 403);
    let ada = sign_in_with(&console, ADA, &of_ada.phone).await;
    assert_eq!(ada.call(STOP, &[]).await.status, 200);
    assert_eq!(carla.open(DEMAND).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_asks_is_an_iam_admin_who_has_it_and_proved_it(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let refused = ask(&console, &ada, 9).await;
    assert!(is_refused(&refused, Refusal::LastEnrolledAdministrator));
    enrol(&console, &ada).await;
    for name in ["", "write", "read", "metrics", "billing_viewer"] {
        let groups: Vec<_> = [name].into_iter().filter(|name| !name.is_empty()).collect();
        let person = colleague(&console, &ada, &format!("p-{name}@example.test"), &groups).await;
        assert_eq!(ask(&console, &person, 9).await.status, 403, "{name}");
        assert_eq!(person.call(STOP, &[]).await.status, 403, "{name}");
        let sees = if name == "read" { 200 } else { 403 };
        assert_eq!(person.call(VIEW, &[]).await.status, sees, "{name}");
        let page = person.open(DEMAND).await;
        assert_eq!(page.status, sees, "{name}");
        assert!(!page.body.contains("Stop asking"), "{name}");
    }
    for (typed, fault) in [
        ("", Fault::Missing),
        ("soon", Fault::NotADay),
        (day(&console, 1).as_str(), Fault::TooSoon),
        ("2020-01-01", Fault::TooSoon),
    ] {
        let answer = ada.call(ASK, &[("from", typed)]).await;
        assert!(crate::phone::is_faulty(&answer, Field::From, &fault), "{typed}");
    }
    let asked = "organizations where two_factor_from is not null";
    assert_eq!(db_count(&pool, asked).await, 0);
    console.advance(6 * 60);
    for action in [ASK, STOP] {
        let from = day(&console, 9);
        assert!(
            wants_proof(&ada.call(action, &[("from", &from)]).await),
            "{action}"
        );
    }
    let from = day(&console, 9);
    let proof = [("from", from.as_str()), ("current_password", PASSWORD)];
    let done = ada.post(DEMAND, ASK, &proof).await;
    assert_eq!(
        done.redirect(),
        (303, format!("{DEMAND}?notice=two-factor-asked").as_str())
    );
    assert_eq!(db_count(&pool, asked).await, 1, "of their own organization alone");
    let eve = eve(&console).await;
    let theirs = eve.call(VIEW, &[]).await;
    assert!(theirs.status == 200 && !theirs.body.contains("example.test"));
    assert_eq!(
        db_count(&pool, "audit where action = 'two_factor.ask' and result = 'done'").await,
        1
    );
    assert_eq!(ask(&console, &ada, 9).await.status, 200, "the same again");
    assert_eq!(
        db_count(&pool, "audit where action = 'two_factor.ask' and result = 'done'").await,
        1
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn one_enrolled_administrator_is_kept_and_who_lacks_it_is_listed(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, BEN, &["admin"]).await;
    enrol(&console, &ada).await;
    assert_eq!(ask(&console, &ada, 9).await.status, 200);
    let id = id_of(&console, ADA).await;
    let last = Refusal::LastEnrolledAdministrator;
    assert!(is_refused(&ada.call(TURN_OFF, &[]).await, last));
    let reset = ben.call("/api/users/reset_two_factor", &[("user", &id)]).await;
    assert!(is_refused(&reset, last));
    assert!(is_refused(&deactivate(&console, &ben, ADA).await, last));
    let admins = crate::stage::group(&console, &ben, "admin").await;
    let fields = [("group", admins.as_str()), ("users[]", &id), ("seen", "0")];
    let removed = ben.call("/api/groups/remove_members", &fields).await;
    assert_eq!(removed.status, 409);

    let page = ada.open(DEMAND).await.body;
    assert!(page.contains(BEN) && !page.contains(&format!("> {ADA}")));
    let lacking = "/organization/users?status=active&two-factor=off";
    assert!(page.contains(&lacking.replace('&', "&amp;")), "{page}");
    let list = ada.open(lacking).await.body;
    let (_, table) = list.split_once("<tbody").unwrap();
    let (table, _) = table.split_once("</tbody>").unwrap();
    assert!(table.contains(BEN) && !table.contains(ADA));
    let file = ada.open("/organization/users.csv?sort=email").await;
    assert_eq!(column(&file, "two_factor"), ["yes", "no"]);
    let file = ada.open("/organization/users.csv?two-factor=off").await;
    assert_eq!(column(&file, "email"), [BEN]);
    // With a second one each of them may go.
    enrol(&console, &ben).await;
    console.advance(DAY / 24);
    assert_eq!(deactivate(&console, &ben, ADA).await.status, 200);
}
