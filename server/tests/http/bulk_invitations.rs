//! Inviting many, as browsers and their front end do it: a list that is pasted or uploaded, its pages, the stream that tells
//! how far it is, and the file of its results.

use crate::{
    audit::{column, records},
    stage::{caller, colleague, deactivate, eve},
    visitor::{Answer, TestConsole, Visitor},
};
use app::routes::{INVITE_MANY, INVITE_MANY_FILE, invite_list, invite_list_file, invite_list_progress};
use domain::{
    bulk_invitations::{Progress, Stage},
    field::Field,
    ids::JobId,
};
use http::header;
use reqwest::Method;
use sqlx::PgPool;

/// A list that nobody said yes to.
pub(crate) async fn drafted_list(console: &TestConsole, by: &Visitor, list: &str) -> String {
    let by = caller(console, by).await;
    let drafted = console
        .backend
        .draft_bulk_invitation(&by, Field::List, list.as_bytes())
        .await;
    drafted.unwrap().to_string()
}

async fn started_list(console: &TestConsole, by: &Visitor, list: &str) -> JobId {
    let job = drafted_list(console, by, list).await.parse().unwrap();
    let by = caller(console, by).await;
    console.backend.start_bulk_invitation(&by, job).await.unwrap();
    job
}

/// A list that is sent.
pub(crate) async fn sent_list(console: &TestConsole, by: &Visitor, list: &str) -> String {
    let job = started_list(console, by, list).await;
    console.backend.do_due_jobs().await.unwrap();
    job.to_string()
}

/// A list of which a line has failed.
pub(crate) async fn failed_list(console: &TestConsole, by: &Visitor, email: &str) -> String {
    let job = started_list(console, by, email).await;
    let as_caller = caller(console, by).await;
    let user = console.backend.invite(&as_caller, email, &[]).await.unwrap();
    console.backend.do_due_jobs().await.unwrap();
    console.backend.cancel_invitation(&as_caller, user).await.unwrap();
    job.to_string()
}

const BOUNDARY: &str = "----list";

/// Chooses a file and sends the form, as a browser does.
async fn upload(console: &TestConsole, who: &Visitor, file: &[u8]) -> Answer {
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"list_file\"; filename=\"people.csv\"\r\ncontent-type: text/csv\r\n\r\n"
    );
    let body = [
        head.as_bytes(),
        file,
        format!("\r\n--{BOUNDARY}--\r\n").as_bytes(),
    ]
    .concat();
    let request = who
        .request(Method::POST, INVITE_MANY_FILE)
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, &console.origin)
        .header("sec-fetch-site", "same-origin")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body);
    who.send(request).await
}

/// What a stream told, in its order.
fn told(stream: &Answer) -> Vec<Progress> {
    let events = stream
        .body
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("data: "));
    events.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_list_is_pasted_looked_at_sent_and_its_results_taken(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let list = "email;groups\nx@list.test;read\n=cmd|' /C calc'!A0\ny@list.test;read|write\nada@example.test";
    let drafted = ada
        .post(INVITE_MANY, "/api/bulk_invitations/draft", &[("list", list)])
        .await;
    let (status, page) = drafted.redirect();
    assert_eq!(status, 303);
    let job: JobId = page.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(page, invite_list(job));
    let seen = ada.open(page).await.body;
    for words in [
        "2 will be invited, 2 will not.",
        "Send 2 invitations",
        "This person is already a member of your organization.",
        "This is not one e-mail address",
    ] {
        assert!(seen.contains(words), "{words}");
    }
    // The file says the same before the yes.
    let outcomes = |answer: &Answer| column(answer, "outcome");
    let file = ada.open(&invite_list_file(job)).await;
    assert_eq!(outcomes(&file), ["waiting", "refused", "waiting", "refused"]);

    let id = job.to_string();
    let yes = ada
        .post(page, "/api/bulk_invitations/start", &[("job", &id)])
        .await;
    assert_eq!(yes.redirect(), (303, &*format!("{page}?notice=list-started")));
    let running = ada.open(page).await.body;
    for words in ["Inviting 2 people", "0 of 2 invited", "Refresh", "<progress"] {
        assert!(running.contains(words), "{words}");
    }
    console.backend.do_due_jobs().await.unwrap();
    let done = ada.open(page).await.body;
    assert!(done.contains("2 of 2 invited") && done.contains("2 lines were not sent: they are below."));
    let file = ada.open(&invite_list_file(job)).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.header("content-disposition").contains("invitations-"));
    assert_eq!(outcomes(&file), ["invited", "refused", "invited", "refused"]);
    assert_eq!(column(&file, "line"), ["2", "3", "4", "5"]);
    assert_eq!(column(&file, "written")[1], "'=cmd|' /C calc'!A0");
    assert_eq!(column(&file, "groups")[2], "read; write");
    assert!(column(&file, "reason")[3].starts_with("This person is already"));
    assert!(ada.open(INVITE_MANY).await.body.contains("2 people"));
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_file_is_read_and_one_that_is_no_list_leads_back_with_the_reason(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let sent = upload(
        &console,
        &ada,
        "\u{FEFF}email,groups\r\nx@list.test,read\r\n".as_bytes(),
    )
    .await;
    let (status, page) = sent.redirect();
    assert_eq!(status, 303);
    assert!(ada.open(page).await.body.contains("1 person will be invited."));
    let large = vec![b'x'; 300 * 1024];
    let long = "x@list.test\n".repeat(1_001);
    for (file, why) in [
        (&b""[..], "Choose a file with one e-mail address in each line."),
        (b"\xff\xfex\0", "This is no text in UTF-8."),
        (&large, "A list can have at most 256 KiB."),
        (long.as_bytes(), "A list can have at most 1000 lines."),
    ] {
        assert_eq!(upload(&console, &ada, file).await.redirect(), (303, INVITE_MANY));
        assert!(ada.open(INVITE_MANY).await.body.contains(why), "{why}");
    }
    // Pasted, a list may be as long: three bytes for one, as forms send them.
    let pasted = "é@list.test;\n".repeat(1_001);
    let fields = [("list", pasted.as_str())];
    assert_eq!(ada.call("/api/bulk_invitations/draft", &fields).await.status, 422);
    let viewer = colleague(&console, &ada, "vera@example.test", &["read"]).await;
    assert_eq!(upload(&console, &viewer, b"x@list.test").await.status, 403);
    let stranger = upload(&console, &console.stranger(), b"x@list.test").await;
    assert!(
        stranger.header("location").starts_with("/sign-in"),
        "{}",
        stranger.status
    );
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_stream_tells_how_far_a_list_is_until_it_is_done(pool: PgPool) {
    let (console, other) = (
        TestConsole::start(pool.clone()).await,
        TestConsole::start(pool).await,
    );
    let ada = console.ada().await;
    let job = started_list(&console, &ada, "x@list.test\ny@list.test\nnobody\n").await;
    let address = invite_list_progress(job);
    // Another server is the one that sends it.
    let (stream, ()) = tokio::join!(ada.open(&address), async {
        while console.console.onlookers.count() == 0 {
            tokio::task::yield_now().await;
        }
        other.backend.do_due_jobs().await.unwrap();
    });
    assert_eq!(stream.status, 200);
    assert_eq!(stream.header("content-type"), "text/event-stream");
    let told = told(&stream);
    let counts = |progress: &Progress| (progress.counts.waiting, progress.counts.invited);
    assert_eq!((told[0].stage, counts(&told[0])), (Stage::Running, (2, 0)));
    let last = told.last().unwrap();
    assert_eq!((last.stage, counts(last)), (Stage::Done, (0, 2)));
    // Of one that is done it says so and ends.
    assert_eq!(self::told(&ada.open(&address).await).len(), 1);
    let asked = ada
        .call("/api/bulk_invitations/progress", &[("job", &job.to_string())])
        .await;
    assert_eq!(&serde_json::from_str::<Progress>(&asked.body).unwrap(), last);
    assert_eq!(console.console.onlookers.count(), 0, "each place is free again");
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn the_stream_ends_for_whoever_may_not_look_on_any_more(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let ben = colleague(&console, &ada, "ben@example.test", &["admin"]).await;
    // Nobody sends it.
    let job = started_list(&console, &ada, "x@list.test").await;
    let address = invite_list_progress(job);
    let (stream, ()) = tokio::join!(ben.open(&address), async {
        while console.console.onlookers.count() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(deactivate(&console, &ada, "ben@example.test").await.status, 200);
    });
    assert!(
        told(&stream)
            .iter()
            .all(|progress| progress.stage == Stage::Running)
    );
    let again = ben.open(&address).await;
    assert_eq!(again.status, 303, "to the sign-in page: {}", again.body);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn there_are_so_many_onlookers_and_none_when_the_server_ends(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let job = started_list(&console, &ada, "x@list.test").await;
    let address = invite_list_progress(job);
    let places: Vec<_> = std::iter::from_fn(|| console.console.onlookers.enter()).collect();
    assert!(places.len() > 10);
    let answer = ada.open(&address).await;
    assert_eq!(answer.status, 429);
    drop(places);
    let (stream, ()) = tokio::join!(ada.open(&address), async {
        while console.console.onlookers.count() == 0 {
            tokio::task::yield_now().await;
        }
        console.console.onlookers.end();
    });
    assert_eq!(told(&stream).len(), 1);
}

#[sqlx::test(migrations = "../app/backend/migrations")]
async fn a_list_of_others_is_not_found(pool: PgPool) {
    let console = TestConsole::start(pool).await;
    let ada = console.ada().await;
    let job: JobId = sent_list(&console, &ada, "x@list.test").await.parse().unwrap();
    let eve = eve(&console).await;
    for address in [
        invite_list(job),
        invite_list_file(job),
        invite_list_progress(job),
        format!("{INVITE_MANY}/none"),
        format!("{INVITE_MANY}/none/result.csv"),
        format!("{INVITE_MANY}/none/progress"),
    ] {
        let answer = eve.open(&address).await;
        assert_eq!(answer.status, 404, "{address}");
        assert!(!answer.body.contains("list.test"), "{address}");
    }
    assert_eq!(records(&ada.open(&invite_list_file(job)).await).len(), 1);
}
