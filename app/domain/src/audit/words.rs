//! What acts are called: a closed table from the key that the log records to the words that people read.

use super::AuditResult;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Eq)]
struct Words {
    key: &'static str,
    /// Under which heading people look for it.
    area: &'static str,
    /// `tried to …`.
    to_do: &'static str,
    /// What somebody has done, as the log says it.
    done: &'static str,
}

const fn words(area: &'static str, key: &'static str, to_do: &'static str, done: &'static str) -> Words {
    Words {
        key,
        area,
        to_do,
        done,
    }
}

const ACCOUNTS: &str = "Signing in";
const PEOPLE: &str = "People";
const INVITATIONS: &str = "Invitations";
const GROUPS: &str = "Groups";
const POLICIES: &str = "Access policies";
const SETTINGS: &str = "Own settings";
const ORGANIZATION: &str = "Organization";

/// Ordered by area, as the list of them is shown.
const ALL: &[Words] = &[
    words(ACCOUNTS, "sessions.sign_in", "sign in", "Signed in"),
    words(ACCOUNTS, "sessions.sign_out", "sign out", "Signed out"),
    words(
        ACCOUNTS,
        "sessions.end",
        "end other sessions of one's own",
        "Ended other sessions of their own",
    ),
    words(
        ACCOUNTS,
        "sessions.report",
        "report a sign-in",
        "Reported a sign-in that was not theirs",
    ),
    words(
        ACCOUNTS,
        "users.ask_reset",
        "ask for a link for a new password",
        "Asked for a link for a new password",
    ),
    words(
        ACCOUNTS,
        "users.recover",
        "make a link for a new password",
        "Made a link for a new password",
    ),
    words(
        ACCOUNTS,
        "users.reset_password",
        "choose a new password by a link",
        "Chose a new password by a link",
    ),
    words(
        PEOPLE,
        "users.view",
        "see the list of people",
        "Saw the list of people",
    ),
    words(
        PEOPLE,
        "users.deactivate",
        "deactivate an account",
        "Deactivated the account",
    ),
    words(
        PEOPLE,
        "users.reactivate",
        "reactivate an account",
        "Reactivated the account",
    ),
    words(
        PEOPLE,
        "users.end_sessions",
        "end somebody's sessions",
        "Ended their sessions",
    ),
    words(
        PEOPLE,
        "users.reset_two_factor",
        "reset somebody's two-factor authentication",
        "Reset their two-factor authentication",
    ),
    words(
        PEOPLE,
        "users.unlink_sso",
        "unlink somebody's single sign-on",
        "Unlinked their single sign-on",
    ),
    words(INVITATIONS, "invitations.create", "invite somebody", "Invited"),
    words(
        INVITATIONS,
        "invitations.accept",
        "accept an invitation",
        "Accepted the invitation",
    ),
    words(
        INVITATIONS,
        "invitations.resend",
        "send an invitation again",
        "Sent the invitation again",
    ),
    words(
        INVITATIONS,
        "invitations.ask_again",
        "ask for a fresh invitation",
        "Asked for a fresh invitation",
    ),
    words(
        INVITATIONS,
        "invitations.copy_link",
        "copy the link of an invitation",
        "Copied the link of the invitation",
    ),
    words(
        INVITATIONS,
        "invitations.edit_groups",
        "change the groups of an invitation",
        "Changed the groups of the invitation",
    ),
    words(
        INVITATIONS,
        "invitations.cancel",
        "cancel an invitation",
        "Cancelled the invitation",
    ),
    words(GROUPS, "groups.create", "make a group", "Made the group"),
    words(GROUPS, "groups.edit", "rename a group", "Renamed the group"),
    words(GROUPS, "groups.delete", "delete a group", "Deleted the group"),
    words(
        GROUPS,
        "groups.change_members",
        "change the members of a group",
        "Changed the members of the group",
    ),
    words(POLICIES, "policies.create", "make a policy", "Made the policy"),
    words(POLICIES, "policies.edit", "change a policy", "Changed the policy"),
    words(
        POLICIES,
        "policies.delete",
        "delete a policy",
        "Deleted the policy",
    ),
    words(
        POLICIES,
        "access.view",
        "see groups, policies and roles",
        "Saw groups, policies and roles",
    ),
    words(
        SETTINGS,
        "account.view",
        "see one's own settings",
        "Saw their own settings",
    ),
    words(
        SETTINGS,
        "account.choose_theme",
        "choose a theme",
        "Chose a theme",
    ),
    words(
        SETTINGS,
        "account.change_password",
        "change one's own password",
        "Changed their own password",
    ),
    words(
        SETTINGS,
        "account.confirm",
        "confirm who one is",
        "Confirmed who they are",
    ),
    words(
        SETTINGS,
        "identities.link",
        "link a sign-in method",
        "Linked a sign-in method",
    ),
    words(
        SETTINGS,
        "identities.unlink",
        "unlink a sign-in method",
        "Unlinked a sign-in method",
    ),
    words(
        SETTINGS,
        "two_factor.add",
        "add an authenticator",
        "Added an authenticator",
    ),
    words(
        SETTINGS,
        "two_factor.remove",
        "remove an authenticator",
        "Removed an authenticator",
    ),
    words(
        SETTINGS,
        "two_factor.turn_off",
        "switch one's own two-factor authentication off",
        "Switched their own two-factor authentication off",
    ),
    words(
        SETTINGS,
        "two_factor.make_codes",
        "make new recovery codes",
        "Made new recovery codes",
    ),
    words(
        ORGANIZATION,
        "organization.set_up",
        "set the console up",
        "Set the console up",
    ),
    words(
        ORGANIZATION,
        "organization.create",
        "make an organization",
        "Made the organization",
    ),
    words(
        ORGANIZATION,
        "organization.close",
        "close an organization",
        "Closed the organization",
    ),
    words(
        ORGANIZATION,
        "organization.reopen",
        "reopen an organization",
        "Reopened the organization",
    ),
    words(
        ORGANIZATION,
        "two_factor.ask",
        "ask everybody for two-factor authentication",
        "Changed from when everybody needs two-factor authentication",
    ),
    words(
        ORGANIZATION,
        "two_factor.remind",
        "remind people of two-factor authentication",
        "Reminded those without two-factor authentication",
    ),
    words(
        ORGANIZATION,
        "sso.view",
        "see the settings of single sign-on",
        "Saw the settings of single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.configure",
        "configure single sign-on",
        "Configured single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.test",
        "test single sign-on",
        "Tested single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.deploy",
        "deploy single sign-on",
        "Deployed single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.switch",
        "switch single sign-on on or off",
        "Switched single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.require",
        "change whether single sign-on is required",
        "Changed whether single sign-on is required",
    ),
    words(
        ORGANIZATION,
        "sso.join",
        "join by single sign-on",
        "Joined by single sign-on",
    ),
    words(
        ORGANIZATION,
        "sso.remind",
        "tell of a certificate that ends",
        "Told administrators of a certificate that ends",
    ),
    words(
        ORGANIZATION,
        "audit.view",
        "see the audit log",
        "Saw the audit log",
    ),
];

/// An act that has words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditAction(&'static Words);

impl AuditAction {
    pub fn from_key(key: &str) -> Option<Self> {
        find(key).map(Self)
    }

    /// As recorded, and as written in the address.
    pub fn key(self) -> &'static str {
        self.0.key
    }

    /// Under which heading people look for it.
    pub fn area(self) -> &'static str {
        self.0.area
    }

    /// `Deactivate an account`.
    pub fn label(self) -> String {
        let (first, rest) = self.0.to_do.split_at(1);
        first.to_uppercase() + rest
    }

    /// What can be found in the log, in the order in which it is listed. Looking is not recorded: it changes nothing.
    pub fn recorded() -> impl Iterator<Item = Self> {
        ALL.iter().filter(|words| !is_look(words.key)).map(Self)
    }
}

fn is_look(key: &str) -> bool {
    key.split_once('.').is_some_and(|(_, act)| act == "view")
}

fn find(key: &str) -> Option<&'static Words> {
    ALL.iter().find(|words| words.key == key)
}

impl TryFrom<String> for AuditAction {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        Self::from_key(&key).ok_or("no act of the audit log")
    }
}

impl From<AuditAction> for String {
    fn from(action: AuditAction) -> Self {
        action.key().to_owned()
    }
}

/// What somebody did or tried. A key without words, of a newer program, stands for itself.
pub fn in_words(key: &str, result: AuditResult) -> String {
    match (find(key), result) {
        (None, _) => key.to_owned(),
        (Some(words), AuditResult::Done) => words.done.to_owned(),
        (Some(words), AuditResult::Refused) => format!("Tried to {}", words.to_do),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Action;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_has_words_and_each_key_stands_once() {
        for action in Action::ALL {
            assert!(find(action.key()).is_some(), "{} has no words", action.key());
        }
        let keys: BTreeSet<_> = ALL.iter().map(|words| words.key).collect();
        assert_eq!(keys.len(), ALL.len());
    }

    #[test]
    fn the_entries_of_an_area_stand_together() {
        let mut areas: Vec<_> = AuditAction::recorded().map(AuditAction::area).collect();
        areas.dedup();
        let different: BTreeSet<_> = areas.iter().collect();
        assert_eq!(areas.len(), different.len());
    }

    #[test]
    fn acts_are_said_in_words_and_unknown_ones_by_their_key() {
        assert_eq!(in_words("sessions.sign_in", AuditResult::Done), "Signed in");
        assert_eq!(
            in_words("sessions.sign_in", AuditResult::Refused),
            "Tried to sign in"
        );
        assert_eq!(in_words("moons.land", AuditResult::Refused), "moons.land");
        assert_eq!(
            AuditAction::from_key("users.deactivate").unwrap().label(),
            "Deactivate an account"
        );
    }

    #[test]
    fn looking_is_not_listed() {
        assert!(AuditAction::recorded().all(|action| !action.key().ends_with("view")));
        assert!(AuditAction::recorded().any(|action| action.key() == "sessions.sign_in"));
    }
}
