//! A moment, as people say it.

use leptos::prelude::*;

/// A moment, as people say it. Its tooltip is in UTC, and once scripts work in the reader's own zone too.
///
/// The server knows no zone. A relative text, such as `2 hours ago`, is true in each; a text with a date and an hour says
/// UTC, and with `local` becomes the reader's once scripts work. Its room is kept: what moves is inside of it. The page sees to
/// it for all of them at once (`browser::tell_local_times`).
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
    view! {
        <time datetime=datetime title=title data-local=local.then_some("")>
            {text}
        </time>
    }
}
