//! What kept a form from being accepted.

use crate::browser;
use leptos::prelude::*;

/// What kept a form from being accepted: a sentence for each field, leading to it, and one that belongs to no field.
/// It takes the focus when it appears, with and without scripts.
#[component]
pub fn ErrorSummary(
    /// The id of a field and what is wrong with it, in the order of the form.
    #[prop(optional, into)]
    errors: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] general: Signal<Option<String>>,
    #[prop(default = "Check these fields".into(), into)] heading: String,
    /// Needed where a page has several.
    #[prop(default = "error-summary".into(), into)]
    id: String,
) -> impl IntoView {
    let focus_id = id.clone();
    Effect::new(move || {
        if errors.with(|errors| !errors.is_empty()) || general.with(Option::is_some) {
            let id = focus_id.clone();
            request_animation_frame(move || browser::focus(&id));
        }
    });
    let links = move |errors: Vec<(String, String)>| {
        let link = |(field, sentence): (String, String)| {
            view! {
                <li>
                    <a href=format!("#{field}")>
                        {sentence}
                    </a>
                </li>
            }
        };
        (!errors.is_empty()).then(|| {
            view! {
                <h2>{heading.clone()}</h2>
                <ul>{errors.into_iter().map(link).collect_view()}</ul>
            }
        })
    };
    move || {
        let (errors, general) = (errors.get(), general.get());
        (general.is_some() || !errors.is_empty()).then(|| {
            view! {
                <div class="error-summary" id=id.clone() role="alert" tabindex="-1" autofocus>
                    {general.map(|general| view! { <p>{general}</p> })}
                    {links(errors)}
                </div>
            }
        })
    }
}
