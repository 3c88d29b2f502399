//! What only a browser can do, as small functions that never fail: where something is missing they do nothing, since
//! the page works without them. `server.rs` has the same functions, empty.

mod watch;

pub(crate) use watch::{mark_hydrated, watch_page};

use crate::error::{AppError, Result};
use leptos::{
    ev::Event,
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
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Element, EventSource, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlInputElement,
    HtmlSelectElement, MessageEvent, SubmitEvent,
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

/// Shows at the button that sends a form that it is under way, until what this gives is called. `None`: it is already. What is
/// sent by a choice is sent each time: the last one counts.
pub(crate) fn show_busy(event: &SubmitEvent) -> Option<impl FnOnce() + use<>> {
    const BUSY: &str = "aria-busy";
    let button: Option<Element> = event.submitter().map(Into::into);
    if let Some(button) = &button {
        if button.has_attribute(BUSY) {
            return None;
        }
        let _ = button.set_attribute(BUSY, "true");
    }
    Some(move || {
        let _ = button.map(|button| button.remove_attribute(BUSY));
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
