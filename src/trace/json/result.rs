//! The `result` of a step: what came of it, every key once.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{JsonWriter, Separator, write_failure, write_number};
use crate::flow::EndType;
use crate::trace::steps::Events;
use crate::trace::{Fact, Failure, PathTaken, Phrase, Routing, Step};
use crate::value::{Json, Text, Value, write_json_string};

/// Keys that an answer of the outside world must not take: whoever reads a result tells by
/// `error` whether the step failed.
const RESERVED: [&str; 3] = ["answer", "error", "cutOff"];

/// What happened in a step, by kind. The engine notes each kind once a step, except for
/// assignments and readings; if somebody else notes one twice, the last counts.
#[derive(Default)]
struct Outcome<'t> {
    condition: Option<PathTaken>,
    said: Option<&'t Phrase>,
    heard: Option<&'t Text>,
    collected: Option<&'t Text>,
    answered: Option<&'t Json>,
    routed: Option<&'t Routing>,
    ended: Option<EndType>,
    failed: Option<&'t Failure>,
    is_cut_off: bool,
    has_read: bool,
    has_assigned: bool,
}

impl<'t> Outcome<'t> {
    fn of(step: &Step, events: &Events<'t>) -> Self {
        let decided = matches!(step.path, PathTaken::Condition(_) | PathTaken::Default);
        let condition = decided.then_some(step.path);
        let mut outcome = Self { condition, ..Self::default() };
        for fact in events.iter() {
            match fact {
                Fact::Said(phrase) => outcome.said = Some(phrase),
                Fact::Heard(text) => outcome.heard = Some(text),
                Fact::Collected(digits) => outcome.collected = Some(digits),
                Fact::Assigned(..) => outcome.has_assigned = true,
                Fact::Read(..) => outcome.has_read = true,
                Fact::Answered(answer) => outcome.answered = Some(answer),
                Fact::Routed(routing) => outcome.routed = Some(routing),
                Fact::Ended(end) => outcome.ended = Some(*end),
                Fact::Failed(failure) => outcome.failed = Some(failure),
                Fact::CutOff => outcome.is_cut_off = true,
                Fact::Asked(_) | Fact::Missing(_) | Fact::Noted(_) => {}
            }
        }
        outcome
    }

    /// Whether a field of an answer may not stand in the result under its own name.
    fn takes(&self, key: &str) -> bool {
        match key {
            "condition" => self.condition.is_some(),
            "operands" => self.has_read,
            "text" => self.said.is_some(),
            "heard" => self.heard.is_some(),
            "digits" => self.collected.is_some(),
            "queueId" | "queueName" | "skills" | "priority" => self.routed.is_some(),
            "variables" => self.has_assigned,
            "endType" => self.ended.is_some(),
            other => RESERVED.contains(&other),
        }
    }
}

impl JsonWriter<'_> {
    /// Appends the entries of a step's `result`.
    pub(in crate::trace) fn write_result(
        &self,
        step: &Step,
        events: &Events<'_>,
        out: &mut String,
    ) {
        let outcome = Outcome::of(step, events);
        let mut fields = Fields { out, separator: Separator::default() };
        self.write_hearing(&outcome, events, &mut fields);
        if let Some(answer) = outcome.answered {
            write_answer(&outcome, answer, &mut fields);
        }
        if let Some(routing) = outcome.routed {
            fields.key("");
            self.write_routing(routing, fields.out);
        }
        if outcome.has_assigned {
            let assigned = events.iter().filter_map(|fact| match fact {
                Fact::Assigned(variable, value) => Some((variable.index(), value)),
                _ => None,
            });
            fields.members("\"variables\":{", &self.variables, assigned);
        }
        if let Some(end) = outcome.ended {
            fields.string("\"endType\":", end.name());
        }
        if let Some(failure) = outcome.failed {
            fields.key("\"error\":{");
            write_failure(failure, fields.out);
            fields.out.push('}');
        }
        if outcome.is_cut_off {
            fields.key("\"cutOff\":true");
        }
    }

    /// The decision, and what was said and heard.
    fn write_hearing(
        &self,
        outcome: &Outcome<'_>,
        events: &Events<'_>,
        fields: &mut Fields<'_>,
    ) {
        match outcome.condition {
            Some(PathTaken::Condition(number)) => {
                fields.key("\"condition\":");
                write_number(i64::from(number), fields.out);
            }
            Some(_) => fields.key("\"condition\":\"default\""),
            None => {}
        }
        if outcome.has_read {
            let read = events.iter().filter_map(|fact| match fact {
                Fact::Read(reference, value) => Some((reference.index(), value)),
                _ => None,
            });
            fields.members("\"operands\":{", &self.references, read);
        }
        if let Some(phrase) = outcome.said {
            fields.key("\"text\":");
            self.write_phrase(phrase, fields.out);
        }
        if let Some(text) = outcome.heard {
            fields.string("\"heard\":", text);
        }
        if let Some(digits) = outcome.collected {
            fields.string("\"digits\":", digits);
        }
    }
}

/// The fields of an answer, as the flow reads them. If one of them has a name that is taken,
/// the whole answer stands once more under `answer`.
fn write_answer(outcome: &Outcome<'_>, answer: &Json, fields: &mut Fields<'_>) {
    let Json::Object(entries) = answer else {
        fields.key("\"value\":");
        answer.write(fields.out);
        return;
    };
    let mut is_complete = true;
    for (key, value) in entries.iter() {
        if outcome.takes(key) {
            is_complete = false;
            continue;
        }
        fields.key("");
        write_json_string(key, fields.out);
        fields.out.push(':');
        value.write(fields.out);
    }
    if !is_complete {
        fields.key("\"answer\":");
        answer.write(fields.out);
    }
}

/// The entries of an object under way.
struct Fields<'o> {
    out: &'o mut String,
    separator: Separator,
}

impl Fields<'_> {
    fn key(&mut self, key: &str) {
        self.separator.before(self.out);
        self.out.push_str(key);
    }

    fn string(&mut self, key: &str, text: &str) {
        self.key(key);
        write_json_string(text, self.out);
    }

    /// An object of values by name; of a name that comes twice the last value counts.
    fn members<'v>(
        &mut self,
        key: &str,
        names: &[String],
        values: impl Iterator<Item = (usize, &'v Value)>,
    ) {
        let values: IndexMap<usize, &Value, FxBuildHasher> = values.collect();
        self.key(key);
        let mut separator = Separator::default();
        for (name, value) in values {
            separator.before(self.out);
            self.out.push_str(&names[name]);
            self.out.push(':');
            value.write_json(self.out);
        }
        self.out.push('}');
    }
}
