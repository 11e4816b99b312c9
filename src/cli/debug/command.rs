//! Commands of the terminal.

use crate::debugger::Motion;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Forward(Motion, u32),
    Back(Motion, u32),
    Break(String),
    Delete(String),
    Watch(String),
    Catch(String),
    Print(String),
    Set(String, String),
    Vars,
    Where,
    List,
    Answer(String),
    Branches,
    Branch(String),
    Restart,
    Save(String),
    Help,
    Quit,
}

/// The names of a command, its short form, and its meaning.
pub(super) const COMMANDS: [(&str, &str, &str); 21] = [
    (
        "step",
        "s",
        "go to the next action, also in called tasks and modules; `step 3` 3 times",
    ),
    ("next", "n", "go to the next action of this task; `next 3` 3 times"),
    ("out", "o", "continue until this task or module returns"),
    ("continue", "c", "continue to a breakpoint, a question or the end"),
    ("back", "b", "go back to the last action of this task; `back 3` 3 times"),
    ("rstep", "z", "go back to the last action, also in called tasks and modules"),
    ("rout", "y", "go back to the action that called this task or module"),
    ("rcontinue", "r", "go back to a breakpoint or the beginning"),
    (
        "answer",
        "a",
        "answer as the caller: `answer 1`, `answer silence`, `answer hang up`, `answer say yes`",
    ),
    (
        "break",
        "k",
        "stop before an action: `break 12`, `break FILE:12`, `break NAME`, then `if EXPRESSION`; alone: list",
    ),
    ("delete", "d", "remove the breakpoint with this number"),
    ("watch", "m", "stop when a variable is set: `watch Flow.x`; alone: no variable"),
    ("catch", "g", "stop at `errors`, `unhandled` errors or `prompts`; alone: at none"),
    ("print", "p", "evaluate an expression"),
    ("set", "t", "set a variable: `set Flow.x = Flow.y + 1`"),
    ("vars", "v", "show all values"),
    ("where", "w", "show the running flows and tasks"),
    ("list", "l", "show the lines of the action"),
    ("branches", "f", "list the branches of the call; `branch 2` continues on branch 2"),
    ("restart", "i", "go to the beginning of the call"),
    ("save", "x", "write the call as a scenario: `save calls.test.yaml`"),
];

/// Parses a line. Returns `None` if its first word is not a command.
pub(super) fn parse(line: &str) -> Option<Command> {
    let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    let text = || rest.to_owned();
    let known = COMMANDS.iter().find(|(name, short, _)| *name == word || *short == word);
    let name = known.map_or(word, |(name, ..)| name);
    let count = || match rest {
        "" => Some(1),
        number => number.parse().ok().filter(|it| (1..=1_000_000).contains(it)),
    };
    Some(match name {
        "step" => Command::Forward(Motion::Into, count()?),
        "next" => Command::Forward(Motion::Over, count()?),
        "out" => Command::Forward(Motion::Out, count()?),
        "continue" => Command::Forward(Motion::Continue, count()?),
        "back" => Command::Back(Motion::Over, count()?),
        "rstep" => Command::Back(Motion::Into, count()?),
        "rout" => Command::Back(Motion::Out, count()?),
        "rcontinue" => Command::Back(Motion::Continue, count()?),
        "break" => Command::Break(text()),
        "delete" => Command::Delete(text()),
        "watch" => Command::Watch(text()),
        "catch" => Command::Catch(text()),
        "print" => Command::Print(text()),
        "set" => {
            let (name, value) = rest.split_once('=')?;
            Command::Set(name.trim().to_owned(), value.trim().to_owned())
        }
        "vars" => Command::Vars,
        "where" => Command::Where,
        "list" => Command::List,
        "answer" => Command::Answer(text()),
        "branches" => Command::Branches,
        "branch" => Command::Branch(text()),
        "restart" => Command::Restart,
        "save" => Command::Save(text()),
        "help" | "h" | "?" => Command::Help,
        "quit" | "q" | "exit" => Command::Quit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_different_letters() {
        let mut letters: Vec<&str> =
            COMMANDS.iter().map(|(_, short, _)| *short).collect();
        letters.extend(["h", "q"]);
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), COMMANDS.len() + 2);
        assert!(letters.iter().all(|letter| letter.len() == 1));
    }

    #[test]
    fn commands_have_names_short_forms_and_counts() {
        assert_eq!(parse("next"), Some(Command::Forward(Motion::Over, 1)));
        assert_eq!(parse(" n 12 "), Some(Command::Forward(Motion::Over, 12)));
        assert_eq!(parse("b"), Some(Command::Back(Motion::Over, 1)));
        assert_eq!(parse("step x"), None);
        assert_eq!(parse("step 0"), None);
        assert_eq!(parse("1"), None);
        assert_eq!(parse("set x"), None);
        let set = Command::Set("Flow.x".into(), "1 == 1".into());
        assert_eq!(parse("set Flow.x = 1 == 1"), Some(set));
        assert_eq!(parse("p a  b"), Some(Command::Print("a  b".into())));
        let each = COMMANDS.iter().filter(|(name, ..)| *name != "set");
        for (name, short, _) in each {
            assert_eq!(parse(name), parse(short), "{name}");
            assert!(parse(name).is_some(), "{name}");
        }
    }
}
