//! Records of a CSV file that is safe to open in a spreadsheet.

use csv::{Terminator, WriterBuilder};
use std::io;

/// RFC 7111 section 5.1.
pub(crate) const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// RFC 4180: a comma between cells, CR LF after each record, quotes where a cell needs them.
pub(crate) fn write_records<const N: usize>(
    to: &mut Vec<u8>,
    records: impl IntoIterator<Item = [String; N]>,
) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
    for record in records {
        writer.write_record(record.map(harmless))?;
    }
    writer.flush()
}

const BEGIN_FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Where a spreadsheet may begin another cell. In most of Europe it parts them by semicolons, whatever the quotes say.
const PART_CELLS: [char; 4] = [';', '\t', '\r', '\n'];

/// A cell that no spreadsheet takes for a formula, nor a part of it (OWASP, "CSV Injection"): an apostrophe stands in
/// front of what could begin one.
fn harmless(cell: String) -> String {
    if !cell.contains(BEGIN_FORMULAS) && !cell.contains(PART_CELLS) {
        return cell;
    }
    let shows_nothing =
        |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    let mut safe = String::with_capacity(cell.len() + 1);
    let mut at_start = true;
    for (place, c) in cell.chars().enumerate() {
        if at_start && BEGIN_FORMULAS.contains(&c) || place == 0 && PART_CELLS[1..].contains(&c) {
            safe.push('\'');
        }
        at_start = PART_CELLS.contains(&c) || at_start && shows_nothing(c);
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"] {
            assert_eq!(harmless(cell.into()), format!("'{cell}"));
        }
        for cell in ["", "ada@example.test", "1-1", "'=1", "admin; read", "a, -b"] {
            assert_eq!(harmless(cell.into()), cell);
        }
    }

    #[test]
    fn nor_does_a_part_of_a_cell_where_semicolons_part_them() {
        for (cell, safe) in [
            ("x;=1+1;", "x;'=1+1;"),
            ("admin; =HYPERLINK(1)", "admin; '=HYPERLINK(1)"),
            ("a\t-1\n+2", "a\t'-1\n'+2"),
            ("\u{FEFF}=1", "\u{FEFF}'=1"),
            (" =1", " '=1"),
        ] {
            assert_eq!(harmless(cell.into()), safe);
        }
    }

    #[test]
    fn records_end_with_cr_lf_and_quote_what_needs_it() {
        let mut file = Vec::new();
        write_records(
            &mut file,
            [["a,b", "say \"x\"", "two\nlines", "=1"].map(str::to_owned)],
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",'=1\r\n"
        );
    }
}
