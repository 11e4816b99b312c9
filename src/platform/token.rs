//! Access tokens of a client: requested once, and renewed before they expire.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::failure::Failure;
use super::secret::Secret;

/// Maximum time before its end at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// Time for which a failed token request is repeated to waiting requests.
const SAME_FAILURE: Duration = Duration::from_secs(1);

/// A token and its number.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) number: u64,
    ends: Duration,
}

/// Token shared by all threads of a client.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    failed: Option<(Duration, Failure)>,
    given: u64,
}

impl Tokens {
    /// Returns the token; calls `fetch` if there is no valid one. The token with the
    /// number `refused` is invalid. Other threads wait and get the same token.
    pub(super) fn get(
        &self,
        clock: &dyn Clock,
        refused: Option<u64>,
        fetch: impl FnOnce() -> Result<(Secret, Duration), Failure>,
    ) -> Result<Token, Failure> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock.elapsed();
        let is_good = |token: &&Token| now < token.ends && Some(token.number) != refused;
        if let Some(token) = state.token.as_ref().filter(is_good) {
            return Ok(token.clone());
        }
        if let Some((at, failure)) = &state.failed
            && now < *at + SAME_FAILURE
        {
            return Err(failure.clone());
        }
        match fetch() {
            Ok((secret, lifetime)) => {
                state.given += 1;
                let ends = clock.elapsed() + lifetime - MARGIN.min(lifetime / 10);
                let token = Token { secret, number: state.given, ends };
                state.token = Some(token.clone());
                state.failed = None;
                Ok(token)
            }
            Err(failure) => {
                state.failed = Some((clock.elapsed(), failure.clone()));
                Err(failure)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::TestClock;
    use super::*;

    fn lasting(seconds: u64) -> Result<(Secret, Duration), Failure> {
        Ok((Secret::new("t"), Duration::from_secs(seconds)))
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let (tokens, clock) = (Tokens::default(), TestClock::default());
        let number = |refused| {
            tokens.get(&clock, refused, || lasting(3600)).map(|token| token.number)
        };
        assert_eq!(number(None), Ok(1));
        clock.sleep(Duration::from_secs(3539));
        assert_eq!(number(None), Ok(1));
        clock.sleep(Duration::from_secs(2));
        assert_eq!(number(None), Ok(2));
    }

    #[test]
    fn only_one_rejected_request_renews_the_token() {
        let (tokens, clock) = (Tokens::default(), TestClock::default());
        let number = |refused| {
            tokens.get(&clock, refused, || lasting(3600)).map(|token| token.number)
        };
        assert_eq!(
            (number(None), number(Some(1)), number(Some(1))),
            (Ok(1), Ok(2), Ok(2))
        );
    }

    #[test]
    fn waiting_requests_share_a_failure() {
        let (tokens, clock) = (Tokens::default(), TestClock::default());
        let get = |answer| tokens.get(&clock, None, || answer).map(|token| token.number);
        assert_eq!(get(Err(Failure::Stopped)), Err(Failure::Stopped));
        assert_eq!(get(lasting(9)), Err(Failure::Stopped));
        clock.sleep(Duration::from_secs(2));
        assert_eq!(get(lasting(9)), Ok(1));
    }
}
