//! Audio that a step played, and the answers of the participant.

use super::super::audio::AudioItem;
use super::values;
use crate::flow::SymbolTable;
use crate::trace::EventKind;
use crate::value::Text;

/// Audio that was played together, and the answer.
#[derive(Default)]
pub(super) struct Heard {
    /// The items, in order.
    pub(super) items: Vec<AudioItem>,
    /// Whether the participant may interrupt, if known.
    pub(super) barge_in: Option<bool>,
    /// Participant's input during the playback.
    pub(super) answer: Option<Text>,
}

/// Returns everything that a step played, and the answers, turn by turn.
pub(super) fn turns_of(facts: &[&EventKind], symbols: &SymbolTable) -> Vec<Heard> {
    let mut turns: Vec<Heard> = Vec::new();
    let mut said = None;
    for fact in facts {
        match fact {
            EventKind::Prompted(phrase) => {
                add_speech(&mut turns, said.replace(phrase.text(symbols).clone()));
            }
            // It contains the audio of the preceding text.
            EventKind::Played(audio) => {
                said = None;
                let turn = open(&mut turns);
                turn.items.extend(values::items(audio));
                turn.barge_in = turn.barge_in.or(audio.barge_in);
            }
            EventKind::Collected(answer) | EventKind::CallerInput(answer) => {
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

/// Returns the last turn if it has no answer, else a new one.
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

/// Returns everything that a step played.
pub(super) fn audio_of(facts: &[&EventKind], symbols: &SymbolTable) -> Heard {
    joined(turns_of(facts, symbols))
}
