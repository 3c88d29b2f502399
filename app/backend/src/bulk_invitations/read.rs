//! Reads a list as people have it: out of a spreadsheet, a mail, or typed. Says of each line what it has, and judges nothing
//! that depends on the organization.

use csv::{ReaderBuilder, StringRecord};
use domain::{
    bulk_invitations::{MOST_BYTES, Reason},
    email_address::EmailAddress,
    field::Fault,
};
use std::collections::{HashMap, HashSet};

/// Of a line that is kept as it was written. An address has 254 characters at most.
const LONGEST_WRITTEN: usize = 500;
/// Groups of one line: whoever needs more names them afterwards.
const MOST_GROUPS: usize = 50;
/// What parts the cells of a line. None of them can be in an address.
const DELIMITERS: [char; 3] = [',', ';', '\t'];
/// What the columns are called, in lower case.
const EMAIL: [&str; 5] = ["email", "e-mail", "mail", "email address", "e-mail address"];
const GROUPS: [&str; 2] = ["groups", "group"];

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1, empty lines and the head counted.
    pub number: u32,
    pub written: String,
    /// Or why it has none.
    pub address: Result<EmailAddress, Reason>,
    /// The names of its groups, each once.
    pub groups: Vec<String>,
}

/// The lines that have anything, without the head.
///
/// # Errors
/// If it is no list at all: empty, too long, or not text.
pub(super) fn read(bytes: &[u8], most_lines: usize) -> Result<Vec<Line>, Fault> {
    if bytes.len() > MOST_BYTES {
        return Err(Fault::TooManyBytes { max: MOST_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?;
    let text = text.trim_start_matches('\u{FEFF}');
    // PostgreSQL takes it in no text, and UTF-16 has one beside each letter.
    if text.contains('\0') {
        return Err(Fault::NotUtf8);
    }
    let delimiter = delimiter_of(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    let mut places = Places { text, at: 0, line: 1 };
    loop {
        let start = reader.position().byte();
        if !reader.read_record(&mut record).map_err(|_| Fault::NotUtf8)? {
            break;
        }
        let (number, written) = places.between(start, reader.position().byte());
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records.push((number, written, record.clone()));
        }
    }
    let columns = records.first().and_then(|(_, _, first)| Columns::named_by(first));
    if columns.is_some() {
        records.remove(0);
    }
    let columns = columns.unwrap_or(Columns::UNNAMED);
    match records.len() {
        0 => Err(Fault::Missing),
        lines if lines > most_lines => Err(Fault::TooManyLines { max: most_lines }),
        _ => Ok(mark_repeated(
            records
                .iter()
                .map(|(number, written, record)| line(*number, written, record, columns, delimiter))
                .collect(),
        )),
    }
}

/// The first that stands outside of quotes: an address comes first in its line, or a head of names that have none.
fn delimiter_of(text: &str) -> char {
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if !is_quoted && DELIMITERS.contains(&c) => return c,
            _ => {}
        }
    }
    ','
}

/// Where the lines of a text begin, found from the front.
struct Places<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Places<'_> {
    /// The number of the line with what stands between two places, without the empty lines before it.
    fn between(&mut self, start: u64, end: u64) -> (u32, String) {
        let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let (start, end) = (place(start), place(end));
        let piece = self.text.get(start..end).unwrap_or_default();
        let begin = start + (piece.len() - piece.trim_start_matches(['\r', '\n']).len());
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        self.line += u32::try_from(lines_in(passed)).unwrap_or(u32::MAX);
        self.at = begin;
        let written = self.text.get(begin..end).unwrap_or_default().trim();
        (self.line, written.chars().take(LONGEST_WRITTEN).collect())
    }
}

/// Ends of lines: LF, CR LF, or CR as of old machines.
fn lines_in(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |i: usize| bytes[i] == b'\n' || bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n');
    (0..bytes.len()).filter(|i| ends(*i)).count()
}

/// In which cells the address and the groups are.
#[derive(Clone, Copy)]
struct Columns {
    email: usize,
    groups: Option<usize>,
    /// Whether each cell behind the address is one of groups.
    all_behind: bool,
}

impl Columns {
    const UNNAMED: Self = Self {
        email: 0,
        groups: None,
        all_behind: true,
    };

    /// If this is a head.
    fn named_by(record: &StringRecord) -> Option<Self> {
        let find = |names: &[&str]| {
            record
                .iter()
                .position(|cell| names.contains(&cell.trim().to_lowercase().as_str()))
        };
        Some(Self {
            email: find(&EMAIL)?,
            groups: find(&GROUPS),
            all_behind: false,
        })
    }

    fn cells_of_groups(self, record: &StringRecord) -> impl Iterator<Item = &str> {
        let is_of_groups = move |i: usize| self.groups == Some(i) || self.all_behind && i > self.email;
        record
            .iter()
            .enumerate()
            .filter(move |(i, _)| is_of_groups(*i))
            .map(|(_, cell)| cell)
    }
}

fn line(number: u32, written: &str, record: &StringRecord, columns: Columns, delimiter: char) -> Line {
    let cell = record.get(columns.email).unwrap_or_default();
    let address = if record.iter().any(|cell| cell.contains(['\n', '\r'])) {
        Err(Reason::OpenQuote)
    } else {
        EmailAddress::parse(cell).map_err(|fault| match fault {
            Fault::Missing => Reason::NoAddress,
            _ => Reason::NotAnAddress,
        })
    };
    let mut groups: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    // A list in its own quotes, or in a cell of another delimiter.
    let parts = |c: char| c == '|' || c == ';' || c == ',' && delimiter != ',';
    for name in columns
        .cells_of_groups(record)
        .flat_map(|cell| cell.split(parts))
        .map(str::trim)
    {
        // Two names are one to the database if they differ in case alone.
        if !name.is_empty() && known.insert(name.to_lowercase()) {
            groups.push(name.chars().take(LONGEST_WRITTEN).collect());
        }
    }
    let address = if groups.len() > MOST_GROUPS {
        groups.clear();
        address.and(Err(Reason::TooManyGroups))
    } else {
        address
    };
    Line {
        number,
        written: written.to_owned(),
        address,
        groups,
    }
}

/// Of two lines with one address the first counts.
fn mark_repeated(mut lines: Vec<Line>) -> Vec<Line> {
    let mut first = HashMap::new();
    for line in &mut lines {
        if let Ok(address) = &line.address {
            let number = *first.entry(address.key().to_owned()).or_insert(line.number);
            if number != line.number {
                line.address = Err(Reason::Repeats(number));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bulk_invitations::MOST_ROWS;

    fn read_text(text: &str) -> Vec<Line> {
        read(text.as_bytes(), MOST_ROWS).unwrap()
    }

    /// Number, address or reason, groups.
    fn seen(text: &str) -> Vec<(u32, String, Vec<String>)> {
        let said = |address: Result<EmailAddress, Reason>| match address {
            Ok(address) => address.as_str().to_owned(),
            Err(reason) => format!("{reason:?}"),
        };
        read_text(text)
            .into_iter()
            .map(|line| (line.number, said(line.address), line.groups))
            .collect()
    }

    fn row(number: u32, address: &str, groups: &[&str]) -> (u32, String, Vec<String>) {
        let groups = groups.iter().map(|name| (*name).to_owned()).collect();
        (number, address.to_owned(), groups)
    }

    #[test]
    fn each_delimiter_is_found_and_the_groups_behind_it() {
        let rows = [
            row(1, "ada@x.test", &["Admins", "Ops"]),
            row(2, "ben@x.test", &[]),
        ];
        for text in [
            "ada@x.test,Admins;Ops\nben@x.test",
            "ada@x.test,Admins|Ops\r\nben@x.test,\r\n",
            "ada@x.test;Admins|Ops\nben@x.test;",
            "ada@x.test;Admins, Ops\nben@x.test",
            "ada@x.test\tAdmins;Ops\rben@x.test\t",
            "ada@x.test, Admins, Ops\nben@x.test",
            "ada@x.test,\"Admins; Ops\"\n\"ben@x.test\"",
            "\u{FEFF}ada@x.test,Admins; ops ;Ops;\nben@x.test",
        ] {
            let mut found = seen(text);
            found[0].2.iter_mut().for_each(|name| {
                if name == "ops" {
                    "Ops".clone_into(name);
                }
            });
            assert_eq!(found, rows, "{text:?}");
        }
    }

    #[test]
    fn a_delimiter_counts_that_comes_only_in_a_later_line() {
        assert_eq!(
            seen("ada@x.test\nben@x.test;Admins"),
            [row(1, "ada@x.test", &[]), row(2, "ben@x.test", &["Admins"])]
        );
    }

    #[test]
    fn a_head_names_the_columns_and_others_are_passed_over() {
        let rows = [row(2, "ada@x.test", &["Admins"])];
        for text in [
            "email,groups\nada@x.test,Admins",
            "E-Mail;Groups\nada@x.test;Admins",
            "name,groups,email\n\"Lovelace, Ada\",Admins,ada@x.test",
            "Email,Name,Group\nada@x.test,Ada,Admins",
        ] {
            assert_eq!(seen(text), rows, "{text:?}");
        }
        assert_eq!(seen("email\nada@x.test\n"), [row(2, "ada@x.test", &[])]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let text = "email\n\nada@x.test\n  \n,\n\r\nben@x.test\n\n";
        assert_eq!(seen(text), [row(3, "ada@x.test", &[]), row(7, "ben@x.test", &[])]);
        assert_eq!(
            seen("\r\n\r\nada@x.test\r\nben@x.test"),
            [row(3, "ada@x.test", &[]), row(4, "ben@x.test", &[])]
        );
    }

    #[test]
    fn what_is_no_address_is_said_with_what_was_written() {
        let text = "ada\nAda <ada@x.test>,Ops\n,Ops\nada@x.test\nADA@x.test , Ops\n";
        assert_eq!(
            seen(text),
            [
                row(1, "NotAnAddress", &[]),
                row(2, "NotAnAddress", &["Ops"]),
                row(3, "NoAddress", &["Ops"]),
                row(4, "ada@x.test", &[]),
                row(5, "Repeats(4)", &["Ops"]),
            ]
        );
        let written: Vec<_> = read_text(text).into_iter().map(|line| line.written).collect();
        assert_eq!(written[1], "Ada <ada@x.test>,Ops");
        assert_eq!(written[4], "ADA@x.test , Ops");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_said_where_it_begins() {
        let text = "ada@x.test\n\"ben@x.test\ncy@x.test\ndee@x.test";
        assert_eq!(seen(text), [row(1, "ada@x.test", &[]), row(2, "OpenQuote", &[])]);
        // The lines after one that is closed are counted on.
        assert_eq!(
            seen("\"a\nb\",Ops\ncy@x.test"),
            [row(1, "OpenQuote", &["Ops"]), row(3, "cy@x.test", &[])]
        );
    }

    #[test]
    fn what_is_no_list_at_all_is_a_fault() {
        let most = |text: &str| read(text.as_bytes(), 2).map(|lines| lines.len());
        assert_eq!(most("a@x.test\nb@x.test\n\n"), Ok(2));
        assert_eq!(most("email\na@x.test\nb@x.test"), Ok(2));
        assert_eq!(most("a\nb\nc"), Err(Fault::TooManyLines { max: 2 }));
        for nothing in ["", " \n\n ", "\u{FEFF}", "email,groups\n", ",\n,"] {
            assert_eq!(most(nothing), Err(Fault::Missing), "{nothing:?}");
        }
        assert_eq!(read(b"\xff\xfea\0", 2), Err(Fault::NotUtf8));
        assert_eq!(most("a\0@x.test"), Err(Fault::NotUtf8));
        assert_eq!(most("J\u{fc}rgen@x.test"), Ok(1));
        assert_eq!(read(b"J\xfcrgen@x.test", 2), Err(Fault::NotUtf8));
        let large = vec![b'x'; MOST_BYTES];
        assert_eq!(read(&large, 2).unwrap()[0].written.len(), LONGEST_WRITTEN);
        let larger = vec![b'x'; MOST_BYTES + 1];
        assert_eq!(read(&larger, 2), Err(Fault::TooManyBytes { max: MOST_BYTES }));
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_pasted_is_read_or_refused(text in "(\\PC|[\n\r\t,;|\"@.a]){0,200}") {
            if let Ok(lines) = read(text.as_bytes(), 10) {
                let lines_of_text = u32::try_from(text.lines().count().max(lines_in(&text) + 1)).unwrap();
                let mut last = 0;
                for line in lines {
                    proptest::prop_assert!(line.number > last && line.number <= lines_of_text);
                    last = line.number;
                }
            }
        }
    }

    #[test]
    fn a_line_has_so_many_groups_and_a_list_of_nothing_else_is_read_at_once() {
        let groups = |n: usize| (0..n).map(|n| format!("g{n}")).collect::<Vec<_>>();
        let of = |n: usize| seen(&format!("ada@x.test,{}", groups(n).join("|")));
        assert_eq!(of(MOST_GROUPS)[0].2.len(), MOST_GROUPS);
        assert_eq!(of(MOST_GROUPS + 1), [row(1, "TooManyGroups", &[])]);
        assert_eq!(of(30_000), [row(1, "TooManyGroups", &[])]);
        let twice = format!("ada@x.test,{}|G1", groups(MOST_GROUPS).join("|"));
        assert_eq!(seen(&twice)[0].2.len(), MOST_GROUPS);
        let nobody = format!("nobody,{}", groups(MOST_GROUPS + 1).join("|"));
        assert_eq!(seen(&nobody)[0].1, "NotAnAddress");
    }
}
