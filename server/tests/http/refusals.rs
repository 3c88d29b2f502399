//! Every refusal is reached by what a person can do.

mod sign_in;

use crate::{
    bulk_invitations::{drafted_list, sent_list},
    phone::{asked_for_code, confirm, enrol, scan, type_code},
    scim::by_scim,
    stage::{
        accept, acceptance, caller, colleague, create_group, db_policies, deactivate, eve, group, id_of,
        invite, policy, set_up, sign_in, token,
    },
    visitor::{Answer, PASSWORD, TestConsole, Visitor},
};
use app::error::AppError;
use backend::Client;
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use sqlx::PgPool;
use std::collections::BTreeSet;

const WEEK: i64 = 7 * 24 * 60 * 60;

pub(crate) fn failure(answer: &Answer) -> AppError {
    serde_json::from_str(&answer.body).unwrap()
}

/// Collects what was refused, with a look at the sentence.
#[derive(Default)]
struct Reached(BTreeSet<String>);

impl Reached {
    async fn refuses(&mut self, who: &Visitor, action: &str, fields: &[(&str, &str)], why: Refusal) {
        let answer = who.call(action, fields).await;
        let expected = match why {
            // These are about what was typed, and so said at the field.
            Refusal::AlreadyMember
            | Refusal::AlreadyInvited
            | Refusal::MemberIsDeactivated
            | Refusal::AddressTaken => AppError::Invalid((Field::Email, Fault::Refused(why)).into()),
            Refusal::OtherAddressInvited => AppError::Invalid((Field::Link, Fault::Refused(why)).into()),
            Refusal::NoBreakGlass => AppError::Invalid((Field::BreakGlass, Fault::Refused(why)).into()),
            Refusal::NameTaken => AppError::Invalid((Field::Name, Fault::Refused(why)).into()),
            _ => AppError::Refused(why),
        };
        assert_eq!(failure(&answer), expected);
        assert_eq!(answer.status, expected.status());
        assert!(why.sentence().ends_with('.'), "{why:?}");
        self.0.insert(format!("{why:?}"));
    }
}

fn all_refusals() -> BTreeSet<String> {
    variants("Refusal", include_str!("../../../app/domain/src/refusal.rs"))
}

/// The variants of an enum, from its source: a list that is kept by hand could lack the newest.
pub(crate) fn variants(name: &str, source: &str) -> BTreeSet<String> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    variants
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(name_of)
        .collect()
}

/// What a variant is called, whatever it holds.
pub(crate) fn name_of(variant: &str) -> String {
    let end = variant.find(|c: char| !c.is_alphanumeric());
    variant[..end.unwrap_or(variant.len())].to_owned()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn every_refusal_is_reached(pool: PgPool) {
    let console = TestConsole::start(pool.clone()).await;
    let mut reached = Reached::default();
    let stranger = console.stranger();
    let set_up = set_up("wrong");
    reached
        .refuses(&stranger, "/api/setup/complete", &set_up, Refusal::SetUpLinkWrong)
        .await;
    let ada = console.ada().await;
    accounts(&console, &ada, &mut reached).await;
    groups_and_policies(&console, &ada, &mut reached).await;
    reached
        .refuses(&ada, "/api/account/mail_password_link", &[], Refusal::HasPassword)
        .await;
    db_policies(&pool, 1_000).await;
    let one_more = [
        ("name", "One more"),
        ("step", "save"),
        ("rules[0][roles][]", "cks-viewer"),
        ("rules[0][users][]", &id_of(&console, "ben@example.test").await),
    ];
    reached
        .refuses(&ada, "/api/policies/save", &one_more, Refusal::TooManyPolicies)
        .await;
    reached.0.extend(by_scim(&console, &ada).await);
    too_many_outside(&console, &ada, &mut reached).await;
    lists_of_invitations(&console, &ada, &mut reached).await;
    sign_in::single_sign_on(&console, &ada, &mut reached).await;
    sign_in::sign_in_methods(&console, &ada, &mut reached).await;
    two_factor(&console, &ada, &mut reached).await;
    sign_in_that_lies_back(&console, &ada, &mut reached).await;
    links(&console, &ada, &mut reached).await;
    assert_eq!(reached.0, all_refusals());
}

/// As many tokens, services and tokens for SCIM as there can be; one of these is there.
async fn too_many_outside(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    for fill in [
        "insert into access_tokens (id, token_hash, organization_id, user_id, name, comment, created_at, second_factor_elsewhere)
         select gen_random_uuid(), decode(md5(n::text), 'hex'), organization_id, id, 'Token ' || n, '', now(), false
         from users, generate_series(1, 100) n where email = 'ada@example.test'",
        "insert into services (id, organization_id, name, secret_hash, created_at, created_by)
         select gen_random_uuid(), organization_id, 'Service ' || n, decode(md5(n::text), 'hex'), now(), id
         from users, generate_series(1, 100) n where email = 'ada@example.test'",
        "insert into scim_tokens (id, organization_id, name, token_hash, created_at, created_by)
         select gen_random_uuid(), organization_id, 'Token ' || n, decode(md5(n::text), 'hex'), now(), id
         from users, generate_series(2, 20) n where email = 'ada@example.test'",
    ] {
        sqlx::query(fill).execute(&console.pool).await.unwrap();
    }
    let token = [("name", "One more"), ("expires", "never")];
    reached
        .refuses(ada, "/api/tokens/create", &token, Refusal::TooManyTokens)
        .await;
    let service = [("name", "One more")];
    reached
        .refuses(ada, "/api/services/create", &service, Refusal::TooManyServices)
        .await;
    reached
        .refuses(
            ada,
            "/api/scim/create_token",
            &service,
            Refusal::TooManyScimTokens,
        )
        .await;
}

/// Lists of which nothing can be sent, nothing has failed, and one that can't be forgotten any more.
async fn lists_of_invitations(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let bad = drafted_list(console, ada, "nobody").await;
    let sent = sent_list(console, ada, "listed@example.test").await;
    for (action, list, why) in [
        ("/api/bulk_invitations/start", &bad, Refusal::NothingToSend),
        ("/api/bulk_invitations/retry", &sent, Refusal::NothingFailed),
        ("/api/bulk_invitations/drop", &sent, Refusal::ListStarted),
    ] {
        reached.refuses(ada, action, &[("job", list)], why).await;
    }
}

async fn accounts(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    for name in ["ben", "gone"] {
        colleague(console, ada, &format!("{name}@example.test"), &[]).await;
    }
    assert_eq!(deactivate(console, ada, "gone@example.test").await.status, 200);
    invite(console, ada, "soon@example.test", &[]).await;
    eve(console).await;
    for (email, why) in [
        ("ben@example.test", Refusal::AlreadyMember),
        ("soon@example.test", Refusal::AlreadyInvited),
        ("gone@example.test", Refusal::MemberIsDeactivated),
        ("eve@other.test", Refusal::AddressTaken),
    ] {
        reached
            .refuses(ada, "/api/invitations/invite", &[("email", email)], why)
            .await;
    }
    for (action, email, why) in [
        ("/api/invitations/resend", "ben@example.test", Refusal::NotInvited),
        ("/api/users/deactivate", "soon@example.test", Refusal::NotActive),
        (
            "/api/users/reactivate",
            "soon@example.test",
            Refusal::NotDeactivated,
        ),
        (
            "/api/users/deactivate",
            "ada@example.test",
            Refusal::LastAdministrator,
        ),
    ] {
        let id = id_of(console, email).await;
        reached.refuses(ada, action, &[("user", &id)], why).await;
    }
    let id = id_of(console, "gone@example.test").await;
    let stale = [("user", id.as_str()), ("undoes", "0")];
    reached
        .refuses(ada, "/api/users/reactivate", &stale, Refusal::ChangedSince)
        .await;
    let stranger = console.stranger();
    let fields = [("email", "ada@example.test"), ("password", "wrong")];
    reached
        .refuses(
            &stranger,
            "/api/sign_in/password",
            &fields,
            Refusal::WrongCredentials,
        )
        .await;
    let fields = [("token", "nothing"), ("password", PASSWORD)];
    reached
        .refuses(
            &stranger,
            "/api/password_resets/complete",
            &fields,
            Refusal::LinkDead,
        )
        .await;
}

async fn groups_and_policies(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let ben = id_of(console, "ben@example.test").await;
    let admins = group(console, ada, "admin").await;
    let operators = create_group(console, ada, "Operators").await;
    let policy = policy(console, ada, "Default read").await;
    let named = [
        ("name", "Clusters"),
        ("step", "save"),
        ("rules[0][roles][]", "cks-admin"),
        ("rules[0][groups][]", operators.as_str()),
    ];
    assert_eq!(ada.call("/api/policies/save", &named).await.status, 200);
    let admins = admins.as_str();
    for (action, fields, why) in [
        (
            "/api/groups/create",
            vec![("name", "OPERATORS")],
            Refusal::NameTaken,
        ),
        (
            "/api/groups/rename",
            vec![("group", operators.as_str()), ("version", "7"), ("name", "Ops")],
            Refusal::EditedMeanwhile,
        ),
        (
            "/api/groups/rename",
            vec![("group", admins), ("version", "0"), ("name", "Ops")],
            Refusal::BuiltInGroup,
        ),
        (
            "/api/groups/delete",
            vec![("group", operators.as_str())],
            Refusal::GroupInUse,
        ),
        (
            "/api/groups/add_members",
            vec![("group", admins), ("users[]", &ben)],
            Refusal::WantsConfirmation,
        ),
        (
            "/api/policies/delete",
            vec![("policy", policy.as_str()), ("version", "0")],
            Refusal::DefaultPolicy,
        ),
    ] {
        reached.refuses(ada, action, &fields, why).await;
    }
}

async fn two_factor(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let code = [("code", "000000")];
    reached
        .refuses(
            &console.stranger(),
            "/api/sign_in/code",
            &code,
            Refusal::SignInOver,
        )
        .await;
    let confirmed = [("name", "Phone"), ("code", "000000")];
    reached
        .refuses(ada, "/api/two_factor/confirm", &confirmed, Refusal::EnrolmentOver)
        .await;
    let from = [("from", "2100-01-01")];
    let ask = "/api/two_factor/ask";
    reached
        .refuses(ada, ask, &from, Refusal::LastEnrolledAdministrator)
        .await;
    let own = id_of(console, "ada@example.test").await;
    reached
        .refuses(
            ada,
            "/api/users/reset_two_factor",
            &[("user", &own)],
            Refusal::OwnTwoFactor,
        )
        .await;

    let of_ada = enrol(console, ada).await;
    let only = crate::stage::settings(ada).await.two_factor.authenticators[0].id;
    let only = only.to_string();
    let fields = [("authenticator", only.as_str())];
    reached
        .refuses(ada, "/api/two_factor/remove", &fields, Refusal::LastAuthenticator)
        .await;
    for n in 1..10 {
        let phone = scan(ada).await;
        let answer = confirm(ada, &format!("Phone {n}"), &phone.code(console)).await;
        assert_eq!(answer.status, 200);
    }
    let password = [("current_password", PASSWORD)];
    reached
        .refuses(
            ada,
            "/api/two_factor/start",
            &password,
            Refusal::TooManyAuthenticators,
        )
        .await;
    let tomorrow = domain::moment::Day::of(console.backend.now() + time::Duration::days(2)).to_string();
    assert_eq!(ada.call(ask, &[("from", &tomorrow)]).await.status, 200);
    console.advance(2 * 24 * 60 * 60);
    asked_for_code(ada, "ada@example.test").await;
    assert_eq!(type_code(ada, &of_ada.phone.next_code(console)).await.status, 200);
    let off = "/api/two_factor/turn_off";
    reached.refuses(ada, off, &[], Refusal::TwoFactorAskedFor).await;
    for action in ["/api/two_factor/stop_asking", off] {
        assert_eq!(ada.call(action, &[]).await.status, 200);
    }
}

async fn links(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let used = invite(console, ada, "used@example.test", &[]).await;
    accept(console, &used, &[]).await;
    let cancelled = invite(console, ada, "cancelled@example.test", &[]).await;
    let id = id_of(console, "cancelled@example.test").await;
    ada.call("/api/invitations/cancel", &[("user", &id)]).await;
    let replaced = invite(console, ada, "replaced@example.test", &[]).await;
    let id = id_of(console, "replaced@example.test").await;
    ada.call("/api/invitations/resend", &[("user", &id)]).await;
    let expired = invite(console, ada, "expired@example.test", &[]).await;
    console.advance(WEEK);
    sign_in(ada, "ada@example.test", PASSWORD).await;
    let orphan = invite(console, ada, "orphan@example.test", &[]).await;

    let stranger = console.stranger();
    for (link, why) in [
        (used, Refusal::InvitationUsed),
        (cancelled, Refusal::InvitationCancelled),
        (replaced, Refusal::InvitationReplaced),
        (expired, Refusal::InvitationExpired),
    ] {
        reached
            .refuses(&stranger, "/api/invitations/accept", &acceptance(&link), why)
            .await;
    }
    let org = caller(console, ada).await.org_id;
    console
        .backend
        .close_organization(&Client::command_line(), org.as_str())
        .await
        .unwrap();
    reached
        .refuses(
            &stranger,
            "/api/invitations/accept",
            &acceptance(&orphan),
            Refusal::OrganizationGone,
        )
        .await;
    let asked = stranger
        .call("/api/invitations/ask_again", &[("token", token(&orphan))])
        .await;
    assert_eq!(failure(&asked), AppError::Refused(Refusal::OrganizationGone));
}

/// The link of an invitation that makes an IAM Admin is not shown to whoever finds a session open.
async fn sign_in_that_lies_back(console: &TestConsole, ada: &Visitor, reached: &mut Reached) {
    let admins = group(console, ada, "admin").await;
    let invited = [("email", "heir@example.test"), ("groups[]", admins.as_str())];
    assert_eq!(ada.call("/api/invitations/invite", &invited).await.status, 200);
    let id = id_of(console, "heir@example.test").await;
    console.advance(10 * 60);
    let fields = [("user", id.as_str())];
    reached
        .refuses(
            ada,
            "/api/invitations/copy_link",
            &fields,
            Refusal::SignInLiesBack,
        )
        .await;
}

#[test]
fn the_variants_of_an_enum_are_found_in_its_source() {
    let source = "pub enum A {\n    One,\n    /// Two.\n    Two(Vec<B>),\n    Three {\n        Of: u8,\n    },\n}\nenum C {\n    D,\n}";
    let found: Vec<_> = variants("A", source).into_iter().collect();
    assert_eq!(found, ["One", "Three", "Two"]);
    assert!(all_refusals().len() > 20);
}
