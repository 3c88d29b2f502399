//! The part of both forms that few need: what is required of assertions, and how people who are new are dealt with.

use super::{ASKS_HERE, CREATES_ACCOUNTS, REQUIRES_SIGNED};
use crate::{
    feedback::Feedback,
    ui::{Checkbox, TextField},
    viewer::Viewer,
};
use domain::{field::Field, sso::SsoRules};
use leptos::prelude::*;

/// `rules`: of the configuration that the form is filled from. Folded away unless something in it differs or is wrong.
pub fn advanced(viewer: &Viewer, rules: Option<&SsoRules>, feedback: &Feedback) -> AnyView {
    let email = viewer.person.as_ref().map(|person| person.email.as_str());
    let offered = SsoRules::offered_to(email.unwrap_or_default());
    let rules = typed(rules.unwrap_or(&offered).clone(), feedback);
    let differs = rules != offered;
    let error = feedback.fault(Field::Domains);
    view! {
        <details class="advanced" open=move || differs || error.with(Option::is_some)>
            <summary>"Advanced"</summary>
            <div class="form">
                <div class="checkbox-list-box">
                    <Checkbox
                        name=REQUIRES_SIGNED
                        label="Require signed assertion"
                        description="A signature of the response around it is not enough then."
                        checked=rules.require_signed_assertion
                    />
                    <Checkbox
                        name=ASKS_HERE
                        label="Ask for the code here, too"
                        description="Whoever has two-factor authentication here is asked for it. Otherwise it is left to the identity provider."
                        checked=rules.asks_for_code
                    />
                    <Checkbox
                        name=CREATES_ACCOUNTS
                        label="Create accounts at first sign-in"
                        description="Without groups and roles. Otherwise only people who have an account or an invitation get in."
                        checked=rules.creates_accounts
                    />
                </div>
                <TextField
                    label=Field::Domains.label()
                    name=Field::Domains.name()
                    value=rules.domains.join(", ")
                    autocomplete="off"
                    placeholder="example.com"
                    hint="Only people with addresses of these domains come in for the first time. Several are separated by commas. It may be empty where no accounts are created."
                    error
                />
            </div>
        </details>
    }
    .into_any()
}

/// As it was sent, where the form came back.
fn typed(stored: SsoRules, feedback: &Feedback) -> SsoRules {
    if !feedback.failed().get_untracked() {
        return stored;
    }
    let ticked = |name| !feedback.values(name).is_empty();
    SsoRules {
        require_signed_assertion: ticked(REQUIRES_SIGNED),
        asks_for_code: ticked(ASKS_HERE),
        creates_accounts: ticked(CREATES_ACCOUNTS),
        domains: vec![feedback.value(Field::Domains.name())],
    }
}
