//! What is done for the page as a whole, whatever stands in it: it needs no code of any part.

use super::{all, close_dialog, show_dialog, target};
use leptos::{
    ev::{self, Event},
    prelude::*,
};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Element, HtmlDetailsElement, HtmlElement, HtmlFormElement, KeyboardEvent,
    js_sys::{Date, Object, Reflect},
};

/// Listens to the page. Menus close on Esc, on a press elsewhere
/// and on a choice, the arrow keys move in them, and one that opens is to be seen; buttons open and close dialogs where the
/// browser does not know `command`; the key `/` leads to the search; a choice sends the form that waits for it.
pub(crate) fn watch_page() {
    let _ = window_event_listener(ev::click, |event| {
        let Some(target) = target(&event) else { return };
        command_dialog(&target);
        for menu in open_menus() {
            let inside = menu.contains(Some(&target));
            let chose = inside && matches!(target.closest("summary ~ * :is(a, button)"), Ok(Some(_)));
            if chose {
                close_menu(&menu);
            } else if !inside {
                menu.set_open(false);
            }
        }
    });
    let _ = window_event_listener(ev::keydown, |event| {
        if let Some(menu) = open_menus().first() {
            menu_key(menu, &event);
        }
        search_key(&event);
    });
    let _ = window_event_listener(ev::change, |event| {
        let chosen = target(&event).filter(|target| target.has_attribute("data-submits"));
        let form = chosen.and_then(|target| target.closest("form").ok()?);
        if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
            let _ = form.request_submit();
        }
    });
    // `toggle` does not bubble: it is heard on its way down.
    let toggle = Closure::<dyn Fn(Event)>::new(|event: Event| reveal_panel(&event));
    let heard = toggle.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback_and_bool("toggle", heard, true);
    toggle.forget();
}

/// Scrolls until the panel of a menu that just opened is to be seen.
fn reveal_panel(toggle: &Event) {
    let Some(menu) = target(toggle).and_then(|t| t.dyn_into::<HtmlDetailsElement>().ok()) else {
        return;
    };
    let Ok(Some(panel)) = menu.query_selector(":scope > .menu-panel") else {
        return;
    };
    let below = web_sys::window()
        .and_then(|w| w.inner_height().ok()?.as_f64())
        .unwrap_or(f64::MAX);
    if menu.open() && panel.get_bounding_client_rect().bottom() > below {
        panel.scroll_into_view_with_bool(false);
    }
}

/// Opens or closes a dialog when the press has been dealt with: by then a browser that knows `command` has done it, and the
/// focus is where it is to return to.
fn command_dialog(pressed: &Element) {
    let Ok(Some(button)) = pressed.closest("button[command][commandfor]") else {
        return;
    };
    let (Some(command), Some(dialog)) = (
        button.get_attribute("command"),
        button.get_attribute("commandfor"),
    ) else {
        return;
    };
    let act = match command.as_str() {
        "show-modal" => show_dialog,
        "close" => close_dialog,
        _ => return,
    };
    set_timeout(move || act(&dialog), Duration::ZERO);
}

fn open_menus() -> Vec<HtmlDetailsElement> {
    all("details[data-menu][open]")
}

/// Closes a menu and gives the focus back to its button.
fn close_menu(menu: &HtmlDetailsElement) {
    menu.set_open(false);
    if let Ok(Some(button)) = menu.query_selector("summary") {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

fn menu_key(menu: &HtmlDetailsElement, event: &KeyboardEvent) {
    let Some(active) = document().active_element().filter(|a| menu.contains(Some(a))) else {
        if event.key() == "Escape" {
            menu.set_open(false);
        }
        return;
    };
    let Ok(items) = menu.query_selector_all("summary, summary ~ * :is(a, button)") else {
        return;
    };
    let items: Vec<HtmlElement> = (0..items.length())
        .filter_map(|i| items.item(i)?.dyn_into().ok())
        .collect();
    let here = items.iter().position(|item| item.is_same_node(Some(&active)));
    let last = items.len() - 1;
    let there = match (event.key().as_str(), here) {
        ("Escape", _) => {
            close_menu(menu);
            return;
        }
        ("ArrowDown", Some(i)) => (i + 1).min(last),
        ("ArrowUp", Some(i)) => i.saturating_sub(1),
        ("Home", Some(i)) if i > 0 => 1,
        ("End", Some(i)) if i > 0 => last,
        _ => return,
    };
    event.prevent_default();
    let _ = items[there].focus();
}

/// `/` leads to the search of the page, unless something is being typed.
fn search_key(event: &KeyboardEvent) {
    let typing = target(event).is_some_and(|t| {
        matches!(
            t.closest("input, select, textarea, [contenteditable], dialog"),
            Ok(Some(_))
        )
    });
    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    if event.key() != "/" || !plain || typing {
        return;
    }
    if let Ok(Some(search)) = document().query_selector("[aria-keyshortcuts='/']") {
        event.prevent_default();
        let _ = search.unchecked_into::<HtmlElement>().focus();
    }
}

/// Tells each moment of the page in the reader's own zone and language, beside what the server wrote.
fn tell_local_times() {
    for time in all::<Element>("time[datetime]") {
        let _ = tell_local_time(&time);
    }
}

fn tell_local_time(time: &Element) -> Option<()> {
    let date = Date::new(&JsValue::from_str(&time.get_attribute("datetime")?));
    if date.get_time().is_nan() {
        return None;
    }
    let locale = window().navigator().language()?;
    let written = |time_style: &str| {
        let options = Object::new();
        for (key, value) in [("dateStyle", "medium"), ("timeStyle", time_style)] {
            Reflect::set(&options, &key.into(), &value.into()).ok()?;
        }
        date.to_locale_string(&locale, &options).as_string()
    };
    if time.has_attribute("data-local") {
        // `24 Nov 2026, 10:05`
        time.first_child()?.set_node_value(Some(&written("short")?));
    }
    // The same with seconds and the name of the zone.
    let long = written("long")?;
    let title = match time.get_attribute("title").filter(|title| !title.is_empty()) {
        Some(title) => format!("{long}\n{title}"),
        None => long,
    };
    time.set_attribute("title", &title).ok()
}

/// Tells moments in the zone of whoever reads, and says on the document that its scripts have taken over.
pub(crate) fn mark_hydrated() {
    tell_local_times();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
