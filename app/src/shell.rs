//! The document around every page: head, theme and scripts, and the policy that lets only those scripts run.

mod built;

use crate::App;
use built::Built;
use leptos::{attr::custom::custom_attribute, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, Link, MetaTags};

/// The id of the last element of every page.
const END: &str = "end";

#[component]
pub fn Document(options: LeptosOptions, theme: &'static str) -> impl IntoView {
    let color_scheme = if theme == "system" { "light dark" } else { theme };
    let scripts = hydration_scripts(&options);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content=color_scheme />
                {theme_colors(theme)}
                // Nothing is painted before the last element is there (HTML, "rel=expect"): a row whose second half arrives
                // later would move its first.
                <link rel="expect" href=format!("#{END}") {..custom_attribute("blocking", "render")} />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options id="usher" />
                {scripts}
                <MetaTags />
            </head>
            <body>
                <App />
                <span id=END hidden></span>
            </body>
        </html>
    }
}

/// Loads the program that hydrates the page. In place of leptos' `HydrationScripts`, which writes the nonce into
/// `crossorigin` of its links, too: everything in a page can read it there, while browsers hide `nonce`.
fn hydration_scripts(options: &LeptosOptions) -> impl IntoView + use<> {
    let Built {
        script,
        program,
        splitter,
        ..
    } = Built::read(options);
    let nonce = use_nonce();
    let splitter = splitter.as_deref().map(|splitter| {
        view! { <link rel="modulepreload" href=splitter nonce=nonce.clone() /> }
    });
    let start = format!(
        "import({script:?}).then((page) => page.default({{ module_or_path: {program:?} }}).then(() => page.hydrate()))"
    );
    view! {
        <link rel="modulepreload" href=script.as_str() nonce=nonce.clone() />
        {splitter}
        <link rel="preload" href=program.as_str() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}

/// Puts the files of a part of the program into the head of the page that is being rendered.
pub fn preload(part: &str) {
    for file in built::files_of(part) {
        let link = view! { <Link rel="preload" href=file.as_str() as_="fetch" type_="application/wasm" crossorigin="anonymous" /> };
        // A link of leptos_meta registers itself when it is rendered, and leaves nothing where it stands.
        let _ = link.to_html();
    }
}

/// The colour of the browser's own frame: the ground of the page, see `style/tokens.css`.
fn theme_colors(theme: &str) -> impl IntoView {
    const LIGHT: &str = "#f8fafc";
    const DARK: &str = "#0e1117";
    let media = |query| custom_attribute("media", query);
    match theme {
        "light" => view! { <meta name="theme-color" content=LIGHT /> }.into_any(),
        "dark" => view! { <meta name="theme-color" content=DARK /> }.into_any(),
        _ => view! {
            <meta name="theme-color" content={LIGHT} {..media("(prefers-color-scheme: light)")} />
            <meta name="theme-color" content={DARK} {..media("(prefers-color-scheme: dark)")} />
        }
        .into_any(),
    }
}

/// The Content-Security-Policy of a page: its own scripts by nonce, WebAssembly, and nothing from anywhere else.
pub fn content_security_policy() -> Option<String> {
    let nonce = use_nonce()?;
    Some(format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         object-src 'none'"
    ))
}
