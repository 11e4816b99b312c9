//! The random numbers that an expression draws.

use crate::value::Value;

use super::code::Code;
use super::expression::Expression;
use super::functions::of_bits;
use super::signature::Varying;

/// A random number between two bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The smallest number.
    pub low: i64,
    /// The largest number.
    pub high: i64,
}

impl Draw {
    /// Returns the number that 64 random bits give; `None` if they are rejected, so that
    /// further bits are drawn.
    pub fn number(&self, bits: u64) -> Option<i64> {
        of_bits(self.low, self.high, bits)
    }
}

impl Expression {
    /// Returns the random numbers that it may draw, in the order of the text. A number is
    /// `None` if its bounds are not constants.
    pub fn draws(&self) -> Vec<Option<Draw>> {
        let mut draws = Vec::new();
        self.with(|code| add(code, &mut draws));
        draws
    }

    /// Returns the expression in which a variable replaces the random number at this place
    /// among [`draws`](Self::draws).
    #[must_use]
    pub fn with_draw(&self, place: usize, slot: u32) -> Self {
        self.with(|code| {
            let mut code = code.clone();
            replace(&mut code, &mut Some(place), slot);
            self.with_code(code)
        })
    }
}

fn is_draw(code: &Code) -> bool {
    match code {
        Code::Call(call) => call.overload.varies == Some(Varying::Random),
        _ => false,
    }
}

/// Adds the random numbers of the code. The recursion is as deep as the expression's
/// nesting.
fn add(code: &Code, draws: &mut Vec<Option<Draw>>) {
    if let Code::Call(call) = code
        && is_draw(code)
    {
        let constant = |code: &Code| match code {
            Code::Constant(Value::Integer(number)) => Some(*number),
            _ => None,
        };
        let bounds: Vec<Option<i64>> = call.arguments.iter().map(constant).collect();
        let (low, high) = match *bounds {
            [high] => (Some(0), high),
            [low, high] => (low, high),
            _ => (None, None),
        };
        let draw = low.zip(high).filter(|(low, high)| low <= high);
        draws.push(draw.map(|(low, high)| Draw { low, high }));
    }
    code.each_part(&mut |part| add(part, draws));
}

/// Replaces the random number at a place, which counts down.
fn replace(code: &mut Code, place: &mut Option<usize>, slot: u32) {
    if is_draw(code) {
        *place = match *place {
            Some(0) => {
                *code = Code::Variable(slot);
                None
            }
            other => other.map(|left| left - 1),
        };
    }
    for part in code.parts_mut() {
        if place.is_some() {
            replace(part, place, slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::architect::Declarations;

    #[test]
    fn random_numbers_have_bounds_and_can_be_replaced() {
        let text = "RandomInt(5) + RandomInt(-1, 1) > RandomInt(2, 1)";
        let mut names = Declarations::new();
        let expression = Expression::compile(text, &mut names, None).unwrap();
        let draws = expression.draws();
        let draw = |low, high| Some(Draw { low, high });
        assert_eq!(draws, [draw(0, 5), draw(-1, 1), None]);
        let replaced = expression.with_draw(1, 9);
        assert_eq!(replaced.variables(), [9]);
        assert_eq!(replaced.draws(), [draw(0, 5), None]);
    }
}
