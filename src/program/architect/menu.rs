//! Menus.

use super::build::Compiler;
use super::listen::group;
use super::{Action, Source};
use crate::flow::architect::{self, Setting, Settings, Unit};
use crate::flow::kinds::Operation;
use crate::flow::{NodeId, SequenceId};
use crate::value::{Duration, Json, Kind, Text, Type, Value};
use crate::world;

/// Plays its audio and waits for a choice. Its outputs are the choices.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The audio.
    pub audio: Source,
    /// The number of times that the audio is played, an Integer.
    pub repeats: Source,
    /// The waiting time for a choice, a Duration.
    pub timeout: Source,
    /// Whether several digits are an extension, a Boolean.
    pub dials: Source,
    /// The waiting time for the next digit of an extension, a Duration.
    pub dial_delay: Source,
    /// The choices: those of this menu, then the global choices of other menus.
    pub choices: Vec<MenuChoice>,
    /// The choices as offered to the caller, in the same order.
    pub offered: Vec<world::Choice>,
    /// The keys of the choices.
    pub keys: Text,
    /// The choice that is taken if the caller makes none.
    pub default: Option<u16>,
}

/// A choice of a menu.
#[derive(Debug, Clone)]
pub struct MenuChoice {
    /// The key.
    pub key: Option<char>,
    /// The words that the caller may say, in lower case, with the IETF tag of their
    /// language.
    pub words: Box<[(Text, Text)]>,
    /// The menu that contains the choice.
    pub menu: SequenceId,
}

/// A choice with all data that other menus need to offer it too.
struct Offer {
    choice: MenuChoice,
    name: Text,
    target: Option<NodeId>,
    has_global_words: bool,
    has_global_key: bool,
}

/// The menus of a flow, until all of them are compiled.
#[derive(Default)]
pub(super) struct Menus {
    list: Vec<(NodeId, Menu, Vec<Offer>)>,
}

impl Compiler<'_> {
    /// Compiles a menu: the actions of its choices. The step of the menu is set when all
    /// menus are known.
    pub(super) fn menu(&mut self, unit: &Unit, sequence: SequenceId, begin: NodeId) {
        let own = group(&unit.settings, "settingsMenu");
        let of_flow = group(&self.flow.settings, "settingsMenu");
        let setting = |compiler: &Self, name, default| {
            compiler.first_set(&[own, of_flow], name, default)
        };
        let seconds = |seconds: i64| {
            let duration = Duration::from_milliseconds(seconds * 1000);
            duration.map_or(Value::NOT_SET, Value::Duration)
        };
        let audio = unit.settings.get("audio").map(|audio| &audio.value);
        let default = unit.choices.iter().position(|choice| choice.is_default);
        let menu = Menu {
            audio: self.source(audio, Type::one(Kind::Audio)),
            repeats: setting(self, "repeatCount", Value::Integer(3)),
            timeout: setting(self, "menuSelectionTimeout", seconds(10)),
            dials: setting(self, "listenForExtensionDialing", Value::Boolean(true)),
            dial_delay: setting(self, "extensionDialingMaxDelay", seconds(1)),
            choices: Vec::new(),
            offered: Vec::new(),
            keys: Text::new(),
            default: default.and_then(|index| u16::try_from(index).ok()),
        };
        let offers = unit.choices.iter().map(|choice| self.offer(choice, sequence));
        let offers = offers.collect();
        self.menus.list.push((begin, menu, offers));
    }

    fn offer(&mut self, choice: &architect::Choice, menu: SequenceId) -> Offer {
        let action = &choice.action;
        // The task of a `menuTask` has no separate step: choosing it is a step of the
        // menu.
        let actions = match action.operation() {
            Some(Operation::ChoiceTask) => {
                action.outputs.first().map_or(&[][..], |task| &task.actions)
            }
            _ => std::slice::from_ref(action),
        };
        let target = self.sequence(actions, None);
        Offer {
            choice: MenuChoice {
                key: choice.digit.as_ref().map(|digit| digit.value),
                words: words(&action.settings),
                menu,
            },
            name: action.title().into(),
            target,
            has_global_words: is_true(&action.settings, "globalSpeechRecTerms"),
            has_global_key: choice.is_global,
        }
    }

    /// Sets the steps of the menus, each with the global choices of the other menus.
    pub(super) fn finish_menus(&mut self) {
        let menus = std::mem::take(&mut self.menus).list;
        let mut finished = Vec::with_capacity(menus.len());
        for (index, (begin, menu, own)) in menus.iter().enumerate() {
            let (mut menu, mut targets) = (menu.clone(), Vec::new());
            let others = menus.iter().enumerate().filter(|(other, _)| *other != index);
            let others = others.flat_map(|(_, (_, _, offers))| offers);
            for offer in own {
                menu.add(offer, offer.choice.clone(), &mut targets);
            }
            for offer in others.filter(|it| it.has_global_key || it.has_global_words) {
                let mut choice = offer.choice.clone();
                choice.key = choice.key.filter(|_| offer.has_global_key);
                if !offer.has_global_words {
                    choice.words = Box::default();
                }
                menu.add(offer, choice, &mut targets);
            }
            finished.push((*begin, menu, targets));
        }
        for (begin, menu, targets) in finished {
            let names = menu.offered.iter().map(|choice| choice.name.clone());
            self.program.symbols.nodes[begin.index()].outputs = names.collect();
            self.set(begin, Action::Menu(Box::new(menu)), None, targets);
        }
    }
}

impl Menu {
    fn add(
        &mut self,
        offer: &Offer,
        choice: MenuChoice,
        targets: &mut Vec<Option<NodeId>>,
    ) {
        if let Some(key) = choice.key.filter(|key| !self.keys.contains(*key)) {
            self.keys.push(key);
        }
        self.offered.push(world::Choice { key: choice.key, name: offer.name.clone() });
        self.choices.push(choice);
        targets.push(offer.target);
    }
}

/// Reads `speechRecTerms: {en-us: {terms: [{lit: Sales}]}}`.
fn words(settings: &Settings) -> Box<[(Text, Text)]> {
    let languages = group(settings, "speechRecTerms");
    let languages = languages.map_or(&[][..], |it| it.entries.as_slice());
    let mut words = Vec::new();
    for (language, of_language) in languages {
        let terms = of_language.value.group().and_then(|it| it.get("terms"));
        let Some(Setting::List(terms)) = terms.map(|terms| &terms.value) else {
            continue;
        };
        for term in terms {
            if let Setting::Literal(Json::String(term)) = &term.value {
                let term = term.trim().to_lowercase();
                words.push((language.to_lowercase(), Text::from(term)));
            }
        }
    }
    words.into()
}

fn is_true(settings: &Settings, name: &str) -> bool {
    matches!(
        settings.get(name).map(|it| &it.value),
        Some(Setting::Literal(Json::Boolean(true)))
    )
}
