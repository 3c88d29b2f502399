//! What a form says back: the faults of its fields, a sentence for the whole, and what was typed. The same whether the
//! browser sent it (the answer of its act) or the form came back without scripts (the flash).

use crate::{act::Act, browser, error::AppError, viewer::Viewer};
use domain::{
    field::{Fault, Field},
    refusal::Refusal,
};
use leptos::prelude::*;

/// Why a form was not accepted, and what was typed into it, where the page is its answer.
fn left_by(action: &str, viewer: &Viewer) -> (Option<AppError>, Vec<(String, String)>) {
    let left = viewer.flash.clone().filter(|left| left.action == action);
    left.map(|left| (left.error, left.values)).unwrap_or_default()
}

#[derive(Clone)]
pub struct Feedback {
    error: Signal<Option<AppError>>,
    values: Vec<(String, String)>,
    pub pending: Signal<bool>,
}

impl Feedback {
    pub fn of(act: Act, viewer: &Viewer) -> Self {
        let (left_error, values) = left_by(act.path(), viewer);
        let error = Signal::derive(move || match act.answer() {
            Some(Err(error)) => Some(error),
            Some(Ok(())) => None,
            None => left_error.clone(),
        });
        // What was typed stays when a form is refused, except secrets.
        Effect::new(move || {
            if matches!(act.answer(), Some(Err(_))) {
                browser::clear_secrets();
            }
        });
        // A form that was accepted leads to another page: the button stays busy until that is there.
        let under_way = act.pending();
        let pending = Signal::derive(move || under_way.get() || matches!(act.answer(), Some(Ok(()))));
        Self {
            error,
            values,
            pending,
        }
    }

    /// Of a form that the browser itself sends: what the last answer left.
    pub fn left(action: &str, viewer: &Viewer, pending: Signal<bool>) -> Self {
        let (error, values) = left_by(action, viewer);
        Self {
            error: Signal::derive(move || error.clone()),
            values,
            pending,
        }
    }

    /// The sentence at a field.
    pub fn fault(&self, field: Field) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || match error.get() {
            Some(AppError::Invalid(faults)) => faults.of(field).map(|fault| fault.sentence(field)),
            _ => None,
        })
    }

    /// The reason at a field, where the value itself was well formed.
    pub fn refusal(&self, field: Field) -> Signal<Option<Refusal>> {
        let error = self.error;
        Signal::derive(move || match error.get() {
            Some(AppError::Invalid(faults)) => match faults.of(field) {
                Some(Fault::Refused(refusal)) => Some(*refusal),
                _ => None,
            },
            _ => None,
        })
    }

    /// What was typed before.
    pub fn value(&self, name: &str) -> String {
        self.values
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .unwrap_or_default()
    }

    /// All values of a field that can be chosen several times.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.values
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .collect()
    }

    /// Whether the page's own answer is this refusal.
    pub fn is_refused(&self, refusal: Refusal) -> bool {
        self.error.get_untracked() == Some(AppError::Refused(refusal))
    }

    /// The same, for whatever changes with it.
    pub fn refused(&self, refusal: Refusal) -> Signal<bool> {
        let error = self.error;
        Signal::derive(move || error.get() == Some(AppError::Refused(refusal)))
    }

    /// Where scripts run, asks for the page anew once the answer is this refusal: another page takes the place of a form that
    /// can't be accepted any more.
    pub fn reload_when_refused(&self, refusal: Refusal) {
        let is_refused = self.refused(refusal);
        Effect::new(move || {
            if is_refused.get() {
                browser::reload();
            }
        });
    }

    /// Whether the form came back.
    pub fn failed(&self) -> Signal<bool> {
        let error = self.error;
        Signal::derive(move || error.get().is_some())
    }

    /// The faults for the summary above the form, each with the id of its field.
    pub fn errors(&self) -> Signal<Vec<(String, String)>> {
        self.errors_at(Field::name)
    }

    /// The same where ids are not the names of the fields, as when a page has two of a name.
    pub fn errors_at(&self, id: fn(Field) -> &'static str) -> Signal<Vec<(String, String)>> {
        let error = self.error;
        Signal::derive(move || match error.get() {
            Some(AppError::Invalid(faults)) => faults
                .0
                .iter()
                .map(|(field, fault)| (id(*field).to_owned(), fault.sentence_apart(*field)))
                .collect(),
            _ => Vec::new(),
        })
    }

    /// What is wrong where no field is to blame.
    pub fn general(&self) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || match error.get() {
            Some(AppError::Invalid(faults)) if !faults.is_empty() => None,
            Some(AppError::SignedOut) => {
                Some("You were signed out meanwhile. What you typed is still here: send it again.".into())
            }
            Some(error) => Some(error.sentence()),
            None => None,
        })
    }
}
