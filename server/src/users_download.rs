//! The filtered list of people as a CSV file, written while it is read, like the audit log's in `audit_download.rs`.

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
use backend::users::UserExport;
use domain::{
    moment::{Day, Moment},
    users::{UserQuery, UserRow},
};
use futures_util::stream;
use http::{StatusCode, header};
use std::io;
use url::form_urlencoded;

/// The names of the columns. Times are RFC 3339 in UTC; groups are parted by `; `.
const COLUMNS: [&str; 9] = [
    "id",
    "name",
    "email",
    "status",
    "groups",
    "has_password",
    "last_sign_in",
    "deactivated_at",
    "deactivation_reason",
];

pub(crate) async fn csv(request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned();
    let id = RequestId::of(&request);
    match begin(visitor, request.uri().query().unwrap_or_default()).await {
        Ok(response) => response,
        Err(error) => {
            if let backend::Error::Unavailable(_) = &error {
                tracing::error!(cause = causes(&error), "the list of people can't be read");
            }
            let error = AppError::from(error);
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            answers::page(status, &error.sentence(), &id)
        }
    }
}

async fn begin(visitor: Option<Visitor>, query: &str) -> backend::Result<Response> {
    let visitor = visitor.ok_or(backend::Error::SignedOut)?;
    let caller = visitor.caller.as_ref().ok_or(backend::Error::SignedOut)?;
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let query = UserQuery::from_query(|key| {
        let found = pairs.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_ref())
    });
    let mut export = visitor.backend.export_users(caller, &query)?;
    // Read before anything is answered: a failure can still be said.
    let first = export.next().await?;
    let day = Day::of(visitor.backend.now());
    let name = format!("users-{}-{day}.csv", caller.org_id.as_str());
    let head = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((head, body(export, first)).into_response())
}

/// One that fails is cut off, so that nobody takes a part for the whole.
fn body(export: UserExport, first: Vec<UserRow>) -> Body {
    Body::from_stream(stream::try_unfold(
        (export, Some(first)),
        |(mut export, read)| async {
            let piece = next_piece(&mut export, read).await;
            let piece = piece.inspect_err(|error| {
                tracing::error!(
                    cause = causes(error.as_ref()),
                    "a file of people ends before its end"
                );
            })?;
            Ok::<_, BoxError>(piece.map(|piece| (piece, (export, None))))
        },
    ))
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The next piece of the file; nothing at the end. `first`: what was read before, and stands behind the head.
async fn next_piece(
    export: &mut UserExport,
    first: Option<Vec<UserRow>>,
) -> Result<Option<Vec<u8>>, BoxError> {
    let mut piece = Vec::new();
    let rows = match first {
        Some(rows) => {
            write_records(&mut piece, [COLUMNS.map(str::to_owned)])?;
            rows
        }
        None => export.next().await?,
    };
    write(&mut piece, &rows)?;
    Ok(Some(piece).filter(|piece| !piece.is_empty()))
}

fn write(to: &mut Vec<u8>, rows: &[UserRow]) -> io::Result<()> {
    write_records(to, rows.iter().map(record))
}

fn record(row: &UserRow) -> [String; COLUMNS.len()] {
    let time = |moment: Option<Moment>| moment.map(Moment::rfc3339).unwrap_or_default();
    let reason = row.deactivation.as_ref().and_then(|row| row.reason.clone());
    [
        row.id.to_string(),
        row.name.clone(),
        row.email.clone(),
        row.status.label().to_owned(),
        row.groups.join("; "),
        if row.has_password { "yes" } else { "no" }.to_owned(),
        time(row.last_sign_in),
        time(row.deactivation.as_ref().map(|row| row.at)),
        reason.unwrap_or_default(),
    ]
}
