//! The answers that are tried at a question.

use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Action, Ask, CollectInput, DialByExtension, ExpectedAnswer, Menu, Source,
};
use crate::program::{Gather, Program, StepAction};
use crate::value::{Json, Text, Value};
use crate::world::{Answer, Fixtures, Input, InputQuestion, Organisation, Question};

use super::classes::Classes;
use super::constants::Constants;
use super::liveness::Liveness;
use super::outcomes::has_free_outcome;
use super::solve::Hints;
use super::verdict::Gap;
use crate::engine::{Relevance, Session};

/// The largest number of entries of digits that are tried one by one.
pub(super) const MOST_ENTRIES: usize = 1_200;

/// The largest number of entries that are tried one by one although they have classes.
const MOST_WITHOUT_CLASSES: usize = 10;

/// The number of examples of entries if there are too many to try.
const MOST_EXAMPLES: usize = 60;

/// The keys of a telephone that a draft flow accepts if it names none.
const KEYS: &str = "0123456789*#ABCD";

/// The largest number of examples of words that a bot keeps.
const MOST_WORDS: usize = 6;

const DIGITS: &str = "0123456789";

/// The answers to try at one question.
#[derive(Debug, Default)]
pub(super) struct Domain {
    /// The answers, in the order in which they are tried.
    pub(super) answers: Vec<Answer>,
    /// The reason why further answers exist that may have another effect.
    pub(super) cut: Option<Gap>,
}

/// Everything that the answers depend on, apart from the session.
#[derive(Debug)]
pub(super) struct Context<'c> {
    pub(super) program: &'c Program,
    pub(super) liveness: &'c Liveness,
    pub(super) constants: &'c Constants,
    /// The classes of the values that steps give to variables.
    pub(super) classes: &'c Classes,
    pub(super) organisation: &'c dyn Organisation,
    pub(super) fixtures: &'c Fixtures,
    /// Whether only the fixtures answer, apart from the caller.
    pub(super) is_fixed: bool,
    /// Further answers that solving found.
    pub(super) hints: Option<&'c Hints>,
}

impl Context<'_> {
    /// Whether several answers to the question of a session are tried.
    pub(super) fn is_free(&self, session: &Session) -> bool {
        let (Some(question), Some(node)) = (session.question(), session.waiting_node())
        else {
            return false;
        };
        let step = &self.program.steps[node.index()];
        match question {
            Question::Input(_) => true,
            Question::DataAction { .. } => !self.is_fixed,
            Question::Action { .. } => {
                !self.is_fixed && has_free_outcome(step, self.organisation)
            }
            question => !self.is_fixed && self.service(node, &question).len() > 1,
        }
    }

    /// Returns the answers to try at the question of a session.
    pub(super) fn answers(&self, session: &Session) -> Domain {
        let (Some(question), Some(node)) = (session.question(), session.waiting_node())
        else {
            return Domain::default();
        };
        let mut domain = match question {
            Question::DataAction { .. } => self.responses(node),
            Question::Action { .. } => self.outcomes(node),
            Question::Input(_) => self.inputs(session),
            question => Domain { answers: self.service(node, &question), cut: None },
        };
        for hint in self.hints.into_iter().flat_map(|hints| hints.of(node)) {
            if !domain.answers.contains(hint) {
                domain.answers.push(hint.clone());
            }
        }
        // An action has read the clock before another system answers.
        let reads_clock = match question {
            Question::Action { .. } => self.liveness.reads_clock_after(node),
            _ => self.liveness.reads_clock_from(node),
        };
        if session.is_timed() || reads_clock {
            domain.cut.get_or_insert(Gap::Times);
        }
        domain
    }

    /// Returns the answers of the caller to try at the question of a session.
    pub(super) fn inputs(&self, session: &Session) -> Domain {
        let mut domain = Domain::default();
        let (Some(Question::Input(question)), Some(node)) =
            (session.question(), session.waiting_node())
        else {
            return domain;
        };
        let inputs = match &self.program.steps[node.index()].action {
            StepAction::Gather(gather) => self.gathered(gather, &question, &mut domain),
            StepAction::Architect(action) => match &**action {
                Action::Menu(menu) => chosen(menu, &question),
                Action::CollectInput(it) => {
                    self.collected(node, it, &question, &mut domain)
                }
                Action::DialByExtension(dial) => self.dialled(node, dial, &mut domain),
                action => self.replied(node, action, &mut domain),
            },
            _ => Vec::new(),
        };
        domain.answers.extend(inputs.into_iter().map(Answer::Input));
        domain.answers.extend([Input::Silence, Input::HangUp].map(Answer::Input));
        domain
    }

    /// Keys for a draft node. All entries of one length have the same effect if no
    /// template reads them.
    fn gathered(
        &self,
        gather: &Gather,
        question: &InputQuestion<'_>,
        domain: &mut Domain,
    ) -> Vec<Input> {
        let allowed = match question.valid_digits {
            "" => KEYS,
            keys => keys,
        };
        let allowed =
            allowed.chars().filter(|key| Some(*key) != question.terminating_key);
        let allowed: String = allowed.collect();
        let entries = Entries { keys: &allowed, question, with_terminator: false };
        let mut inputs = self.entries(&entries, gather.digits.is_none(), domain);
        // A failure, which silence is not if the entry may be empty.
        inputs.push(Input::Speech("hello".into()));
        inputs
    }

    fn collected(
        &self,
        node: NodeId,
        collect: &CollectInput,
        question: &InputQuestion<'_>,
        domain: &mut Domain,
    ) -> Vec<Input> {
        let is_confirmation = question.valid_digits == "12";
        if is_confirmation {
            return vec![keys("1"), keys("2")];
        }
        let with_terminator = !is_false(&collect.with_terminator);
        let entries = Entries { keys: DIGITS, question, with_terminator };
        let is_unread = !self.is_read(node, collect.data);
        let classes = self.classes.entries(node, question);
        let mut inputs = match classes.filter(|_| !is_unread && !with_terminator) {
            Some(classes) if entries.count() > MOST_WITHOUT_CLASSES => {
                classes.iter().cloned().map(Input::Keys).collect()
            }
            _ => self.entries(&entries, is_unread, domain),
        };
        let single = question.valid_digits.chars().filter(|key| !key.is_ascii_digit());
        inputs.extend(single.map(|key| Input::Keys(key.into())));
        inputs
    }

    fn dialled(
        &self,
        node: NodeId,
        dial: &DialByExtension,
        domain: &mut Domain,
    ) -> Vec<Input> {
        let known = self.organisation.extensions();
        let unknown = (1..=9999).map(|number: u32| Text::from(number.to_string()));
        let unknown = { unknown }.find(|number| !known.contains(&number));
        if self.is_read(node, dial.extension) {
            domain.cut = Some(Gap::Entries);
        }
        let first = known.first().map(|extension| Text::clone(extension));
        first.into_iter().chain(unknown).map(Input::Keys).collect()
    }

    /// Whether a variable that receives the input is read later.
    pub(super) fn is_read(&self, node: NodeId, variable: Option<VariableId>) -> bool {
        variable.is_some_and(|variable| {
            self.program.is_built_in(variable)
                || self.liveness.is_read_after(node, variable)
        })
    }

    /// Words for a question of a bot: one of every class that the bot distinguishes, and
    /// examples if it keeps the words and a later step reads them.
    fn replied(&self, node: NodeId, action: &Action, domain: &mut Domain) -> Vec<Input> {
        let mut words: Vec<Text> = ["yes", "no", "agent"].map(Text::from).into();
        let Action::Ask(ask) = action else {
            domain.cut = Some(Gap::Words);
            words.extend(["1", "something else"].map(Text::from));
            return words.into_iter().map(Input::Speech).collect();
        };
        self.add_expected(ask, &mut words);
        let is_free = match &ask.wanted {
            ExpectedAnswer::Value(_) => true,
            ExpectedAnswer::Intent(intents) => intents.is_empty(),
            _ => false,
        };
        let is_kept = self.is_read(node, ask.result) || ask.validation.is_some();
        // No example of some types is known.
        let is_unknown = match &ask.wanted {
            ExpectedAnswer::Value(holds) => self.constants.examples(*holds).is_empty(),
            _ => false,
        };
        if is_unknown || ask.slot_type.is_some() || is_free && is_kept {
            domain.cut = Some(Gap::Words);
        }
        words.extend(self.program.symbols.node(node).outputs.iter().cloned());
        words.extend(["1", "something else"].map(Text::from));
        let mut unique: Vec<Text> = Vec::with_capacity(words.len());
        for word in words {
            if !unique.contains(&word) {
                unique.push(word);
            }
        }
        unique.into_iter().map(Input::Speech).collect()
    }

    /// Adds the words that a question expects.
    fn add_expected(&self, ask: &Ask, words: &mut Vec<Text>) {
        match &ask.wanted {
            ExpectedAnswer::Value(holds) => {
                let examples = self.constants.examples(*holds);
                let texts = examples.into_iter().map(|example| match example {
                    Json::String(text) => text,
                    other => other.to_string().into(),
                });
                words.extend(texts.filter(|text| !text.is_empty()).take(MOST_WORDS));
            }
            ExpectedAnswer::Intent(intents) => {
                words.extend(intents.iter().map(|intent| intent.name.clone()));
            }
            ExpectedAnswer::Survey(answers) => {
                words.extend(answers.iter().map(|answer| answer.text.clone()));
            }
            ExpectedAnswer::Boolean | ExpectedAnswer::Choice => {}
        }
    }

    fn entries(
        &self,
        entries: &Entries<'_>,
        is_unread: bool,
        domain: &mut Domain,
    ) -> Vec<Input> {
        let lengths = entries.lengths();
        if is_unread {
            let key = entries.preferred();
            return lengths
                .flat_map(|length| entries.ended(repeated(key, length)))
                .collect();
        }
        match entries.all() {
            Some(all) => all,
            None => {
                domain.cut = Some(Gap::Entries);
                entries.examples(self.constants)
            }
        }
    }
}

fn repeated(key: char, length: u32) -> Text {
    std::iter::repeat_n(key, length as usize).collect()
}

fn keys(text: &str) -> Input {
    Input::Keys(text.into())
}

fn is_false(source: &Source) -> bool {
    match source {
        Source::Constant(value) => *value == Value::Boolean(false) || value.is_unset(),
        _ => false,
    }
}

/// Keys and words for the choices of a menu, and a key without a choice. Further keys of
/// an extension are not tried: a known extension ends the call.
fn chosen(menu: &Menu, question: &InputQuestion<'_>) -> Vec<Input> {
    let mut inputs: Vec<Input> =
        question.valid_digits.chars().map(|key| Input::Keys(key.into())).collect();
    let mut other = KEYS.chars().filter(|key| !question.valid_digits.contains(*key));
    inputs.extend(other.next().map(|key| Input::Keys(key.into())));
    let mut seen = String::new();
    for choice in &menu.choices {
        let has_key = choice.key.is_some_and(|key| !seen.contains(key));
        seen.extend(choice.key);
        if !has_key {
            let words = choice.words.iter().map(|(_, word)| Input::Speech(word.clone()));
            inputs.extend(words);
        }
    }
    inputs
}

/// Entries of keys between two lengths.
struct Entries<'e> {
    keys: &'e str,
    question: &'e InputQuestion<'e>,
    /// Whether an entry that ends with the terminating key differs from one that ends with
    /// a pause.
    with_terminator: bool,
}

impl Entries<'_> {
    fn lengths(&self) -> impl Iterator<Item = u32> + use<> {
        self.question.min_digits.max(1)..=self.question.max_digits
    }

    /// The key to repeat in an entry if only its length matters.
    fn preferred(&self) -> char {
        let mut keys = self.keys.chars();
        keys.clone().find(|key| *key == '1').or(keys.next()).unwrap_or('1')
    }

    /// Returns the entry, also with the terminating key if that makes a difference.
    fn ended(&self, entry: Text) -> Vec<Input> {
        let terminator = self.question.terminating_key.filter(|_| self.with_terminator);
        let ended = terminator.map(|key| {
            let mut ended = entry.clone();
            ended.push(key);
            Input::Keys(ended)
        });
        std::iter::once(Input::Keys(entry)).chain(ended).collect()
    }

    /// The number of entries.
    fn count(&self) -> usize {
        let keys = self.keys.chars().count();
        self.lengths().fold(0, |total: usize, length| {
            total.saturating_add(keys.saturating_pow(length))
        })
    }

    /// Returns all entries; `None` if there are too many.
    fn all(&self) -> Option<Vec<Input>> {
        let total = self.count();
        if total > MOST_ENTRIES {
            return None;
        }
        let mut all = Vec::with_capacity(total);
        for length in self.lengths() {
            let mut entries = vec![Text::new()];
            for _ in 0..length {
                let longer = entries.iter().flat_map(|entry| {
                    self.keys.chars().map(move |key| {
                        let mut longer = entry.clone();
                        longer.push(key);
                        longer
                    })
                });
                entries = longer.collect();
            }
            all.extend(entries.into_iter().flat_map(|entry| self.ended(entry)));
        }
        Some(all)
    }

    /// Returns examples: constants of the flow and their neighbours, and entries of the
    /// shortest and the longest length.
    fn examples(&self, constants: &Constants) -> Vec<Input> {
        let (min, max) = (self.question.min_digits.max(1), self.question.max_digits);
        let mut texts: Vec<Text> = Vec::new();
        for length in [max, min] {
            texts.push(repeated('1', length));
            texts.push(repeated('0', length));
            texts.push(repeated('9', length));
            texts.push("1234567890".chars().cycle().take(length as usize).collect());
        }
        texts.extend(constants.entries(min, max));
        let is_allowed = |text: &Text| text.chars().all(|key| self.keys.contains(key));
        let mut unique: Vec<Text> = Vec::new();
        for text in texts.into_iter().filter(is_allowed) {
            if !unique.contains(&text) && unique.len() < MOST_EXAMPLES {
                unique.push(text);
            }
        }
        unique.into_iter().flat_map(|entry| self.ended(entry)).collect()
    }
}
