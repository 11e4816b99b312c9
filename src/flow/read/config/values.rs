//! The values of settings: expression nodes, sequences of audio, plain JSON.

use super::kinds;
use crate::expr::architect::{Form, Tree, parse_with};
use crate::flow::Spanned;
use crate::flow::architect::{AudioSequences, Setting, SettingName, Settings};
use crate::flow::read::{MAX_VALUE_DEPTH, json};
use crate::source::{Kind, Node, Span};
use crate::value::{Json, Number, Text, Type};

/// Keys that only Architect's editor needs.
pub(super) const OF_THE_EDITOR: &[&str] = &["trackingId", "uiMetaData"];

/// An expression node: the text, its type, and Architect's tree of it.
pub(super) struct Expression<'d, 's> {
    /// The text.
    pub(super) text: &'d str,
    /// The position of the text.
    pub(super) span: Span,
    /// The code of the type.
    pub(super) code: &'d str,
    /// The form in which the author entered it: 0 as an expression, 1 as a literal, 2 as
    /// a variable, 3 not at all, 4 as a communication.
    pub(super) mode: Option<&'d str>,
    /// The root of the tree: the name of an operator, function or leaf, and its content.
    pub(super) root: Option<(&'d str, &'d Node<'s>)>,
}

impl<'d, 's> Expression<'d, 's> {
    /// Returns the expression in a node, if the node is one.
    pub(super) fn of(node: &'d Node<'s>) -> Option<Self> {
        let text = node.get("text")?;
        let config = node.get("config");
        if config.is_none() && node.get("uiMetaData").is_none() {
            return None;
        }
        let mode = node.get("uiMetaData").and_then(|data| data.get("mode"));
        let mode = mode.and_then(|mode| match &mode.kind {
            Kind::Number(text) => Some(&**text),
            _ => None,
        });
        Some(Self {
            text: text.as_str()?,
            span: text.span,
            code: node.get("type")?.as_str()?,
            mode,
            root: config.and_then(root),
        })
    }

    /// Returns the type, if its code is known.
    fn holds(&self) -> Option<Type> {
        kinds::type_of(self.code)
    }

    /// Returns the setting for a value that is read.
    fn input(&self) -> Setting {
        match self.root {
            // An empty string that was entered as a literal is a string.
            Some(("emp", _)) if self.mode == Some("1") && self.code == "str" => {
                Setting::Literal(Json::String(Text::new()))
            }
            Some(("emp", _)) => Setting::NoValue,
            // A message builder without parts has the text of a call, but no tree.
            None if self.text.is_empty() || self.mode == Some("4") => Setting::NoValue,
            Some(("lit", leaf)) if self.mode == Some("1") => self.literal(leaf),
            _ => match speech(self.text) {
                Some(text) => Setting::Speech(text),
                None => Setting::Expression(Text::from(self.text), self.holds()),
            },
        }
    }

    fn literal(&self, leaf: &Node<'_>) -> Setting {
        if let Some(items) = leaf.get("items") {
            return Setting::List(items.items().iter().map(input).collect());
        }
        let text = Text::from(self.text);
        let number = || Number::parse_json(self.text).map(Json::from);
        let literal = match self.code {
            "str" => Some(Json::String(text.clone())),
            _ if self.text.is_empty() => return Setting::NoValue,
            "bln" if self.text.eq_ignore_ascii_case("true") => Some(Json::Boolean(true)),
            "bln" if self.text.eq_ignore_ascii_case("false") => {
                Some(Json::Boolean(false))
            }
            "bln" => None,
            "int" | "dec" => number(),
            "dur" => duration(self.text).or_else(|| Some(Json::String(text.clone()))),
            _ => Some(match leaf.get("val").and_then(Node::as_str) {
                Some(id) => named(self.code, self.text, id),
                None => Json::String(text.clone()),
            }),
        };
        match literal {
            Some(literal) => Setting::Literal(literal),
            None => Setting::Expression(text, self.holds()),
        }
    }
}

/// Returns the text of an audio that consists of one text to speak and that the caller
/// may interrupt: Archy's `tts`. *Source: flows that are published in both forms.*
fn speech(audio: &str) -> Option<Text> {
    if !audio.starts_with("AudioPlaybackOptions(") {
        return None;
    }
    parse_with(audio, |parsed| {
        let tree = parsed.ok()?;
        let [audio, barge_in] = arguments(&tree, "AudioPlaybackOptions")? else {
            return None;
        };
        match (arguments(audio, "ToAudioTTS")?, &barge_in.form) {
            ([Tree { form: Form::String(text), .. }], Form::Boolean(true)) => {
                Some(Text::from(&**text))
            }
            _ => None,
        }
    })
}

fn arguments<'t, 'x>(tree: &'t Tree<'x>, function: &str) -> Option<&'t [Tree<'x>]> {
    match &tree.form {
        Form::Call { name, arguments, .. } if name.eq_ignore_ascii_case(function) => {
            Some(arguments)
        }
        _ => None,
    }
}

/// Converts `P0D0H1M0S0F` to Archy's form: `{minutes: 1}`. The last number is in
/// milliseconds.
fn duration(text: &str) -> Option<Json> {
    let mut rest = text.strip_prefix('P')?;
    let mut parts = Vec::new();
    for (letter, name) in [
        ('D', "days"),
        ('H', "hours"),
        ('M', "minutes"),
        ('S', "seconds"),
        ('F', "milliseconds"),
    ] {
        let (digits, remainder) = rest.split_once(letter)?;
        let count: u32 = digits.parse().ok()?;
        if count > 0 {
            parts.push((name.into(), Json::Integer(count.into())));
        }
        rest = remainder;
    }
    (rest.is_empty() && !parts.is_empty()).then(|| Json::object(parts))
}

/// Returns a reference to an object of the organisation: Archy refers to it by name,
/// never by id.
fn named(code: &str, name: &str, id: &str) -> Json {
    let name = match code {
        // The ids of system prompts are derived from their names.
        "pmt" if id.starts_with("__") => Text::from(format!("PromptSystem.{name}")),
        "pmt" => Text::from(format!("Prompt.{name}")),
        _ => Text::from(name),
    };
    Json::object([("name".into(), Json::String(name))])
}

/// Returns the only operator, function or leaf in a part of a tree.
pub(super) fn root<'d, 's>(config: &'d Node<'s>) -> Option<(&'d str, &'d Node<'s>)> {
    let entry = config.entries().first()?;
    Some((&*entry.key, &entry.value))
}

/// Reads a value.
pub(super) fn input(node: &Node<'_>) -> Spanned<Setting> {
    input_at(node, 0)
}

/// Reads a value at a depth of a setting. A value that is nested too deep is not set; the
/// document has no such value outside of keys for sequences.
fn input_at(node: &Node<'_>, depth: usize) -> Spanned<Setting> {
    if depth > MAX_VALUE_DEPTH {
        return Spanned { value: Setting::NoValue, span: node.span };
    }
    if let Some(expression) = Expression::of(node) {
        return Spanned { value: expression.input(), span: expression.span };
    }
    let value = match &node.kind {
        Kind::Array(items) => {
            Setting::List(items.iter().map(|item| input_at(item, depth + 1)).collect())
        }
        Kind::Object(_) => match audio(node) {
            Some(audio) => return audio,
            None => Setting::Group(settings_at(node, OF_THE_EDITOR, depth + 1)),
        },
        _ => Setting::Literal(json(node)),
    };
    Spanned { value, span: node.span }
}

/// Returns the audio of an audio sequence: `{defaultAudio, cases: [{langCode,
/// audioExpression, disabled}]}`. A case without audio, or that is switched off, has the
/// default audio. *Source: exports of real flows; the form of the cases from other readers
/// of exports.*
fn audio(node: &Node<'_>) -> Option<Spanned<Setting>> {
    let default = node.get("defaultAudio").filter(|it| Expression::of(it).is_some())?;
    let default = input(default);
    let cases = node.get("cases").map_or(&[][..], Node::items);
    let alternates: Vec<_> = cases.iter().filter_map(alternate).collect();
    if alternates.is_empty() {
        return Some(default);
    }
    let audio = AudioSequences { default, alternates };
    Some(Spanned { value: Setting::Audio(Box::new(audio)), span: node.span })
}

/// Returns the language and the audio of an alternate sequence.
fn alternate(case: &Node<'_>) -> Option<(Text, Spanned<Setting>)> {
    let is_off = case.get("disabled").is_some_and(|it| it.kind == Kind::Boolean(true));
    let language =
        case.get("langCode")?.as_str().filter(|it| !it.is_empty() && !is_off)?;
    let audio = case.get("audioExpression").filter(|it| Expression::of(it).is_some())?;
    let audio = input(audio);
    (audio.value != Setting::NoValue).then(|| (Text::from(language), audio))
}

/// Reads the variable that receives a result.
pub(super) fn output(node: &Node<'_>) -> Spanned<Setting> {
    match Expression::of(node) {
        Some(Expression { root: Some(("ref", _)), text, span, .. }) => {
            Spanned { value: Setting::Variable(Text::from(text)), span }
        }
        _ => input(node),
    }
}

/// Reads the entries of an object, except some.
pub(super) fn settings(node: &Node<'_>, except: &[&str]) -> Settings {
    settings_at(node, except, 0)
}

fn settings_at(node: &Node<'_>, except: &[&str], depth: usize) -> Settings {
    let entries = node.entries().iter();
    let wanted = entries.filter(|entry| !except.contains(&&*entry.key));
    let read = wanted
        .map(|entry| (SettingName::from(&*entry.key), input_at(&entry.value, depth)));
    Settings { entries: read.collect() }
}

/// Creates a group of settings.
pub(super) fn group(
    span: Span,
    entries: impl IntoIterator<Item = (SettingName, Spanned<Setting>)>,
) -> Spanned<Setting> {
    let settings = Settings { entries: entries.into_iter().collect() };
    Spanned { value: Setting::Group(settings), span }
}

/// Reads a plain value.
pub(super) fn plain(node: &Node<'_>) -> Spanned<Setting> {
    Spanned { value: Setting::Literal(json(node)), span: node.span }
}
