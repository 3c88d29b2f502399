//! A moment, as people say it.

use crate::browser;
use leptos::prelude::*;

/// A moment, as people say it. Its tooltip is in UTC, and once scripts work in the reader's own zone too.
#[component]
pub fn Time(
    /// RFC 3339.
    #[prop(into)]
    datetime: String,
    #[prop(into)] text: String,
    /// The moment in UTC, in words.
    #[prop(optional, into)]
    title: String,
) -> impl IntoView {
    let (tooltip, set_tooltip) = signal(title.clone());
    let moment = datetime.clone();
    Effect::new(move || {
        if let Some(local) = browser::local_time(&moment) {
            set_tooltip.set(if title.is_empty() {
                local
            } else {
                format!("{local}\n{title}")
            });
        }
    });
    view! {
        <time datetime=datetime title=move || tooltip.get()>
            {text}
        </time>
    }
}
