//! A moment, as people say it.

use crate::browser;
use leptos::prelude::*;

/// A moment, as people say it. Its tooltip is in UTC, and once scripts work in the reader's own zone too.
///
/// The server knows no zone. A relative text, such as `2 hours ago`, is true in each; a text with a date and an hour says
/// UTC, and with `local` becomes the reader's once scripts work. Its room is kept: what moves is inside of it.
#[component]
pub fn Time(
    /// RFC 3339.
    #[prop(into)]
    datetime: String,
    #[prop(into)] text: String,
    /// The moment in UTC, in words.
    #[prop(optional, into)]
    title: String,
    /// Whether the text itself is a date and an hour.
    #[prop(optional)]
    local: bool,
) -> impl IntoView {
    let (tooltip, set_tooltip) = signal(title.clone());
    let (shown, set_shown) = signal(text);
    let moment = datetime.clone();
    Effect::new(move || {
        if let Some(here) = browser::local_time(&moment) {
            if local {
                set_shown.set(here.short);
            }
            set_tooltip.set(if title.is_empty() {
                here.long
            } else {
                format!("{}\n{title}", here.long)
            });
        }
    });
    view! {
        <time datetime=datetime title=move || tooltip.get() data-local=local.then_some("")>
            {move || shown.get()}
        </time>
    }
}
