//! One rule in the editor of a policy: whom it names, what it gives, when it ends.

use super::{
    groups_api::{offer_groups, offer_users},
    policy_faults::{Part, PolicyFaults},
    policy_rules::chips,
};
use crate::ui::{
    Ask, Button, ButtonKind, ButtonSize, CheckboxList, CheckboxOption, IconKind, Picker, TextField, TextKind,
};
use domain::access::{
    RoleEntry, RoleKey,
    policy::{Choice, RuleChoices, RuleDraft, RuleView},
};
use leptos::prelude::*;
use std::fmt::Display;

/// A rule of a policy of the organization's own. `number` counts from 1.
pub fn rule_card(
    number: usize,
    typed: &RuleDraft,
    choices: &RuleChoices,
    roles: &[RoleEntry],
    faults: &PolicyFaults,
) -> impl IntoView + use<> {
    let title = format!("rule-{number}-title");
    let control = |part: &str| format!("rules[{}][{part}]", number - 1);
    let chosen: Vec<_> = typed.roles.iter().map(ToString::to_string).collect();
    view! {
        <section class="card rule-card" id=format!("rule-{number}") aria-labelledby=title.clone()>
            <header class="card-header">
                <h2 id=title.clone()>"Rule "{number}</h2>
                <div class="card-header-control">
                    <Button
                        kind=ButtonKind::Quiet
                        size=ButtonSize::Small
                        icon=IconKind::Close
                        name="step"
                        value=format!("remove-rule-{number}")
                    >
                        "Remove rule"
                    </Button>
                </div>
            </header>
            <div class="card-body">
                <div class="rule-parts">
                    {principals(number, typed, choices, faults)}
                    <CheckboxList
                        legend="Roles"
                        name=control("roles") + "[]"
                        id=Part::Roles.id(number)
                        noun="roles"
                        options=role_options(roles, typed)
                        chosen
                        error=faults.part(number, Part::Roles)
                    />
                </div>
                <div class="rule-end">
                    <TextField
                        label="Ends (UTC)"
                        name=control("ends")
                        id=Part::Ends.id(number)
                        kind=TextKind::Moment
                        value=typed.ends.clone()
                        error=faults.part(number, Part::Ends)
                        hint="Optional. From then on the rule gives nothing."
                    />
                </div>
            </div>
        </section>
    }
}

/// A rule of a default policy: what it gives is fixed.
pub fn default_rule_card(
    number: usize,
    rule: &RuleView,
    typed: &RuleDraft,
    choices: &RuleChoices,
    faults: &PolicyFaults,
) -> impl IntoView + use<> {
    let title = format!("rule-{number}-title");
    view! {
        <section class="card rule-card" id=format!("rule-{number}") aria-labelledby=title.clone()>
            <header class="card-header">
                <h2 id=title.clone()>"Rule "{number}</h2>
            </header>
            <div class="card-body">
                <div class="rule-parts">
                    {principals(number, typed, choices, faults)}
                    <div class="field" id=Part::Roles.id(number)>
                        <h3 class="field-label">"Roles"</h3>
                        <p>{chips(&rule.roles)}</p>
                    </div>
                </div>
            </div>
        </section>
    }
}

/// The pickers of users and groups.
fn principals(
    number: usize,
    typed: &RuleDraft,
    choices: &RuleChoices,
    faults: &PolicyFaults,
) -> impl IntoView + use<> {
    let control = |part: &str| format!("rules[{}][{part}]", number - 1);
    let step = ("step".to_owned(), format!("find-{number}"));
    let ask_users = Ask::new(async |typed| Some(options(&offer_users(typed).await.ok()?)));
    let ask_groups = Ask::new(async |typed| Some(options(&offer_groups(typed).await.ok()?)));
    view! {
        <Picker
            legend="Users"
            name=control("users") + "[]"
            id=Part::Users.id(number)
            chosen=options(&choices.users)
            found=options(&choices.found_users)
            find_name=control("find_users")
            find=typed.find_users.clone()
            step=step.clone()
            ask=ask_users
            noun="users"
            placeholder="Name or e-mail"
            error=faults.part(number, Part::Users)
        />
        <Picker
            legend="Groups"
            name=control("groups") + "[]"
            id=Part::Groups.id(number)
            chosen=options(&choices.groups)
            found=options(&choices.found_groups)
            find_name=control("find_groups")
            find=typed.find_groups.clone()
            step
            ask=ask_groups
            noun="groups"
            placeholder="Name"
            error=faults.part(number, Part::Groups)
        />
    }
}

/// What can be chosen, for a picker.
pub fn options<I: Display>(choices: &[Choice<I>]) -> Vec<CheckboxOption> {
    let option = |choice: &Choice<I>| {
        CheckboxOption::new(choice.id.to_string(), choice.name.clone()).description(choice.detail.clone())
    };
    choices.iter().map(option).collect()
}

/// The catalogue, what is chosen first: a list that is not whole on the page shows it. And what the rule gives that is
/// not in it any more.
fn role_options(roles: &[RoleEntry], typed: &RuleDraft) -> Vec<CheckboxOption> {
    let known = |role: &RoleEntry| {
        CheckboxOption::new(role.key.to_string(), role.name.clone()).description(role.description.clone())
    };
    let gone = |key: &RoleKey| {
        CheckboxOption::new(key.to_string(), key.to_string()).description("Not in the catalogue any more.")
    };
    let unknown = typed
        .roles
        .iter()
        .filter(|key| roles.iter().all(|role| role.key != **key));
    let (chosen, others): (Vec<_>, Vec<_>) = roles.iter().partition(|role| typed.roles.contains(&role.key));
    unknown
        .map(gone)
        .chain(chosen.into_iter().chain(others).map(known))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Role;

    #[test]
    fn what_is_chosen_stands_where_it_is_seen() {
        let roles = [Role::IamViewer, Role::CksViewer, Role::BillingViewer].map(RoleEntry::from);
        let typed = RuleDraft {
            roles: vec![Role::BillingViewer.into(), RoleKey::new("custom:gone")],
            ..RuleDraft::default()
        };
        let values: Vec<_> = role_options(&roles, &typed)
            .into_iter()
            .map(|option| option.value)
            .collect();
        assert_eq!(
            values,
            ["custom:gone", "billing-viewer", "iam-viewer", "cks-viewer"]
        );
    }
}
