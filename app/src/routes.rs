//! The addresses that pages link to, and which of them need no session. `app.rs` has the page of each; the list of all,
//! server functions included, is the reviewed `server/tests/http/endpoints.txt`.

mod files;
mod identities;
mod invite_many;
mod tokens;

use files::page_beside;

pub use files::FILES;
pub use identities::*;
pub use invite_many::*;
pub use tokens::*;

use std::fmt::Write;

use domain::{
    access::{RoleKey, group::MEMBERS_AT_ONCE, policy::NameQuery},
    audit::AuditQuery,
    identities::Provider,
    ids::{DraftId, GroupId, IdentityId, MailId, PolicyId, UserId},
    local_path::LocalPath,
    users::UserQuery,
};

pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/sign-in";
/// Where a sign-in asks for its code.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// The same for whoever has lost what shows it.
pub const LOST_DEVICE: &str = "/sign-in/lost-device";
/// Where single sign-on asks which organization.
pub const SIGN_IN_SSO: &str = "/sign-in/sso";
/// Why a sign-in at a provider did not work.
pub const SIGN_IN_PROBLEM: &str = "/sign-in/problem";
/// Where somebody whom a provider vouches for joins an account.
pub const LINK_ACCOUNT: &str = "/accounts/link";
/// From where a form goes on to a provider: the answer to a form must not lead to another site.
pub const LEAVING: &str = "/accounts/leaving";
pub const SETUP: &str = "/setup";
pub const RECOVER: &str = "/recover";
pub const FORGOT_PASSWORD: &str = "/forgot-password";
/// Behind the link of a mail about a sign-in from a new device.
pub const NOT_ME: &str = "/not-me";
/// Of a trial; for everybody else there is no such page.
pub const MAILBOX: &str = "/mailbox";
pub const USERS: &str = "/organization/users";
pub const GROUPS: &str = "/organization/users/groups";
pub const POLICIES: &str = "/organization/iam/access-policies";
pub const ROLES: &str = "/organization/iam/roles";
pub const USERS_CSV: &str = "/organization/users.csv";
pub const AUDIT: &str = "/organization/audit";
pub const AUDIT_CSV: &str = "/organization/audit.csv";
pub const AUDIT_JSON: &str = "/organization/audit.json";
/// From when everybody of an organization needs two-factor authentication.
pub const TWO_FACTOR: &str = "/organization/iam/two-factor";
/// Single sign-on of the organization.
pub const SSO: &str = "/organization/iam/sso";
/// Where a metadata file is posted to; beside the page.
pub const SSO_FILE: &str = "/organization/iam/sso/metadata";
/// What identity providers say of people and groups.
pub const SCIM: &str = "/organization/iam/scim";
/// One's own access tokens.
pub const TOKENS: &str = "/tokens";
/// Everybody's.
pub const ALL_TOKENS: &str = "/organization/tokens";
/// Services outside that ask the console.
pub const SERVICES: &str = "/organization/services";
/// What programs can ask.
pub const API_REFERENCE: &str = "/help/api";
pub const SETTINGS: &str = "/account/settings";
/// Where the settings have the sign-in methods.
pub const SETTINGS_METHODS: &str = "/account/settings#methods";
/// Where the settings have the password.
pub const PASSWORD: &str = "/account/settings#passwords";

/// Pages that answer without a session, as first segments. Everything else leads to the sign-in page.
pub const PUBLIC_PAGES: &[&str] = &[
    SIGN_IN,
    SETUP,
    RECOVER,
    FORGOT_PASSWORD,
    NOT_ME,
    MAILBOX,
    "/accounts",
    "/invitations",
];

/// Server functions that answer without a session. Everything else answers `SignedOut`.
pub const PUBLIC_ACTIONS: &[&str] = &[
    "/api/shell/view",
    "/api/shell/not_found",
    "/api/sign_in/look",
    "/api/sign_in/password",
    "/api/sign_in/look_at_code",
    "/api/sign_in/code",
    "/api/sign_in/leave",
    "/api/identities/look",
    "/api/identities/paste",
    "/api/identities/join",
    "/api/identities/link",
    "/api/identities/leave",
    "/api/identities/look_at_leaving",
    "/api/identities/problem",
    "/api/setup/look",
    "/api/setup/complete",
    "/api/invitations/look",
    "/api/invitations/accept",
    "/api/invitations/ask_again",
    "/api/password_resets/look",
    "/api/password_resets/complete",
    "/api/password_resets/ask",
    "/api/sessions/look_at_report",
    "/api/sessions/report",
    "/api/account/judge_password",
    "/api/mailbox/list",
    "/api/mailbox/open",
];

/// The components, in builds for development; elsewhere there is no such page.
pub const DESIGN: &str = "/design";

/// Whether a page answers without a session.
pub fn is_public_page(path: &str) -> bool {
    let design = cfg!(debug_assertions).then_some(&DESIGN);
    PUBLIC_PAGES
        .iter()
        .chain(design)
        .any(|page| path == *page || path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/')))
}

/// The sign-in page that leads back to a page afterwards.
pub fn sign_in_then(next: &LocalPath) -> String {
    if next.as_str() == HOME {
        SIGN_IN.to_owned()
    } else {
        format!("{SIGN_IN}?next={}", encode(&page_beside(next)))
    }
}

/// A page of signing in that goes on to a page afterwards.
pub fn sign_in_step(step: &'static str, next: Option<&LocalPath>) -> String {
    match next.filter(|next| next.as_str() != HOME) {
        Some(next) => format!("{step}?next={}", encode(next.as_str())),
        None => step.to_owned(),
    }
}

/// A dialog of the settings.
pub fn settings_dialog(dialog: &str) -> String {
    format!("{SETTINGS}?dialog={dialog}")
}

/// The dialog of the settings that links a sign-in method.
pub fn link_method(provider: Provider) -> String {
    format!("{}&identity={}", settings_dialog("link"), provider.key())
}

/// The one that unlinks it.
pub fn unlink_method(identity: IdentityId) -> String {
    format!("{}&identity={identity}", settings_dialog("unlink"))
}

/// The page behind a link.
pub fn invitation(token: &str) -> String {
    format!("/invitations/{}", encode(token))
}

/// The list of people.
pub fn users(query: &UserQuery) -> String {
    with_query(USERS, &query.to_query())
}

/// The same people as a file, all of them.
pub fn users_file(query: &UserQuery) -> String {
    let whole = UserQuery {
        cursor: domain::users::Cursor::Start,
        ..query.clone()
    };
    with_query(USERS_CSV, &whole.to_query())
}

/// The list with a dialog about one person.
pub fn user_dialog(query: &UserQuery, dialog: &'static str, user: UserId) -> String {
    let mut pairs = query.to_query();
    pairs.push(("dialog", dialog.to_owned()));
    pairs.push(("user", user.to_string()));
    with_query(USERS, &pairs)
}

/// A page of the audit log.
pub fn audit(query: &AuditQuery) -> String {
    with_query(AUDIT, &query.to_query())
}

/// All that the filters leave of it, whatever page is shown.
pub fn audit_file(file: &'static str, query: &AuditQuery) -> String {
    with_query(file, &query.from_start().to_query())
}

/// One mail of a trial.
pub fn mail(id: MailId) -> String {
    format!("{MAILBOX}/{id}")
}

/// The page of one person.
pub fn person(user: UserId) -> String {
    format!("{USERS}/{user}")
}

/// The dialog by which an administrator takes somebody's two-factor authentication away.
pub fn reset_two_factor(user: UserId) -> String {
    format!("{}?dialog=reset-two-factor", person(user))
}

/// The dialog by which an administrator unlinks what the identity provider knows somebody by.
pub fn unlink_sso(user: UserId) -> String {
    format!("{}?dialog=unlink-sso", person(user))
}

/// The active people who have no two-factor authentication.
pub fn without_two_factor() -> String {
    users(&UserQuery {
        status: Some(domain::users::ShownStatus::Active),
        two_factor: Some(false),
        ..UserQuery::default()
    })
}

/// The list of groups.
pub fn groups(query: &NameQuery) -> String {
    with_query(GROUPS, &query.to_query())
}

pub fn group(group: GroupId) -> String {
    format!("{GROUPS}/{group}")
}

/// A group with a page of its members.
pub fn members(id: GroupId, query: &UserQuery) -> String {
    with_query(&group(id), &query.to_query())
}

/// The same with a dialog about the group or one member.
pub fn group_dialog(id: GroupId, query: &UserQuery, dialog: &'static str, member: Option<UserId>) -> String {
    let mut pairs = query.to_query();
    pairs.push(("dialog", dialog.to_owned()));
    pairs.extend(member.map(|user| ("user", user.to_string())));
    with_query(&group(id), &pairs)
}

/// Where people are chosen for a group.
pub fn new_members(group: GroupId) -> String {
    format!("{GROUPS}/{group}/add")
}

/// The same with those who are chosen, to see what adding them would change. One more than can be added is enough to be
/// told so.
pub fn chosen_members(group: GroupId, users: &[UserId], ends: &str) -> String {
    let ids = users.iter().take(MEMBERS_AT_ONCE + 1);
    let mut pairs = vec![("users", ids.map(|user| user.0.simple().to_string()).collect())];
    if !ends.is_empty() {
        pairs.push(("ends", ends.to_owned()));
    }
    with_query(&new_members(group), &pairs)
}

/// The list of access policies.
pub fn policies(query: &NameQuery) -> String {
    with_query(POLICIES, &query.to_query())
}

/// The list with a dialog about one policy.
pub fn policy_dialog(query: &NameQuery, dialog: &'static str, policy: PolicyId) -> String {
    let mut pairs = query.to_query();
    pairs.push(("dialog", dialog.to_owned()));
    pairs.push(("policy", policy.to_string()));
    with_query(POLICIES, &pairs)
}

/// A role with those who hold it.
pub fn role(role: &RoleKey) -> String {
    format!("{ROLES}/{}", encode(role.as_str()))
}

/// The next page of those who hold it.
pub fn role_after(key: &RoleKey, after: UserId) -> String {
    with_query(&role(key), &[("after", after.to_string())])
}

/// What was done to one person.
pub fn audit_of(person: UserId) -> String {
    with_query("/organization/audit", &[("target_id", person.to_string())])
}

/// The people in an address that [`chosen_members`] wrote: ids of 32 characters, one behind the other.
pub fn users_of(text: &str) -> Vec<UserId> {
    let ids = text.as_bytes().chunks(32);
    ids.filter_map(|id| std::str::from_utf8(id).ok()?.parse().ok())
        .collect()
}

/// What one person did.
pub fn audit_by(person: UserId) -> String {
    with_query("/organization/audit", &[("actor_id", person.to_string())])
}

/// What of the editor is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorPlace {
    Top,
    /// With what saving would change, or why it can't be saved.
    Judged,
    /// A rule, from 1.
    Rule(usize),
}

/// The editor of a policy; `None`: of a new one.
pub fn policy_editor(policy: Option<PolicyId>, draft: Option<DraftId>, place: EditorPlace) -> String {
    let path = policy.map_or_else(
        || format!("{POLICIES}/create"),
        |policy| format!("{POLICIES}/{policy}/edit"),
    );
    let mut pairs: Vec<_> = draft
        .map(|draft| ("draft", draft.to_string()))
        .into_iter()
        .collect();
    if place == EditorPlace::Judged {
        pairs.push(("judge", "true".to_owned()));
    }
    let address = with_query(&path, &pairs);
    match place {
        EditorPlace::Rule(number) => format!("{address}#rule-{number}"),
        EditorPlace::Top | EditorPlace::Judged => address,
    }
}

fn with_query(path: &str, pairs: &[(&str, String)]) -> String {
    let query: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={}", encode(value)))
        .collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// Percent-encoding of a query value (RFC 3986 section 2.3: only unreserved characters stay).
fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_can_be_added_at_once_fit_into_an_address_and_come_out_of_it() {
        let users: Vec<_> = (0..200).map(|n| UserId(uuid::Uuid::from_u128(n << 64))).collect();
        let address = chosen_members(GroupId(uuid::Uuid::max()), &users, "2099-12-31T12:00");
        assert!(LocalPath::parse(&address).is_some());
        let (_, text) = address.split_once("users=").unwrap();
        let found = users_of(text.split('&').next().unwrap());
        assert_eq!(found, users[..=MEMBERS_AT_ONCE]);
        assert_eq!(users_of("no id"), []);
    }
}
