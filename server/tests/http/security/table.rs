//! The table of `docs/security.md` is complete and true: every case of the inventory stands in it once, every test that
//! it names is in the tree, and every test that is named by a case is in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

/// The cases of each section. A case that is dropped or added is a decision, and so a change here.
const INVENTORY: [(&str, &[u8]); 13] = [
    ("BOOT", &[2, 3, 4, 5, 6]),
    ("INV", &[1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 14, 15]),
    ("AUTH", &[1, 2, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20]),
    ("SOC", &[1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]),
    ("SAML", &[1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22]),
    ("MFA", &[1, 2, 3, 6, 8, 10, 11, 12, 13, 14, 15, 16, 17]),
    ("SES", &[1, 2, 3, 4, 5, 6, 9, 10, 11]),
    ("WEB", &[1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14]),
    ("POL", &[1, 2, 3, 6, 7, 8]),
    ("ORG", &[1, 3, 4, 5]),
    ("DEACT", &[1, 2, 4, 5, 7, 8]),
    ("SET", &[1, 2, 3, 4, 5, 6]),
    ("MAIL", &[1, 2, 3, 4, 5, 6, 7, 8]),
];
const RELIABILITY: [u8; 11] = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12];

fn inventory() -> BTreeSet<String> {
    let sections = INVENTORY.iter().copied().chain([("REL", &RELIABILITY[..])]);
    sections
        .flat_map(|(section, numbers)| numbers.iter().map(move |n| format!("{section}-{n:02}")))
        .collect()
}

/// What the document says of each case: the tests of a tested one, or nothing for one that waits.
#[derive(Debug, Default)]
struct Table {
    tested: BTreeMap<String, Vec<String>>,
    waiting: BTreeSet<String>,
    faults: Vec<String>,
}

fn read_table(document: &str) -> Table {
    let mut table = Table::default();
    let mut waits = false;
    for line in document.lines() {
        if line.starts_with('#') {
            waits = line.contains("wait");
        }
        let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let is_case = |id: &str| {
            id.split_once('-')
                .is_some_and(|(_, n)| n.len() == 2 && n.parse::<u8>().is_ok())
        };
        if !line.starts_with('|') || cells.len() != 3 || !is_case(cells[0]) {
            continue;
        }
        let id = cells[0].to_owned();
        let tests: Vec<_> = cells[2]
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let twice = table.tested.contains_key(&id) || table.waiting.contains(&id);
        if twice {
            table.faults.push(format!("{id} stands in the table twice"));
        } else if waits {
            if cells[2].len() < 10 {
                table.faults.push(format!("{id} waits without a reason"));
            }
            table.waiting.insert(id);
        } else if tests.is_empty() {
            table.faults.push(format!("{id} names no test"));
        } else {
            table.tested.insert(id, tests);
        }
    }
    table
}

/// The case whose id a test's name begins with.
fn case_of(test: &str, inventory: &BTreeSet<String>) -> Option<String> {
    let mut parts = test.split('_');
    let id = format!("{}-{}", parts.next()?.to_uppercase(), parts.next()?);
    inventory.contains(&id).then_some(id)
}

/// All that is wrong. `tests`: every test of the tree as `path::name`.
fn faults(document: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let (table, inventory) = (read_table(document), inventory());
    let mut faults = table.faults;
    let listed: BTreeSet<_> = table.tested.keys().chain(&table.waiting).cloned().collect();
    faults.extend(
        inventory
            .difference(&listed)
            .map(|id| format!("{id} is missing from the table")),
    );
    faults.extend(
        listed
            .difference(&inventory)
            .map(|id| format!("{id} is no case of the inventory")),
    );
    let named: BTreeSet<_> = table.tested.values().flatten().cloned().collect();
    faults.extend(
        named
            .difference(tests)
            .map(|test| format!("the test {test} does not exist")),
    );
    for test in tests.difference(&named) {
        let name = test.rsplit("::").next().unwrap_or_default();
        if let Some(id) = case_of(name, &inventory) {
            faults.push(format!("the test {test} is missing from the row of {id}"));
        }
    }
    faults
}

/// The functions under a test attribute.
fn tests_in(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut is_test, mut is_ignored) = (false, false);
    for line in source.lines().map(str::trim) {
        let name = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "));
        if line.starts_with("#[test]")
            || line.starts_with("#[sqlx::test")
            || line.starts_with("#[tokio::test")
        {
            is_test = true;
        } else if line.starts_with("#[ignore") {
            is_ignored = true;
        } else if let Some(name) = name {
            if is_test && !is_ignored {
                found.push(name.split('(').next().unwrap_or_default().to_owned());
            }
            (is_test, is_ignored) = (false, false);
        }
    }
    found
}

/// The browser tests, their titles written like names of functions.
fn browser_tests_in(source: &str) -> Vec<String> {
    let titles = source.lines().filter_map(|line| {
        let (start, rest) = line.split_once('\'')?;
        let (title, _) = rest.split_once('\'')?;
        ["test(", "testOfNewConsole("].contains(&start).then_some(title)
    });
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    titles.map(|title| title.chars().map(letter).collect()).collect()
}

fn tests_of_the_tree(top: &Path) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    let mut folders: Vec<PathBuf> = ["app", "server", "end2end/tests"]
        .iter()
        .map(|folder| top.join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let found: fn(&str) -> Vec<String> = match path.extension().and_then(OsStr::to_str) {
                Some("rs") => tests_in,
                Some("ts") => browser_tests_in,
                _ => continue,
            };
            let shown = path.strip_prefix(top).unwrap().display().to_string();
            let names = found(&fs::read_to_string(&path).unwrap());
            tests.extend(names.into_iter().map(|name| format!("{shown}::{name}")));
        }
    }
    tests
}

#[test]
fn the_table_of_cases_is_complete_and_true() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let document = fs::read_to_string(top.join("docs/security.md")).unwrap();
    let faults = faults(&document, &tests_of_the_tree(top));
    assert!(faults.is_empty(), "docs/security.md:\n{}", faults.join("\n"));
}

/// A document and a tree in which all is well: each case has one test.
fn sound() -> (String, BTreeSet<String>) {
    let mut document = "## Tests\n".to_owned();
    let mut tests = BTreeSet::new();
    for id in inventory() {
        let test = format!("a.rs::{}_works", id.to_lowercase().replace('-', "_"));
        document.extend(["| ", id.as_str(), " | it works | `", &test, "` |\n"]);
        tests.insert(test);
    }
    (document, tests)
}

#[test]
fn what_is_wrong_with_the_table_is_found() {
    let (document, tests) = sound();
    assert_eq!(faults(&document, &tests), Vec::<String>::new());
    let row = document.lines().find(|line| line.contains("INV-04")).unwrap();
    let of = |document: &str, tests: &BTreeSet<String>| faults(document, tests).join("; ");

    assert!(of(&document.replace(row, ""), &tests).contains("INV-04 is missing"));
    assert!(of(&format!("{document}{row}\n"), &tests).contains("INV-04 stands in the table twice"));
    assert!(of(&format!("{document}| INV-99 | x | `a.rs::x` |\n"), &tests).contains("INV-99 is no case"));
    assert!(of(&document.replace("`a.rs::inv_04_works`", ""), &tests).contains("INV-04 names no test"));
    let mut renamed = tests.clone();
    renamed.remove("a.rs::inv_04_works");
    renamed.insert("a.rs::inv_04_works_well".into());
    let said = of(&document, &renamed);
    assert!(
        said.contains("the test a.rs::inv_04_works does not exist"),
        "{said}"
    );
    assert!(
        said.contains("inv_04_works_well is missing from the row of INV-04"),
        "{said}"
    );
    let waiting = format!(
        "{}## Cases that wait\n| INV-04 | it works | - |\n",
        document.replace(row, "")
    );
    assert!(of(&waiting, &tests).contains("INV-04 waits without a reason"));
}

#[test]
fn a_test_is_a_function_that_runs() {
    let source = "#[test]\nfn a() {}\nfn helper() {}\n#[sqlx::test(x)]\nasync fn b(pool: X) {}\n#[test]\n#[ignore]\nfn c() {}\n#[ignore]\n#[test]\nfn d() {}";
    assert_eq!(tests_in(source), ["a", "b"]);
    let source = "test('WEB-07 it runs', async () => {\ntest.skip('not this', x)\n    expect('nor this')";
    assert_eq!(browser_tests_in(source), ["web_07_it_runs"]);
}
