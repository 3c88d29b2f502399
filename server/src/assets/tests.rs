use super::*;
use http::HeaderValue;

fn site(name: &str) -> PathBuf {
    let root = env::temp_dir().join(format!("usher-assets-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("pkg/snippets/dialog-1")).unwrap();
    for (file, text) in [
        ("favicon.svg", "<svg/>"),
        (".env", "SECRET=1"),
        ("notes.md", "x"),
        ("pkg/usher.AbCdEfGhIjKlMnOpQrStUv.js", "js"),
        ("pkg/usher.AbCdEfGhIjKlMnOpQrStUv.js.br", "br"),
        ("pkg/usher.js.map", "{}"),
        ("pkg/.hidden.js", "x"),
        ("pkg/usher.css", "css"),
        ("pkg/snippets/dialog-1/inline0.js", "js"),
    ] {
        fs::write(root.join(file), text).unwrap();
    }
    root
}

#[test]
fn known_kinds_are_served_and_nothing_else() {
    let root = site("kinds");
    let mut all: Vec<_> = load_all(&root).into_keys().collect();
    all.sort();
    assert_eq!(
        all,
        [
            "favicon.svg",
            "pkg/snippets/dialog-1/inline0.js",
            "pkg/usher.AbCdEfGhIjKlMnOpQrStUv.js",
            "pkg/usher.css"
        ]
    );
    for name in [
        ".env",
        "pkg/.hidden.js",
        "pkg/usher.js.map",
        "pkg",
        "pkg/",
        "",
        "nothing.js",
    ] {
        assert!(load(&root, name).is_none(), "{name}");
    }
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn there_is_no_way_out_of_the_folder() {
    let root = site("out");
    fs::write(root.join("../usher-outside.js"), "x").unwrap();
    for name in [
        "pkg/../../usher-outside.js",
        "../usher-outside.js",
        "/etc/passwd",
        "pkg//usher.css",
        "pkg/./usher.css",
        "pkg\\usher.css",
        "pkg/usher.css\0",
    ] {
        assert!(load(&root, name).is_none(), "{name}");
    }
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn what_never_changes_is_kept_forever() {
    let root = site("caching");
    assert_eq!(
        load(&root, "pkg/usher.AbCdEfGhIjKlMnOpQrStUv.js")
            .unwrap()
            .caching,
        FOREVER
    );
    assert_eq!(load(&root, "pkg/usher.css").unwrap().caching, ASK_AGAIN);
    assert_eq!(load(&root, "favicon.svg").unwrap().caching, A_DAY);
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn encodings_are_understood() {
    let accept = |text: &str, encoding| {
        accepts(
            &HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap())]),
            encoding,
        )
    };
    assert!(accept("gzip, deflate, br, zstd", "br"));
    assert!(accept("BR;q=0.5", "br"));
    for (text, encoding) in [
        ("gzip;q=0", "gzip"),
        ("br; q=0.000, gzip", "br"),
        ("bread", "br"),
        ("", "br"),
        ("*", "br"),
    ] {
        assert!(!accept(text, encoding), "{text}");
    }
}

#[test]
fn pages_of_another_build_are_noticed() {
    let root = site("another");
    let hash_file = root.join("hash.txt");
    let assets = Assets {
        root: root.clone().into(),
        hash_file: Some(hash_file.clone().into()),
        loaded: None,
    };
    fs::write(&hash_file, "js: AbCdEfGhIjKlMnOpQrStUv\n").unwrap();
    assert_eq!(assets.missing(), None);
    fs::write(
        &hash_file,
        "js: AbCdEfGhIjKlMnOpQrStUv\ncss: ZbCdEfGhIjKlMnOpQrStUv",
    )
    .unwrap();
    let missing = root.join("pkg/usher.ZbCdEfGhIjKlMnOpQrStUv.css");
    assert_eq!(assets.missing(), Some(missing));
    fs::remove_dir_all(root).unwrap();
}
