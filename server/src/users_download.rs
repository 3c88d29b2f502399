//! The filtered list of people as a CSV file.

use crate::{
    csv_file::{CONTENT_TYPE, write_records},
    download::{Asked, BoxError, Pieces, attachment},
};
use axum::{extract::Request, response::Response};
use backend::users::UserExport;
use domain::{
    identities::Method,
    moment::{Day, Moment},
    users::{UserQuery, UserRow},
};

/// The names of the columns. Times are RFC 3339 in UTC; groups and methods are parted by `; `.
const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "email",
    "status",
    "groups",
    "has_password",
    "sign_in_methods",
    "two_factor",
    "last_sign_in",
    "deactivated_at",
    "deactivation_reason",
];

pub(crate) async fn csv(request: Request) -> Response {
    let asked = Asked::by(&request);
    asked.answer(begin(&asked).await)
}

async fn begin(asked: &Asked) -> backend::Result<Response> {
    let (backend, caller) = asked.signed_in()?;
    let mut export = backend.export_users(caller, &UserQuery::from_query(|key| asked.get(key)))?;
    // Read before anything is answered: a failure can still be said.
    let first = Some(export.next().await?);
    let name = format!("users-{}-{}.csv", caller.org_id.as_str(), Day::of(backend.now()));
    Ok(attachment(&name, CONTENT_TYPE, People { export, first }))
}

struct People {
    export: UserExport,
    /// Read, and to stand behind the names of the columns.
    first: Option<Vec<UserRow>>,
}

impl Pieces for People {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError> {
        let mut piece = Vec::new();
        let rows = if let Some(rows) = self.first.take() {
            write_records(&mut piece, [COLUMNS.map(str::to_owned)])?;
            rows
        } else {
            self.export.next().await?
        };
        write_records(&mut piece, rows.iter().map(record))?;
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}

fn record(row: &UserRow) -> [String; COLUMNS.len()] {
    let time = |moment: Option<Moment>| moment.map(Moment::rfc3339).unwrap_or_default();
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let reason = row.deactivation.as_ref().and_then(|row| row.reason.clone());
    let names: Vec<_> = row.groups.iter().map(|group| group.name.as_str()).collect();
    [
        row.id.to_string(),
        row.name.clone(),
        row.email.clone(),
        row.status.label().to_owned(),
        names.join("; "),
        yes(row.methods.contains(&Method::Password)),
        row.methods
            .iter()
            .map(|method| method.key())
            .collect::<Vec<_>>()
            .join("; "),
        yes(row.two_factor),
        time(row.last_sign_in),
        time(row.deactivation.as_ref().map(|row| row.at)),
        reason.unwrap_or_default(),
    ]
}
