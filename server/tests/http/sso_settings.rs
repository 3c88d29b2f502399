//! The pages of single sign-on as a browser without scripts meets them: forms that keep what was typed, a file that is
//! sent, dialogs, and what an administrator sees of a person's methods.

use crate::{
    audit::column,
    stage::{colleague, db_count, db_rows, id_of, sign_in},
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use app::routes::{SSO, SSO_FILE, USERS_CSV};
use backend::saml::testing::{CERTIFICATE, ENTITY_ID, identity_provider_metadata};
use domain::{
    field::{Fault, Field},
    saml_problem::SamlProblem,
    saml_report::{Check, Outcome, SamlCheck, SamlReport},
    saml_settings::SamlSettingProblem,
};
use reqwest::{Method, header};
use sqlx::{PgPool, types::Uuid};

const SSO_URL: &str = "https://idp.example.test/sso";
pub(crate) const CONFIGURE: &str = "/api/sso/configure_by_hand";

/// The form about the identity provider of the tests, filled in.
pub(crate) const PROVIDER: [(&str, &str); 5] = [
    ("sso_url", SSO_URL),
    ("entity_id", ENTITY_ID),
    ("certificate", CERTIFICATE),
    ("creates_accounts", "true"),
    ("domains", "example.test"),
];

/// A test sign-in of Ada's that failed; its id.
pub(crate) async fn db_sso_test(pool: &PgPool) -> String {
    let problem = SamlProblem::WrongAudience;
    let check = Check {
        name: SamlCheck::Audience,
        outcome: Outcome::Failed,
        expected: "https://console.example.test/metadata".into(),
        found: "<other>".into(),
    };
    let report = SamlReport {
        problem: Some(problem),
        detail: String::new(),
        checks: vec![check],
        other_attributes: vec!["shoe_size".into()],
    };
    let id: Uuid = sqlx::query_scalar(
        "insert into saml_tests (id, organization_id, user_id, stage, version, at, passed, report, response)
         select gen_random_uuid(), organization_id, id, 'draft', 99, now(), false, $1, '<samlp:Response>' from users
         where email = 'ada@example.test' returning id",
    )
    .bind(serde_json::to_value(&report).unwrap())
    .fetch_one(pool)
    .await
    .unwrap();
    id.to_string()
}

/// A test sign-in of whatever is configured has passed.
pub(crate) async fn db_sso_tested(pool: &PgPool) {
    sqlx::query("update saml_configurations set tested_at = now()")
        .execute(pool)
        .await
        .unwrap();
}

/// The identity provider knows somebody.
pub(crate) async fn db_sso_linked(pool: &PgPool, email: &str) {
    sqlx::query(
        "insert into identities (id, organization_id, user_id, provider, issuer, format, subject, email, linked_at)
         select gen_random_uuid(), organization_id, id, 'saml', 'https://idp.example.test/', 'f', email, email, now()
         from users where email = $1",
    )
    .bind(email)
    .execute(pool)
    .await
    .unwrap();
}

/// Sends the form with the file as a browser does; `None`: none was chosen.
async fn upload(by: &Visitor, console: &TestConsole, file: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let part = |head: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
    };
    let mut body: String = fields
        .iter()
        .map(|(name, value)| part(&format!("name=\"{name}\""), value))
        .collect();
    let name = if file.is_some() { "idp.xml" } else { "" };
    let head = format!("name=\"metadata_file\"; filename=\"{name}\"");
    body += &part(&head, file.unwrap_or_default());
    let request = by
        .request(Method::POST, SSO_FILE)
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::ORIGIN, &console.origin)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body + "--edge--\r\n");
    by.send(request).await
}

fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part} is missing from {page}");
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_was_typed_stays_and_each_fault_is_said_at_its_field(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let page = format!("{SSO}?tab=manual");
    let wrong = [
        ("sso_url", "http://idp.example.test/sso"),
        ("entity_id", "https://idp.example.test/ids"),
        ("certificate", "</textarea><b>no certificate"),
        ("asks_here", "true"),
        ("domains", "example"),
    ];
    let answer = ada.post(&page, CONFIGURE, &wrong).await;
    assert_eq!(answer.redirect(), (303, page.as_str()));
    let shown = ada.open(&page).await.body;
    let domains = Fault::NotADomain.sentence(Field::Domains);
    has(
        &shown,
        &[
            SamlSettingProblem::SsoUrlNotHttps.sentence(),
            SamlSettingProblem::CertificateUnreadable.sentence(),
            &domains,
            "value=\"http://idp.example.test/sso\"",
            "value=\"https://idp.example.test/ids\"",
            "&lt;/textarea>&lt;b>no certificate</textarea>",
            "value=\"example\"",
            "name=\"asks_here\" value=\"true\" checked",
        ],
    );
    assert!(!shown.contains("name=\"creates_accounts\" value=\"true\" checked"));

    let answer = ada.post(&page, CONFIGURE, &PROVIDER).await;
    assert_eq!(answer.redirect(), (303, "/organization/iam/sso?notice=sso-saved"));
    let shown = ada.open(answer.redirect().1).await.body;
    has(
        &shown,
        &["Deploy SSO", SSO_URL, ENTITY_ID, "Not tested", "EC P-256"],
    );
    // The form is filled from what there is now.
    let form = ada.open(&page).await.body;
    has(
        &form,
        &[
            SSO_URL,
            "-----BEGIN CERTIFICATE-----",
            "name=\"version\" value=\"1\"",
        ],
    );
}

/// What is to be copied to the identity provider is easily pasted here.
#[sqlx::test(migrations = "../app/backend/migrations")]
async fn what_is_this_consoles_own_is_not_taken_for_the_identity_providers(pool: PgPool) {
    let console = TestConsole::start_with(pool, &[("public_url", "https://console.example.test")]).await;
    let org_id = crate::identity_provider::org_id(&console, &console.ada().await).await;
    let ada = console.stranger();
    sign_in(&ada, "ada@example.test", PASSWORD).await;
    let page = format!("{SSO}?tab=manual");
    let [acs, entity_id] = ["acs", "metadata"].map(|path| {
        let sp = format!("{}/accounts/saml/{org_id}", console.origin);
        format!("{sp}/{path}")
    });
    let ours = [
        ("sso_url", acs.as_str()),
        ("entity_id", entity_id.as_str()),
        ("certificate", CERTIFICATE),
        ("creates_accounts", "true"),
    ];
    let answer = ada.post(&page, CONFIGURE, &ours).await;
    let domains = Fault::DomainsWanted.sentence(Field::Domains);
    has(
        &ada.open(answer.redirect().1).await.body,
        &[
            SamlSettingProblem::SsoUrlIsOurs.sentence(),
            SamlSettingProblem::EntityIdIsOurs.sentence(),
            &domains,
        ],
    );
    // In metadata, too: a console's own are those of a service, but somebody may have made them up.
    let made_up = identity_provider_metadata(&acs);
    let answer = upload(&ada, &console, Some(&made_up), &[("domains", "example.test")]).await;
    let page = ada.open(answer.redirect().1).await.body;
    has(&page, &[SamlSettingProblem::SsoUrlIsOurs.sentence()]);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_metadata_file_is_understood_and_a_wrong_one_said_at_its_field(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let form = format!("{SSO}?tab=metadata");
    let typed = [
        ("metadata_url", ""),
        ("domains", "example.test"),
        ("creates_accounts", "true"),
    ];
    for (file, sentence) in [
        (
            Some("<html></html>"),
            SamlSettingProblem::NotMetadata.sentence().to_owned(),
        ),
        (Some(""), Fault::Missing.sentence(Field::MetadataFile)),
        (None, Fault::Missing.sentence(Field::MetadataUrl)),
    ] {
        let answer = upload(&ada, &console, file, &typed).await;
        assert_eq!(answer.redirect(), (303, form.as_str()));
        has(
            &ada.open(&form).await.body,
            &[&sentence, "value=\"example.test\""],
        );
        assert!(
            !ada.open(&form).await.body.contains(&sentence),
            "it is shown once"
        );
    }
    // An address that leads nowhere matters no more once there is a file.
    let typed = [
        ("metadata_url", "https://10.1.2.3/"),
        ("creates_accounts", "true"),
        ("domains", "example.test"),
    ];
    let metadata = identity_provider_metadata(SSO_URL);
    let answer = upload(&ada, &console, Some(&metadata), &typed).await;
    assert_eq!(answer.redirect(), (303, "/organization/iam/sso?notice=sso-saved"));
    let shown = ada.open(SSO).await.body;
    has(
        &shown,
        &["Deploy SSO", SSO_URL, ENTITY_ID, "From a metadata file"],
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_file_wants_a_recent_proof_and_makes_it_new_with_the_password(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    console.advance(10 * 60);
    let metadata = identity_provider_metadata(SSO_URL);
    let before = ada.cookie("usher").unwrap();
    for (password, sentence) in [
        ("", Fault::ProofWanted.sentence(Field::CurrentPassword)),
        (
            "not theirs",
            Fault::WrongPassword.sentence(Field::CurrentPassword),
        ),
    ] {
        let fields = [("current_password", password), ("domains", "example.test")];
        let answer = upload(&ada, &console, Some(&metadata), &fields).await;
        assert_eq!(answer.redirect(), (303, "/organization/iam/sso?tab=metadata"));
        let page = ada.open(answer.redirect().1).await.body;
        has(
            &page,
            &[&sentence, "name=\"current_password\"", "value=\"example.test\""],
        );
        assert!(!page.contains("not theirs"));
    }
    let answer = upload(&ada, &console, Some(&metadata), &[("current_password", PASSWORD)]).await;
    assert_eq!(answer.redirect(), (303, "/organization/iam/sso?notice=sso-saved"));
    assert_ne!(ada.cookie("usher").unwrap(), before);
    assert_eq!(ada.open(SSO).await.status, 200);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_file_of_whoever_may_not_send_it_changes_nothing(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let reader = colleague(&console, &ada, "reader@example.test", &["read"]).await;
    let before = db_rows(&pool).await;
    let metadata = identity_provider_metadata(SSO_URL);
    let stranger = upload(&console.stranger(), &console, Some(&metadata), &[]).await;
    assert!(stranger.redirect().1.starts_with("/sign-in?next="));
    let refused = upload(&reader, &console, Some(&metadata), &[]).await;
    assert_eq!(refused.status, 403);
    let large = "x".repeat(1_100_000);
    let said = upload(&ada, &console, Some(&large), &[]).await;
    assert_eq!(said.redirect(), (303, "/organization/iam/sso?tab=metadata"));
    let page = ada.open(said.redirect().1).await.body;
    has(&page, &[SamlSettingProblem::MetadataTooLarge.sentence()]);
    let endless = "x".repeat(4_300_000);
    assert_eq!(upload(&ada, &console, Some(&endless), &[]).await.status, 413);
    let no_form = ada.post(SSO, SSO_FILE, &[("metadata_url", "x")]).await;
    assert_eq!(no_form.status, 400);
    assert_eq!(db_rows(&pool).await, before);
    // Whoever comes back from signing in again.
    assert_eq!(ada.open(SSO_FILE).await.redirect(), (303, SSO));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn each_state_has_its_acts_and_each_act_its_question(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let reader = colleague(&console, &ada, "reader@example.test", &["read"]).await;
    let id = id_of(&console, "ada@example.test").await;
    let asks = async |dialog: &str| {
        let page = ada.open(&format!("{SSO}?dialog={dialog}")).await;
        assert_eq!(page.status, 200, "{dialog}");
        page.body.contains("<dialog")
    };
    let act = async |action: &str, fields: &[(&str, &str)]| {
        assert_eq!(ada.call(action, fields).await.status, 200, "{action}");
    };
    has(&ada.open(SSO).await.body, &["Configure SAML", "What it does"]);
    act(CONFIGURE, &PROVIDER).await;
    assert!(asks("discard").await && !asks("disable").await && !asks("stop").await);
    act("/api/sso/deploy", &[("version", "1")]).await;
    has(
        &ada.open(SSO).await.body,
        &["Deployed", "First a test sign-in of what is deployed must pass"],
    );
    assert!(!asks("discard").await && asks("disable").await && !asks("enable").await);
    act("/api/sso/switch", &[("enabled", "false")]).await;
    has(
        &ada.open(SSO).await.body,
        &["Disabled", "Enable single sign-on first."],
    );
    assert!(!asks("disable").await && asks("enable").await);
    act("/api/sso/switch", &[("enabled", "true")]).await;
    db_sso_tested(&pool).await;
    has(
        &ada.open(SSO).await.body,
        &["Ada Lovelace (ada@example.test)", "Require SSO"],
    );
    act("/api/sso/require", &[("break_glass", &id)]).await;
    has(
        &ada.open(SSO).await.body,
        &["everybody signs in with SSO only", "Stop requiring SSO"],
    );
    assert!(asks("name").await && asks("stop").await && !asks("disable").await);

    // Of all this somebody who only looks has the facts. Their session began by a password, and is over.
    assert_eq!(reader.open(SSO).await.status, 303);
    act("/api/sso/stop_requiring", &[]).await;
    let reader = colleague(&console, &ada, "other@example.test", &["read"]).await;
    for address in ["", "?tab=manual", "?dialog=disable"] {
        let page = reader.open(&format!("{SSO}{address}")).await.body;
        has(&page, &[ENTITY_ID, "Only an IAM Admin can change it."]);
        for act in ["<dialog", "Preview", "login?test=", "api/sso/"] {
            assert!(!page.contains(act), "{address} {act}");
        }
    }
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_test_sign_in_is_shown_check_by_check(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let test = db_sso_test(&pool).await;
    let page = ada.open(&format!("{SSO}/tests/{test}")).await;
    assert_eq!(page.status, 200);
    has(
        &page.body,
        &[
            "Test sign-in failed",
            SamlProblem::WrongAudience.what(),
            "Audience",
            "&lt;other&gt;",
            "&lt;samlp:Response&gt;",
            "shoe_size",
            "The configuration has changed since",
            "login?test=draft",
        ],
    );
    has(&ada.open(SSO).await.body, &[&format!("{SSO}/tests/{test}")]);
    assert_eq!(ada.open(&format!("{SSO}/tests/no-id")).await.status, 404);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn administrators_see_by_what_people_sign_in_and_unlink_their_sso(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    colleague(&console, &ada, "ben@example.test", &[]).await;
    let ben = id_of(&console, "ben@example.test").await;
    db_sso_linked(&pool, "ben@example.test").await;
    let list = "/organization/users?q=ben";
    has(&ada.open(list).await.body, &["Password, SSO"]);
    let file = ada.open(&format!("{USERS_CSV}?q=ben")).await;
    assert_eq!(column(&file, "sign_in_methods"), ["password; saml"]);
    let person = format!("/organization/users/{ben}");
    let asked = format!("{person}?dialog=unlink-sso");
    has(
        &ada.open(&asked).await.body,
        &["Unlink SSO of Ben Babbage?", "Sign-in methods"],
    );
    let answer = ada.post(&asked, "/api/users/unlink_sso", &[("user", &ben)]).await;
    assert_eq!(
        answer.redirect(),
        (303, format!("{person}?notice=sso-unlinked").as_str())
    );
    assert_eq!(db_count(&pool, "identities").await, 0);
    assert!(!ada.open(&asked).await.body.contains("<dialog"));
    has(&ada.open(list).await.body, &["Password"]);
}
