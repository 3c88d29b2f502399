//! What of lists of invitations no page and no server function can do: take a file, give one, and tell how far a list is
//! while it is sent.

use crate::{
    Console,
    answers::{self, Reader, RequestId, lead},
    csv_file::{CONTENT_TYPE, write_records},
    download::{Asked, BoxError, Pieces, attachment},
    form_flash,
    onlookers::Onlookers,
    telemetry::causes,
};
use app::{
    error::AppError,
    request::{FLASH_SECONDS, Flash, Visitor},
    routes,
};
use axum::{
    Router,
    extract::{FromRequest, Multipart, Path, Request},
    response::{
        IntoResponse, Redirect, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use backend::{Backend, Caller, Error};
use domain::{
    bulk_invitations::{Progress, Reason, Row, Stage},
    field::Field,
    ids::JobId,
    moment::Day,
};
use futures_util::stream;
use http::StatusCode;
use std::time::Duration;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep},
};

/// Between two looks at a list. Another server may be the one that sends it, so the database is asked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Whoever looks on for longer connects again, which finds out anew who they are.
const LONGEST_LOOK: Duration = Duration::from_mins(10);
/// When somebody who found no place may find one.
const PLACE_AGAIN: time::Duration = time::Duration::MINUTE;

pub(crate) fn routes(console: &Console) -> Router<leptos::config::LeptosOptions> {
    let onlookers = console.onlookers.clone();
    // Whoever had to sign in again before the form was sent is led to its page.
    let page = get(Redirect::to(routes::INVITE_MANY));
    Router::new()
        .route(routes::INVITE_MANY_FILE, page.post(upload))
        .route(routes::INVITE_LIST_FILE, get(result))
        .route(
            routes::INVITE_LIST_PROGRESS,
            get(move |id: Path<String>, request: Request| progress(onlookers.clone(), id, request)),
        )
}

/// A list in a file. A fault leads back to the form, as `form_flash.rs` does.
async fn upload(request: Request) -> Response {
    let id = RequestId::of(&request);
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
        return answers::unavailable(Reader::Person, &id);
    };
    let Some(file) = read_file(request).await else {
        return answers::page(StatusCode::BAD_REQUEST, "This form can't be read.", &id);
    };
    let drafted = match &visitor.caller {
        Some(caller) => {
            visitor
                .backend
                .draft_bulk_invitation(caller, Field::ListFile, &file)
                .await
        }
        None => Err(Error::SignedOut),
    };
    match drafted {
        Ok(job) => lead(&routes::invite_list(job), &[]),
        Err(error) => {
            if let Error::Unavailable(_) = &error {
                tracing::error!(cause = causes(&error), request_id = id.0, "a list can't be read");
            }
            match AppError::from(error) {
                // Of whoever has no such form.
                error @ (AppError::SignedOut | AppError::Forbidden(_) | AppError::TwoFactorWanted) => {
                    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
                    answers::page(status, &error.sentence(), &id)
                }
                error => lead(routes::INVITE_MANY, &[flash(&visitor, error)]),
            }
        }
    }
}

/// The file of the form; empty where none was chosen.
async fn read_file(request: Request) -> Option<Vec<u8>> {
    // Already in memory and short, see `body_limit.rs`.
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let mut file = Vec::new();
    while let Some(part) = parts.next_field().await.ok()? {
        if part.name() == Some(Field::ListFile.name()) {
            file = part.bytes().await.ok()?.to_vec();
        }
    }
    Some(file)
}

/// The cookie that says on the page of the form why its file was not accepted.
fn flash(visitor: &Visitor, error: AppError) -> String {
    let flash = Flash {
        page: routes::INVITE_MANY.to_owned(),
        action: routes::INVITE_MANY_FILE.to_owned(),
        error: Some(error),
        values: Vec::new(),
    };
    let names = visitor.cookies;
    let value = form_flash::write(
        flash,
        visitor.backend.sealer(),
        names.flash,
        visitor.person(),
        visitor.backend.now().into(),
    );
    names.set(names.flash, &value, Some(FLASH_SECONDS))
}

/// The names of the columns; groups are parted by `; `.
const COLUMNS: [&str; 6] = ["line", "written", "email", "groups", "outcome", "reason"];

/// Each line of a list with what became of it.
async fn result(Path(id): Path<String>, request: Request) -> Response {
    let asked = Asked::by(&request);
    asked.answer(file(&asked, &id).await)
}

async fn file(asked: &Asked, id: &str) -> backend::Result<Response> {
    let (backend, caller) = asked.signed_in()?;
    let job = id.parse().map_err(|_| Error::NotFound)?;
    let (listed, rows) = backend.export_bulk_invitation(caller, job).await?;
    let day = Day::of(listed.at.civil());
    let name = format!("invitations-{}-{day}.csv", caller.org_id.as_str());
    Ok(attachment(&name, CONTENT_TYPE, Lines(Some(rows))))
}

/// A list is short: one piece.
struct Lines(Option<Vec<Row>>);

impl Pieces for Lines {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, BoxError> {
        let Some(rows) = self.0.take() else {
            return Ok(None);
        };
        let mut piece = Vec::new();
        write_records(&mut piece, [COLUMNS.map(str::to_owned)])?;
        write_records(&mut piece, rows.into_iter().map(record))?;
        Ok(Some(piece))
    }
}

fn record(row: Row) -> [String; COLUMNS.len()] {
    [
        row.line.to_string(),
        row.written,
        row.email,
        row.groups.join("; "),
        row.outcome.key().to_owned(),
        row.reason.as_ref().map(Reason::sentence).unwrap_or_default(),
    ]
}

/// How far a list is, each second until it is done (server-sent events). Whoever finds no place asks the server function.
async fn progress(onlookers: Onlookers, Path(id): Path<String>, request: Request) -> Response {
    let asked = Asked::by(&request);
    asked.answer(begin(&asked, &id, onlookers).await)
}

async fn begin(asked: &Asked, id: &str, onlookers: Onlookers) -> backend::Result<Response> {
    let (backend, caller) = asked.signed_in()?;
    let job: JobId = id.parse().map_err(|_| Error::NotFound)?;
    // Looked at before anything is answered: a refusal can still be said.
    let first = backend.watch_bulk_invitation(caller, job).await?;
    let place = onlookers.enter();
    let place = place.ok_or(Error::TooManyAttempts { wait: PLACE_AGAIN })?;
    let look = Look {
        backend: backend.clone(),
        caller: caller.clone(),
        job,
        first: Some(first),
        is_over: false,
        ends: Instant::now() + LONGEST_LOOK,
        onlookers,
        _place: place,
    };
    let events = stream::unfold(look, |mut look| async {
        let event = look.next().await?;
        Some((event, look))
    });
    // Nginx keeps answers back otherwise.
    Ok(([("x-accel-buffering", "no")], Sse::new(events)).into_response())
}

/// Somebody who looks on.
struct Look {
    backend: Backend,
    caller: Caller,
    job: JobId,
    first: Option<Progress>,
    is_over: bool,
    ends: Instant,
    onlookers: Onlookers,
    _place: OwnedSemaphorePermit,
}

impl Look {
    /// Nothing when it is done, when the server ends, and for whoever may not look on any more.
    async fn next(&mut self) -> Option<Result<Event, axum::Error>> {
        let now = if let Some(first) = self.first.take() {
            first
        } else {
            if self.is_over || Instant::now() >= self.ends {
                return None;
            }
            sleep(LOOK_EVERY).await;
            if self.onlookers.is_over() {
                return None;
            }
            match self.backend.watch_bulk_invitation(&self.caller, self.job).await {
                Ok(now) => now,
                Err(error) => {
                    if let Error::Unavailable(_) = &error {
                        tracing::warn!(cause = causes(&error), "a list can't be looked at");
                    }
                    return None;
                }
            }
        };
        self.is_over = now.stage != Stage::Running;
        Some(Event::default().json_data(now))
    }
}
