//! Phone numbers in the formats of all countries.

#![expect(clippy::unwrap_used, reason = "a command that cannot be run fails the test")]

use std::fs;
use std::process::Command;

use flowsim::value::dialing_code;
use flowsim::value::spoken::{PhoneFormat, Spoken};
use flowsim::world::{Country, e164, unreadable};
use flowsim::{Call, Project};
use proptest::prelude::*;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

fn us(text: &str) -> Option<String> {
    e164(text, Country::US).map(|number| number.into_owned())
}

#[test]
fn numbers_with_trunk_prefixes_and_extensions_are_read() {
    assert_eq!(us("+44 (0)20 7946 0958").as_deref(), Some("+442079460958"));
    assert_eq!(us("tel:+1-555-777-0100;ext=12").as_deref(), Some("+15557770100"));
    assert_eq!(us("+1 555 777 0100 x12").as_deref(), Some("+15557770100"));
}

#[test]
fn other_strings_are_not_numbers() {
    for text in ["", "+", "+1", "c-1", "anonymous"] {
        assert_eq!(us(text), None, "{text}");
    }
    assert_eq!(unreadable("030 1"), "`030 1` is not a phone number");
}

/// A flow that looks up the caller, and plays the name of the contact.
const LOOKUP: &str = r#"{
  "id": "lookup", "name": "Lookup", "type": "inbound",
  "draft": {"startNode": "Look", "nodes": {
    "Look": {"id": "Look", "type": "GetExternalContact", "properties": {},
             "onComplete": {"nextNode": "Greet"}},
    "Greet": {"id": "Greet", "type": "Say",
              "properties": {"sayText": "Hello {Look.contact.name}"},
              "onComplete": {"nextNode": "Bye"}},
    "Bye": {"id": "Bye", "type": "End", "properties": {"endType": "normal"}}
  }}
}"#;

#[test]
fn a_national_number_belongs_to_the_default_country() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("flow.json"), LOOKUP).unwrap();
    for (country, number, numbers) in [
        ("gb", "020 7946 0958", ["+442079460958", "020 7946 0958"]),
        ("DE", "030 123456", ["+4930123456", "030 123456"]),
    ] {
        let fixtures = format!(
            "{{defaultCountry: {country}, contacts: [{{id: x, name: Ada, phone: '{number}'}}]}}"
        );
        fs::write(path("fixtures.yaml"), fixtures).unwrap();
        let project = Project::builder().flows(path("flow.json"));
        let project = project.fixtures(path("fixtures.yaml")).load().unwrap();
        for number in numbers {
            let trace =
                project.run(&Call::new("Lookup").context("from", number)).unwrap();
            assert_eq!(trace.prompts(), ["Hello Ada"], "{country} {number}");
        }
    }
}

#[test]
fn regions_are_those_of_the_library() {
    let letters = 'A'..='Z';
    let codes =
        letters.clone().flat_map(|a| letters.clone().map(move |b| format!("{a}{b}")));
    let known: Vec<String> = codes
        .filter_map(|code| dialing_code(&code).map(|number| format!("{code}{number}")))
        .collect();
    let regions = PHONE_NUMBER_UTIL.get_supported_regions();
    let regions = regions.filter(|region| region.to_string().len() == 2);
    let mut of_library: Vec<String> = regions
        .map(|region| {
            let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region).unwrap();
            format!("{region}{code}")
        })
        .collect();
    of_library.sort();
    assert_eq!(known, of_library);
}

#[test]
fn national_numbers_of_other_countries_are_spoken() {
    let english = "zero seven five five five five one two one two";
    let spoken = Spoken::phone_number("+31755551212", PhoneFormat::Local).unwrap();
    assert_eq!(spoken.render("en-us"), english);
    let expression = r#"ToAudioPhoneNumber(ToPhoneNumber("tel:+31755551212"), Format.PhoneNumber.local)"#;
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let output = command.args(["eval", expression]).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(output.contains(english), "{output}");
}

/// Returns the number as the library reads it.
fn of_library(text: &str) -> Option<String> {
    let region = Region::from_code("US").unwrap();
    let number = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok()?;
    Some(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

proptest! {
    #[test]
    fn the_built_in_format_agrees_with_the_library(text in "(1[ -]?)?[(]?[2-9][0-9]{2}[)]?[ .-]?[0-9]{3}[ -]?[0-9]{4}") {
        prop_assert_eq!(us(&text), of_library(&text));
    }

    #[test]
    fn no_text_panics_and_a_result_stays_as_it_is(text in "\\PC{0,40}|[+(]?[0-9 ()-]{1,20}") {
        if let Some(number) = us(&text) {
            prop_assert!(number.starts_with('+'));
            prop_assert_eq!(us(&number), Some(number.clone()));
        }
    }
}
