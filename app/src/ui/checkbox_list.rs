//! A choice of several.

use super::{
    checkbox_filter::checkbox_filter,
    field::{FieldNotes, described_by},
};
use crate::browser;
use leptos::prelude::*;
use std::sync::Arc;

/// One box of a `CheckboxList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckboxOption {
    pub(crate) value: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
}

impl CheckboxOption {
    pub fn new(value: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            name: name.into(),
            description: None,
        }
    }

    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether its words have this in them, whatever the case.
    pub fn is_like(&self, typed: &str) -> bool {
        let words = format!(
            "{} {}",
            self.name,
            self.description.as_deref().unwrap_or_default()
        );
        words.to_lowercase().contains(&typed.trim().to_lowercase())
    }
}

/// From here on a list scrolls, and has a filter and chips of what is chosen.
const LONG: usize = 7;

/// A choice of several. Where scripts run, a long list also has a filter, and chips of what is chosen: a press on one
/// takes the choice back.
#[component]
pub fn CheckboxList(
    #[prop(into)] legend: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    options: Vec<CheckboxOption>,
    /// The values chosen at first.
    #[prop(optional, into)]
    chosen: Signal<Vec<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    /// What the options are, in the plural: `groups`.
    #[prop(default = "options".into(), into)]
    noun: String,
    #[prop(optional, into)] on_change: Option<Callback<(Vec<String>,)>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described_by = described_by(&id, hint, error);
    let ticked = RwSignal::new(chosen.get_untracked());
    let filter = RwSignal::new(String::new());
    let read = {
        let id = id.clone();
        move || ticked.set(browser::chosen_values(&id))
    };
    // Some may have been ticked before hydration; and what the page chooses later is to be shown.
    Effect::new({
        let (read, list) = (read.clone(), id.clone());
        move |before: Option<Vec<String>>| {
            let now = chosen.get();
            if before.is_some_and(|before| before != now) {
                browser::choose_values(&list, &now);
            }
            read();
            now
        }
    });
    let name: Arc<str> = name.into();
    let long = options.len() >= LONG;
    let strip = long.then(|| checkbox_filter(&id, &options, ticked, filter, noun));
    let boxes = options
        .into_iter()
        .enumerate()
        .map(|(i, option)| row(&id, i, Arc::clone(&name), option, ticked, filter));
    let boxes = boxes.collect_view();
    view! {
        <fieldset
            class="checkbox-list"
            id=id
            tabindex="-1"
            data-invalid=move || error.with(Option::is_some).then_some("")
            aria-describedby=move || described_by.get()
            on:change=move |_| {
                read();
                if let Some(on_change) = on_change {
                    on_change.run((ticked.get_untracked(),));
                }
            }
        >
            <legend class="field-label">{legend}</legend>
            <div class="checkbox-list-box">
                {strip}
                <div class="checkbox-list-rows" data-long=long.then_some("")>
                    {boxes}
                </div>
            </div>
            <FieldNotes id=id.clone() hint error />
        </fieldset>
    }
}

/// The box of one option.
fn row(
    list: &str,
    index: usize,
    name: Arc<str>,
    option: CheckboxOption,
    ticked: RwSignal<Vec<String>>,
    filter: RwSignal<String>,
) -> impl IntoView + use<> {
    let id = format!("{list}-{index}");
    let words = format!(
        "{} {}",
        option.name,
        option.description.as_deref().unwrap_or_default()
    )
    .to_lowercase();
    let checked = ticked.with_untracked(|ticked| ticked.contains(&option.value));
    view! {
        <label class="checkbox" hidden=move || filter.with(|filter| !words.contains(&filter.trim().to_lowercase()))>
            <input
                type="checkbox"
                id=id
                name=name
                value=option.value
                checked=checked
            />
            <span>
                {option.name} {option.description.map(|description| view! { <small>{description}</small> })}
            </span>
        </label>
    }
}
