//! All configuration keys, with their defaults and what they mean: the table of `usher config` and of
//! `docs/configuration.md`.

use super::one_key::{Key, key, secret};
use std::fmt::Write;

pub const KEYS: &[Key] = &[
    key(
        "listen",
        "127.0.0.1:3000",
        "Address and port of this server. `0.0.0.0:3000` for all networks.",
    ),
    key(
        "metrics_listen",
        "",
        "Address and port where Prometheus finds `/metrics`, like `127.0.0.1:9464`. Asks nobody to sign in, so keep it \
         off public networks. Without: nowhere.",
    ),
    key(
        "public_url",
        "",
        "The console's address as people type it, like `https://console.example.com`. Without: \
         `http://localhost:PORT`. All links begin with it, and requests for another host are refused.",
    ),
    key(
        "data_dir",
        "./data",
        "Where the embedded database, the installation's key and, without `mail_url`, the mails are kept.",
    ),
    secret(
        "database_url",
        "A PostgreSQL (15 or newer) elsewhere: `postgres://user:password@host/database`; with replicas several hosts, like \
         `postgres://user:password@db1:5432,db2:5432/database`, of which the one that takes writes is used. Without: an \
         embedded one.",
    ),
    key(
        "database_connections",
        "20",
        "Connections to the database, at most. The acts of one organization have half of them, at most.",
    ),
    secret(
        "secret_key",
        "The installation's key, which encrypts secrets in the database: 32 random bytes in base64. Without: the file \
         `key` in `data_dir`, made at the first start. All servers of one database need the same.",
    ),
    secret(
        "mail_url",
        "Where mails go: `smtps://user:password@host`, `smtp://host`, or `dir:FOLDER` for a file each. Without: \
         `dir:` with the folder `mail` in `data_dir`.",
    ),
    key(
        "mail_from",
        "",
        "Whom mails come from. Without: `Usher <usher@HOST>` with the host of `public_url`.",
    ),
    key(
        "mail_first_wait",
        "10s",
        "The wait before a mail is tried a second time; it doubles with each attempt.",
    ),
    key("mail_longest_wait", "30m", "The wait between attempts, at most."),
    key(
        "mail_give_up_after",
        "2d",
        "When a mail that nobody takes is given up.",
    ),
    key(
        "mail_lease",
        "2m",
        "How long a server has a mail in hand before another server may take it.",
    ),
    key(
        "invitation_lifetime",
        "7d",
        "How long an invitation can be accepted.",
    ),
    key(
        "recovery_lifetime",
        "1h",
        "How long the link of `usher recover-admin` works.",
    ),
    key(
        "reset_lifetime",
        "1h",
        "How long the link works that is mailed to whoever forgot their password.",
    ),
    key(
        "report_lifetime",
        "7d",
        "How long a sign-in from a new device can be reported by the link in its mail.",
    ),
    key(
        "challenge_lifetime",
        "10m",
        "How long a sign-in waits for its code.",
    ),
    key(
        "enrolment_lifetime",
        "10m",
        "How long an authenticator can be set up before the password is asked for again.",
    ),
    key(
        "proof_lifetime",
        "5m",
        "How long after the password was given what matters most goes without asking for it again.",
    ),
    key(
        "external_sign_in_lifetime",
        "10m",
        "How long a sign-in may be away at Google, GitHub or an identity provider.",
    ),
    key(
        "pending_identity_lifetime",
        "30m",
        "How long somebody whom Google or GitHub vouches for may take to join an account.",
    ),
    key(
        "google_client_id",
        "",
        "The client id under which this installation is registered at Google, with the callback \
         `PUBLIC_URL/accounts/google/callback`. Without: no sign-in with Google.",
    ),
    secret("google_client_secret", "The client secret that belongs to it."),
    key(
        "google_issuer",
        "https://accounts.google.com",
        "Who signs the ID tokens; another provider of OpenID Connect can stand in Google's place.",
    ),
    key(
        "google_authorize_url",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "Where people are sent.",
    ),
    key(
        "google_token_url",
        "https://oauth2.googleapis.com/token",
        "Where a code is exchanged.",
    ),
    key(
        "google_keys_url",
        "https://www.googleapis.com/oauth2/v3/certs",
        "Where the keys are that sign ID tokens.",
    ),
    key(
        "github_client_id",
        "",
        "The client id under which this installation is registered at GitHub, with the callback \
         `PUBLIC_URL/accounts/github/callback`. Without: no sign-in with GitHub.",
    ),
    secret("github_client_secret", "The client secret that belongs to it."),
    key(
        "github_authorize_url",
        "https://github.com/login/oauth/authorize",
        "Where people are sent.",
    ),
    key(
        "github_token_url",
        "https://github.com/login/oauth/access_token",
        "Where a code is exchanged.",
    ),
    key(
        "github_user_url",
        "https://api.github.com/user",
        "Where GitHub says who somebody is.",
    ),
    key(
        "github_emails_url",
        "https://api.github.com/user/emails",
        "Where it says their addresses.",
    ),
    key(
        "provider_timeout",
        "10s",
        "How long Google or GitHub may take for all answers of one sign-in together.",
    ),
    key(
        "metadata_networks",
        "",
        "Networks that metadata of SAML identity providers may be fetched from beside the public internet, like \
         `10.0.0.0/8`; from them also by http.",
    ),
    key(
        "session_idle",
        "8h",
        "A session ends after this long without a request.",
    ),
    key(
        "session_lifetime",
        "24h",
        "A session ends after this long, whatever happens in it.",
    ),
    key(
        "password_min_length",
        "15",
        "Characters that a new password has at least; 8 to 64.",
    ),
    key(
        "password_max_length",
        "128",
        "Characters that a new password has at most; 64 to 1024.",
    ),
    key(
        "argon2_memory",
        "19456",
        "KiB for hashing a password; 19456 at least.",
    ),
    key("argon2_passes", "2", "Passes over that memory; 2 at least."),
    key("argon2_lanes", "1", "Lanes of that memory."),
    key(
        "argon2_at_once",
        "2",
        "Passwords hashed at the same time; more wait. Threads that hash let others go first (`nice` 15). Of those who have \
         waited for a second one more at a time is hashed by a thread that does not.",
    ),
    key(
        "throttle_guesses_known_browser",
        "10/1m",
        "Sign-in attempts, and current passwords in the settings, in a browser in which the person has signed in before: 10 at once, then one more a minute.",
    ),
    key(
        "throttle_guesses_account_network",
        "10/10m",
        "Sign-in attempts at one account from one network (a /64 of IPv6), and from one /48 of IPv6: slower than `throttle_guesses_account`, or one network could use that up.",
    ),
    key(
        "throttle_guesses_account",
        "100/5m",
        "Sign-in attempts at one account from all networks together.",
    ),
    key(
        "throttle_guesses_network",
        "60/10s",
        "Sign-in attempts from one network; good ones are not counted.",
    ),
    key(
        "throttle_codes_account",
        "10/15m",
        "Codes that are tried at one account after the right password; a right one makes all of them whole again.",
    ),
    key(
        "throttle_recovery_codes",
        "5/1m",
        "How often one person makes new recovery codes.",
    ),
    key(
        "throttle_wrong_links",
        "30/30s",
        "Links that don't work, followed from one network; dead invitations don't count.",
    ),
    key(
        "throttle_invitations_user",
        "200/30s",
        "Invitations that one person sends, again or anew.",
    ),
    key(
        "throttle_invitations_organization",
        "1000/10s",
        "Invitations that one organization sends.",
    ),
    key(
        "throttle_bulk_invitations_organization",
        "5000/20s",
        "People of lists that one organization invites: a list takes as many at once as it has, and can have no more lines \
         than the first number, or than 1,000. They don't count among `throttle_invitations_user` and `throttle_invitations_organization`.",
    ),
    key(
        "throttle_taken_addresses",
        "60/1m",
        "Invitations that one organization is refused because the address belongs to another one. When none is left, its \
         invitations to new addresses wait, too, so that the answer tells nothing.",
    ),
    key(
        "throttle_mails_address",
        "6/1h",
        "Invitations, fresh links and links for new passwords that are mailed to one address; apart from these as often, that its account was deactivated or reactivated.",
    ),
    key(
        "throttle_fresh_links",
        "3/1h",
        "Fresh links that an invitee asks for.",
    ),
    key(
        "throttle_resets_network",
        "30/1m",
        "Links for new passwords that are asked for from one network.",
    ),
    key(
        "throttle_external_sign_ins_network",
        "120/5s",
        "Sign-ins with Google, GitHub or SSO that are begun from one network.",
    ),
    key(
        "throttle_questions_token",
        "600",
        "What one access token asks of the JSON API in a minute.",
    ),
    key(
        "throttle_questions_service",
        "60000",
        "What one service asks in a minute.",
    ),
    key(
        "throttle_questions_scim",
        "6000",
        "What one identity provider asks by SCIM in a minute.",
    ),
    key(
        "keep_mails",
        "90d",
        "How long mails that were sent or given up are kept in the database.",
    ),
    key(
        "keep_known_browsers",
        "180d",
        "After how long without a sign-in a browser is forgotten.",
    ),
    key(
        "keep_expired_tokens",
        "90d",
        "How long an access token that has expired is listed before it is deleted.",
    ),
    key(
        "keep_lists",
        "30d",
        "How long a list of people who were invited is kept, with what became of each line.",
    ),
    key(
        "request_timeout",
        "30s",
        "A request that takes longer is answered with an error.",
    ),
    key("request_body_limit", "65536", "Bytes that a request may bring."),
    key(
        "requests_at_once",
        "512",
        "Requests that are worked on at the same time; more are answered with 503.",
    ),
    key(
        "connections_per_address",
        "256",
        "Connections from one address (of IPv6, 64 bits of it) that is no trusted proxy; more are closed at once.",
    ),
    key(
        "trusted_proxies",
        "",
        "Networks of your proxies, like `10.0.0.0/8, ::1`. Only they are believed in `X-Forwarded-For`.",
    ),
    key(
        "roles_file",
        "",
        "A TOML file with roles of services of your own, see below.",
    ),
    key(
        "site_root",
        "",
        "Where the built pages lie. Without: `site` beside the program, else `target/site`.",
    ),
    key(
        "log_format",
        "plain",
        "`plain` or `json`. What is logged is chosen by `RUST_LOG`.",
    ),
];

/// All keys as a table in Markdown.
pub fn table() -> String {
    let mut table =
        "| key in the file | in the environment | default | meaning |\n|---|---|---|---|\n".to_owned();
    for key in KEYS {
        let _ = writeln!(table, "{}", key.row());
    }
    table
}
