//! The rules of a policy, as people read them.

use crate::ui::{Badge, BadgeKind, Chip, Definition, DefinitionList, Time};
use domain::{
    access::{Named, policy::RuleView},
    moment::Moment,
};
use leptos::prelude::*;

/// All rules under each other. Without `now` an end is told by its date.
pub fn policy_rules(rules: &[RuleView], now: Option<Moment>) -> impl IntoView + use<> {
    let rules = rules.iter().zip(1..).map(|(rule, number)| {
        let ends = rule.ends.map(|ends| end(ends, rule.is_over, now));
        let (given, users, groups) = (chips(&rule.roles), names(&rule.users), chips(&rule.groups));
        view! {
            <li class="policy-rule">
                <h3>"Rule "{number} {ends}</h3>
                <DefinitionList>
                    <Definition term="Roles">{given}</Definition>
                    <Definition term="Users">{users}</Definition>
                    <Definition term="Groups">{groups}</Definition>
                </DefinitionList>
            </li>
        }
    });
    view! { <ol class="policy-rules">{rules.collect_view()}</ol> }
}

/// When a rule ends, or that it has ended.
fn end(ends: Moment, is_over: bool, now: Option<Moment>) -> AnyView {
    if is_over {
        return view! { <Badge kind=BadgeKind::Bad text="Ended" /> }.into_any();
    }
    let (text, local) = match now {
        Some(now) => (ends.relative_to(now), false),
        None => (ends.date_and_time(), true),
    };
    view! {
        <span class="policy-end">
            "ends " <Time datetime=ends.rfc3339() text title=ends.date_and_time() local />
        </span>
    }
    .into_any()
}

/// What the system knows by this name.
pub fn chips<I>(named: &[Named<I>]) -> AnyView {
    if named.is_empty() {
        return nobody();
    }
    let chip = |one: &Named<I>| view! { <Chip text=one.name.clone() /> };
    named.iter().map(chip).collect_view().into_any()
}

fn names<I>(people: &[Named<I>]) -> AnyView {
    if people.is_empty() {
        return nobody();
    }
    let names: Vec<_> = people.iter().map(|one| one.name.as_str()).collect();
    names.join(", ").into_any()
}

fn nobody() -> AnyView {
    view! { <span class="muted">"–"</span> }.into_any()
}
