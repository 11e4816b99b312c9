//! The form of a recorded call whose bytes are hashed: compact JSON that does not depend on
//! the version of flowsim. `docs/batch.md` describes it.
//!
//! A key without a value is left out. So a new key does not change the hashes of calls
//! that lack it. Every other change needs another [`FORM`].

use crate::program::Program;
use crate::recording::{Derived, RecordedAnswer, Recording, UnknownStart};
use crate::suite::Recorded;
use crate::trace::observation::{
    Attribute, AttributeKind, AttributeKinds, Gap, MenuChoice, Observation,
    ObservedError, ObservedFlow, ObservedName, ObservedObject, ObservedStep, Place,
    Source,
};
use crate::value::{Json, Text, Value, write_json_string};
use crate::world::{ActionAnswer, Answer, Input, QueueAnswer, Response};

/// Name and version of the form. Hashes of different forms cannot be compared.
pub(super) const FORM: &str = "flowsim.call/1";

/// Returns the form of a call that is compared with the program. `are_times_compared` is
/// whether the start times of steps are compared.
pub(super) fn of(
    recording: &Recording,
    recorded: &Recorded<'_>,
    program: &Program,
    are_times_compared: bool,
) -> String {
    let mut form = Form { text: String::with_capacity(8 * 1024) };
    form.object(|form| {
        form.string("form", FORM);
        let flow = &recording.flow;
        form.optional("flowId", flow.id.as_ref());
        form.optional("flowName", flow.name.as_ref());
        form.optional("flowVersion", flow.version.as_ref());
        form.flag("isRedacted", !recording.redactions.is_empty());
        form.key("entry");
        form.object(|form| form.entry(&recorded.derived, program));
        form.key("recorded");
        form.object(|form| form.recorded(&recorded.observation, are_times_compared));
    });
    form.text
}

/// Writer of the form.
struct Form {
    text: String,
}

/// Basic parts.
impl Form {
    /// Writes a comma if an item of a list or an entry of an object precedes.
    fn next(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.item(key);
        self.text.push(':');
    }

    /// Writes a string as the next value.
    fn item(&mut self, text: &str) {
        self.next();
        write_json_string(text, &mut self.text);
    }

    fn number(&mut self, number: i64) {
        self.next();
        self.text.push_str(itoa::Buffer::new().format(number));
    }

    fn json(&mut self, json: &Json) {
        self.next();
        json.write(&mut self.text);
    }

    fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.next();
        self.text.push('{');
        write(self);
        self.text.push('}');
    }

    fn list(&mut self, write: impl FnOnce(&mut Self)) {
        self.next();
        self.text.push('[');
        write(self);
        self.text.push(']');
    }

    /// Writes a key with a list, unless the list is empty.
    fn items<T>(&mut self, key: &str, items: &[T], write: impl Fn(&mut Self, &T)) {
        if !items.is_empty() {
            self.key(key);
            self.list(|form| items.iter().for_each(|item| write(form, item)));
        }
    }

    fn string(&mut self, key: &str, text: &str) {
        self.key(key);
        self.item(text);
    }

    fn optional(&mut self, key: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.string(key, text);
        }
    }

    fn whole(&mut self, key: &str, number: Option<i64>) {
        if let Some(number) = number {
            self.key(key);
            self.number(number);
        }
    }

    /// Writes a key with `true`, unless the flag is `false`.
    fn flag(&mut self, key: &str, is_set: bool) {
        if is_set {
            self.key(key);
            self.text.push_str("true");
        }
    }

    /// Writes a string or null as the next value.
    fn item_or_null(&mut self, text: Option<&Text>) {
        match text {
            Some(text) => self.item(text),
            None => self.json(&Json::Null),
        }
    }

    fn values(&mut self, key: &str, values: &[(Text, Value)]) {
        self.items(key, values, |form, (name, value)| {
            form.list(|form| {
                form.item(name);
                form.item(&value.type_of().to_string());
                form.next();
                value.write_json(&mut form.text);
            });
        });
    }
}

/// The start of a call and its answers.
impl Form {
    /// Writes the start and the answers. The time of the call and fields of the context
    /// are left out if no flow can read them.
    fn entry(&mut self, derived: &Derived, program: &Program) {
        let Derived {
            flow,
            flow_name,
            flow_type,
            node,
            context,
            variables,
            of_flow: _, // The recorded steps have them.
            inputs,
            at,
            timeout_ms,
            language,
            fixtures,
            answers,
            lookups,
            unknown,
            ignores_schedules,
            is_silent_after_inputs,
            is_paced_by_prompts,
        } = derived;
        self.optional("flowId", flow.as_ref());
        self.optional("flowName", flow_name.as_ref());
        self.optional("flowType", flow_type.as_ref());
        self.optional("node", node.as_ref());
        self.context(context, program);
        self.values("variables", variables);
        self.items("inputs", inputs, |form, input| form.list(|form| form.input(input)));
        self.whole("at", at.filter(|_| !program.is_draft()).map(|at| at.milliseconds()));
        self.whole("timeoutMs", *timeout_ms);
        self.optional("language", language.as_ref());
        self.key("fixtures");
        self.json(fixtures);
        self.items("answers", answers, |form, answer| {
            form.object(|form| form.recorded_answer(answer));
        });
        self.items("lookups", lookups, Self::lookup);
        self.unknown(unknown);
        self.flag("ignoresSchedules", *ignores_schedules);
        self.flag("isSilentAfterInputs", *is_silent_after_inputs);
        self.flag("isPacedByPrompts", *is_paced_by_prompts);
    }

    /// Writes the fields of the context that a flow can read.
    fn context(&mut self, context: &[(Text, Value)], program: &Program) {
        let is_draft = program.is_draft();
        let is_read = |it: &&(Text, Value)| !is_draft || program.context(&it.0).is_some();
        let context: Vec<_> = context.iter().filter(is_read).cloned().collect();
        self.values("context", &context);
    }

    fn unknown(&mut self, unknown: &UnknownStart) {
        let UnknownStart { is_unlogged, hidden, attributes } = unknown;
        self.flag("isStartUnlogged", *is_unlogged);
        self.items("hiddenVariables", hidden, |form, name| form.item(name));
        self.flag("hidesAttributes", *attributes);
    }

    fn lookup(&mut self, (table, key): &(Text, Text)) {
        self.list(|form| {
            form.item(table);
            form.item(key);
        });
    }

    fn input(&mut self, input: &Input) {
        match input {
            Input::Silence => self.item("silence"),
            Input::Keys(keys) => {
                self.item("keys");
                self.item(keys);
            }
            Input::Timed(keys) => {
                self.item("timed");
                for key in keys.iter() {
                    self.item(key.key.encode_utf8(&mut [0; 4]));
                    self.number(i64::from(key.after_ms));
                }
            }
            Input::Speech(words) => {
                self.item("speech");
                self.item(words);
            }
            Input::HangUp => self.item("hangUp"),
        }
    }

    fn recorded_answer(&mut self, recorded: &RecordedAnswer) {
        let RecordedAnswer { about, flow, node, name, inputs, answer, menu_choice, gap } =
            recorded;
        self.string("about", about.name());
        self.optional("flow", flow.as_ref());
        self.string("node", node);
        self.optional("name", name.as_ref());
        if let Some(inputs) = inputs {
            self.key("inputs");
            self.list(|form| {
                for (name, value) in inputs {
                    form.item(name);
                    form.json(value);
                }
            });
        }
        self.key("answer");
        self.list(|form| form.answer(answer));
        // The step after the menu is part of the form with its id and number.
        if let Some(MenuChoice { chosen, waited_ms, caller_stays, .. }) = menu_choice {
            self.key("menuChoice");
            self.list(|form| {
                form.item(chosen);
                form.number(*waited_ms);
            });
            self.flag("callerStays", *caller_stays);
        }
        gap.iter().for_each(|gap| self.gap(gap));
    }

    /// Writes the part of an answer that the recording does not show.
    fn gap(&mut self, gap: &Gap) {
        self.key("gap");
        self.list(|form| match gap {
            Gap::Whole => form.item("whole"),
            Gap::Outputs(set) => {
                form.item("outputs");
                for (name, value) in set {
                    form.item(name);
                    form.json(value);
                }
            }
            Gap::Path(next) => {
                form.item("path");
                form.item_or_null(next.as_ref());
            }
        });
    }

    /// Writes the kind of an answer and its values.
    fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Input(input) => {
                self.item("input");
                self.input(input);
            }
            Answer::Contact(contact) => {
                self.item("contact");
                contact.iter().for_each(|contact| self.json(contact));
            }
            Answer::Contacts(contacts) => {
                self.item("contacts");
                contacts.iter().for_each(|contact| self.json(contact));
            }
            Answer::Response(Response { status, output, latency_ms }) => {
                self.item("response");
                self.number(i64::from(*status));
                self.json(output);
                self.number(*latency_ms);
            }
            Answer::Failed(reason) => {
                self.item("failed");
                self.item(reason);
            }
            Answer::NotMocked => self.item("notMocked"),
            Answer::Statistics(statistics) => {
                self.item("statistics");
                statistics.iter().for_each(|statistics| self.json(statistics));
            }
            Answer::Queue(queue) => self.queue(queue),
            Answer::Action(ActionAnswer { path, outputs, latency_ms }) => {
                self.item("action");
                self.item_or_null(path.as_ref());
                self.number(*latency_ms);
                for (name, value) in outputs {
                    self.item(name);
                    self.json(value);
                }
            }
        }
    }

    fn queue(&mut self, queue: &QueueAnswer) {
        let (kind, names) = match queue {
            QueueAnswer::Accepted { id, name } => ("accepted", Some((id, name))),
            QueueAnswer::Unchecked => ("unchecked", None),
            QueueAnswer::NotFound => ("notFound", None),
            QueueAnswer::SkillMismatch { id, name } => {
                ("skillMismatch", Some((id, name)))
            }
        };
        self.item("queue");
        self.item(kind);
        if let Some((id, name)) = names {
            self.item_or_null(id.as_ref());
            self.item_or_null(name.as_ref());
        }
    }
}

/// The recorded steps.
impl Form {
    fn recorded(&mut self, observation: &Observation, are_times_compared: bool) {
        let Observation {
            source,
            flow,
            start,
            elapsed_ms,
            status,
            exit_reason,
            error,
            knows_error,
            variables,
            steps,
            known,
            knows_ends,
            is_truncated,
            unlogged,
        } = observation;
        self.string("source", source_name(*source));
        self.flow(flow);
        if are_times_compared {
            self.whole("start", start.map(|it| it.milliseconds()));
            self.whole("elapsedMs", *elapsed_ms);
        }
        self.optional("status", status.as_ref());
        self.optional("exitReason", exit_reason.as_ref());
        error.iter().for_each(|error| self.error(error));
        self.flag("knowsError", *knows_error);
        if let Some(variables) = variables {
            self.key("variables");
            self.list(|form| variables.iter().for_each(|it| form.variable(it)));
        }
        self.known(*known);
        self.flag("knowsEnds", *knows_ends);
        self.flag("isTruncated", *is_truncated);
        self.items("unlogged", unlogged, |form, start| form.item(start));
        self.items("steps", steps, |form, step| {
            form.object(|form| form.step(step, are_times_compared));
        });
    }

    fn flow(&mut self, flow: &ObservedFlow) {
        let ObservedFlow { id, name, version, flow_type } = flow;
        self.optional("flowId", id.as_ref());
        self.optional("flowName", name.as_ref());
        self.optional("flowVersion", version.as_ref());
        self.optional("flowType", flow_type.as_ref());
    }

    fn error(&mut self, error: &ObservedError) {
        let ObservedError { code, message, node_id } = error;
        self.key("error");
        self.object(|form| {
            form.optional("code", code.as_ref());
            form.optional("message", message.as_ref());
            form.optional("nodeId", node_id.as_ref());
        });
    }

    /// Writes a variable at the end. A hidden one has no value.
    fn variable(&mut self, (name, value): &(Text, Option<Json>)) {
        self.list(|form| {
            form.item(name);
            value.iter().for_each(|value| form.json(value));
        });
    }

    fn known(&mut self, known: AttributeKinds) {
        self.key("known");
        self.list(|form| {
            for kind in AttributeKind::ALL.into_iter().filter(|kind| known.has(*kind)) {
                form.item(kind.name());
            }
        });
    }

    /// Writes a step. Its exchange with the environment is part of the answers.
    fn step(&mut self, step: &ObservedStep, are_times_compared: bool) {
        let ObservedStep {
            id,
            tracking_id,
            name,
            kind,
            is_action,
            is_end,
            flow,
            depth,
            start_ms,
            path,
            path_name,
            request,
            lacking,
            exchange: _,
            objects,
            language,
            attributes,
            place,
        } = step;
        self.optional("id", id.as_ref());
        self.whole("trackingId", *tracking_id);
        self.optional("name", name.as_ref());
        self.string("kind", kind);
        self.flag("isAction", *is_action);
        self.flag("isEnd", *is_end);
        self.optional("flow", flow.as_ref());
        self.whole("depth", depth.map(i64::from));
        // Whether a step has a time counts even if times are not compared.
        self.whole("startMs", start_ms.map(|it| if are_times_compared { it } else { 0 }));
        self.optional("path", path.as_ref());
        self.optional("pathName", path_name.as_ref());
        self.optional("request", request.as_ref());
        if let Some(code) = lacking {
            self.string("lacking", code.name());
        }
        self.items("objects", objects, Self::named_object);
        self.optional("language", language.as_ref());
        self.items("attributes", attributes, Self::attribute);
        self.optional("place", place.as_ref());
    }

    fn named_object(&mut self, object: &ObservedObject) {
        let ObservedObject { kind, name: ObservedName { id, name } } = object;
        self.list(|form| {
            form.item(kind.name());
            form.item_or_null(id.as_ref());
            form.item_or_null(name.as_ref());
        });
    }

    /// Writes a value of a step. A hidden one has no value.
    fn attribute(&mut self, attribute: &Attribute) {
        let Attribute { kind, name, key, value, place } = attribute;
        self.list(|form| {
            form.item(kind.name());
            form.item(name);
            form.item_or_null(key.as_ref());
            form.list(|form| form.place(place));
            value.iter().for_each(|value| form.json(value));
        });
    }

    fn place(&mut self, place: &Place) {
        let (kind, pointer, index) = match place {
            Place::Key(pointer) => ("key", *pointer, None),
            Place::Member(pointer) => ("member", *pointer, None),
            Place::Element(pointer, index) => ("element", *pointer, Some(*index)),
            Place::Entry(pointer) => ("entry", pointer.as_str(), None),
            Place::Item(pointer, index) => ("item", pointer.as_str(), Some(*index)),
        };
        self.item(kind);
        self.item(pointer);
        if let Some(index) = index {
            self.number(i64::try_from(index).unwrap_or(i64::MAX));
        }
    }
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Trace => "trace",
        Source::Document => "document",
        Source::Simulation => "simulation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::comparison::Rules;
    use crate::batch::CallHash;
    use crate::flow::read;
    use crate::source::Files;

    /// Returns the form and the hash of a recording in a folder with flows.
    fn form_and_hash(folder: &str, recording: &str, has_times: bool) -> (String, String) {
        let mut files = Files::new();
        let loaded = read::load(&[format!("{folder}/flows").into()], &[], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let path = format!("{folder}/recordings/{recording}.recording.json");
        let (recording, mistakes) = crate::recording::load(path.as_ref(), &mut files);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let (recording, rules) = (recording.unwrap(), Rules::default());
        let recorded = Recorded::of(&recording, &rules).unwrap();
        let hash = CallHash::of(&recording, &recorded, &program, has_times);
        (of(&recording, &recorded, &program, has_times), hash.to_string())
    }

    /// Versions with the same [`FORM`] have the same hashes. If this test fails, either
    /// restore the form, or give it another version.
    #[test]
    fn the_form_of_a_call_is_stable() {
        let of_call =
            |has_times| form_and_hash("fixtures/compare", "on-its-way", has_times);
        let (form, hash) = of_call(false);
        insta::assert_snapshot!(form.replace("},", "},\n"));
        assert_eq!(hash, "cca4fd5f91320709f1df2aa7373b454a");
        assert!(serde_json::from_str::<serde_json::Value>(&form).is_ok());
        let (timed, other_hash) = of_call(true);
        assert!(timed != form && other_hash != hash);
    }
}
