//! A person at the terminal who is the caller.

use std::io::{self, BufRead};

use super::output;
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::trace::Trace;
use crate::world::{Answer, FixtureHost, Host, Input, InputQuestion, Question};

/// Asks the person what the caller does, and the fixtures everything else.
pub(super) struct Person<'f> {
    fixtures: FixtureHost<'f>,
    inputs: Vec<Input>,
    /// How many of the call's texts were shown.
    shown: usize,
}

impl<'f> Person<'f> {
    pub(super) fn new(fixtures: FixtureHost<'f>) -> Self {
        Self { fixtures, inputs: Vec::new(), shown: 0 }
    }

    /// What the person did, in order.
    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Makes a call with the person.
    pub(super) fn play(
        &mut self,
        session: &mut Session,
        call: &Call,
        program: &Program,
    ) -> io::Result<Trace> {
        let flow = &program.legend.flow(call.flow()).name;
        output::aside(&format!(
            "Calling {flow}. Type keys and press Enter; nothing is silence, `help` tells more.\n"
        ));
        session.restart(call);
        loop {
            self.show_heard(session);
            let Some(question) = session.question() else { break };
            let answer = match &question {
                Question::Input(input) => Answer::Input(self.ask(input)?),
                other => self.fixtures.answer(other),
            };
            session.resume(answer);
        }
        output::aside("The call is over.\n\n");
        session.take_trace().ok_or_else(|| io::Error::other("the call has no trace"))
    }

    fn show_heard(&mut self, session: &Session) {
        let mut count = 0;
        for text in session.heard().skip(self.shown) {
            output::aside(&format!("  {}\n", text.escape_debug()));
            count += 1;
        }
        self.shown += count;
    }

    /// One line of the person. The end of the input is a caller who hangs up.
    fn ask(&mut self, question: &InputQuestion<'_>) -> io::Result<Input> {
        loop {
            output::aside(&format!("{} > ", expected(question)));
            let mut line = String::new();
            if io::stdin().lock().read_line(&mut line)? == 0 {
                output::aside("\n");
                self.inputs.push(Input::HangUp);
                return Ok(Input::HangUp);
            }
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
                    return Ok(input);
                }
                Err(problem) => output::message("error", &problem),
            }
        }
    }
}

const HELP: &str = "\
  1, 1234#       keys
  (nothing), -   silence
  7@900,3@200    keys with the milliseconds before each
  say:two words  speech
  hangup         the caller hangs up
";

fn expected(question: &InputQuestion<'_>) -> String {
    let InputQuestion { node, min_digits, max_digits, .. } = *question;
    let count = match (min_digits, max_digits) {
        (_, 1) => "1 key".to_owned(),
        (least, most) if least == most => format!("{most} keys"),
        (least, most) => format!("{least} to {most} keys"),
    };
    let end = question
        .terminating_key
        .map(|key| format!(", ended by {key}"))
        .unwrap_or_default();
    format!("[{node}: {count}{end}]")
}
