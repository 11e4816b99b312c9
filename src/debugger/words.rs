//! Stops in words.

use super::answer::offers;
use super::machine::{Debugger, Stop};
use crate::diagnostic::visible::one_line;
use crate::world::Question;

/// Returns a stop in words, with the place or the question.
pub fn describe(debugger: &Debugger, stop: &Stop) -> String {
    match stop {
        Stop::End => end(debugger),
        Stop::Question => question(debugger),
        Stop::Begin => format!("beginning of the call; {}", place(debugger)),
        Stop::Done if debugger.timeline().session().question().is_some() => {
            question(debugger)
        }
        Stop::Done => place(debugger),
        Stop::Paused => format!("paused; {}", place(debugger)),
        Stop::Breakpoint(ids) => {
            let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
            format!("breakpoint {}; {}", ids.join(", "), place(debugger))
        }
        Stop::Variable(id) => {
            let name = debugger.program().symbols.variable(*id);
            format!("`{}` is set; {}", one_line(name), place(debugger))
        }
        Stop::Error => format!("error; {}", place(debugger)),
        Stop::Prompt => format!("prompt; {}", place(debugger)),
        Stop::Difference => {
            let text = debugger.difference().map(|it| it.text.as_str());
            let text = one_line(text.unwrap_or_default());
            let text = text.trim_end_matches('.');
            format!("difference from the recording: {text}; {}", place(debugger))
        }
    }
}

/// The next action, its task and its flow.
fn place(debugger: &Debugger) -> String {
    let session = debugger.timeline().session();
    if session.is_finished() {
        return end(debugger);
    }
    if session.question().is_some() {
        return question(debugger);
    }
    let levels = debugger.levels();
    let Some(level) = levels.first() else { return "no flow is running".to_owned() };
    let label = level.node.map(|node| debugger.program().symbols.node(node));
    let kind = label.map_or("", |label| label.node_type.as_str());
    let unit = match level.unit.is_empty() {
        true => String::new(),
        false => format!(" in `{}`", one_line(&level.unit)),
    };
    let (action, flow) = (one_line(&level.action), one_line(&level.flow));
    format!("next: {kind} `{action}`{unit} of `{flow}`")
}

fn question(debugger: &Debugger) -> String {
    let session = debugger.timeline().session();
    let Some(Question::Input(question)) = session.question() else {
        return "a request to another system is open".to_owned();
    };
    let offers = offers(&question);
    let offers = offers.iter().map(|offer| {
        let (text, meaning) = (one_line(&offer.text), one_line(&offer.meaning));
        format!("{text} ({meaning})")
    });
    let known = match debugger.timeline().known_answer() {
        Some(crate::world::Answer::Input(input)) => {
            format!("; the known answer is {}", one_line(&input.to_string()))
        }
        _ => String::new(),
    };
    let offers = offers.collect::<Vec<_>>().join(", ");
    format!("`{}` asks the caller: {offers}{known}", one_line(question.node))
}

fn end(debugger: &Debugger) -> String {
    let status = debugger.timeline().session().status();
    let status = status.map_or("over", |status| status.name());
    let failure = debugger
        .timeline()
        .session()
        .failure()
        .map(|failure| format!(", {}: {}", failure.code, one_line(&failure.message)));
    format!("end of the call: {status}{}", failure.unwrap_or_default())
}
