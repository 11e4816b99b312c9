//! Connects a session to a host.

use super::call::Call;
use super::session::Session;
use crate::trace::Trace;
use crate::world::Host;

/// Runs a call in a session, with a host that answers every question, and returns its
/// trace.
pub fn play(session: &mut Session, call: &Call, host: &mut impl Host) -> Trace {
    session.restart(call);
    while let Some(question) = &session.question() {
        let answer = host.answer(question);
        session.resume(answer);
    }
    // A session without a question is over.
    session.end_trace()
}
