//! Answers to creations that a program asked for under a key of its own making (`Idempotency-Key`): asked again with it,
//! because the first answer was lost on the way, the same answer comes and nothing is created.

mod store;
#[cfg(test)]
mod tests;

use crate::{Backend, Caller, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

/// How long an answer is kept. Whoever asks again later has lost more than an answer.
pub(crate) const KEEP: Duration = Duration::DAY;
/// How long one question may be worked on, longer than any is; after that its server is gone.
const CLAIM: Duration = Duration::minutes(2);

/// What is done about a question that came with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// It is the first: to be worked on, and then kept or given back.
    First(Claim),
    /// It was answered before.
    Answered(Value),
    /// It is being worked on at this moment.
    InHand,
    /// The key stands for another question.
    OfAnother,
}

/// That this question, and no other under its key, is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    key_hash: [u8; 32],
    /// It ends then, and is another's afterwards.
    until: OffsetDateTime,
}

fn hash(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

impl Backend {
    /// Takes a key for a question. Keys are their person's own: two of their tokens share them.
    pub async fn claim_key(&self, caller: &Caller, key: &str, question: &[u8]) -> Result<Keyed> {
        let (key_hash, question_hash, now) = (hash(key.as_bytes()), hash(question), self.now());
        let claim = store::Claimed {
            key_hash,
            question_hash,
            now,
            until: now + CLAIM,
            forgotten: now - KEEP,
        };
        if store::claim(&self.pool, caller, &claim).await? {
            let until = claim.until;
            return Ok(Keyed::First(Claim { key_hash, until }));
        }
        Ok(match store::find(&self.pool, caller, &key_hash).await? {
            // Given back in this very moment.
            None => Keyed::InHand,
            Some(found) if found.question_hash != question_hash => Keyed::OfAnother,
            Some(found) => found.answer.map_or(Keyed::InHand, Keyed::Answered),
        })
    }

    /// Keeps the answer to a question.
    pub async fn keep_answer(&self, caller: &Caller, claim: &Claim, answer: &Value) -> Result<()> {
        store::save_answer(&self.pool, caller, claim, answer).await
    }

    /// Lets the key be used again: what was asked was refused, and nothing came of it.
    pub async fn give_back_key(&self, caller: &Caller, claim: &Claim) -> Result<()> {
        store::delete(&self.pool, caller, claim).await
    }
}
