//! The HTML part: one card, system fonts, both themes; no image, no script, nothing that is fetched or tracked.
//!
//! Mail programs know less CSS than browsers: tables for the frame, inline styles for the light theme, and a style
//! element that only those who understand `prefers-color-scheme` need.

use super::letter::{Letter, Line, Piece};
use std::fmt::Write;

const FONT: &str = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',sans-serif";

/// `format-detection` tells Apple's programs to make no links of their own.
const HEAD: &str = r#"<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<style>
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.ground{background:#0e1116!important}
.card{background:#15181f!important;border-color:#292e36!important}
.text{color:#e8ebf1!important}
.muted{color:#9ea5b0!important}
.button{background:#6496f4!important;color:#060d1a!important}
}
</style>"#;

/// The text/html part.
pub(super) fn html(letter: &Letter) -> String {
    let mut body = String::new();
    let heading = markup(&letter.heading);
    let _ = writeln!(
        body,
        r#"<h1 class="text" style="margin:0 0 16px;font-size:22px;line-height:28px;font-weight:600;color:#1b222e">{heading}</h1>"#
    );
    for line in &letter.before {
        paragraph(
            &mut body,
            "text",
            "margin:0 0 12px;font-size:15px;line-height:24px;color:#1b222e",
            &markup(line),
        );
    }
    let label = escape(letter.button.label);
    let address = escape(&letter.button.address);
    let _ = writeln!(
        body,
        r#"<p style="margin:24px 0"><a class="button" href="{address}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#2858cd;color:#ffffff;font-size:15px;line-height:20px;font-weight:600;text-decoration:none">{label}</a></p>"#
    );
    let bare = format!("Or copy this address:<br>\n<span style=\"word-break:break-all\">{address}</span>");
    paragraph(
        &mut body,
        "muted",
        "margin:0 0 12px;font-size:13px;line-height:20px;color:#555e6c",
        &bare,
    );
    for line in &letter.after {
        paragraph(
            &mut body,
            "muted",
            "margin:0 0 12px;font-size:13px;line-height:20px;color:#555e6c",
            &markup(line),
        );
    }
    let (title, footer) = (escape(&letter.heading.text()), markup(&letter.footer));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
{HEAD}
<title>{title}</title>
</head>
<body class="ground" style="margin:0;padding:0;background:#f8fafc;font-family:{FONT}">
<table class="ground" role="presentation" width="100%" cellspacing="0" cellpadding="0" style="background:#f8fafc;font-family:{FONT}">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:520px">
<tr><td class="text" style="padding:0 4px 16px;font-size:15px;line-height:20px;font-weight:600;color:#1b222e">Usher</td></tr>
<tr><td class="card" style="padding:28px;background:#ffffff;border:1px solid #dfe3e8;border-radius:12px">
{body}</td></tr>
<tr><td class="muted" style="padding:16px 4px 0;font-size:12px;line-height:18px;color:#555e6c">{footer}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"#
    )
}

fn paragraph(body: &mut String, class: &str, style: &str, content: &str) {
    let _ = writeln!(body, r#"<p class="{class}" style="{style}">{content}</p>"#);
}

/// Names stand out, and keep their own direction of writing (`bdi`).
fn markup(line: &Line) -> String {
    line.0
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => escape(words),
            Piece::Name(name) => format!("<strong><bdi>{}</bdi></strong>", escape(name)),
        })
        .collect()
}

/// For text and for quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
