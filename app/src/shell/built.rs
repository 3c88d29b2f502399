//! The files that cargo-leptos wrote for the browser, by the names that their content gave them.

use leptos::config::LeptosOptions;
use std::{collections::HashMap, fs, path::Path, sync::OnceLock};

/// Addresses of all that a page loads beside its style.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Built {
    pub(super) script: String,
    pub(super) program: String,
    /// What fetches the parts of the program, where it was built in parts.
    pub(super) splitter: Option<String>,
    /// The files of each of [`crate::parts`].
    parts: HashMap<String, Vec<String>>,
}

static BUILT: OnceLock<Built> = OnceLock::new();

impl Built {
    /// Read once: the program and its pages are built together.
    pub(super) fn read(options: &LeptosOptions) -> &'static Self {
        BUILT.get_or_init(|| {
            let folder = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
            let hashes = fs::read_to_string(options.hash_file.as_ref()).unwrap_or_default();
            Self::of(options, &hashes, |file| {
                fs::read_to_string(folder.join(file)).ok()
            })
        })
    }

    /// Without hashes no pages were built, as in tests: nothing will be found by any name.
    fn of(options: &LeptosOptions, hashes: &str, read: impl Fn(&str) -> Option<String>) -> Self {
        let (package, name) = (&options.site_pkg_dir, &options.output_name);
        let hash_of = |kind: &str| {
            let mut hashes = hashes.lines().filter_map(|line| line.split_once(':'));
            hashes.find(|(of, _)| *of == kind).map(|(_, hash)| hash.trim())
        };
        let built = |kind: &str| match hash_of(kind) {
            Some(hash) => format!("/{package}/{name}.{hash}.{kind}"),
            None => format!("/{package}/{name}.{kind}"),
        };
        let parts: HashMap<String, Vec<String>> = hash_of("manifest")
            .and_then(|hash| read(&format!("__wasm_split_manifest.{hash}.json")))
            .and_then(|manifest| serde_json::from_str(&manifest).ok())
            .unwrap_or_default();
        let address = |file: String| format!("/{package}/{file}.wasm");
        Self {
            script: built("js"),
            program: built("wasm"),
            splitter: hash_of("split").map(|hash| format!("/{package}/__wasm_split.{hash}.js")),
            parts: parts
                .into_iter()
                .map(|(part, files)| (part, files.into_iter().map(address).collect()))
                .collect(),
        }
    }
}

/// Of one part, once a page was rendered.
pub(super) fn files_of(part: &str) -> &'static [String] {
    let files = BUILT.get().and_then(|built| built.parts.get(part));
    files.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_hashes_and_parts_by_the_manifest() {
        let options = LeptosOptions::builder().output_name("usher").build();
        let hashes = "js: AAA\nwasm: BBB\ncss: CCC\nmanifest: DDD\nsplit: EEE\n";
        let built = Built::of(&options, hashes, |file| {
            (file == "__wasm_split_manifest.DDD.json").then(|| r#"{"people":["chunk_1.FFF"]}"#.to_owned())
        });
        assert_eq!(built.script, "/pkg/usher.AAA.js");
        assert_eq!(built.program, "/pkg/usher.BBB.wasm");
        assert_eq!(built.splitter.as_deref(), Some("/pkg/__wasm_split.EEE.js"));
        assert_eq!(built.parts["people"], ["/pkg/chunk_1.FFF.wasm"]);
        let nothing = Built::of(&options, "", |_| None);
        assert_eq!(
            (nothing.script.as_str(), nothing.splitter),
            ("/pkg/usher.js", None)
        );
    }
}
