//! The filtered audit log as a file, CSV or JSON, written while it is read: neither the memory of the server nor a
//! connection to the database goes up with the length of the log or the slowness of whoever takes it.

use crate::{
    answers::{self, RequestId},
    csv_file::write_records,
    telemetry::causes,
};
use app::{error::AppError, request::Visitor};
use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use backend::audit::{AuditEntry, AuditExport};
use domain::{audit::AuditQuery, moment::Day};
use futures_util::stream;
use http::{StatusCode, header};
use serde_json::{Value, json};
use std::io;
use url::form_urlencoded;

pub(crate) async fn csv(request: Request) -> Response {
    Asked::by(&request).answer(Form::Csv).await
}

pub(crate) async fn json(request: Request) -> Response {
    Asked::by(&request).answer(Form::Json).await
}

/// What a request asks for.
struct Asked {
    visitor: Option<Visitor>,
    query: AuditQuery,
    id: RequestId,
}

impl Asked {
    fn by(request: &Request) -> Self {
        Self {
            visitor: request.extensions().get().cloned(),
            query: query_of(request.uri().query().unwrap_or_default()),
            id: RequestId::of(request),
        }
    }

    async fn answer(self, form: Form) -> Response {
        match begin(self.visitor, &self.query, form).await {
            Ok(response) => response,
            Err(error) => {
                if let backend::Error::Unavailable(_) = &error {
                    tracing::error!(cause = causes(&error), "the audit log can't be read");
                }
                refused(&error.into(), &self.id)
            }
        }
    }
}

async fn begin(visitor: Option<Visitor>, query: &AuditQuery, form: Form) -> backend::Result<Response> {
    let visitor = visitor.ok_or(backend::Error::SignedOut)?;
    let caller = visitor.caller.as_ref().ok_or(backend::Error::SignedOut)?;
    let mut export = visitor.backend.export_audit(caller, query)?;
    // Read before anything is answered: a failure can still be said.
    let first = export.next().await?;
    let name = format!(
        "audit-{}-{}.{}",
        caller.org_id.as_str(),
        Day::of(visitor.backend.now()),
        form.extension()
    );
    let head = [
        (header::CONTENT_TYPE, form.content_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((head, body(export, first, form)).into_response())
}

/// Of a parameter that is there twice the last counts, as on the page.
fn query_of(query: &str) -> AuditQuery {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    AuditQuery::from_query(|key| {
        let found = pairs.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_ref())
    })
}

fn refused(error: &AppError, id: &RequestId) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answers::page(status, &error.sentence(), id)
}

/// What is left to write.
struct Download {
    form: Form,
    export: AuditExport,
    /// Read, but not written yet.
    read: Option<Vec<AuditEntry>>,
    /// Whether an entry was written before.
    has_entries: bool,
    is_over: bool,
}

fn body(export: AuditExport, first: Vec<AuditEntry>, form: Form) -> Body {
    let download = Download {
        form,
        export,
        read: Some(first),
        has_entries: false,
        is_over: false,
    };
    // One that fails is cut off, so that nobody takes a part for the whole.
    Body::from_stream(stream::try_unfold(download, |download| async {
        let piece = download.next_piece().await;
        piece.inspect_err(|error| {
            tracing::error!(
                cause = causes(error.as_ref()),
                "a file of the audit log ends before its end"
            );
        })
    }))
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Download {
    /// The next piece of the file, and what is left after it; nothing at the end.
    async fn next_piece(mut self) -> Result<Option<(Vec<u8>, Self)>, BoxError> {
        if self.is_over {
            return Ok(None);
        }
        let is_first = self.read.is_some();
        let entries = match self.read.take() {
            Some(entries) => entries,
            None => self.export.next().await?,
        };
        self.is_over = entries.is_empty();
        let mut piece = Vec::new();
        if is_first {
            piece.extend_from_slice(self.form.head()?.as_slice());
        }
        self.form.write(&mut piece, &entries, self.has_entries)?;
        self.has_entries |= !entries.is_empty();
        if self.is_over {
            piece.extend_from_slice(self.form.tail());
        }
        Ok(Some((piece, self)))
    }
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Csv,
    Json,
}

/// The names of the columns.
const COLUMNS: [&str; 13] = [
    "time",
    "actor_kind",
    "actor_id",
    "actor",
    "action",
    "target_kind",
    "target_id",
    "target",
    "result",
    "address",
    "request_id",
    "before",
    "after",
];

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
        }
    }

    fn head(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv => {
                let mut head = Vec::new();
                write_records(&mut head, [COLUMNS.map(str::to_owned)])?;
                Ok(head)
            }
            Self::Json => Ok(b"[".to_vec()),
        }
    }

    fn tail(self) -> &'static [u8] {
        match self {
            Self::Csv => b"",
            Self::Json => b"\n]\n",
        }
    }

    fn write(self, to: &mut Vec<u8>, entries: &[AuditEntry], mut has_entries: bool) -> io::Result<()> {
        match self {
            Self::Csv => write_records(to, entries.iter().map(record)),
            Self::Json => {
                for entry in entries {
                    to.extend_from_slice(if has_entries { b",\n" } else { b"\n" });
                    serde_json::to_writer(&mut *to, &object(entry))?;
                    has_entries = true;
                }
                Ok(())
            }
        }
    }
}

fn record(entry: &AuditEntry) -> [String; COLUMNS.len()] {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let state = |state: &Option<Value>| state.as_ref().map(Value::to_string).unwrap_or_default();
    [
        entry.time(),
        entry.actor_kind.clone(),
        id(entry.actor_id),
        entry.actor_label.clone(),
        entry.action.clone(),
        entry.target_kind.clone(),
        id(entry.target_id),
        entry.target_label.clone(),
        entry.result.clone(),
        entry.address.clone(),
        entry.request_id.clone(),
        state(&entry.before),
        state(&entry.after),
    ]
}

fn object(entry: &AuditEntry) -> Value {
    json!({
        "time": entry.time(),
        "actor": { "kind": entry.actor_kind, "id": entry.actor_id, "label": entry.actor_label },
        "action": entry.action,
        "target": { "kind": entry.target_kind, "id": entry.target_id, "label": entry.target_label },
        "before": entry.before,
        "after": entry.after,
        "result": entry.result,
        "address": entry.address,
        "request_id": entry.request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_filters_with_one_name_the_last_counts() {
        assert_eq!(query_of("actor=a+b&actor=%C3%A9").actor, "é");
        assert_eq!(query_of("&=&after=x"), AuditQuery::default());
    }
}
