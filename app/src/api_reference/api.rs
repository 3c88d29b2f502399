//! The server function of the reference.

use super::Reference;
use crate::error::Result;
use leptos::prelude::*;

/// For whoever is signed in: strangers need not know what the console is.
#[server(endpoint = "api_reference/read")]
pub async fn read_reference() -> Result<Reference> {
    use crate::{
        error::AppError,
        request::{self, Handed},
    };
    request::signed_in()?;
    let parts = use_context::<http::request::Parts>();
    let handed = parts.and_then(|parts| parts.extensions.get::<Handed>().cloned());
    handed
        .map(|Handed(reference)| reference.as_ref().clone())
        .ok_or(AppError::Unavailable)
}
