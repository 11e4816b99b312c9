//! Terraform never makes the reader panic or hang, and the organisation that it defines is
//! a valid fixtures document.

#![no_main]

use std::fs;

use flowsim::project::Terraform;
use flowsim::source::Files;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder =
        std::env::temp_dir().join(format!("flowsim-fuzz-{}", std::process::id()));
    if fs::create_dir_all(&folder).is_err() {
        return;
    }
    // The first byte chooses Terraform's language or its JSON form.
    let (name, other) = match text.starts_with('{') {
        true => ("main.tf.json", "main.tf"),
        false => ("main.tf", "main.tf.json"),
    };
    let _ = fs::remove_file(folder.join(other));
    if fs::write(folder.join(name), text).is_err() {
        return;
    }
    let mut files = Files::new();
    let read = Terraform::load(&[folder], &[], &|_| None, &mut files);
    if let Ok(terraform) = read {
        let _ = terraform.organisation(&mut files);
    }
});
