//! The editor of access policies as a form without scripts, and what scripts are told instead.

use crate::{
    stage::{colleague, confirm_on, db_rows, id_of},
    visitor::{Answer, TestConsole, Visitor},
};
use app::error::AppError;
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use sqlx::PgPool;

const SAVE: &str = "/api/policies/save";
const LIST: &str = "/organization/iam/access-policies";
const CREATE: &str = "/organization/iam/access-policies/create";

type Form<'a> = Vec<(&'a str, &'a str)>;

/// The form of a new policy with one rule, as a browser sends it.
fn form<'a>(role: &'a str, user: &'a str, step: &'a str) -> Form<'a> {
    let mut form = vec![
        ("version", "0"),
        ("name", "Clusters"),
        ("description", "Who sees them"),
        ("rules[0][users][]", user),
        ("rules[0][find_users]", ""),
        ("rules[0][find_groups]", ""),
        ("rules[0][roles][]", role),
        ("rules[0][ends]", ""),
        ("step", step),
    ];
    form.retain(|(name, value)| !(name.ends_with("[]") && value.is_empty()));
    form
}

fn with<'a>(mut form: Form<'a>, name: &'a str, value: &'a str) -> Form<'a> {
    form.retain(|(other, _)| *other != name);
    form.push((name, value));
    form
}

/// The draft in the address of an answer.
fn draft_of(answer: &Answer) -> String {
    let (status, address) = answer.redirect();
    assert_eq!(status, 303, "{}", answer.body);
    let (_, rest) = address.split_once("draft=").unwrap();
    rest.split(['&', '#']).next().unwrap().to_owned()
}

fn ticks(page: &str, value: &str) -> bool {
    page.contains(&format!("value=\"{value}\" checked"))
}

async fn ben(console: &TestConsole, ada: &Visitor) -> String {
    colleague(console, ada, "ben@example.test", &["read"]).await;
    id_of(console, "ben@example.test").await
}

/// The id of the policy of this name, from the link of its row.
async fn policy(ada: &Visitor, name: &str) -> String {
    let page = ada.open(&format!("{LIST}?q={name}")).await.body;
    let (before, _) = page.split_once("/edit\"").unwrap();
    before.rsplit('/').next().unwrap().to_owned()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn each_step_keeps_what_was_typed(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = ben(&console, &ada).await;

    let added = ada
        .post(CREATE, SAVE, &form("cks-viewer", &ben, "add-rule"))
        .await;
    let draft = draft_of(&added);
    assert_eq!(
        added.redirect().1,
        format!("{CREATE}?draft={draft}#rule-2"),
        "it leads to the new rule"
    );
    let page = ada.open(&format!("{CREATE}?draft={draft}")).await.body;
    assert!(page.contains("value=\"Clusters\"") && page.contains("id=\"rule-2\""));
    assert!(ticks(&page, &ben) && ticks(&page, "cks-viewer"));

    let mut two = with(form("cks-viewer", &ben, "find-2"), "draft", &draft);
    two.extend([
        ("rules[1][find_users]", "lovelace"),
        ("rules[1][roles][]", "billing-viewer"),
    ]);
    let found = ada.post(CREATE, SAVE, &two).await;
    assert_eq!(
        found.redirect().1,
        format!("{CREATE}?draft={draft}#rule-2"),
        "the draft is the same one"
    );
    let page = ada.open(&format!("{CREATE}?draft={draft}")).await.body;
    let (_, second) = page.split_once("id=\"rule-2\"").unwrap();
    let (second, _) = second.split_once("</form>").unwrap();
    assert!(second.contains("ada@example.test") && !second.contains("ben@example.test"));

    let removed = ada.post(CREATE, SAVE, &with(two, "step", "remove-rule-1")).await;
    assert_eq!(removed.redirect().1, format!("{CREATE}?draft={draft}"));
    let page = ada.open(&format!("{CREATE}?draft={draft}")).await.body;
    assert!(!page.contains("id=\"rule-2\"") && !ticks(&page, &ben));
    assert!(ticks(&page, "billing-viewer"), "the second rule is the first now");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_policy_that_cant_be_saved_comes_back_and_says_why(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = ben(&console, &ada).await;
    let before = db_rows(&pool).await;

    // Scripts are told, and nothing is kept.
    let wrong = form("", &ben, "save");
    let told = ada.call(SAVE, &wrong).await;
    assert_eq!(told.status, 422);
    assert_eq!(
        serde_json::from_str::<AppError>(&told.body).unwrap(),
        AppError::Invalid((Field::Rules, Fault::RuleWithoutRole { rule: 1 }).into())
    );
    assert_eq!(db_rows(&pool).await, before);

    let back = ada.post(CREATE, SAVE, &wrong).await;
    let draft = draft_of(&back);
    assert_eq!(back.redirect().1, format!("{CREATE}?draft={draft}&judge=true"));
    let page = ada.open(back.redirect().1).await.body;
    assert!(
        page.contains("Rule 1 has no role. Choose one or more.") && page.contains("href=\"#rule-1-roles\"")
    );
    assert!(page.contains("value=\"Clusters\"") && ticks(&page, &ben));
    assert!(
        !ada.open(LIST).await.body.contains("Clusters"),
        "only a draft was made"
    );

    // Mended, it is saved with one press, and its draft is gone.
    let right = with(form("cks-viewer", &ben, "save"), "draft", &draft);
    let saved = ada.post(CREATE, SAVE, &right).await;
    assert_eq!(
        saved.redirect(),
        (303, "/organization/iam/access-policies?notice=policy-saved")
    );
    assert!(ada.open(LIST).await.body.contains("Clusters"));
    let page = ada.open(&format!("{CREATE}?draft={draft}")).await.body;
    assert!(!page.contains("value=\"Clusters\""));

    let taken = ada.post(CREATE, SAVE, &form("cks-viewer", &ben, "save")).await;
    let page = ada.open(taken.redirect().1).await.body;
    assert!(page.contains("This name is taken. Choose another one.") && page.contains("href=\"#name\""));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_draft_is_its_writers_alone(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = ben(&console, &ada).await;
    let grace = colleague(&console, &ada, "grace@example.test", &["admin"]).await;
    let draft = draft_of(&ada.post(CREATE, SAVE, &form("cks-viewer", &ben, "preview")).await);
    let address = format!("{CREATE}?draft={draft}");

    let page = grace.open(&address).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("value=\"Clusters\"") && !ticks(&page.body, &ben));

    let mut hers = with(form("cks-viewer", &ben, "add-rule"), "draft", &draft);
    hers = with(hers, "name", "Taken over");
    assert_ne!(draft_of(&grace.post(CREATE, SAVE, &hers).await), draft);
    assert!(ada.open(&address).await.body.contains("value=\"Clusters\""));
    // And saving hers leaves it alone.
    let hers = with(hers, "step", "save");
    assert_eq!(grace.call(SAVE, &hers).await.status, 200);
    assert!(ada.open(&address).await.body.contains("value=\"Clusters\""));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn making_an_administrator_wants_a_second_yes(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let ada = console.ada().await;
    let ben = ben(&console, &ada).await;
    let admin = form("iam-admin", &ben, "save");
    let before = db_rows(&pool).await;
    let told = ada.call(SAVE, &admin).await;
    assert_eq!(
        serde_json::from_str::<AppError>(&told.body).unwrap(),
        AppError::Refused(Refusal::WantsConfirmation)
    );
    assert_eq!((told.status.as_u16(), db_rows(&pool).await), (409, before));

    let asked = ada.post(CREATE, SAVE, &admin).await;
    let page = ada.open(asked.redirect().1).await.body;
    assert!(page.contains("Save and make IAM Admin") && page.contains("data-kind=\"gained\""));
    assert!(!ada.open(LIST).await.body.contains("Clusters"));
    // The yes is to what was shown: with somebody else in the form it is asked again.
    let draft = draft_of(&asked);
    let yes = confirm_on(&page);
    let confirm = with(with(admin.clone(), "step", &yes), "draft", &draft);
    let ada_too = id_of(&console, "ada@example.test").await;
    // What was not shown is not confirmed, whatever the form says.
    for step in ["confirm-0", "confirm-x"] {
        let unseen = with(confirm.clone(), "step", step);
        let again = ada.post(CREATE, SAVE, &unseen).await;
        assert!(
            again.redirect().1.starts_with(&format!("{CREATE}?draft={draft}")),
            "{step}"
        );
    }
    // Nor what was shown of another policy.
    let theirs = form("cks-viewer", &ada_too, "save");
    assert_eq!(ada.call(SAVE, &with(theirs, "name", "Other")).await.status, 200);
    let other = policy(&ada, "Other").await;
    let elsewhere = with(with(confirm.clone(), "policy", &other), "version", "0");
    let edit = format!("{LIST}/{other}/edit");
    assert!(
        ada.post(&edit, SAVE, &elsewhere)
            .await
            .redirect()
            .1
            .contains("judge=true")
    );
    let mut changed = confirm.clone();
    changed.push(("rules[0][users][]", &ada_too));
    let again = ada.post(CREATE, SAVE, &changed).await;
    assert_eq!(again.redirect().1, format!("{CREATE}?draft={draft}&judge=true"));
    let again = ada.post(CREATE, SAVE, &confirm).await;
    assert_eq!(draft_of(&again), draft, "and with one less, too");
    let confirmed = ada.post(CREATE, SAVE, &confirm).await;
    assert_eq!(confirmed.redirect().1, format!("{LIST}?notice=policy-saved"));
    assert!(ada.open(LIST).await.body.contains("Clusters"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_second_editor_sees_both_and_decides(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = ben(&console, &ada).await;
    ada.post(CREATE, SAVE, &form("cks-viewer", &ben, "save")).await;
    let id = policy(&ada, "Clusters").await;
    let edit = format!("{LIST}/{id}/edit");
    let page = ada.open(&edit).await.body;
    let (_, version) = page.split_once("name=\"version\" value=\"").unwrap();
    let version = version.split('"').next().unwrap();

    let mut mine = with(form("cks-viewer", &ben, "save"), "policy", &id);
    mine = with(mine, "version", version);
    let theirs = with(mine.clone(), "name", "Theirs");
    assert_eq!(
        ada.post(&edit, SAVE, &theirs).await.redirect().1,
        format!("{LIST}?notice=policy-saved")
    );
    mine = with(mine, "name", "Mine");
    assert_eq!(ada.call(SAVE, &mine).await.status, 409);
    let conflict = ada.post(&edit, SAVE, &mine).await;
    let page = ada.open(conflict.redirect().1).await.body;
    for shown in ["Keep mine", "Take theirs", "Theirs", "value=\"Mine\""] {
        assert!(page.contains(shown), "{shown}");
    }
    // Its form speaks of the policy as it is now, so that keeping mine is one press.
    let (_, now) = page.split_once("name=\"version\" value=\"").unwrap();
    let kept = with(mine, "version", now.split('"').next().unwrap());
    assert_eq!(
        ada.post(&edit, SAVE, &kept).await.redirect().1,
        format!("{LIST}?notice=policy-saved")
    );
    let list = ada.open(LIST).await.body;
    assert!(list.contains("Mine") && !list.contains("Theirs"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn who_only_sees_policies_has_no_editor(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let viewer = colleague(&console, &ada, "ben@example.test", &["read"]).await;
    let nobody = colleague(&console, &ada, "hedy@example.test", &[]).await;
    let id = policy(&ada, "admin").await;

    let list = viewer.open(LIST).await;
    assert_eq!(list.status, 200);
    assert!(list.body.contains("Only an IAM Admin can create policies."));
    assert!(!list.body.contains("Actions for"));
    for address in [CREATE.to_owned(), format!("{LIST}/{id}/edit")] {
        assert_eq!(viewer.open(&address).await.status, 403, "{address}");
        assert_eq!(nobody.open(&address).await.status, 403, "{address}");
    }
    assert_eq!(nobody.open(LIST).await.status, 403);
    assert!(!nobody.open("/").await.body.contains("Access policies"));
    for gone in ["nothing", "01890000-0000-7000-8000-000000000000"] {
        assert_eq!(
            ada.open(&format!("{LIST}/{gone}/edit")).await.status,
            404,
            "{gone}"
        );
    }
}
