//! The organisation in which a call takes place.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::fixtures::{DataTableView, Fixtures, QueueWait, ScheduleGroupState, TimeZone};
use crate::expr::architect::Directory;
use crate::value::{DateTime, Kind, Object, Text, Value};

/// A medium of conversations that wait in queues. A queue has an in-queue flow for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Calls.
    Call,
    /// E-mails.
    Email,
    /// Messages.
    Message,
}

/// The organisation in which a call takes place: everything that Architect flows look up.
/// It does not change during a call. Requests that may fail or get different answers are
/// [questions](super::Question) instead.
///
/// [`Fixtures`] are an organisation. Objects are found by id or name, ignoring case.
pub trait Organisation: Directory + fmt::Debug + Send + Sync {
    /// Returns whether an object is known; `None` if there are no objects of its kind.
    fn knows(&self, kind: Kind, id: &str, name: &str) -> Option<bool>;

    /// Returns how long callers wait in a queue for an agent with all these skills, with
    /// the statistics after a waiting time in ms. The queue is given by id and name.
    fn queue_wait(&self, queue: [&str; 2], skills: &[Text], waited_ms: i64) -> QueueWait;

    /// Returns the name of the in-queue flow of a queue for a medium, or else of the
    /// organisation.
    fn in_queue_flow(&self, id: &str, name: &str, medium: Medium) -> Option<&Text>;

    /// Returns a prompt with its text in another language; `None` if it has no text in
    /// that language.
    fn prompt_in(&self, prompt: &Object, language: &str) -> Option<Arc<Object>>;

    /// Returns whether the text-to-speech engine speaks a language. Without a list it
    /// speaks all.
    fn speaks(&self, language: &str) -> bool;

    /// Returns the extensions of users; empty if the organisation does not define any.
    fn extensions(&self) -> Vec<&Text>;

    /// Returns the user with an extension; the first one of several.
    fn user_of_extension(&self, extension: &str) -> Option<Value>;

    /// Returns a data table; `None` if it is unknown.
    fn data_table(&self, table: &str) -> Option<DataTableView<'_>>;

    /// Returns whether a schedule is active, in local time of the zone or in UTC. Returns
    /// `None` if the schedule or its times are unknown.
    fn schedule_is_active(
        &self,
        schedule: &str,
        at: DateTime,
        zone: Option<&TimeZone>,
    ) -> Option<bool>;

    /// Returns the state of a schedule group; `None` if the group or its schedules are
    /// unknown.
    fn schedule_group_state(
        &self,
        group: &str,
        at: DateTime,
    ) -> Option<ScheduleGroupState>;

    /// Returns the names of the active schedules of a group; `None` if the group or its
    /// schedules are unknown.
    fn active_schedules(&self, group: &str, at: DateTime) -> Option<Vec<Text>>;

    /// Returns whether an emergency group is active; `None` if it is unknown.
    fn emergency_group_is_active(&self, group: &str) -> Option<bool>;

    /// Returns whether the host has prepared outcomes of this lookup or transfer, given by
    /// the name of its flow, its kind and its name. The session then requests it before it
    /// looks into the organisation.
    fn prepares_action(&self, flow: &str, kind: &str, name: &str) -> bool;
}

impl Organisation for Fixtures {
    fn knows(&self, kind: Kind, id: &str, name: &str) -> Option<bool> {
        Self::knows(self, kind, id, name)
    }

    fn queue_wait(&self, queue: [&str; 2], skills: &[Text], waited_ms: i64) -> QueueWait {
        Self::queue_wait(self, queue, skills, waited_ms)
    }

    fn in_queue_flow(&self, id: &str, name: &str, medium: Medium) -> Option<&Text> {
        Self::in_queue_flow(self, id, name, medium)
    }

    fn prompt_in(&self, prompt: &Object, language: &str) -> Option<Arc<Object>> {
        Self::prompt_in(self, prompt, language)
    }

    fn speaks(&self, language: &str) -> bool {
        Self::speaks(self, language)
    }

    fn extensions(&self) -> Vec<&Text> {
        Self::extensions(self).collect()
    }

    fn user_of_extension(&self, extension: &str) -> Option<Value> {
        Self::user_of_extension(self, extension)
    }

    fn data_table(&self, table: &str) -> Option<DataTableView<'_>> {
        Self::data_table(self, table)
    }

    fn schedule_is_active(
        &self,
        schedule: &str,
        at: DateTime,
        zone: Option<&TimeZone>,
    ) -> Option<bool> {
        Self::schedule_is_active(self, schedule, at, zone)
    }

    fn schedule_group_state(
        &self,
        group: &str,
        at: DateTime,
    ) -> Option<ScheduleGroupState> {
        Self::schedule_group_state(self, group, None, at)
    }

    fn active_schedules(&self, group: &str, at: DateTime) -> Option<Vec<Text>> {
        Self::active_schedules(self, group, at)
    }

    fn emergency_group_is_active(&self, group: &str) -> Option<bool> {
        Self::emergency_group_is_active(self, group)
    }

    fn prepares_action(&self, flow: &str, kind: &str, name: &str) -> bool {
        self.knows_action(flow, kind, name)
    }
}

/// Returns the organisation without any objects, which calls have by default.
pub(crate) fn empty_organisation() -> Arc<dyn Organisation> {
    static EMPTY: LazyLock<Arc<Fixtures>> = LazyLock::new(Arc::default);
    Arc::<Fixtures>::clone(&EMPTY)
}
