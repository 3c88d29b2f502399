//! Two people have changed the same policy: what it is now beside what was typed, and which of them counts.

use super::{policies_api::Editor, policy_rules::policy_rules};
use crate::{
    routes::{self, EditorPlace},
    ui::{Button, ButtonLink},
};
use domain::{
    access::{
        Named,
        policy::{Choice, PolicyView, RuleView},
    },
    moment::Moment,
    refusal::Refusal,
};
use leptos::prelude::*;

/// **Keep mine** sends the form around it, which names the version that is shown here.
pub fn policy_conflict(editor: &Editor, theirs: &PolicyView) -> impl IntoView + use<> {
    let mine = side(
        "Yours",
        &editor.typed.name,
        &editor.typed.description,
        &typed_rules(editor),
    );
    let theirs_shown = side("As it is now", &theirs.name, &theirs.description, &theirs.rules);
    let take = routes::policy_editor(Some(theirs.id), None, EditorPlace::Top);
    view! {
        <section class="card" id="conflict" aria-labelledby="conflict-title" tabindex="-1" autofocus>
            <header class="card-header">
                <div>
                    <h2 id="conflict-title">"Somebody else has saved this policy"</h2>
                    <p class="muted">{Refusal::EditedMeanwhile.sentence()}</p>
                </div>
            </header>
            <div class="card-body">
                <div class="policy-sides">{theirs_shown} {mine}</div>
            </div>
            <footer class="card-footer">
                <p class="muted">"Keep mine replaces what is there now. Take theirs leaves out what you typed."</p>
                <ButtonLink href=take>"Take theirs"</ButtonLink>
                <Button name="step" value="save">
                    "Keep mine"
                </Button>
            </footer>
        </section>
    }
}

fn side(title: &'static str, name: &str, description: &str, rules: &[RuleView]) -> impl IntoView + use<> {
    view! {
        <div class="policy-side">
            <h3>{title}</h3>
            <p>
                <b>{name.to_owned()}</b>
            </p>
            <p class="muted">{description.to_owned()}</p>
            {policy_rules(rules, None)}
        </div>
    }
}

/// What was typed, by the names that the editor shows.
fn typed_rules(editor: &Editor) -> Vec<RuleView> {
    let role = |key: &domain::access::RoleKey| {
        let entry = editor.roles.iter().find(|role| role.key == *key);
        Named {
            id: key.clone(),
            name: entry.map_or_else(|| key.to_string(), |role| role.name.clone()),
        }
    };
    let rules = editor.typed.rules.iter().zip(&editor.choices);
    let shown = rules.zip(0..).map(|((rule, choices), index)| {
        // Roles and end of a default policy are not typed.
        let given = editor
            .policy
            .as_ref()
            .filter(|policy| policy.built_in)
            .and_then(|policy| policy.rules.get::<usize>(index));
        RuleView {
            roles: given.map_or_else(
                || rule.roles.iter().map(role).collect(),
                |rule| rule.roles.clone(),
            ),
            users: named(&choices.users),
            groups: named(&choices.groups),
            ends: given.map_or_else(|| Moment::from_control(&rule.ends), |rule| rule.ends),
            is_over: false,
        }
    });
    shown.collect()
}

fn named<I: Clone>(choices: &[Choice<I>]) -> Vec<Named<I>> {
    let named = |choice: &Choice<I>| Named {
        id: choice.id.clone(),
        name: choice.name.clone(),
    };
    choices.iter().map(named).collect()
}
