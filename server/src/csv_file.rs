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

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection").
fn harmless(cell: String) -> String {
    const BEGIN_FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(BEGIN_FORMULAS) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(harmless(cell.into()), format!("'{cell}"));
        }
        for cell in ["", "ada@example.test", "1-1", "'=1", " =1"] {
            assert_eq!(harmless(cell.into()), cell);
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
