//! `/sign-in/problem?problem=…`: why a sign-in at a provider did not work, and what can be changed.

use super::{
    api::{Explained, explain_problem},
    problem::{missing, reference},
};
use crate::{
    layout::door::Door,
    loaded::load,
    page::door_page,
    travel::use_query_map,
    ui::{ButtonKind, ButtonLink},
    viewer::Viewer,
};
use leptos::prelude::*;

#[component]
pub fn ProblemPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        let of = |key| query.get(key).unwrap_or_default();
        (of("problem"), of("back"))
    };
    let explained = load(asked, |(problem, back)| explain_problem(problem, back, true));
    door_page(
        "Sign-in problem",
        explained,
        move |_: Viewer, problem: Explained| {
            let query = query.read_untracked();
            let of = |key| query.get_str(key).unwrap_or_default();
            let missing = missing(of("missing"));
            let reference = reference(of("reference"));
            let names = missing
                .iter()
                .map(|name| view! { <li class="mono">{*name}</li> })
                .collect_view();
            let missing = (!missing.is_empty()).then(|| {
                view! {
                    <div>
                        <p>"Missing:"</p>
                        <ul>{names}</ul>
                    </div>
                }
            });
            view! {
                <Door title=problem.title lead=problem.what>
                    {missing}
                    {advice(problem.for_administrators, problem.change)}
                    {reference}
                    <ButtonLink href=problem.again kind=ButtonKind::Primary wide=true>
                        "Try again"
                    </ButtonLink>
                </Door>
            }
        },
    )
}

/// What can be done, and by whom.
fn advice(for_administrators: bool, change: String) -> AnyView {
    if !for_administrators {
        return view! { <p>{change}</p> }.into_any();
    }
    view! {
        <p>"Tell an administrator of your organization, and give them the reference. What they should do:"</p>
        <p>{change}</p>
    }
    .into_any()
}
