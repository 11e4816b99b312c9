//! Projects: `flowsim.toml`, and repositories with Terraform.

mod glob;
mod setting;
mod settings;
mod terraform;

pub use setting::{Form, KEYS, Key, Origin, Setting};
pub use settings::{FILE_NAME, Settings};
pub use terraform::{OfFiles, Organised, Terraform};
