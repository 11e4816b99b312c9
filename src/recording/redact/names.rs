//! Classification of values by their names.

use std::borrow::Cow;

/// Names of values that always contain a person's name; compared as [`plain`] strings.
const PEOPLE: [&str; 17] = [
    "firstname",
    "middlename",
    "lastname",
    "fullname",
    "givenname",
    "familyname",
    "surname",
    "remotename",
    "callername",
    "customername",
    "contactname",
    "participantname",
    "authorname",
    "agentname",
    "username",
    "displayname",
    "cnam",
];

/// Names of objects in which `name` is a person's name. They also match as part of a
/// longer word, and in the plural.
const OF_PEOPLE: [&str; 10] = [
    "participant",
    "contact",
    "customer",
    "caller",
    "author",
    "agent",
    "person",
    "member",
    "user",
    "context",
];

/// Names of values that always contain a telephone number.
const NUMBERS: [&str; 21] = [
    "ani",
    "dnis",
    "phone",
    "phonenumber",
    "phones",
    "telephone",
    "telephonenumber",
    "mobile",
    "mobilenumber",
    "cell",
    "cellphone",
    "callerani",
    "callerid",
    "calledaddress",
    "calledaddressoriginal",
    "callbacknumber",
    "subscribernumber",
    "e164",
    "workphone",
    "homephone",
    "faxnumber",
];

/// Returns a name without its scope, in lower case and without punctuation.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(last);
    }
    let letters = last.chars().filter(|it| it.is_alphanumeric());
    Cow::Owned(letters.flat_map(char::to_lowercase).collect())
}

/// Returns whether a value with this name, in an object or list named `within`, is a
/// person's name.
pub(super) fn is_of_person(name: &str, within: &str) -> bool {
    let name = plain(name);
    if name == "name" {
        let within = plain(within);
        return OF_PEOPLE.iter().any(|it| within.contains(it));
    }
    PEOPLE.contains(&&*name)
}

/// Returns whether a value with this name is a telephone number.
pub(super) fn is_of_number(name: &str) -> bool {
    NUMBERS.contains(&&*plain(name))
}

/// Returns whether a variable, parameter or field is the chosen one, whose scope may be
/// omitted.
pub(super) fn is_variable(name: &str, chosen: &str) -> bool {
    let (mut name, chosen) = (name, chosen.trim());
    if !chosen.contains('.') {
        name = name.rsplit('.').next().unwrap_or(name);
    }
    !chosen.is_empty() && name.eq_ignore_ascii_case(chosen)
}

/// Replaces a string where it occurs as separate words.
pub(super) fn replace_words(text: &str, old: &str, new: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, from) = rest.split_at(at);
        let after = from.get(old.len()..).unwrap_or_default();
        let joins = |it: Option<char>, edge: Option<char>| {
            it.is_some_and(char::is_alphanumeric)
                && edge.is_some_and(char::is_alphanumeric)
        };
        let last = before.chars().next_back().or_else(|| replaced.chars().next_back());
        let is_part = joins(last, old.chars().next())
            || joins(after.chars().next(), old.chars().next_back());
        replaced.push_str(before);
        replaced.push_str(if is_part { old } else { new });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}
