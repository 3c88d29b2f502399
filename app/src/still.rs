//! Parts of a page that stay as the server wrote them. Each page is a document of its own, so most of it never changes: the
//! program in the browser needs neither the code nor the data of that, and nobody waits until it has taken it over.

use crate::{act::Act, failure::tell_failures_of, travel};
use leptos::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use std::sync::Arc;

/// Writes a part of a page that stays as it is. What it holds must work without scripts: links, forms, and menus, which the
/// page as a whole looks after. A form in it is sent as any other where scripts run; a toast says what went wrong.
pub fn still<V: IntoView>(view: impl FnOnce() -> V) -> AnyView {
    let act = Act::still();
    tell_failures_of(act);
    let html = travel::still(view);
    view! { <div class="contents" inner_html=html on:submit=move |event| act.send_still(&event)></div> }
        .into_any()
}

/// What a page loads for such parts alone: it stays on the server. Cheap to clone.
#[derive(Debug)]
pub struct Unsent<T>(Option<Arc<T>>);

impl<T> Clone for Unsent<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Unsent<T> {
    pub fn new(value: T) -> Self {
        Self(Some(Arc::new(value)))
    }

    /// `None` in the browser.
    pub fn get(&self) -> Option<&T> {
        self.0.as_deref()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_on_the_server_travels_as_nothing() {
        let unsent = Unsent::new("rows".to_owned());
        assert_eq!(unsent.get().map(String::as_str), Some("rows"));
        assert_eq!(serde_json::to_string(&unsent).unwrap(), "null");
        let arrived: Unsent<String> = serde_json::from_str("null").unwrap();
        assert_eq!(arrived.get(), None);
    }
}
