//! The event of an action: what went in, what came out, what was played and heard.

use indexmap::IndexMap;

use super::super::audio::{AudioItem, object};
use super::super::event::{Event, Parameter};
use super::{Walk, kinds, values};
use crate::flow::{Legend, NodeId, NodeLabel};
use crate::trace::{Entry, Fact, Field, PathTaken, Routing, Step};
use crate::value::{Json, Text, derived_id};

/// What was played in one go.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) items: Vec<AudioItem>,
    pub(super) barge_in: Option<bool>,
    /// What the participant pressed or said then.
    answer: Option<Text>,
}

impl Walk<'_> {
    pub(super) fn action(
        &mut self,
        index: usize,
        step: &Step,
        label: &NodeLabel,
    ) -> Event {
        let kind = label.node_type.as_str();
        let id = self.ids.node(step.node);
        let event = Event::action(kinds::event_name(kind), id, label.name.clone())
            .begin(self.time(step.start_ms))
            .run(self.ids.step(index));
        let event = match label.tracking_id {
            Some(number) => event.track(number),
            None => event,
        };
        let event = self.leave(event, step);
        let event = self.variables(event, index, kind);
        let event = self.data(event, index, step.node, kind);
        let event = self.speech(event, index, step, kind);
        self.target(event, index, step, kind)
    }

    fn variables(&mut self, event: Event, index: usize, kind: &str) -> Event {
        let set = self.assigned(index);
        match kind {
            "updateData" => event.assign(set),
            _ if set.is_empty() && !kinds::has_results(kind) => event,
            _ => event.output(set),
        }
    }

    fn data(&self, mut event: Event, index: usize, node: NodeId, kind: &str) -> Event {
        let mut lists: IndexMap<(Text, bool), Vec<Parameter>> = IndexMap::new();
        let list = |key: &str, is_output: bool| (Text::from(key), is_output);
        let mut style = "firstTrue";
        for fact in &self.facts[index] {
            match fact {
                Fact::Input(Field::Case(number), value) => {
                    let label = format!("case {number}");
                    let id = self.ids.path(
                        node,
                        usize::from(number.saturating_sub(1)),
                        &label,
                    );
                    let name = Text::from(format!("Case {number}"));
                    let case = Parameter::with_id(id, name, values::shown(value));
                    lists.entry(list("cases", false)).or_default().push(case);
                }
                Fact::Input(field, value) | Fact::Output(field, value) => {
                    if *field == Field::Value {
                        style = "firstMatch";
                    }
                    let value = values::shown(value);
                    let key = field.name();
                    event = match fact {
                        Fact::Output(..) => event.with_output(&key, value),
                        _ => event.with_input(&key, value),
                    };
                }
                Fact::Entry(entry) => {
                    let is_output = entry.of.is_output();
                    match self.list_of(entry, kind) {
                        Some(key) => {
                            let item = self.parameter(entry, index, kind);
                            lists.entry((key, is_output)).or_default().push(item);
                        }
                        None if is_output => {
                            let value = values::shown(&entry.value);
                            event = event.with_output(&entry.name, value);
                        }
                        None => {
                            let value = values::shown(&entry.value);
                            event = event.with_input(&entry.name, value);
                        }
                    }
                }
                Fact::Routed(routing) => event = self.routed(event, routing),
                Fact::Failed(failure) => {
                    let code = ("code", failure.code.name().into());
                    let message = ("message", Json::String(failure.message.clone()));
                    event = event.with("error", object([code, message]));
                }
                Fact::Noted(code) => {
                    event = event.with("warning", object([("code", code.name().into())]));
                }
                _ => {}
            }
        }
        if kind == "switch" {
            event = event.with_input("evaluationStyle", style.into());
            lists.entry(list("cases", false)).or_default();
        }
        if kind == "callCommonModule" {
            lists.entry(list("inputs", false)).or_default();
            lists.entry(list("outputs", true)).or_default();
            event = self.module(event, index);
        }
        if matches!(kind, "jumpToTask" | "menuJumpToTask" | "callTask") {
            lists.entry(list("taskInputs", false)).or_default();
        }
        for ((key, is_output), items) in lists {
            event = if is_output {
                event.with_outputs(&key, items)
            } else {
                event.with_inputs(&key, items)
            };
        }
        event
    }

    /// The list that an entry belongs to; nothing if it stands among the data by its name, as
    /// the settings of an action do.
    fn list_of(&self, entry: &Entry, kind: &str) -> Option<Text> {
        match (entry.of, kind) {
            (Field::Inputs, "callTask" | "jumpToTask" | "menuJumpToTask") => {
                Some("taskInputs".into())
            }
            (Field::Outputs, "callTask") => Some("taskOutputs".into()),
            (Field::Inputs | Field::Outputs, "callCommonModule") => Some(entry.of.name()),
            (Field::Inputs | Field::Outputs, _) => None,
            (of, _) => Some(of.name()),
        }
    }

    /// An entry of a list. Inputs of a task and outputs of a module are variables, and have
    /// the ids of these. *Source: a real document.*
    fn parameter(&self, entry: &Entry, index: usize, kind: &str) -> Parameter {
        let value = values::shown(&entry.value);
        let is_variable = match kind {
            "callCommonModule" => entry.of == Field::Outputs,
            _ => matches!(entry.of, Field::Inputs | Field::Outputs),
        };
        match self.id_in_target(&entry.name, index).filter(|_| is_variable) {
            Some(id) => Parameter::with_id(id, entry.name.clone(), value),
            None => Parameter::new(entry.name.clone(), value),
        }
    }

    /// The id of a variable of the task or module that begins with the step behind this one.
    fn id_in_target(&self, name: &str, index: usize) -> Option<Text> {
        let begin = self.trace.steps.get(index + 1)?;
        let flow = self.legend.node(begin.node).flow;
        self.facts.get(index + 1)?.iter().find_map(|fact| match fact {
            Fact::Assigned(id, _) if self.legend.variable(*id) == name => {
                Some(self.ids.variable(*id, flow, Some(begin.node)))
            }
            _ => None,
        })
    }

    /// The module that runs from the next step on.
    fn module(&self, event: Event, index: usize) -> Event {
        let depth = |index: usize| self.trace.steps.get(index).map(|step| step.depth);
        let begin = self.trace.steps.get(index + 1);
        let Some(begin) = begin.filter(|_| depth(index + 1) > depth(index)) else {
            return event;
        };
        let id = self.legend.node(begin.node).flow;
        let flow = self.legend.flow(id);
        let module = object([
            ("flowId", Json::String(self.ids.flow(id))),
            ("flowName", Json::String(flow.name.clone())),
            ("flowVersion", Json::String(super::version(flow.version.as_ref()))),
        ]);
        event.with_input("commonModule", module)
    }

    fn routed(&self, event: Event, routing: &Routing) -> Event {
        let text = |phrase: &crate::trace::Phrase| phrase.text(self.legend).clone();
        let or_null = |text: Option<Text>| text.map_or(Json::Null, Json::String);
        let queue = object([
            ("id", or_null(routing.queue_id.as_ref().map(text))),
            ("name", or_null(routing.queue_name.as_ref().map(text))),
        ]);
        let skills = routing.skills.iter().map(|name| {
            let id = derived_id(&format!("Skill:{}", name.to_lowercase()));
            let id = ("id", Json::String(id));
            let skill = object([id, ("name", Json::String(name.clone()))]);
            object([("skill", skill)])
        });
        event
            .with_input("targetQueue", queue)
            .with_input("priority", routing.priority.map_or(Json::Null, Json::from))
            .with_input("acdSkills", Json::array(skills))
    }

    fn speech(&self, event: Event, index: usize, step: &Step, kind: &str) -> Event {
        let time = self.time(step.start_ms);
        let heard = turns_of(&self.facts[index], self.legend);
        let Some((purpose, input)) = kinds::turn(kind) else {
            let all = joined(heard);
            if all.items.is_empty() && kind != "playAudio" {
                return event;
            }
            let can_barge_in = all.barge_in == Some(true);
            return event.play(&values::playback(all.items, can_barge_in, &time));
        };
        let heard = if heard.is_empty() { vec![Heard::default()] } else { heard };
        let mut first = None;
        let mut turns = Vec::with_capacity(heard.len());
        for Heard { items, barge_in, answer } in heard {
            let can_barge_in = barge_in.unwrap_or(true);
            let played = values::playback(items, can_barge_in, &time);
            let turn = Event::turn(purpose, &played);
            turns.push(match answer {
                Some(keys) => turn.press(&keys, &self.time(step.end_ms)),
                None => turn,
            });
            first.get_or_insert_with(|| played.to_json());
        }
        event.with_input(input, first.unwrap_or_default()).nest(turns)
    }

    /// What an action says of where it leads to, or of how it ends a task.
    fn target(&mut self, event: Event, index: usize, step: &Step, kind: &str) -> Event {
        let key = match kind {
            "jumpToTask" | "menuJumpToTask" => "targetTask",
            "jumpToMenu" | "menuJumpToMenu" | "menuSubMenu" => "targetMenu",
            "changeState" => "targetState",
            "endTask" => return self.ending(event),
            _ => return event,
        };
        let event = event.with("queuedAudioFlushed", false.into());
        let begin =
            self.trace.steps.get(index + 1).filter(|it| Some(it.node) == step.next);
        let unit = begin.and_then(|begin| {
            let label = self.legend.node(begin.node);
            Some((begin.node, kinds::unit(&label.node_type)?, label))
        });
        let Some((node, unit, label)) = unit else { return event };
        let [id, name] = unit.keys;
        let target = object([
            (id, Json::String(self.ids.node(node))),
            (name, Json::String(label.name.clone())),
        ]);
        event.with(key, target)
    }

    /// The output path by which a called task ends; in the first task of a flow there is
    /// none. *Source: a real document for the latter.*
    fn ending(&mut self, event: Event) -> Event {
        let caller = self.level().caller.and_then(|caller| self.trace.steps.get(caller));
        let (mut id, mut name) = (Text::new(), Text::new());
        if let Some(caller) = caller
            && let PathTaken::Output(index) = caller.path
            && let Some(label) =
                self.legend.node(caller.node).outputs.get(usize::from(index))
        {
            let taken = self.leave(Event::default(), caller);
            id = taken.output_path_id.unwrap_or_default();
            name = label.clone();
        }
        let path = object([
            ("outputPathId", Json::String(id)),
            ("outputPathName", Json::String(name)),
        ]);
        event.with("endingOutputPath", path)
    }
}

/// Everything that a step played, and that was answered, turn by turn.
fn turns_of(facts: &[&Fact], legend: &Legend) -> Vec<Heard> {
    let mut turns: Vec<Heard> = Vec::new();
    let mut said = None;
    for fact in facts {
        match fact {
            Fact::Said(phrase) => {
                add_speech(&mut turns, said.replace(phrase.text(legend).clone()));
            }
            // It has the pieces of what was said just before.
            Fact::Played(audio) => {
                said = None;
                let turn = open(&mut turns);
                turn.items.extend(values::items(audio));
                turn.barge_in = turn.barge_in.or(audio.barge_in);
            }
            Fact::Collected(answer) | Fact::Heard(answer) => {
                add_speech(&mut turns, said.take());
                open(&mut turns).answer = Some(answer.clone());
            }
            _ => {}
        }
    }
    add_speech(&mut turns, said);
    turns
}

fn add_speech(turns: &mut Vec<Heard>, text: Option<Text>) {
    if let Some(text) = text {
        open(turns).items.push(AudioItem::Speech { text });
    }
}

/// The turn that has no answer yet.
fn open(turns: &mut Vec<Heard>) -> &mut Heard {
    if turns.last().is_none_or(|turn| turn.answer.is_some()) {
        turns.push(Heard::default());
    }
    let last = turns.len() - 1;
    &mut turns[last]
}

fn joined(turns: Vec<Heard>) -> Heard {
    let mut all = Heard::default();
    for turn in turns {
        all.items.extend(turn.items);
        all.barge_in = all.barge_in.or(turn.barge_in);
    }
    all
}

/// Everything that a step played.
pub(super) fn audio_of(facts: &[&Fact], legend: &Legend) -> Heard {
    joined(turns_of(facts, legend))
}
