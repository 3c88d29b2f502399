//! What another site may send, and what is tried in a file of its own; all else is tried by `forgery.rs`.

/// What reads and changes nothing, whoever sends it.
pub(in crate::security) const READS: [&str; 41] = [
    "/api/scim/view",
    "/api/api_reference/read",
    "/api/bulk_invitations/find",
    "/api/bulk_invitations/list",
    "/api/bulk_invitations/progress",
    "/api/services/list",
    "/api/tokens/list",
    "/api/tokens/list_own",
    "/api/access/administrators",
    "/api/users/find",
    "/api/access/explain_role",
    "/api/access/offer_groups",
    "/api/access/offer_users",
    "/api/access/roles",
    "/api/account/judge_password",
    "/api/account/settings",
    "/api/audit/list",
    "/api/groups/find",
    "/api/groups/list",
    "/api/groups/new_members",
    "/api/identities/look",
    "/api/identities/look_at_leaving",
    "/api/identities/problem",
    "/api/identities/proof_ways",
    "/api/invitations/look",
    "/api/mailbox/list",
    "/api/mailbox/open",
    "/api/password_resets/look",
    "/api/policies/edit",
    "/api/policies/list",
    "/api/sessions/look_at_report",
    "/api/setup/look",
    "/api/shell/not_found",
    "/api/shell/view",
    "/api/sign_in/look",
    "/api/sign_in/look_at_code",
    "/api/sso/test",
    "/api/sso/view",
    "/api/two_factor/demand",
    "/api/two_factor/look",
    "/api/users/list",
];

/// What has a test of its own, in `two_factor/forgery.rs`.
pub(in crate::security) const OF_TWO_FACTOR: [&str; 10] = [
    "/api/sign_in/code",
    "/api/sign_in/leave",
    "/api/two_factor/ask",
    "/api/two_factor/confirm",
    "/api/two_factor/make_codes",
    "/api/two_factor/remove",
    "/api/two_factor/start",
    "/api/two_factor/stop_asking",
    "/api/two_factor/turn_off",
    "/api/users/reset_two_factor",
];

/// The same, in `sso_forgery.rs`.
pub(in crate::security) const OF_SSO: [&str; 7] = [
    "/api/sso/configure_by_hand",
    "/api/sso/deploy",
    "/api/sso/discard",
    "/api/sso/require",
    "/api/sso/stop_requiring",
    "/api/sso/switch",
    "/api/users/unlink_sso",
];

/// The same, in `identities/forgery.rs`.
pub(in crate::security) const OF_IDENTITIES: [&str; 6] = [
    "/api/identities/depart_to_link",
    "/api/identities/join",
    "/api/identities/leave",
    "/api/identities/link",
    "/api/identities/paste",
    "/api/identities/unlink",
];
