//! Generated ids.

use super::Text;

/// The parameters of 128-bit FNV-1a. *Source: draft-eastlake-fnv.*
const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// The bits that mark a UUID as custom: version 8, variant 1. *Source: RFC 9562.*
const UUID_MASK: u128 = 0x0000_0000_0000_f000_c000_0000_0000_0000;
const UUID_BITS: u128 = 0x0000_0000_0000_8000_8000_0000_0000_0000;

/// The lengths of the parts of a UUID, in digits.
const UUID_PARTS: [usize; 5] = [8, 4, 4, 4, 12];

/// Derives a UUID from a string. The result is the same on every machine and in every
/// run, so recordings can be compared.
pub fn derived_id(seed: &str) -> Text {
    let hash = seed
        .bytes()
        .fold(FNV_OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME));
    let mut rest = hash & !UUID_MASK | UUID_BITS;
    let mut id = [b'-'; 36];
    let mut places = id.iter_mut();
    for length in UUID_PARTS {
        for place in places.by_ref().take(length) {
            // The first digit is in the highest four bits.
            let digit = u32::try_from(rest >> 124).unwrap_or_default();
            *place = char::from_digit(digit, 16).map_or(b'-', |digit| digit as u8);
            rest <<= 4;
        }
        // The hyphen.
        places.next();
    }
    Text::from(str::from_utf8(&id).unwrap_or_default())
}

/// Whether a string has the form of a UUID.
pub fn is_uuid(text: &str) -> bool {
    let parts = text.split('-');
    parts.clone().map(str::len).eq(UUID_PARTS)
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_are_uuids_that_depend_only_on_the_seed() {
        // The exact value matters, because recorded traces contain it.
        assert_eq!(derived_id("Queue:support"), "228bf0ed-ae74-8350-8f8d-bc1bfd73c1ad");
        assert_ne!(derived_id("Queue:a"), derived_id("Skill:a"));
        assert!(is_uuid(&derived_id("")));
    }

    #[test]
    fn the_form_of_a_uuid_is_recognized() {
        assert!(is_uuid("228BF0ED-ae74-8350-8f8d-bc1bfd73c1ad"));
        for other in [
            "",
            "Play_12",
            "228bf0ed-ae74-8350-8f8d-bc1bfd73c1a",
            "g28bf0ed-ae74-8350-8f8d-bc1bfd73c1ad",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }
}
