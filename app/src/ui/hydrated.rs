use leptos::prelude::*;

/// False on the server and in the first view in the browser, so that both are alike; true once scripts work.
pub(super) fn hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move || set_hydrated.set(true));
    hydrated
}
