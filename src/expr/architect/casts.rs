//! The conversions that Architect inserts by itself where another type is expected.
//!
//! *Source: Genesys' own trees of real flows, where such calls stand that the text does not
//! have.*

use crate::value::{Kind, Type};

use super::functions::function;
use super::overloads::takes;
use super::signature::Function;

/// The function that makes the wanted type of an argument, if Architect calls it by itself:
/// what is heard and what is displayed may be given as something else.
pub(super) fn cast(given: Type, wanted: Type) -> Option<&'static Function> {
    if wanted == Type::one(Kind::Audio) || wanted == Type::one(Kind::Communication) {
        at_root(given, wanted)
    } else {
        None
    }
}

/// The function that makes the wanted type of the result of a whole expression, if there is
/// one: a String where an Integer is expected becomes one, and so on.
pub(super) fn at_root(given: Type, wanted: Type) -> Option<&'static Function> {
    if wanted.is_collection {
        return None;
    }
    let name = match (wanted.kind, given.kind) {
        (Kind::Audio, Kind::String) => "ToAudioTTS",
        (Kind::Audio, Kind::Duration) => "ToAudioDuration",
        (Kind::Audio, Kind::Integer | Kind::Decimal) => "ToAudioNumber",
        (Kind::Audio, Kind::Currency) => "ToAudioCurrency",
        (Kind::Audio, Kind::PhoneNumber) => "ToAudioPhoneNumber",
        (Kind::Audio, Kind::DateTime) => "ToAudioDateTime",
        (Kind::Audio, Kind::Boolean) => "ToAudioBool",
        (Kind::Audio, _) => "ToAudio",
        (Kind::Communication, _) => "ToCommunication",
        (Kind::String, _) => "ToString",
        (Kind::Integer, _) => "ToInt",
        (Kind::Decimal, _) => "ToDecimal",
        (Kind::Boolean, _) => "ToBool",
        (Kind::DateTime, _) => "ToDateTime",
        (Kind::Duration, _) => "ToDuration",
        (Kind::Currency, _) => "ToCurrency",
        (Kind::PhoneNumber, _) => "ToPhoneNumber",
        (Kind::Queue, _) => "ToQueue",
        (Kind::User, _) => "ToUser",
        (Kind::Skill, _) => "ToSkill",
        (Kind::LanguageSkill, _) => "ToLanguageSkill",
        (Kind::Group, _) => "ToGroup",
        (Kind::WrapupCode, _) => "ToWrapupCode",
        _ => return None,
    };
    function(name).filter(|function| takes(function, given))
}
