//! What use cases count for those who watch the installation. No label tells of a person or an organization.

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) sign_ins: Family<SignInLabels, Counter>,
    pub(crate) mails: Family<MailLabels, Counter>,
    /// Seconds that a password waited for its turn to be hashed.
    pub(crate) password_waits: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct SignInLabels {
    pub outcome: SignInOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "as the labels are written")]
pub(crate) enum SignInOutcome {
    accepted,
    refused,
    throttled,
    /// By a fault of ours.
    failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct MailLabels {
    pub outcome: MailOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "as the labels are written")]
pub(crate) enum MailOutcome {
    sent,
    /// It will be tried again.
    postponed,
    /// For good.
    failed,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            sign_ins: Family::default(),
            mails: Family::default(),
            password_waits: Histogram::new([0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]),
        }
    }
}

impl Metrics {
    pub(crate) fn sign_in<T>(&self, outcome: &crate::Result<T>) {
        use crate::Error;
        let outcome = match outcome {
            Ok(_) => SignInOutcome::accepted,
            Err(Error::TooManyAttempts { .. }) => SignInOutcome::throttled,
            Err(Error::Unavailable(_)) => SignInOutcome::failed,
            Err(_) => SignInOutcome::refused,
        };
        self.sign_ins.get_or_create(&SignInLabels { outcome }).inc();
    }

    pub(crate) fn mail(&self, outcome: MailOutcome) {
        self.mails.get_or_create(&MailLabels { outcome }).inc();
    }

    pub fn register(&self, registry: &mut Registry) {
        registry.register("sign_ins", "Attempts to sign in", self.sign_ins.clone());
        registry.register("mails", "Attempts to send a mail", self.mails.clone());
        registry.register(
            "password_wait_seconds",
            "How long passwords waited for their turn to be hashed",
            self.password_waits.clone(),
        );
    }
}
