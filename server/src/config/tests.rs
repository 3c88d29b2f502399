use super::*;
use std::{ffi::OsString, fs};

fn environment(pairs: &[(&str, &str)]) -> Result<Config> {
    let mut values = Values::default();
    values.read_environment(
        pairs
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value))),
    )?;
    Config::understand(&values)
}

fn environment_less() -> Config {
    Config::understand(&Values::default()).unwrap()
}

fn fault(pairs: &[(&str, &str)]) -> String {
    environment(pairs).unwrap_err().to_string()
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("usher-config-{}-{name}", std::process::id()));
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn without_any_configuration_the_settings_are_those_of_the_backend() {
    let config = environment(&[]).unwrap();
    assert_eq!(
        format!("{:?}", config.settings()),
        format!("{:?}", Settings::default())
    );
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert!(config.database_url.is_none());
    assert!(
        config.mail_url.expose().starts_with("dir:/") && config.mail_url.expose().ends_with("/data/mail")
    );
}

#[test]
fn every_key_can_be_set_in_the_environment() {
    let config = environment(&[
        ("USHER_LISTEN", "[::]:80"),
        ("USHER_PUBLIC_URL", "https://console.example.com"),
        ("DATABASE_URL", "postgres://usher:secret@db/usher"),
        ("USHER_MAIL_URL", "smtps://usher:secret@mail.example.com"),
        ("USHER_SESSION_IDLE", "90m"),
        ("USHER_PASSWORD_MIN_LENGTH", "8"),
        ("USHER_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("USHER_LOG_FORMAT", "json"),
        ("PATH", "/bin"),
        ("USHER_CONFIG", "usher.toml"),
        ("USHER_SITE_ROOT", ""),
    ])
    .unwrap();
    assert_eq!(config.settings().public_url, "https://console.example.com");
    assert_eq!(config.settings().mail_from, "Usher <usher@console.example.com>");
    assert_eq!(config.settings().session_idle, time::Duration::minutes(90));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.site_root, None);
    assert!(!format!("{config:?}").contains(":secret"), "{config:?}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let path = file(
        "wins",
        "listen = \"127.0.0.1:4000\"\nsession_idle = \"1h\"\ntrusted_proxies = [\"::1\", \"10.0.0.0/8\"]\nargon2_lanes = 2\n",
    );
    let mut values = Values::default();
    values.read_file(&path).unwrap();
    values
        .read_environment([("USHER_LISTEN".into(), "127.0.0.1:5000".into())].into_iter())
        .unwrap();
    let config = Config::understand(&values).unwrap();
    assert_eq!(config.listen.port(), 5000);
    assert_eq!(config.settings().session_idle, time::Duration::hours(1));
    assert_eq!(config.settings().hashing.lanes, 2);
    assert_eq!(config.trusted_proxies.len(), 2);
    fs::remove_file(path).unwrap();
}

#[test]
fn secrets_can_be_files() {
    let path = file("secret", "postgres://usher:from-file@db/usher\n");
    let config = environment(&[("DATABASE_URL_FILE", path.to_str().unwrap())]).unwrap();
    assert_eq!(
        config.database_url.unwrap().expose(),
        "postgres://usher:from-file@db/usher"
    );
    let both = fault(&[
        ("DATABASE_URL_FILE", path.to_str().unwrap()),
        ("DATABASE_URL", "postgres://db"),
    ]);
    assert_eq!(
        both,
        "Both DATABASE_URL and DATABASE_URL_FILE are set. Keep one of them."
    );
    fs::remove_file(path).unwrap();
    assert!(
        environment(&[("USHER_DATABASE_URL", "postgres://db")])
            .unwrap()
            .database_url
            .is_some()
    );
    assert!(fault(&[("USHER_MAIL_URL_FILE", "/nowhere")]).contains("/nowhere, which can't be read"));
    assert!(fault(&[("USHER_LISTEN_FILE", "/nowhere")]).contains("doesn't know the environment variable"));
}

#[test]
fn what_nobody_knows_is_refused_with_its_line() {
    let path = file("unknown", "listen = \"127.0.0.1:4000\"\n\nsesion_idle = \"1h\"\n");
    let error = Values::default().read_file(&path).unwrap_err().to_string();
    assert!(
        error.contains("`sesion_idle` in line 3 of") && error.ends_with("Did you mean `session_idle`?"),
        "{error}"
    );
    fs::write(&path, "listen = \"1\"\npassword = \"hunter2\n").unwrap();
    let error = Values::default().read_file(&path).unwrap_err().to_string();
    assert!(
        error.starts_with("Line 2 of") && !error.contains("hunter2"),
        "{error}"
    );
    fs::write(&path, "[mail]\nurl = 1\n").unwrap();
    let error = Values::default().read_file(&path).unwrap_err().to_string();
    assert!(error.contains("`mail` in line 1"), "{error}");
    fs::remove_file(path).unwrap();
    assert_eq!(
        fault(&[("USHER_SESSION_IDEL", "1h")]),
        "Usher doesn't know the environment variable USHER_SESSION_IDEL. Did you mean `session_idle`?"
    );
}

#[test]
fn the_report_says_what_is_in_force_and_where_it_came_from_and_no_secret() {
    let path = file("report", "\nsession_idle = \"1h\"\nlisten = \"127.0.0.1:4000\"\n");
    let key = file("report-key", "dNcG2Iqr6rqZ7WnvDnJrRrmIHYQpxyUwd0h3m0CbN84=");
    let mut values = Values::default();
    values.read_file(&path).unwrap();
    let environment = [
        ("USHER_LISTEN", "127.0.0.1:5000"),
        ("DATABASE_URL", "postgres://usher:hunter2@db/usher"),
        ("USHER_MAIL_URL", "smtps://usher:hunter2@mail.example.com"),
        ("USHER_SECRET_KEY_FILE", key.to_str().unwrap()),
        ("USHER_PUBLIC_URL", "https://Console.Example.com:443"),
    ];
    values
        .read_environment(
            environment
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
        .unwrap();
    let report = report::report(&Config::understand(&values).unwrap(), &values);
    let row = |name: &str| {
        let row = report.lines().find(|line| line.starts_with(&format!("{name} ")));
        let words: Vec<_> = row
            .unwrap()
            .split("  ")
            .map(str::trim)
            .filter(|w| !w.is_empty())
            .collect();
        words[1..].join(" | ")
    };
    assert_eq!(row("listen"), "127.0.0.1:5000 | USHER_LISTEN");
    assert_eq!(row("session_idle"), format!("1h | line 2 of {}", path.display()));
    assert_eq!(row("session_lifetime"), "24h | default");
    assert_eq!(
        row("public_url"),
        "https://console.example.com | USHER_PUBLIC_URL"
    );
    assert_eq!(row("mail_from"), "Usher <usher@console.example.com> | default");
    assert_eq!(row("database_url"), "(hidden) | DATABASE_URL");
    assert_eq!(row("mail_url"), "(hidden) | USHER_MAIL_URL");
    assert_eq!(row("secret_key"), "(hidden) | USHER_SECRET_KEY_FILE");
    assert_eq!(row("site_root"), "(none) | default");
    assert!(
        !report.contains("hunter2") && !report.contains("dNcG2"),
        "{report}"
    );
    assert_eq!(report.lines().count(), KEYS.len() + 1);
    fs::remove_file(path).unwrap();
    fs::remove_file(key).unwrap();

    let report = report::report(&environment_less(), &Values::default());
    assert!(
        report.contains("(the embedded database)") && report.contains("data/key)"),
        "{report}"
    );
}

#[test]
fn a_wrong_value_is_named_with_what_to_do_and_never_repeated() {
    for (name, value, said) in [
        (
            "USHER_LISTEN",
            "3000",
            "USHER_LISTEN is no address with a port. Write it like 127.0.0.1:3000",
        ),
        (
            "USHER_SESSION_IDLE",
            "8",
            "USHER_SESSION_IDLE must be a time like 30s",
        ),
        (
            "USHER_METRICS_LISTEN",
            "127.0.0.1:3000",
            "is the address of the console",
        ),
        ("USHER_SESSION_IDLE", "0h", "must be a time like 30s"),
        ("USHER_SESSION_IDLE", "9999999999d", "must be a time like 30s"),
        ("USHER_SESSION_IDLE", "25h", "is longer than session_lifetime"),
        ("USHER_PASSWORD_MIN_LENGTH", "7", "from 8 to 64"),
        ("USHER_ARGON2_MEMORY", "1024", "from 19456 to"),
        ("USHER_ARGON2_PASSES", "1", "from 2 to"),
        ("USHER_TRUSTED_PROXIES", "proxy", "must be networks"),
        ("USHER_LOG_FORMAT", "xml", "neither `plain` nor `json`"),
        ("USHER_MAIL_FROM", "nobody", "USHER_MAIL_FROM is refused"),
        ("USHER_MAIL_URL", "hunter2", "USHER_MAIL_URL is refused"),
        ("DATABASE_URL", "hunter2", "DATABASE_URL must be an address like"),
        (
            "DATABASE_URL",
            "postgres://usher:hunter2@db1,db2/usher?target_session_attrs=standby",
            "can be read-write, primary or any",
        ),
    ] {
        let error = fault(&[(name, value)]);
        assert!(
            error.contains(said) && !error.contains("hunter2"),
            "{name}={value}: {error}"
        );
    }
}

#[test]
fn the_public_address_is_https_or_this_machine() {
    for good in [
        "https://console.example.com",
        "https://console.example.com:8443",
        "http://localhost:3000",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        assert_eq!(PublicUrl::parse(good).unwrap().as_str(), good);
    }
    assert_eq!(
        PublicUrl::parse("https://Console.Example.com:443")
            .unwrap()
            .host(),
        "console.example.com"
    );
    for bad in [
        "http://console.example.com",
        "https://console.example.com/",
        "https://console.example.com/usher",
        "ftp://x",
        "console.example.com",
        "https://user@console.example.com",
        "https://console.example.com?x",
        "http://localhost.evil.test",
        "",
    ] {
        assert!(PublicUrl::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn docs_configuration_md_has_every_key() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let page = fs::read_to_string(path).unwrap();
    for key in KEYS {
        assert!(
            page.contains(&key.row()),
            "docs/configuration.md lacks the row\n{}",
            key.row()
        );
    }
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(
        rows,
        KEYS.len(),
        "docs/configuration.md has a row for a key that is gone"
    );
}
