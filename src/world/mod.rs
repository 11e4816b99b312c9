//! The world outside a flow: the questions of a session, and fixtures that answer them.
//!
//! This module never uses the network. Questions that fixtures cannot answer get
//! [`Answer::NotMocked`] or a similar answer, and the run reports it.

mod contacts;
mod fixtures;
mod host;
mod input;
mod phone;
mod question;

pub use fixtures::{
    AnswerProgress, DataTableRow, Fixtures, QueueWait, ScheduleGroupState, TimeZone,
    User, section_of, section_of_prompt,
};
pub use host::FixtureHost;
pub use input::{Input, Keystroke};
pub use phone::{Country, e164, unreadable};
pub use question::{
    ActionAnswer, Answer, Choice, Host, InputQuestion, Question, QueueAnswer, Response,
};
