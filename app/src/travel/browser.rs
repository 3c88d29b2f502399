//! The browser's side of what travels with a page: all of it is there already, and never asked for. Of the page the browser takes
//! over what stands in one element; where it is and what its address says it asks nobody for either.

use crate::{
    app::page_at,
    browser,
    error::{AppError, Result},
    loaded::{Loaded, PAGE},
};
use leptos::{mount::hydrate_from, prelude::*};
use leptos_router::params::ParamsMap;
use std::{
    cell::Cell,
    pin::pin,
    task::{Context, Poll, Waker},
};
use wasm_bindgen::JsCast;
use web_sys::{
    HtmlElement, UrlSearchParams,
    js_sys::{self, Array, Reflect},
};

/// Which of the data of the page it is.
pub(crate) type Arriving = u32;

thread_local! {
    /// How many there are. They are counted as the server counts them: in the order in which a page asks.
    static ARRIVING: Cell<u32> = const { Cell::new(0) };
}

pub(crate) fn load<S, T, F: Future<Output = Result<T>>>(
    _asked: impl Fn() -> S,
    _find: impl Fn(S) -> F,
) -> Arriving {
    ARRIVING.replace(ARRIVING.get() + 1)
}

pub(crate) async fn arrived(_arriving: Arriving) -> Result<Loaded> {
    std::future::pending().await
}

/// What the server wrote for it into the page.
fn read(arriving: Arriving) -> Result<Loaded> {
    let all = Reflect::get(&js_sys::global(), &"__RESOLVED_RESOURCES".into()).ok();
    let written = all.and_then(|all| all.dyn_into::<Array>().ok()?.get(arriving).as_string());
    match written.map(|written| serde_json::from_str(&written)) {
        Some(Ok(loaded)) => loaded,
        _ => Err(AppError::Unavailable),
    }
}

pub(crate) fn when_arrived<const N: usize>(
    _title: String,
    arriving: [Arriving; N],
    show: impl Fn([Result<Loaded>; N]) -> AnyView,
) -> AnyView {
    show(arriving.map(read))
}

/// Takes over the page that the server sent.
pub async fn take_over() {
    // First: it is of use as soon as it runs, whatever becomes of the part.
    browser::watch_page();
    let Some(place) = document().get_element_by_id(PAGE) else {
        return;
    };
    let page = page_at(&path());
    (page.fetch)().await;
    let (params, view) = (page.params, page.view);
    hydrate_from(place.unchecked_into::<HtmlElement>(), move || {
        provide_context(Params(params));
        // Its code is there, so there is nothing to wait for.
        match pin!(view())
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(view) => view,
            Poll::Pending => unreachable!("its part was loaded"),
        }
    })
    .forget();
    browser::mark_hydrated();
}

#[derive(Clone)]
struct Params(ParamsMap);

pub(crate) fn use_params_map() -> Signal<ParamsMap> {
    let params = use_context::<Params>().map(|Params(params)| params);
    Signal::stored(params.unwrap_or_default())
}

pub(crate) fn use_query_map() -> Signal<ParamsMap> {
    let search = window().location().search().unwrap_or_default();
    let mut map = ParamsMap::new();
    let pairs = UrlSearchParams::new_with_str(&search).ok();
    for pair in pairs
        .and_then(|pairs| js_sys::try_iter(&pairs).ok()?)
        .into_iter()
        .flatten()
    {
        let Ok(pair) = pair.map(|pair| Array::from(&pair)) else {
            continue;
        };
        if let (Some(key), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            map.insert(key, value);
        }
    }
    Signal::stored(map)
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

pub(crate) fn use_path() -> Signal<String> {
    Signal::stored(path())
}

pub(crate) fn preload(_part: &'static str) {}

pub(crate) fn still<V>(_view: impl FnOnce() -> V) -> &'static str {
    ""
}
