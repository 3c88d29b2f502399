//! The filtered audit log as a file, CSV or JSON.

use crate::{
    csv_file::{CONTENT_TYPE, write_records},
    download::{Asked, BoxError, Pieces, attachment},
};
use axum::{extract::Request, response::Response};
use backend::audit::{AuditEntry, AuditExport};
use domain::{audit::AuditQuery, moment::Day};
use serde_json::{Value, json};
use std::io;

pub(crate) async fn csv(request: Request) -> Response {
    let asked = Asked::by(&request);
    asked.answer(begin(&asked, Form::Csv).await)
}

pub(crate) async fn json(request: Request) -> Response {
    let asked = Asked::by(&request);
    asked.answer(begin(&asked, Form::Json).await)
}

async fn begin(asked: &Asked, form: Form) -> backend::Result<Response> {
    let (backend, caller) = asked.signed_in()?;
    let mut export = backend.export_audit(caller, &AuditQuery::from_query(|key| asked.get(key)))?;
    // Read before anything is answered: a failure can still be said.
    let first = Some(export.next().await?);
    let (org_id, day) = (caller.org_id.as_str(), Day::of(backend.now()));
    let name = format!("audit-{org_id}-{day}.{}", form.extension());
    let log = Log {
        form,
        export,
        first,
        has_entries: false,
        is_over: false,
    };
    Ok(attachment(&name, form.content_type(), log))
}

/// What is left to write.
struct Log {
    form: Form,
    export: AuditExport,
    /// Read, and to stand behind the head.
    first: Option<Vec<AuditEntry>>,
    /// Whether an entry was written before.
    has_entries: bool,
    is_over: bool,
}

impl Pieces for Log {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError> {
        if self.is_over {
            return Ok(None);
        }
        let mut piece = Vec::new();
        let entries = if let Some(entries) = self.first.take() {
            piece.extend_from_slice(self.form.head()?.as_slice());
            entries
        } else {
            self.export.next().await?
        };
        self.is_over = entries.is_empty();
        self.form.write(&mut piece, &entries, self.has_entries)?;
        self.has_entries |= !entries.is_empty();
        if self.is_over {
            piece.extend_from_slice(self.form.tail());
        }
        Ok(Some(piece))
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
            Self::Csv => CONTENT_TYPE,
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
