//! The closed table from the key that the log records to the words that people read.

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub key: &'static str,
    /// Under which heading people look for it.
    pub area: &'static str,
    /// `tried to …`.
    pub to_do: &'static str,
    /// What somebody has done, as the log says it.
    pub done: &'static str,
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
const TOKENS: &str = "Access tokens and services";
const SETTINGS: &str = "Own settings";
const ORGANIZATION: &str = "Organization";

/// Ordered by area, as the list of them is shown.
pub(super) const ALL: &[Words] = &[
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
    words(PEOPLE, "scim.add_person", "add somebody", "Added"),
    words(PEOPLE, "scim.edit_person", "edit somebody", "Edited"),
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
    words(
        INVITATIONS,
        "invitations.remind",
        "remind somebody of an invitation",
        "Reminded them of the invitation",
    ),
    words(
        INVITATIONS,
        "invitations.tell_inviter",
        "tell whoever invited that invitations expired",
        "Told them that invitations of theirs expired",
    ),
    words(
        INVITATIONS,
        "invitations.start_many",
        "start to invite a list of people",
        "Started to invite a list of people",
    ),
    words(
        INVITATIONS,
        "invitations.finish_many",
        "finish inviting a list of people",
        "Finished inviting a list of people",
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
        TOKENS,
        "tokens.view",
        "see one's own access tokens",
        "Saw their own access tokens",
    ),
    words(
        TOKENS,
        "tokens.create",
        "make an access token",
        "Made an access token",
    ),
    words(
        TOKENS,
        "tokens.delete",
        "delete an access token of one's own",
        "Deleted an access token of their own",
    ),
    words(
        TOKENS,
        "tokens.view_all",
        "see everybody's access tokens",
        "Saw everybody's access tokens",
    ),
    words(
        TOKENS,
        "tokens.delete_any",
        "delete somebody's access token",
        "Deleted their access token",
    ),
    words(TOKENS, "services.view", "see services", "Saw services"),
    words(
        TOKENS,
        "services.create",
        "give a service a credential",
        "Gave the service a credential",
    ),
    words(
        TOKENS,
        "services.delete",
        "delete the credential of a service",
        "Deleted the credential of the service",
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
    words(ORGANIZATION, "scim.view", "see SCIM", "Saw SCIM"),
    words(ORGANIZATION, "scim.switch", "switch SCIM", "Switched SCIM"),
    words(
        ORGANIZATION,
        "scim.create_token",
        "add a token for SCIM",
        "Added a token for SCIM",
    ),
    words(
        ORGANIZATION,
        "scim.delete_token",
        "delete a token for SCIM",
        "Deleted a token for SCIM",
    ),
    words(
        ORGANIZATION,
        "audit.view",
        "see the audit log",
        "Saw the audit log",
    ),
];
