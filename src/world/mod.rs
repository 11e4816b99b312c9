//! The world outside a flow: the questions of a session, and fixtures that answer them.
//!
//! This module never uses the network. Questions that fixtures cannot answer get
//! [`Answer::NotMocked`] or a similar answer, and the run reports it.

mod contacts;
mod fixtures;
mod host;
mod input;
mod organisation;
mod phone;
mod question;

pub use fixtures::{
    AnswerProgress, Broken, DataTableCells, DataTableColumn, DataTableRow, DataTableView,
    Fixtures, QueueWait, RequestPattern, RoutedCall, ScheduleGroupState, Stub,
    StubAnswer, StubBody, TimeZone, User, is_language_tag, policy_alternatives,
    section_of, section_of_prompt,
};
pub(crate) use fixtures::{
    is_derived_id, named_object, names_objects, object_of_name, with_objects,
};
pub use host::FixtureHost;
pub use input::{Input, Keystroke};
pub(crate) use organisation::empty_organisation;
pub use organisation::{Medium, Organisation};
pub use phone::{Country, e164, unreadable};
pub use question::{
    ActionAnswer, Answer, Choice, Host, InputQuestion, Question, QueueAnswer, Response,
};
