//! Lookups of external contacts.

use serde_json::{Value, json};

use super::support::*;

const WORLD: &str = "
contacts:
  - {id: c-1, name: Ada Lovelace, email: Ada@Example.com, phone: '+15557770100', attributes: {tier: gold}}
  - {id: c-2, name: Grace Hopper, phone: '(555) 777-0101'}
";

fn looking(properties: Value) -> Stage {
    only("GetExternalContactAction", properties).with(WORLD)
}

#[test]
fn by_default_the_key_is_the_context_field_from() {
    let stage = looking(json!({}));
    let played = stage.call().context("from", "+15557770100").run();
    assert_eq!(played.path(), "It Done");
    let contact = json!({"id": "c-1", "name": "Ada Lovelace", "email": "Ada@Example.com", "attributes": {"tier": "gold"}});
    assert_eq!(played.result("It"), &json!({"contact": contact}));
}

#[test]
fn numbers_are_compared_in_e164() {
    let stage = looking(json!({}));
    for number in [
        "+1 (555) 777-0100",
        "1-555-777-0100",
        "(555) 777-0100",
        "5557770100",
        "tel:+15557770100",
    ] {
        let played = stage.call().context("from", number).run();
        assert_eq!(played.result("It")["contact"]["id"], "c-1", "{number}");
    }
    assert_eq!(
        stage.call().context("from", "+15557770101").run().result("It")["contact"]["id"],
        "c-2"
    );
}

#[test]
fn a_contact_is_found_by_id_and_email_in_any_case() {
    for key in ["c-1", "C-1", "ada@example.com"] {
        let stage = looking(json!({"lookupValue": key}));
        assert_eq!(stage.run().result("It")["contact"]["name"], "Ada Lovelace", "{key}");
    }
}

#[test]
fn a_contact_always_has_its_four_fields() {
    let stage = looking(json!({"lookupValue": "c-2"}));
    let expected =
        json!({"id": "c-2", "name": "Grace Hopper", "email": null, "attributes": {}});
    assert_eq!(stage.run().result("It"), &json!({"contact": expected}));
}

#[test]
fn the_lookup_key_names_a_context_field_or_a_variable_or_an_output() {
    let stage = looking(json!({"lookupKey": "caller_id"}));
    assert_eq!(
        stage.call().context("caller_id", "c-1").run().result("It")["contact"]["id"],
        "c-1"
    );
    assert_eq!(
        stage.call().variable("caller_id", "\"c-2\"").run().result("It")["contact"]["id"],
        "c-2"
    );
    let stage = main_flow([
        gather("Ask", json!({"maxDigits": 10})).to("It").or("Bye"),
        node("It", "GetExternalContact", json!({"lookupKey": "{Ask.digits}"})).to("Bye"),
        end("Bye"),
    ])
    .with(WORLD);
    assert_eq!(stage.press(&["5557770101"]).result("It")["contact"]["id"], "c-2");
}

#[test]
fn a_lookup_value_is_a_template_that_replaces_the_key() {
    let stage = looking(json!({"lookupKey": "from", "lookupValue": "c-{number}"}));
    let played =
        stage.call().context("from", "+15557770100").variable("number", "2").run();
    assert_eq!(played.result("It")["contact"]["id"], "c-2");
}

#[test]
fn a_number_as_lookup_value_is_looked_up_as_a_string() {
    let stage = looking(json!({"lookupKey": "phone"}));
    assert_eq!(
        stage.call().variable("phone", "5557770100").run().result("It")["contact"]["id"],
        "c-1"
    );
}

#[test]
fn a_missing_contact_is_an_empty_result_unless_configured_as_an_error() {
    for properties in
        [json!({}), json!({"onNotFound": "null"}), json!({"onNotFound": null})]
    {
        let stage = looking(properties);
        let played = stage.call().context("from", "+15550000000").run();
        assert_eq!(
            (played.path().as_str(), played.result("It")),
            ("It Done", &json!({}))
        );
    }
    let stage = looking(json!({"onNotFound": "error"}));
    let played = stage.call().context("from", "+15550000000").run();
    assert_eq!(
        (played.path().as_str(), played.error_of("It")),
        ("It Failed", "CONTACT_NOT_FOUND")
    );
    assert_eq!(stage.call().context("from", "+15557770100").run().path(), "It Done");
}

#[test]
fn without_contacts_no_contact_is_found() {
    let stage = only("GetExternalContact", json!({"lookupValue": "c-1"}));
    assert_eq!(stage.run().result("It"), &json!({}));
}

#[test]
fn a_key_that_is_unset_or_empty_is_missing() {
    let stage = looking(json!({"onNotFound": "null"}));
    for played in [stage.run(), stage.call().context("from", "").run()] {
        assert_eq!(
            (played.path().as_str(), played.error_of("It")),
            ("It Failed", "LOOKUP_KEY_MISSING")
        );
    }
    let stage = looking(json!({"lookupValue": "{nobody}"}));
    assert_eq!(stage.run().error_of("It"), "LOOKUP_KEY_MISSING");
}

#[test]
fn a_condition_distinguishes_found_and_missing_contacts() {
    let stage = main_flow([
        node("Look", "GetExternalContact", json!({})).to("Known"),
        decide(
            "Known",
            &[
                (
                    "{Look.contact} != null and {Look.contact.attributes.tier} == 'gold'",
                    "Vip",
                ),
                ("{Look.contact.id} != null", "Regular"),
            ],
            "Stranger",
        ),
        end("Vip"),
        end("Regular"),
        end("Stranger"),
    ])
    .with(WORLD);
    for (from, path) in [
        ("+15557770100", "Vip"),
        ("+15557770101", "Regular"),
        ("+15550000000", "Stranger"),
    ] {
        assert_eq!(
            stage.call().context("from", from).run().path(),
            format!("Look Known {path}")
        );
    }
}

#[test]
fn a_lookup_takes_no_time_and_records_its_key() {
    let stage = looking(json!({}));
    let played = stage.call().context("from", "(555) 777-0100").run();
    assert_eq!(played.elapsed(), 0);
    assert_eq!(
        played.step("It")["asked"],
        json!({"kind": "contact", "name": "(555) 777-0100", "inputs": null})
    );
}

#[test]
fn an_unknown_on_not_found_is_a_finding() {
    assert_eq!(looking(json!({"onNotFound": "fail"})).findings, ["INVALID_PROPERTY"]);
}
