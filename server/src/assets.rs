//! The built files that pages load: from memory in a release, from the disk in development, where they change. Serves
//! known kinds of files under plain names and nothing else, so there is no way out of the folder and no listing.

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files with a hash in their name never change (RFC 8246); others are asked for again after a day.
const FOREVER: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";
/// The folder of what cargo-leptos builds.
const PACKAGE: &str = "pkg";
/// Names without a hash exist in development only.
const ASK_AGAIN: &str = "no-cache";

const KINDS: [(&str, &str); 10] = [
    ("css", "text/css; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Assets {
    root: Arc<Path>,
    /// Where cargo-leptos wrote the hashes of the file names; `None` if names have none.
    hash_file: Option<Arc<Path>>,
    loaded: Option<Arc<HashMap<String, Asset>>>,
}

#[derive(Clone)]
struct Asset {
    kind: &'static str,
    caching: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Assets {
    /// The files in the configured folder, or in the first of the usual ones.
    pub(crate) fn find(configured: Option<&Path>) -> Self {
        let program = env::current_exe()
            .ok()
            .and_then(|program| program.parent().map(Path::to_owned))
            .unwrap_or_default();
        let usual = [
            program.join("site"),
            program.join("../site"),
            PathBuf::from("target/site"),
        ];
        let root = configured
            .map(Path::to_owned)
            .or_else(|| usual.iter().find(|folder| folder.is_dir()).cloned());
        let root = root.unwrap_or_else(|| usual[2].clone());
        let root = root.canonicalize().unwrap_or(root);
        if !root.join(PACKAGE).is_dir() {
            tracing::error!(folder = %root.display(), "the built pages are missing: run bin/build, or set USHER_SITE_ROOT");
        }
        // Pages bring their own hashes; where cargo-leptos builds for development, they stand beside the program.
        let hash_file = [root.join("../hash.txt"), program.join("hash.txt")]
            .into_iter()
            .find(|file| file.is_file());
        let loaded = (!cfg!(debug_assertions)).then(|| Arc::new(load_all(&root)));
        Self {
            root: root.into(),
            hash_file: hash_file.map(Into::into),
            loaded,
        }
    }

    /// Whether there are built pages at all.
    pub(crate) fn are_there(&self) -> bool {
        self.root.join(PACKAGE).is_dir()
    }

    /// A built file that the pages of this program name and that is not there, as when another build wrote the folder
    /// anew.
    pub(crate) fn missing(&self) -> Option<PathBuf> {
        let hashes = fs::read_to_string(self.hash_file.as_deref()?).ok()?;
        hashes
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(kind, hash)| match kind {
                // The names that cargo-leptos has for a program in parts.
                "manifest" => format!("__wasm_split_manifest.{hash}.json"),
                "split" => format!("__wasm_split.{hash}.js"),
                kind => format!("usher.{hash}.{kind}"),
            })
            .map(|name| self.root.join("pkg").join(name))
            .find(|file| !file.is_file())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn hash_file(&self) -> Option<&Path> {
        self.hash_file.as_deref()
    }

    /// `/pkg/…`, and the files at the top, like `/favicon.svg`.
    pub(crate) fn routes(&self) -> Router {
        let package = |State(assets): State<Self>, UrlPath(name): UrlPath<String>, headers: HeaderMap| async move {
            assets.answer(&format!("pkg/{name}"), &headers)
        };
        let mut router = Router::new().route("/pkg/{*name}", get(package));
        for name in names(&self.root, "") {
            let path = format!("/{name}");
            let file = |State(assets): State<Self>, headers: HeaderMap| async move {
                assets.answer(&name, &headers)
            };
            router = router.route(&path, get(file));
        }
        router.with_state(self.clone())
    }

    fn answer(&self, name: &str, headers: &HeaderMap) -> Response {
        let asset = match &self.loaded {
            Some(loaded) => loaded.get(name).cloned(),
            None => load(&self.root, name),
        };
        let Some(asset) = asset else {
            return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
        };
        let about = [
            (header::CONTENT_TYPE, asset.kind),
            (header::CACHE_CONTROL, asset.caching),
            (header::VARY, "accept-encoding"),
        ];
        match (
            asset.brotli.filter(|_| accepts(headers, "br")),
            asset.gzip.filter(|_| accepts(headers, "gzip")),
        ) {
            (Some(brotli), _) => (about, [(header::CONTENT_ENCODING, "br")], brotli).into_response(),
            (None, Some(gzip)) => (about, [(header::CONTENT_ENCODING, "gzip")], gzip).into_response(),
            (None, None) => (about, asset.plain).into_response(),
        }
    }
}

/// Whether the client takes an encoding (RFC 9110 section 12.5.3). `*` is not guessed at.
pub(crate) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value.split(',').any(|item| {
                let mut parts = item.split(';').map(str::trim);
                let named = parts
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
                named && !parts.any(|weight| weight.replace(' ', "").trim_end_matches(['0', '.']) == "q=")
            })
        })
}

fn load_all(root: &Path) -> HashMap<String, Asset> {
    let mut all = HashMap::new();
    let mut folders = vec![String::new(), "pkg/".to_owned()];
    while let Some(folder) = folders.pop() {
        for name in names(root, &folder) {
            let name = format!("{folder}{name}");
            if let Some(asset) = load(root, &name) {
                all.insert(name, asset);
            } else if folder.starts_with("pkg/") && root.join(&name).is_dir() {
                folders.push(format!("{name}/"));
            }
        }
    }
    all
}

/// What may be served or entered in a folder.
fn names(root: &Path, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let wanted = is_plain(&name) && (!folder.is_empty() || kind(&name).is_some());
            wanted.then_some(name)
        })
        .collect()
}

fn load(root: &Path, name: &str) -> Option<Asset> {
    let kind = kind(name).filter(|_| name.split('/').all(is_plain))?;
    let path = root.join(name);
    let plain = fs::read(&path).ok()?.into();
    let beside = |ending: &str| {
        fs::read(format!("{}.{ending}", path.display()))
            .ok()
            .map(Bytes::from)
    };
    // In development a compressed file may be left over from an earlier build.
    let (brotli, gzip) = if cfg!(debug_assertions) {
        (None, None)
    } else {
        (beside("br"), beside("gz"))
    };
    let caching = match () {
        () if has_hash(name) => FOREVER,
        () if name.starts_with("pkg/") => ASK_AGAIN,
        () => A_DAY,
    };
    Some(Asset {
        kind,
        caching,
        plain,
        brotli,
        gzip,
    })
}

fn kind(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').filter(|(name, _)| !name.is_empty())?.1;
    KINDS
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, kind)| *kind)
}

/// A name that means itself on every system: no dot at its beginning, no separator, nothing encoded.
fn is_plain(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(letter)
}

/// `usher.AbCd…22 letters….js`, as cargo-leptos names files.
fn has_hash(name: &str) -> bool {
    name.starts_with("pkg/") && name.rsplit('.').nth(1).is_some_and(|hash| hash.len() >= 20)
}

#[cfg(test)]
mod tests;
