//! The page leaves no component out.

use std::{fs, path::Path};

/// The words of all Rust files in a folder of `src`.
fn sources(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

/// The components that `ui` makes for others.
fn components(ui: &str) -> Vec<&str> {
    ui.split("#[component]")
        .skip(1)
        .filter_map(|part| {
            part.trim_start()
                .strip_prefix("pub fn ")?
                .split(['(', '<'])
                .next()
        })
        .collect()
}

fn shows(page: &str, name: &str) -> bool {
    [" ", ">", "\n"]
        .iter()
        .any(|after| page.contains(&format!("<{name}{after}")))
}

#[test]
fn every_component_is_shown() {
    let (ui, page) = (sources("ui"), sources("design"));
    let all = components(&ui);
    assert!(all.len() > 35, "{all:?}");
    let missing: Vec<_> = all.iter().filter(|name| !shows(&page, name)).collect();
    assert!(missing.is_empty(), "app/src/design does not show {missing:?}");
}

#[test]
fn every_component_is_used_by_a_page() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pages = sources(".");
    for entry in fs::read_dir(source).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.contains('.') && name != "design" {
            pages += &sources(&name);
        }
    }
    let ui = sources("ui");
    for name in components(&ui) {
        assert!(shows(&pages, name), "{name}");
    }
}
