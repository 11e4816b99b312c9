//! Times at which something happens without a request: a question times out, or an event
//! of a waiting conversation is due.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::Text;

/// For each subject, the next time at which it has to be looked at, in milliseconds since
/// 1970.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    times: BTreeSet<(i64, Text)>,
    of_subject: BTreeMap<Text, i64>,
}

impl Schedule {
    /// Sets the time of a subject; `None` removes it.
    pub(super) fn set(&mut self, subject: &Text, at: Option<i64>) {
        let before = match at {
            Some(at) => self.of_subject.insert(subject.clone(), at),
            None => self.of_subject.remove(subject),
        };
        if let Some(before) = before {
            self.times.remove(&(before, subject.clone()));
        }
        if let Some(at) = at {
            self.times.insert((at, subject.clone()));
        }
    }

    /// Takes the subjects whose time has come, in the order of their times.
    pub(super) fn take_due(&mut self, now: i64) -> Vec<Text> {
        let mut due = Vec::new();
        while let Some((at, _)) = self.times.first()
            && *at <= now
            && let Some((_, subject)) = self.times.pop_first()
        {
            self.of_subject.remove(&subject);
            due.push(subject);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_has_one_time() {
        let mut schedule = Schedule::default();
        let [a, b, c] = ["a", "b", "c"].map(Text::from);
        for (subject, at) in [(&a, 5), (&b, 3), (&c, 9), (&a, 2), (&b, 3)] {
            schedule.set(subject, Some(at));
        }
        schedule.set(&c, None);
        assert_eq!(schedule.take_due(1), Vec::<Text>::new());
        assert_eq!(schedule.take_due(4), [a, b]);
        assert_eq!(schedule.take_due(i64::MAX), Vec::<Text>::new());
    }
}
