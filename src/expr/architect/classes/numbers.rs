//! Examples of numbers and times between the places at which an outcome may change.

use std::collections::BTreeSet;

use crate::value::{Decimal, Json, MAX_INTEGER};

/// Returns the numbers with their neighbours, in ascending order.
pub(super) fn near(places: &BTreeSet<i64>) -> BTreeSet<i64> {
    let near = |it: &i64| [it.saturating_sub(1), *it, it.saturating_add(1)];
    let mut near: BTreeSet<i64> = places.iter().flat_map(near).collect();
    near.insert(0);
    near
}

/// Returns whole numbers in every interval between the places.
pub(super) fn integers(places: &BTreeSet<i64>) -> Vec<Json> {
    let mut near = near(places);
    near.retain(|number| (-MAX_INTEGER..=MAX_INTEGER).contains(number));
    near.into_iter().map(Json::Integer).collect()
}

/// Returns numbers in every interval between the places, and the places themselves.
pub(super) fn decimals(places: &[Decimal]) -> Option<Vec<Json>> {
    let mut places = places.to_vec();
    places.push(Decimal::zero());
    places.sort();
    places.dedup();
    let one = Decimal::from(1);
    let mut numbers = vec![places.first()?.checked_sub(&one)?];
    for (index, place) in places.iter().enumerate() {
        numbers.push(place.clone());
        let next = match places.get(index + 1) {
            Some(next) => place.checked_add(next)?.checked_div(&Decimal::from(2))?,
            None => place.checked_add(&one)?,
        };
        numbers.push(next);
    }
    let is_ascending = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    is_ascending.then(|| numbers.into_iter().map(Json::Decimal).collect())
}
