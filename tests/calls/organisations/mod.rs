//! Calls to the organisations below `fixtures/` whose flows are Architect's.

mod alder_clinic;
mod northlight_power;
mod support;
mod swift_parcels;

use assert_cmd::Command;

#[test]
fn nothing_is_wrong_with_them() {
    for name in ["alder-clinic", "northlight-power", "swift-parcels"] {
        let folder = format!("fixtures/{name}");
        let flows = format!("{folder}/flows");
        let mut command = Command::cargo_bin("flowsim").expect("the program is built");
        let check = command.args(["check", "--deny", "warnings", &flows]);
        let output = check.args(["--fixtures", &folder]).assert().success();
        let said = String::from_utf8_lossy(&output.get_output().stdout);
        assert_eq!(said, "", "{name}");
    }
}
