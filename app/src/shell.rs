//! The document around every page: head, theme and scripts, and the policy that lets only those scripts run.

use crate::App;
use leptos::{attr::custom::custom_attribute, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};
use std::sync::OnceLock;

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
    // Read once: the program and its pages are built together.
    static HASHES: OnceLock<String> = OnceLock::new();
    let hashes =
        HASHES.get_or_init(|| std::fs::read_to_string(options.hash_file.as_ref()).unwrap_or_default());
    let built = |kind: &str| {
        let name = &options.output_name;
        let mut hashes = hashes.lines().filter_map(|line| line.split_once(':'));
        // Without hashes no pages were built, as in tests: nothing will be found by any name.
        match hashes.find(|(of, _)| *of == kind) {
            Some((_, hash)) => format!("/{}/{name}.{}.{kind}", options.site_pkg_dir, hash.trim()),
            None => format!("/{}/{name}.{kind}", options.site_pkg_dir),
        }
    };
    let (script, program, nonce) = (built("js"), built("wasm"), use_nonce());
    let start = format!(
        "import({script:?}).then((page) => page.default({{ module_or_path: {program:?} }}).then(() => page.hydrate()))"
    );
    view! {
        <link rel="modulepreload" href=script nonce=nonce.clone() />
        <link rel="preload" href=program r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
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
