//! Why a sign-in at a provider did not work, as two pages say it. An address has only keys: what else is in it is left out.

use super::api::Explained;
use domain::sign_in_problem::ATTRIBUTES;
use leptos::prelude::*;

/// The longest reference that is shown.
const LONGEST_REFERENCE: usize = 64;

/// A reference as the server writes it, to find the line in the log.
fn as_reference(text: &str) -> Option<&str> {
    let is_one = |text: &&str| {
        !text.is_empty()
            && text.len() <= LONGEST_REFERENCE
            && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    Some(text).filter(is_one)
}

pub(super) fn reference(text: &str) -> impl IntoView + use<> {
    let id = as_reference(text).map(str::to_owned);
    id.map(|id| {
        view! {
            <p class="muted problem-reference">
                "Reference: " <span class="mono">{id}</span>
            </p>
        }
    })
}

/// The attributes that the address names and that an account needs.
pub(super) fn missing(text: &str) -> Vec<&'static str> {
    let named = |attribute: &&str| text.split(',').any(|name| name == *attribute);
    ATTRIBUTES.into_iter().filter(named).collect()
}

/// Above the form of an invitation. `invited`: the address that it is for.
pub fn problem_alert(problem: Explained, invited: &str, reference_text: &str) -> AnyView {
    let needed = problem.wants_other_address.then(|| {
        let invited = invited.to_owned();
        view! { <p>"The invited address is " <b>{invited}</b> "."</p> }
    });
    view! {
        <div class="problem-alert" role="alert">
            <h2>{problem.title}</h2>
            <p>{problem.what}</p>
            {needed}
            <p>{problem.change}</p>
            {reference(reference_text)}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_reference_is_shown() {
        for id in ["0192f3a4-5b6c-7d8e-9f00-112233445566", "a1B2"] {
            assert_eq!(as_reference(id), Some(id));
        }
        for other in ["", "call 0800 123", "<b>", "a1b2c3 ", &"a".repeat(65)] {
            assert_eq!(as_reference(other), None, "{other}");
        }
    }

    #[test]
    fn only_attributes_that_an_account_needs_are_named() {
        assert_eq!(missing("last_name,email"), ["email", "last_name"]);
        assert!(missing("").is_empty());
        assert!(missing("your password, at evil.test").is_empty());
    }
}
