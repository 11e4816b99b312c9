//! Answers of the caller, as a person types them.

use crate::world::{Input, InputQuestion};

/// The largest number of keys of an offered answer.
const MOST_KEYS: u32 = 32;

/// An answer that a person may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The answer as it is typed.
    pub text: String,
    /// Its meaning.
    pub meaning: String,
}

/// The answers that a question offers: the choices of a menu, silence, hanging up.
pub fn offers(question: &InputQuestion<'_>) -> Vec<Offer> {
    let offer = |text: String, meaning: String| Offer { text, meaning };
    let choices = question.choices.iter().map(|choice| match choice.key {
        Some(key) => offer(key.to_string(), choice.name.to_string()),
        None => offer(format!("say {}", choice.name), "speech".into()),
    });
    let mut offers: Vec<Offer> = choices.collect();
    if offers.is_empty() {
        let InputQuestion { min_digits, max_digits, terminating_key, .. } = *question;
        if max_digits > 0 {
            let keys = "1234567890".chars().cycle();
            let count = min_digits.clamp(1, MOST_KEYS) as usize;
            let keys: String = keys.take(count).collect();
            let end = terminating_key.filter(|_| min_digits < max_digits);
            let count = match (min_digits, max_digits) {
                (_, 1) => "1 key".to_owned(),
                (least, most) if least == most => format!("{most} keys"),
                (least, most) => format!("{least} to {most} keys"),
            };
            offers.push(offer(keys + &end.map_or_else(String::new, String::from), count));
        } else {
            offers.push(offer("say yes".into(), "words".into()));
        }
    }
    offers.push(offer("silence".into(), "the caller does nothing".into()));
    offers.push(offer("hang up".into(), "the caller hangs up".into()));
    offers
}

/// Parses an answer: keys, `silence`, `hang up`, `say WORDS`, the name of a choice, or the
/// notation of `flowsim run --input`. Returns `None` for anything else.
pub fn parse(text: &str, question: &InputQuestion<'_>) -> Option<Input> {
    let text = text.trim();
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if text.is_empty() {
        return None;
    }
    if is("silence") || is("wait") {
        return Some(Input::Silence);
    }
    if is("hang up") || is("hangup") || is("hangs up") {
        return Some(Input::HangUp);
    }
    if let Some((word, words)) = text.split_once(' ')
        && word.eq_ignore_ascii_case("say")
        && !words.trim().is_empty()
    {
        return Some(Input::Speech(words.trim().into()));
    }
    let mut choices = question.choices.iter();
    if let Some(choice) = choices.find(|choice| is(&choice.name)) {
        return Some(match choice.key {
            Some(key) => Input::Keys(key.to_string().into()),
            None => Input::Speech(choice.name.clone()),
        });
    }
    Input::parse(text).ok()
}
