//! The world outside a flow: the questions that a session asks it, and fixtures that
//! answer them.
//!
//! Nothing here reaches a network. What fixtures do not know is answered with
//! [`Answer::NotMocked`] or its like, and the run says so.

mod contacts;
mod fixtures;
mod host;
mod input;
mod phone;
mod question;

pub use fixtures::{
    DataTableRow, Fixtures, QueueWait, Replies, ScheduleGroupState, TimeZone, User,
};
pub use host::FixtureHost;
pub use input::Input;
pub use phone::{Country, e164, unreadable};
pub use question::{
    ActionAnswer, Answer, Choice, Host, InputQuestion, Keystroke, Question, QueueAnswer,
    Response,
};
