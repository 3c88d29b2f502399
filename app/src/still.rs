//! Parts of a page that stay as the server wrote them. Each page is a document of its own, so most of it never changes: the
//! program in the browser needs neither the code nor the data of that, and nobody waits until it has taken it over.

use crate::{act::Act, failure::tell_failures_of, travel};
use leptos::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};

/// Writes a part of a page that stays as it is. What it holds must work without scripts: links, forms, and menus, which the
/// page as a whole looks after. A form in it is sent as any other where scripts run; a toast says what went wrong.
pub fn still<V: IntoView>(view: impl FnOnce() -> V) -> AnyView {
    let act = Act::still();
    tell_failures_of(act);
    let html = travel::still(view);
    view! { <div class="contents" inner_html=html on:submit=move |event| act.send_still(&event)></div> }
        .into_any()
}

/// What a page loads for such parts alone: it stays on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent<T>(Option<T>);

impl<T> Unsent<T> {
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// `None` in the browser.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Serialize for Unsent<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, T> Deserialize<'de> for Unsent<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(None))
    }
}
