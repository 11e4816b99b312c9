//! The conversions that Architect inserts by itself where another type is expected.
//!
//! *Source: Genesys' own trees of real flows, where such calls stand that the text does not
//! have.*

use crate::value::{Kind, Type};

use super::functions::function;
use super::signature::Function;

/// The function that makes the wanted type of the given one, if Architect calls it by itself.
pub(super) fn cast(given: Type, wanted: Type) -> Option<&'static Function> {
    if wanted.is_collection || given == wanted {
        return None;
    }
    let name = match (given.kind, wanted.kind, given.is_collection) {
        (Kind::String, Kind::Audio, false) => "ToAudioTTS",
        (Kind::Prompt, Kind::Audio, false) => "ToAudio",
        (Kind::Duration, Kind::Audio, false) => "ToAudioDuration",
        (Kind::Integer | Kind::Decimal, Kind::Audio, false) => "ToAudioNumber",
        (Kind::Currency, Kind::Audio, false) => "ToAudioCurrency",
        (Kind::PhoneNumber, Kind::Audio, false) => "ToAudioPhoneNumber",
        (Kind::DateTime, Kind::Audio, false) => "ToAudioDateTime",
        (Kind::Audio, Kind::Communication, _) => return None,
        (_, Kind::Communication, _) => "ToCommunication",
        (Kind::Json, Kind::String, false) | (Kind::String, Kind::String, true) => {
            "ToString"
        }
        (Kind::Integer, Kind::Decimal, false) => "ToDecimal",
        _ => return None,
    };
    function(name)
}
