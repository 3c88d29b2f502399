//! The server's side of what travels with a page: it finds the data, and names the files.

use crate::error::{AppError, Result};
use crate::loaded::{Loaded, PAGE};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;
use serde::Serialize;
use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
};

/// Data on its way into a page.
pub(crate) type Arriving = Resource<Result<Loaded>>;

type Answer = Pin<Box<dyn Future<Output = Result<Loaded>> + Send>>;

/// Asks for what a page shows.
pub(crate) fn load<S, T, F>(asked: impl Fn() -> S, find: impl Fn(S) -> F + Send + Sync + 'static) -> Arriving
where
    S: Clone + Send + Sync + 'static,
    T: Serialize + Send + Sync + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let asked = untrack(asked);
    let find: Box<dyn Fn() -> Answer + Send + Sync> = Box::new(move || {
        let found = find(asked.clone());
        Box::pin(async move { found.await.and_then(written) })
    });
    Resource::new_blocking(|| (), move |()| find())
}

/// What has arrived, for what is loaded because of it.
pub(crate) async fn arrived(arriving: Arriving) -> Result<Loaded> {
    arriving.await
}

/// Shows a page once all of its data is there, in the element that the browser takes over.
pub(crate) fn when_arrived<const N: usize>(
    title: String,
    arriving: [Arriving; N],
    show: impl Fn([Result<Loaded>; N]) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    // `Suspense` looks once more through what it shows when all is there, before it writes it. The page is written once.
    let written = Arc::new(OnceLock::<Arc<str>>::new());
    let show = Arc::new(show);
    view! {
        <Title text=title />
        <Suspense>
            {move || {
                let (show, written) = (Arc::clone(&show), Arc::clone(&written));
                Suspend::new(async move {
                    let mut all = Vec::with_capacity(N);
                    for data in arriving {
                        all.push(data.await);
                    }
                    let write = || {
                        let all = all.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"));
                        show(all).to_html().into()
                    };
                    let html = written.get_or_init(write).clone();
                    view! { <div class="contents" id=PAGE inner_html=html></div> }
                })
            }}
        </Suspense>
    }
    .into_any()
}

pub(crate) fn use_query_map() -> Signal<ParamsMap> {
    leptos_router::hooks::use_query_map().into()
}

pub(crate) fn use_params_map() -> Signal<ParamsMap> {
    leptos_router::hooks::use_params_map().into()
}

pub(crate) fn use_path() -> Signal<String> {
    leptos_router::hooks::use_location().pathname.into()
}

fn written<T: Serialize + Send + Sync + 'static>(value: T) -> Result<Loaded> {
    let json = serde_json::value::to_raw_value(&value).map_err(|_| AppError::Unavailable)?;
    Ok(Loaded {
        json: json.into(),
        value: Some(Arc::new(value)),
    })
}

/// Lets the browser fetch a part of the program beside the rest of it, not only when that runs and asks for it.
pub(crate) fn preload(part: &'static str) {
    crate::shell::preload(part);
}

/// Writes a part of a page as it will stay.
pub(crate) fn still<V: IntoView>(view: impl FnOnce() -> V) -> String {
    view().into_view().to_html()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_loaded_travels_as_it_is_and_is_read_on_both_sides() {
        let value = vec![Some("ä\"<".to_owned()), None];
        let loaded = written(value.clone()).unwrap();
        assert_eq!(loaded.read::<Vec<Option<String>>>(), Ok(value.clone()));
        let travelling = serde_json::to_string(&Ok::<_, AppError>(loaded)).unwrap();
        assert_eq!(travelling, r#"{"Ok":["ä\"<",null]}"#);
        let arrived: Result<Loaded> = serde_json::from_str(&travelling).unwrap();
        let arrived = arrived.unwrap();
        assert_eq!(arrived.read(), Ok(value));
        assert_eq!(arrived.read::<u8>(), Err(AppError::Unavailable));
    }
}
