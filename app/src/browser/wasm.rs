//! What only a browser can do, as small functions that never fail: where something is missing they do nothing, since
//! the page works without them. `server.rs` has the same functions, empty.

use crate::error::{AppError, Result};
use leptos::{
    ev::{self, Event},
    form::form_data_from_event,
    prelude::*,
    server_fn::{
        ContentType,
        client::{Client, browser::BrowserClient},
        codec::{Json, PostUrl},
        redirect::call_redirect_hook,
        request::{ClientReq, browser::BrowserRequest},
        response::ClientRes,
    },
};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Element, EventSource, FormData, HtmlDetailsElement, HtmlDialogElement, HtmlElement, HtmlFormElement,
    HtmlInputElement, HtmlSelectElement, KeyboardEvent, MessageEvent, SubmitEvent,
    js_sys::{Date, Object, Reflect},
};

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn all<T: JsCast>(selector: &str) -> Vec<T> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.item(i)?.dyn_into().ok())
        .collect()
}

/// Sends a form to a server function, as the browser would. What it leads to is left to the hook of the front end.
pub(crate) fn send_form(event: &SubmitEvent, path: String, then: impl FnOnce(Result<()>) + 'static) {
    let form = form_data_from_event(event);
    // Of the button, which has mostly no name; the browser would not send it then.
    if let Ok(form) = &form {
        form.delete("");
    }
    leptos::task::spawn_local(async move {
        let answer = match form {
            Ok(form) => post(&path, form).await,
            Err(_) => Err(AppError::Unavailable),
        };
        then(answer);
    });
}

/// Where a form is sent, as it is written; `None` for one that only asks for another page.
pub(crate) fn action_of(event: &SubmitEvent) -> Option<String> {
    let form = target(event)?.dyn_into::<HtmlFormElement>().ok()?;
    form.get_attribute("action").filter(|_| form.method() == "post")
}

/// Shows at a form, and at the button that sent it, that it is under way, until what this gives is called. `None`: it is already.
pub(crate) fn show_busy(event: &SubmitEvent) -> Option<impl FnOnce() + use<>> {
    const UNDER_WAY: &str = "data-under-way";
    let form = target(event)?;
    if form.has_attribute(UNDER_WAY) {
        return None;
    }
    let _ = form.set_attribute(UNDER_WAY, "");
    let button: Option<Element> = event.submitter().map(Into::into);
    let _ = button
        .as_ref()
        .map(|button| button.set_attribute("aria-busy", "true"));
    Some(move || {
        let _ = form.remove_attribute(UNDER_WAY);
        let _ = button.map(|button| button.remove_attribute("aria-busy"));
    })
}

async fn post(path: &str, form: FormData) -> Result<()> {
    let kind = PostUrl::CONTENT_TYPE;
    let request = <BrowserRequest as ClientReq<AppError>>::try_new_post_form_data(
        path,
        Json::CONTENT_TYPE,
        kind,
        form.into(),
    )?;
    let response = <BrowserClient as Client<AppError>>::send(request).await?;
    take(response).await
}

async fn take(response: impl ClientRes<AppError>) -> Result<()> {
    if response.status() >= 400 {
        return Err(AppError::de(response.try_into_bytes().await?));
    }
    if response.has_redirect() {
        call_redirect_hook(&response.location());
    }
    Ok(())
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Moves the focus to an element.
pub fn focus(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.focus();
    }
}

pub(crate) fn click(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        element.click();
    }
}

/// Shows another value in an input or select, whatever was typed before.
pub(crate) fn set_value(id: &str, value: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value(value);
    } else if let Some(select) = by_id::<HtmlSelectElement>(id) {
        select.set_value(value);
    }
}

/// What is typed into an input.
pub(crate) fn value(id: &str) -> String {
    by_id::<HtmlInputElement>(id)
        .map(|input| input.value())
        .unwrap_or_default()
}

/// The value of the button that sent a form.
pub(crate) fn pressed(submit: &SubmitEvent) -> String {
    let button = submit.submitter();
    button.and_then(|b| b.get_attribute("value")).unwrap_or_default()
}

/// While the calling component lives, tells when Back shows the page as it was left.
pub(crate) fn on_shown_again(act: impl Fn() + 'static) {
    let shown = window_event_listener_untyped("pageshow", move |_| act());
    on_cleanup(move || shown.remove());
}

/// Submits the form that holds an element, with its checks, as its button would.
pub(crate) fn submit_form_of(id: &str) {
    let form = by_id::<Element>(id).and_then(|e| e.closest("form").ok()?);
    if let Some(form) = form.and_then(|f| f.dyn_into::<HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

fn boxes(id: &str) -> Vec<HtmlInputElement> {
    let Some(Ok(boxes)) = by_id::<Element>(id).map(|e| e.query_selector_all("input[type=checkbox]")) else {
        return Vec::new();
    };
    (0..boxes.length())
        .filter_map(|i| boxes.item(i)?.dyn_into().ok())
        .collect()
}

/// The values of the ticked boxes inside an element: a person may have ticked some before hydration.
pub(crate) fn chosen_values(id: &str) -> Vec<String> {
    boxes(id)
        .iter()
        .filter(|input| input.checked())
        .map(HtmlInputElement::value)
        .collect()
}

/// Ticks the boxes with these values and no others.
pub(crate) fn choose_values(id: &str, values: &[String]) {
    for input in boxes(id) {
        input.set_checked(values.contains(&input.value()));
    }
}

/// Opens a dialog as a modal one, also where the page came with it open (then it was not modal).
pub fn show_dialog(id: &str) {
    let Some(dialog) = by_id::<HtmlDialogElement>(id) else {
        return;
    };
    if dialog.matches(":modal").unwrap_or(false) {
        return;
    }
    // Not `close()`, which would tell the page that the person closed it.
    let _ = dialog.remove_attribute("open");
    let _ = dialog.show_modal();
}

/// Closes a dialog; the focus returns to where it was before.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id).filter(HtmlDialogElement::open) {
        dialog.close();
    }
}

pub(crate) fn is_dialog_open(id: &str) -> bool {
    by_id::<HtmlDialogElement>(id).is_some_and(|dialog| dialog.open())
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

/// The comfort that needs no code of the part it is for: the whole page is listened to. Menus close on Esc, on a press elsewhere
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

pub(crate) fn copy_to_clipboard(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Changes the address in place, so that a reload or a bookmark doesn't say again what was said once.
pub(crate) fn replace_address(href: &str) {
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(href));
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

/// While the calling component or effect lives, hears each event that the server sends. The browser connects again by itself.
pub(crate) fn listen(href: &str, hear: impl Fn(String) + 'static) {
    let Ok(source) = EventSource::new(href) else {
        return;
    };
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            hear(text);
        }
    });
    source.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    // Neither leaves the one thread that there is.
    let kept = StoredValue::new_local((source, hear));
    on_cleanup(move || {
        kept.try_with_value(|(source, _)| {
            source.set_onmessage(None);
            source.close();
        });
    });
}

/// Tells moments in the zone of whoever reads, and says on the document that its scripts have taken over.
pub(crate) fn mark_hydrated() {
    tell_local_times();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Goes on to another page, also of another site. Back leads past this one.
pub(crate) fn go_on_to(href: &str) {
    let _ = window().location().replace(href);
}

/// Asks the server for the page once more.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Shows the dialog in which a person prints the page.
pub(crate) fn print_page() {
    let _ = window().print();
}

/// Empties the fields that hold a password, whether it is shown or not, or a code, and tells whatever follows what is typed there.
pub(crate) fn clear_secrets() {
    for input in all::<HtmlInputElement>("input[autocomplete$=password], input[autocomplete=one-time-code]") {
        input.set_value("");
        if let Ok(event) = Event::new("input") {
            let _ = input.dispatch_event(&event);
        }
    }
}
