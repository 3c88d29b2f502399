//! The host of the console: every route and layer of it, in order, on one screen. Holds no rule and no SQL; what a
//! layer does is in the module of its name.

mod answers;
pub mod api;
mod assets;
mod audit_download;
mod body_limit;
mod bulk_invitations;
mod client;
pub mod commands;
mod compressed_pages;
pub mod config;
mod console;
mod csv_file;
pub mod database;
mod download;
pub mod embedded_postgres;
mod form_flash;
mod gate;
mod health;
pub mod key;
mod known_host;
mod leptos_error_link;
mod listener;
pub mod metrics;
pub mod onlookers;
mod overload;
mod own_task;
mod request_log;
mod request_spans;
mod same_origin;
mod scim;
mod security_headers;
pub mod serve;
mod session_cookie;
mod sign_in;
mod sso_upload;
pub mod stop_signal;
pub mod telemetry;
mod timeout;
mod trial;
mod users_download;
mod visitor;

pub use console::Console;

use axum::{
    Extension, Router,
    middleware::{from_fn, from_fn_with_state},
    response::Redirect,
    routing::{any, get},
};
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list};
use tower::ServiceBuilder;

/// The console. Layers are named from the outermost, which sees a request first, to the innermost.
pub fn router(console: &Console) -> Router {
    let options = console.leptos.clone();
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };

    // Pages and server functions, each at its written address; every other address is the page that says so.
    let pages = Router::new()
        .leptos_routes_with_context(&options, generate_route_list(app::App), || {}, shell)
        .route("/api/{*unknown}", any(answers::no_such_action))
        .merge(sign_in::routes())
        .merge(sso_upload::routes())
        .merge(bulk_invitations::routes(console))
        // Beside the page of the same name.
        .route(app::routes::USERS_CSV, get(users_download::csv))
        .route(app::routes::AUDIT_CSV, get(audit_download::csv))
        .route(app::routes::AUDIT_JSON, get(audit_download::json))
        // Where password managers lead people who shall change theirs (W3C "A Well-Known URL for Changing Passwords").
        .route(
            "/.well-known/change-password",
            get(Redirect::to(app::routes::PASSWORD)),
        )
        .fallback_service(ErrorHandler::new_with_context(|| {}, app::shell, options.clone()))
        .with_state(options)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(compressed_pages::layer))
                .layer(from_fn_with_state(console.clone(), body_limit::layer))
                .layer(from_fn(same_origin::layer))
                .layer(from_fn(leptos_error_link::layer))
                .layer(from_fn_with_state(
                    console.database_moves.clone(),
                    own_task::layer,
                ))
                // Behind the body: whoever sends theirs byte by byte takes nobody's place. In the task: work that goes on
                // though its client hung up keeps its place.
                .layer(from_fn_with_state(console.clone(), overload::layer))
                .layer(from_fn_with_state(console.clone(), visitor::layer))
                .layer(Extension(api::reference::handed(console.address.as_str())))
                .layer(from_fn(form_flash::layer))
                .layer(from_fn(gate::layer)),
        );

    let machines = Router::new()
        .route("/livez", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
        .with_state(console.clone());

    pages
        .merge(console.assets.routes())
        .merge(api::routes(console))
        .merge(scim::routes(console))
        .layer(from_fn_with_state(console.clone(), known_host::layer))
        .merge(machines)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(console.clone(), request_log::layer))
                .layer(from_fn_with_state(console.clone(), security_headers::layer))
                .layer(from_fn_with_state(console.clone(), timeout::layer)),
        )
}
