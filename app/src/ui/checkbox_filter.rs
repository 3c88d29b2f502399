use super::{CheckboxOption, hydrated::hydrated};
use crate::browser;
use leptos::prelude::*;

/// The strip above a long `CheckboxList`: chips of what is ticked, and the filter.
pub(super) fn checkbox_filter(
    list: &str,
    options: &[CheckboxOption],
    ticked: RwSignal<Vec<String>>,
    filter: RwSignal<String>,
    noun: String,
) -> impl IntoView + use<> {
    let hydrated = hydrated();
    let chip = |(i, option): (usize, &CheckboxOption)| {
        let (value, name) = (option.value.clone(), option.name.clone());
        let (tick, label) = (format!("{list}-{i}"), format!("Remove {name}"));
        view! {
            <button
                class="chip"
                type="button"
                aria-label=label
                hidden=move || ticked.with(|ticked| !ticked.contains(&value))
                on:click=move |_| {
                    browser::focus(&tick);
                    browser::click(&tick);
                }
            >
                {name}
                <span aria-hidden="true">"×"</span>
            </button>
        }
    };
    let mut label = noun;
    label.insert_str(0, "Filter ");
    view! {
        <div class="checkbox-list-filter with-script">
            {options.iter().enumerate().map(chip).collect_view()}
            <input
                type="search"
                data-waiting=move || (!hydrated.get()).then_some("")
                placeholder=label.clone()
                aria-label=label
                autocomplete="off"
                on:input=move |event| filter.set(event_target_value(&event))
                on:keydown=move |event| {
                    // Enter would send the form.
                    if event.key() == "Enter" {
                        event.prevent_default();
                    }
                }
            />
        </div>
    }
}
