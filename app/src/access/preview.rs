//! What an act would change, as people read it before they say yes: who gains and who loses which role.

use crate::ui::{Notice, NoticeKind};
use domain::access::{Preview, difference::ShownChange};
use leptos::prelude::*;

/// Who gains and who loses which role, and what whoever acts should think about twice.
pub fn preview(preview: &Preview) -> impl IntoView + use<> {
    let gained = lines(&preview.gained, "gained");
    let lost = lines(&preview.lost, "lost");
    view! {
        <div class="preview">
            {if preview.gained.is_empty() && preview.lost.is_empty() {
                view! { <p class="muted">"Nobody gains or loses a role."</p> }.into_any()
            } else {
                view! { <ul class="preview-lines">{gained} {lost}</ul> }.into_any()
            }}
            {preview
                .cuts_self_off
                .then(|| view! { <Notice kind=NoticeKind::Bad>"You lose IAM Admin yourself."</Notice> })}
            {preview
                .shortens_own
                .then(|| view! { <Notice kind=NoticeKind::Bad>"You stop being an IAM Admin earlier."</Notice> })}
            {preview
                .lengthens_administrator
                .then(|| view! { <Notice kind=NoticeKind::Wait>"Somebody stays an IAM Admin for longer."</Notice> })}
            {preview
                .makes_administrator
                .then(|| {
                    view! {
                        <Notice kind=NoticeKind::Wait>"An IAM Admin can give any role to anybody."</Notice>
                    }
                })}
        </div>
    }
}

fn lines(changes: &[ShownChange], kind: &'static str) -> impl IntoView + use<> {
    let line = |change: &ShownChange| {
        let sign = if kind == "gained" { "+" } else { "−" };
        let (people, role) = (people(change), change.role.clone());
        let verb = verb(kind, change.people.len() + change.more);
        view! {
            <li data-kind=kind>
                <span aria-hidden="true">{sign}</span>
                <span>{people} " " {verb} " " <b>{role}</b></span>
            </li>
        }
    };
    changes.iter().map(line).collect_view()
}

fn verb(kind: &str, people: usize) -> &'static str {
    match (kind, people) {
        ("gained", 1) => "gains",
        ("gained", _) => "gain",
        (_, 1) => "loses",
        _ => "lose",
    }
}

/// `Ada Lovelace, Ben Babbage and 14 more`.
fn people(change: &ShownChange) -> String {
    let mut names = change.people.clone();
    let last = if change.more > 0 {
        Some(format!("{} more", change.more))
    } else if names.len() > 1 {
        names.pop()
    } else {
        None
    };
    match last {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(people_named: &[&str], more: usize) -> String {
        people(&ShownChange {
            role: String::new(),
            people: people_named.iter().map(|&name| name.to_owned()).collect(),
            more,
        })
    }

    #[test]
    fn people_are_named_and_those_beyond_are_counted() {
        assert_eq!(said(&["Ada"], 0), "Ada");
        assert_eq!(said(&["Ada", "Ben"], 0), "Ada and Ben");
        assert_eq!(said(&["Ada", "Ben", "Eve"], 0), "Ada, Ben and Eve");
        assert_eq!(said(&["Ada", "Ben"], 14), "Ada, Ben and 14 more");
    }

    #[test]
    fn one_gains_and_several_gain() {
        assert_eq!((verb("gained", 1), verb("lost", 1)), ("gains", "loses"));
        assert_eq!((verb("gained", 15), verb("lost", 2)), ("gain", "lose"));
    }
}
