//! Interactive calls: the person at the terminal is the caller.

use std::io::{self, BufRead, Read};

use super::output;
use crate::diagnostic::visible;
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::trace::Trace;
use crate::world::{Answer, FixtureHost, Host, Input, InputQuestion, Question};

/// Longest line that is read, in bytes. It is also the limit of one caller input.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Host that requests the caller's inputs from the person and everything else from the
/// fixtures.
pub(super) struct Person<'f> {
    fixtures: FixtureHost<'f>,
    inputs: Vec<Input>,
    /// Number of prompts that were already shown.
    shown: usize,
}

impl<'f> Person<'f> {
    pub(super) fn new(fixtures: FixtureHost<'f>) -> Self {
        Self { fixtures, inputs: Vec::new(), shown: 0 }
    }

    /// Returns the person's inputs, in order.
    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Plays a call with the person as the caller.
    pub(super) fn play(
        &mut self,
        session: &mut Session,
        call: &Call,
        program: &Program,
    ) -> io::Result<Trace> {
        let flow = &program.symbols.flow(call.flow()).name;
        output::aside(&format!(
            "Calling {}. Type keys and press Enter. An empty line is silence; `help` lists inputs.\n",
            visible::one_line(flow)
        ));
        session.restart(call);
        loop {
            self.show_prompts(session);
            let Some(question) = session.question() else { break };
            let answer = match &question {
                Question::Input(input) => Answer::Input(self.ask(input)),
                other => self.fixtures.answer(other),
            };
            session.resume(answer);
        }
        output::aside("The call has ended.\n\n");
        session.take_trace().ok_or_else(|| io::Error::other("the call has no trace"))
    }

    fn show_prompts(&mut self, session: &Session) {
        let mut count = 0;
        for text in session.prompts().skip(self.shown) {
            output::aside(&format!("  {}\n", visible::one_line(text)));
            count += 1;
        }
        self.shown += count;
    }

    /// Reads one line from the person. The end of the input means that the caller hangs
    /// up.
    fn ask(&mut self, question: &InputQuestion<'_>) -> Input {
        loop {
            output::aside(&format!("{} > ", expected(question)));
            let Some(line) = read_line(io::stdin().lock()) else {
                output::aside("\n");
                self.inputs.push(Input::HangUp);
                return Input::HangUp;
            };
            let line = line.trim();
            if line == "help" || line == "?" {
                output::aside(HELP);
                continue;
            }
            let parsed =
                if line.is_empty() { Ok(Input::Silence) } else { Input::parse(line) };
            match parsed {
                Ok(input) => {
                    self.inputs.push(input.clone());
                    return input;
                }
                Err(problem) => output::message("error", &problem),
            }
        }
    }
}

/// Reads one line and drops everything beyond the limit. Returns `None` at the end of the
/// input or on a read error. Invalid UTF-8 is replaced, and is then reported as an
/// invalid key.
pub(super) fn read_line(mut input: impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let mut limited = input.by_ref().take(MAX_LINE_BYTES);
    if limited.read_until(b'\n', &mut line).ok()? == 0 {
        return None;
    }
    if line.last() != Some(&b'\n') {
        input.skip_until(b'\n').ok()?;
    }
    Some(String::from_utf8_lossy(&line).into_owned())
}

const HELP: &str = "  1, 1234#       keys
  (empty), -     silence
  7@900,3@200    keys with the milliseconds before each
  say:two words  speech
  hangup         the caller hangs up
";

fn expected(question: &InputQuestion<'_>) -> String {
    let InputQuestion { node, min_digits, max_digits, .. } = *question;
    if !question.choices.is_empty() {
        return format!("[{}: {}]", visible::one_line(node), choices(question));
    }
    let count = match (min_digits, max_digits) {
        (_, 0) => "words".to_owned(),
        (_, 1) => "1 key".to_owned(),
        (least, most) if least == most => format!("{most} keys"),
        (least, most) => format!("{least} to {most} keys"),
    };
    let end = question
        .terminating_key
        .map(|key| format!(", ended by {key}"))
        .unwrap_or_default();
    format!("[{}: {count}{end}]", visible::one_line(node))
}

/// Lists the choices of a menu: `1 Sales, 2 Support`. A choice that is only spoken has no
/// key.
fn choices(question: &InputQuestion<'_>) -> String {
    let shown = question.choices.iter().map(|choice| {
        let name = visible::one_line(&choice.name);
        choice.key.map_or_else(|| format!("say {name}"), |key| format!("{key} {name}"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_to_the_end() {
        let mut input = &b"1\n\n2"[..];
        assert_eq!(read_line(&mut input).as_deref(), Some("1\n"));
        assert_eq!(read_line(&mut input).as_deref(), Some("\n"));
        assert_eq!(read_line(&mut input).as_deref(), Some("2"));
        assert_eq!(read_line(&mut input), None);
    }

    #[test]
    fn a_line_beyond_the_limit_is_truncated() {
        let text = [vec![b'1'; 200_000], b"\n2\n".to_vec()].concat();
        let mut input = &text[..];
        let first = read_line(&mut input).map(|line| line.len() as u64);
        assert_eq!(first, Some(MAX_LINE_BYTES));
        assert_eq!(read_line(&mut input).as_deref(), Some("2\n"));
    }

    #[test]
    fn invalid_utf8_is_still_a_line() {
        assert_eq!(read_line(&b"\xff1\n"[..]).as_deref(), Some("\u{fffd}1\n"));
    }
}
