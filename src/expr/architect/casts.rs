//! The conversions that Architect inserts implicitly if another type is expected.
//!
//! *Source: Genesys' own trees of real flows, which contain calls that are missing from the
//! text.*

use crate::value::{Kind, Type};

use super::functions::function;
use super::overloads::takes;
use super::signature::Function;

/// Returns the function that implicitly converts an argument to the wanted type.
/// Architect inserts such conversions only for Audio and Communication.
pub(super) fn cast(given: Type, wanted: Type) -> Option<&'static Function> {
    if wanted == Type::one(Kind::Audio) || wanted == Type::one(Kind::Communication) {
        at_root(given, wanted)
    } else {
        None
    }
}

/// Returns the function that implicitly converts the result of a whole expression, for
/// example a String to an Integer. Returns `None` if there is no such function.
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
