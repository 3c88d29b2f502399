//! The server's side of what travels with a page: it finds the data, and names the files.

use crate::error::{AppError, Result};
use crate::loaded::{Answer, Loaded};
use leptos::prelude::*;
use serde::Serialize;
use std::sync::Arc;

/// Asks for what a page shows.
pub(crate) fn found<S, T, F>(
    asked: impl Fn() -> S,
    find: impl Fn(S) -> F + Send + Sync + 'static,
) -> impl Fn() -> Answer + Send + Sync + 'static
where
    S: Clone + Send + Sync + 'static,
    T: Serialize + Send + Sync + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let asked = untrack(asked);
    move || {
        let found = find(asked.clone());
        Box::pin(async move { found.await.and_then(written) })
    }
}

fn written<T: Serialize + Send + Sync + 'static>(value: T) -> Result<Loaded> {
    let json = serde_json::value::to_raw_value(&value).map_err(|_| AppError::Unavailable)?;
    Ok(Loaded {
        json: json.into(),
        value: Some(Arc::new(value)),
    })
}

/// Lets the browser fetch a part of the program beside the rest of it, not only when that runs and asks for it.
pub(crate) fn preload(part: &'static str) {
    crate::shell::preload(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_loaded_travels_as_it_is_and_is_read_on_both_sides() {
        let value = vec![Some("ä\"<".to_owned()), None];
        let loaded = written(value.clone()).unwrap();
        assert_eq!(loaded.read::<Vec<Option<String>>>(), Ok(value.clone()));
        let travelling = serde_json::to_string(&Ok::<_, AppError>(loaded)).unwrap();
        assert_eq!(travelling, r#"{"Ok":["ä\"<",null]}"#);
        let arrived: Result<Loaded> = serde_json::from_str(&travelling).unwrap();
        let arrived = arrived.unwrap();
        assert_eq!(arrived.read(), Ok(value));
        assert_eq!(arrived.read::<u8>(), Err(AppError::Unavailable));
    }
}
