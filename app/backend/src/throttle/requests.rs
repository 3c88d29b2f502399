//! How many questions a program may ask in a while. Counted in one statement that waits for no disk.

use super::store;
use crate::{
    Backend, Caller, Error, Result, caller::Credential, scim::Connection, services::Service, settings::Limit,
};
use domain::ids::{ScimTokenId, ServiceId, TokenId};
use time::Duration;
use uuid::Uuid;

/// What is left of what a credential may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    passed: bool,
    limit: Limit,
    /// Until the whole burst is back.
    whole_in: Duration,
}

impl Backend {
    /// Counts a question of somebody's access token. Sessions are not counted: people ask as fast as they click.
    pub async fn count_question(&self, caller: &Caller) -> Result<Option<Allowance>> {
        match caller.credential {
            Credential::Token(TokenId(token), _) => {
                let limit = self.settings.throttles.questions_by_token;
                self.take_question(token, limit).await.map(Some)
            }
            Credential::Session(_) => Ok(None),
        }
    }

    /// Counts a question of a service.
    pub async fn count_question_of(&self, service: &Service) -> Result<Allowance> {
        let ServiceId(service) = service.id;
        self.take_question(service, self.settings.throttles.questions_by_service)
            .await
    }

    /// Counts a request of an identity provider.
    pub async fn count_question_by_scim(&self, by: &Connection) -> Result<Allowance> {
        let ScimTokenId(token) = by.token;
        self.take_question(token, self.settings.throttles.questions_by_scim)
            .await
    }

    async fn take_question(&self, credential: Uuid, limit: Limit) -> Result<Allowance> {
        let now = self.now();
        let counted = store::count_question(&self.pool, credential, limit, now).await?;
        Ok(Allowance {
            passed: counted.passed,
            limit,
            whole_in: (counted.full_at - now).max(Duration::ZERO),
        })
    }
}

impl Allowance {
    /// How many at once.
    pub fn quota(&self) -> u32 {
        self.limit.burst
    }

    /// Seconds in which the whole quota comes back.
    pub fn window(&self) -> i64 {
        seconds(self.limit.whole())
    }

    pub fn left(&self) -> u32 {
        // The database keeps microseconds, so that a few may be missing of each of many.
        let back = self.limit.whole() - self.whole_in + Duration::MILLISECOND;
        let left = back.whole_microseconds() / self.limit.every.whole_microseconds().max(1);
        u32::try_from(left).unwrap_or_default().min(self.limit.burst)
    }

    /// Seconds until the whole quota is back.
    pub fn whole_in(&self) -> i64 {
        seconds(self.whole_in)
    }

    /// # Errors
    /// `TooManyAttempts` where nothing was left.
    pub fn or_wait(self) -> Result<()> {
        if self.passed {
            return Ok(());
        }
        Err(Error::TooManyAttempts {
            wait: self.limit.wait(self.whole_in, 1),
        })
    }
}

/// Rounded up.
fn seconds(duration: Duration) -> i64 {
    (duration + Duration::SECOND - Duration::MICROSECOND).whole_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_whole_questions_and_seconds() {
        let allowance = |whole_in: Duration| Allowance {
            passed: true,
            limit: Limit::per_minute(600),
            whole_in,
        };
        let told = |whole_in: i64| {
            let allowance = allowance(Duration::microseconds(whole_in));
            (allowance.left(), allowance.whole_in())
        };
        assert_eq!(
            (
                allowance(Duration::ZERO).quota(),
                allowance(Duration::ZERO).window()
            ),
            (600, 60)
        );
        assert_eq!(told(0), (600, 0));
        assert_eq!(told(100_000), (599, 1));
        assert_eq!(told(100_007), (599, 1));
        assert_eq!(told(150_000), (598, 1));
        assert_eq!(told(1_002_000), (589, 2));
        assert_eq!(told(60_000_000), (0, 60));
        assert_eq!(told(90_000_000), (0, 90));
        let refused = Allowance {
            passed: false,
            ..allowance(Duration::seconds(60))
        };
        assert!(
            matches!(refused.or_wait(), Err(Error::TooManyAttempts { wait }) if wait == Duration::SECOND)
        );
    }
}
