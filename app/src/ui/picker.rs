//! A choice of several from more than a page can show: what is chosen, a search, and what it found.

use super::{
    CheckboxOption, Icon, IconKind,
    field::{FieldNotes, described_by},
};
use crate::browser;
use leptos::{prelude::*, task::spawn_local};
use std::{pin::Pin, sync::Arc, time::Duration};

type Answer = Pin<Box<dyn Future<Output = Option<Vec<CheckboxOption>>>>>;

/// How a picker asks for what can be chosen, given what is typed; `None` where no answer came.
#[derive(Clone)]
pub struct Ask(Arc<dyn Fn(String) -> Answer + Send + Sync>);

impl Ask {
    pub fn new<F, A>(ask: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = Option<Vec<CheckboxOption>>> + 'static,
    {
        Self(Arc::new(move |typed| Box::pin(ask(typed))))
    }
}

/// How long the keyboard rests before the picker asks.
const PAUSE: Duration = Duration::from_millis(200);

/// A choice of several from more than a page can show. What is chosen is ticked, what was found is not. As plain HTML
/// the button **Find** sends the form, whose page then shows what was found; with scripts the picker asks while somebody
/// types, and what is ticked stays.
#[component]
pub fn Picker(
    #[prop(into)] legend: String,
    /// Of the boxes.
    #[prop(into)]
    name: String,
    #[prop(into)] id: String,
    chosen: Vec<CheckboxOption>,
    /// What the search found and is not chosen.
    found: Vec<CheckboxOption>,
    /// Of the search.
    #[prop(into)]
    find_name: String,
    /// What was looked for.
    #[prop(optional, into)]
    find: String,
    /// The name and the value of the button that sends the form to look.
    #[prop(optional, into)]
    step: Option<(String, String)>,
    ask: Ask,
    /// What is looked for, in the plural: `users`.
    #[prop(into)]
    noun: String,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
) -> impl IntoView {
    let described_by = described_by(&id, hint, error);
    let first = chosen
        .iter()
        .map(|option| option.value.clone())
        .collect::<Vec<_>>();
    let ticked = RwSignal::new(first);
    let rows = RwSignal::new([chosen, found].concat());
    let read = {
        let id = id.clone();
        move || ticked.set(browser::chosen_values(&id))
    };
    // Some may have been ticked before hydration.
    Effect::new({
        let read = read.clone();
        move || read()
    });
    // What is ticked stays, with what was found after it.
    let show = move |found: Vec<CheckboxOption>| {
        let ticked = ticked.get_untracked();
        rows.update(|rows| {
            rows.retain(|row| ticked.contains(&row.value));
            let new = found.into_iter().filter(|row| !ticked.contains(&row.value));
            rows.extend(new.collect::<Vec<_>>());
        });
    };
    let turn = StoredValue::new(0_u32);
    let look = Callback::new(move |(typed, pause): (String, Duration)| {
        let mine = turn.get_value().wrapping_add(1);
        turn.set_value(mine);
        let ask = ask.clone();
        let is_latest = move || turn.try_get_value() == Some(mine);
        let act = move || {
            if is_latest() {
                spawn_local(async move {
                    if let Some(found) = (ask.0)(typed).await
                        && is_latest()
                    {
                        show(found);
                    }
                });
            }
        };
        set_timeout(act, pause);
    });
    let nobody = format!("No {noun} found.");
    let strip = strip(&id, (find_name, find), step, noun, placeholder, look);
    let list = id.clone();
    let row = move |option: CheckboxOption| row(&list, &name, option, ticked);
    let chips = chips(&id, rows, ticked);
    view! {
        <fieldset
            class="checkbox-list picker"
            id=id
            tabindex="-1"
            data-invalid=move || error.with(Option::is_some).then_some("")
            aria-describedby=move || described_by.get()
            on:change=move |_| read()
        >
            <legend class="field-label">{legend}</legend>
            <div class="checkbox-list-box">
                {chips}
                {strip}
                <div class="checkbox-list-rows" data-long="">
                    <For each=move || rows.get() key=|option| option.value.clone() children=row />
                    <p class="picker-nobody" aria-live="polite">
                        {move || rows.with(Vec::is_empty).then(|| nobody.clone())}
                    </p>
                </div>
            </div>
            <FieldNotes id=id.clone() hint error />
        </fieldset>
    }
}

/// The search with its button.
fn strip(
    list: &str,
    (name, value): (String, String),
    step: Option<(String, String)>,
    noun: String,
    placeholder: Option<String>,
    look: Callback<(String, Duration)>,
) -> impl IntoView + use<> {
    let id = format!("{list}-find");
    let mut label = noun;
    label.insert_str(0, "Find ");
    let (step_name, step_value) = step.unzip();
    let typed = {
        let id = id.clone();
        move || browser::value(&id)
    };
    let press = {
        let typed = typed.clone();
        move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            look.run((typed(), Duration::ZERO));
        }
    };
    view! {
        <div class="picker-find">
            <Icon kind=IconKind::Search />
            <input
                type="search"
                id=id
                name=name
                value=value
                placeholder=placeholder
                aria-label=label
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| look.run((event_target_value(&event), PAUSE))
                on:keydown=move |event| {
                    // Enter would send the form.
                    if event.key() == "Enter" {
                        event.prevent_default();
                        look.run((typed(), Duration::ZERO));
                    }
                }
            />
            <button class="button" type="submit" data-kind="quiet" data-size="small" name=step_name value=step_value on:click=press>
                "Find"
            </button>
        </div>
    }
}

/// What is ticked, in a few words each: a press takes the choice back.
fn chips(
    list: &str,
    rows: RwSignal<Vec<CheckboxOption>>,
    ticked: RwSignal<Vec<String>>,
) -> impl IntoView + use<> {
    let list = list.to_owned();
    let chosen = move || {
        let ticked = ticked.get();
        let mut rows = rows.get();
        rows.retain(|row| ticked.contains(&row.value));
        rows
    };
    let chip = move |option: CheckboxOption| {
        let (tick, label) = (box_id(&list, &option), format!("Remove {}", option.name));
        view! {
            <button
                class="chip"
                type="button"
                aria-label=label
                on:click=move |_| {
                    browser::focus(&tick);
                    browser::click(&tick);
                }
            >
                {option.name}
                <span aria-hidden="true">"×"</span>
            </button>
        }
    };
    view! {
        <div class="picker-chosen with-script">
            <For each=chosen key=|option| option.value.clone() children=chip />
        </div>
    }
}

fn row(
    list: &str,
    name: &str,
    option: CheckboxOption,
    ticked: RwSignal<Vec<String>>,
) -> impl IntoView + use<> {
    let checked = ticked.with_untracked(|ticked| ticked.contains(&option.value));
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                id=box_id(list, &option)
                name=name.to_owned()
                value=option.value
                checked=checked
            />
            <span>
                {option.name}
                {option.description.filter(|text| !text.is_empty()).map(|text| view! { <small>{text}</small> })}
            </span>
        </label>
    }
}

fn box_id(list: &str, option: &CheckboxOption) -> String {
    format!("{list}-{}", option.value)
}
