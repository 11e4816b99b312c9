//! The outside world.

mod input;
mod question;

pub use input::Input;
pub use question::{Answer, Host, InputQuestion, Keystroke, Keystrokes, Question, QueueAnswer, Response};
