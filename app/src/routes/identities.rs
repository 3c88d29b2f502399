//! The addresses of signing in by a provider or by single sign-on, and of what an administrator sets up for that.

use super::{HOME, SIGN_IN_PROBLEM, SSO, invitation, with_query};
use domain::{
    identities::Provider, ids::SsoTestId, local_path::LocalPath, organization::OrgId,
    sign_in_problem::SignInProblem, sso::Stage,
};

/// Where somebody leaves for a provider: a link, since the answer to a form must not lead to another site.
pub fn leave_for(provider: Provider, next: Option<&LocalPath>) -> String {
    let path = format!("/accounts/{}/login", provider.key());
    let next = next.filter(|next| next.as_str() != HOME);
    let pairs: Vec<_> = next
        .map(|next| ("next", next.as_str().to_owned()))
        .into_iter()
        .collect();
    with_query(&path, &pairs)
}

/// The same to prove again who one is.
pub fn leave_to_prove(provider: Provider, next: &LocalPath) -> String {
    let path = format!("/accounts/{}/login", provider.key());
    with_query(
        &path,
        &[("next", next.as_str().to_owned()), ("again", "true".into())],
    )
}

/// The same to accept an invitation.
pub fn leave_to_accept(provider: Provider, invitation: &str) -> String {
    let path = format!("/accounts/{}/login", provider.key());
    with_query(&path, &[("invitation", invitation.to_owned())])
}

/// Where somebody signs in with the single sign-on of an organization.
pub fn leave_for_sso(organization: &OrgId, next: Option<&LocalPath>) -> String {
    let path = format!("/accounts/saml/{organization}/login");
    let next = next.filter(|next| next.as_str() != HOME);
    let pairs: Vec<_> = next
        .map(|next| ("next", next.as_str().to_owned()))
        .into_iter()
        .collect();
    with_query(&path, &pairs)
}

/// The same to prove again who one is.
pub fn leave_to_prove_by_sso(organization: &OrgId, next: &LocalPath) -> String {
    let path = format!("/accounts/saml/{organization}/login");
    with_query(
        &path,
        &[("next", next.as_str().to_owned()), ("again", "true".into())],
    )
}

/// Where an administrator tests it.
pub fn leave_to_test_sso(organization: &OrgId, stage: Stage) -> String {
    format!("/accounts/saml/{organization}/login?test={}", stage.key())
}

/// Where an identity provider is told of, in one of the ways to do it.
pub fn sso_form(tab: &'static str) -> String {
    format!("{SSO}?tab={tab}")
}

/// A dialog of single sign-on.
pub fn sso_dialog(dialog: &'static str) -> String {
    format!("{SSO}?dialog={dialog}")
}

/// What a test found.
pub fn sso_test(test: SsoTestId) -> String {
    format!("{SSO}/tests/{test}")
}

/// Why a sign-in did not work. `back`: the page where it began, if that is not the sign-in page.
pub fn sign_in_problem(
    problem: SignInProblem,
    reference: &str,
    missing: &[&str],
    back: Option<&str>,
) -> String {
    let mut pairs = vec![
        ("problem", problem.key().to_owned()),
        ("reference", reference.to_owned()),
    ];
    if !missing.is_empty() {
        pairs.push(("missing", missing.join(",")));
    }
    pairs.extend(back.map(|back| ("back", back.to_owned())));
    with_query(SIGN_IN_PROBLEM, &pairs)
}

/// The page of an invitation that says why an identity was not accepted there.
pub fn invitation_problem(token: &str, problem: SignInProblem, reference: &str) -> String {
    with_query(
        &invitation(token),
        &[
            ("problem", problem.key().to_owned()),
            ("reference", reference.to_owned()),
        ],
    )
}
