//! The limit: what the session check and the list of people cost if nothing is done but what can't be left out, one query
//! each and one rendering, by the same libraries and on the same database as Usher's.

use axum::{Router, extract::State, response::Html, routing::get};
use http::{HeaderMap, StatusCode, header};
use leptos::prelude::*;
use sha2::{Digest, Sha256};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::env;
use tokio::net::TcpListener;
use uuid::Uuid;

type Outcome<T> = Result<T, StatusCode>;

/// Who holds the token in `Authorization`, as Usher knows an access token; or in the cookie, as it knows a session.
async fn holder(pool: &PgPool, headers: &HeaderMap) -> Outcome<(Uuid, Uuid)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie = text(header::COOKIE).and_then(|value| value.strip_prefix("usher="));
    let (statement, secret) = match (bearer, cookie) {
        (Some(token), _) => (
            "select u.id, u.organization_id from access_tokens t join users u on u.id = t.user_id
             where t.token_hash = $1 and (t.expires_at is null or t.expires_at > now()) and u.status = 'active'",
            token,
        ),
        (None, Some(token)) => (
            "select u.id, u.organization_id from sessions s join users u on u.id = s.user_id
             where s.token_hash = $1 and s.expires_at > now() and u.status = 'active'",
            token,
        ),
        (None, None) => return Err(StatusCode::UNAUTHORIZED),
    };
    let found = sqlx::query_as(statement)
        .bind(&Sha256::digest(secret.as_bytes())[..])
        .fetch_optional(pool)
        .await;
    found
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?
        .ok_or(StatusCode::UNAUTHORIZED)
}

async fn session(State(pool): State<PgPool>, headers: HeaderMap) -> Outcome<String> {
    let (user, _) = holder(&pool, &headers).await?;
    Ok(format!("{{\"principal\":{{\"uid\":\"{user}\"}}}}"))
}

#[derive(sqlx::FromRow)]
struct Person {
    first_name: String,
    last_name: String,
    email: String,
    status: String,
    groups: Vec<String>,
}

async fn people(State(pool): State<PgPool>, headers: HeaderMap) -> Outcome<Html<String>> {
    let (_, organization) = holder(&pool, &headers).await?;
    let rows: Vec<Person> = sqlx::query_as(
        "select u.first_name, u.last_name, u.email, u.status,
                array(select g.name from memberships m join groups g on g.id = m.group_id
                      where m.user_id = u.id order by g.name) as groups
         from (select * from users where organization_id = $1 order by sort_name, id limit 50) u
         order by u.sort_name, u.id",
    )
    .bind(organization)
    .fetch_all(&pool)
    .await
    .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let row = |person: Person| {
        let name = format!("{} {}", person.first_name, person.last_name);
        view! {
            <tr>
                <td>{name}</td>
                <td>{person.email}</td>
                <td>{person.status}</td>
                <td>{person.groups.join(", ")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    let page = view! {
        <html lang="en">
            <head>
                <title>"People"</title>
            </head>
            <body>
                <table>{rows}</table>
            </body>
        </html>
    };
    Ok(Html(page.to_html()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = PgPoolOptions::new()
        .max_connections(20)
        .connect(&env::var("DATABASE_URL")?)
        .await?;
    let router = Router::new()
        .route("/session", get(session))
        .route("/people", get(people))
        .route("/readyz", get(|| async { "ready" }))
        .with_state(pool);
    let listener = TcpListener::bind(env::var("LIMIT_LISTEN")?).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
