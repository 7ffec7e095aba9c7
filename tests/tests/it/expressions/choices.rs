//! Trees of bytes: fewer and lower ones make smaller trees, so that a tree is shortened with its bytes.

use super::tree::{Number, Truth, Word};

const WORDS: [&str; 12] =
    ["", "a", "'", "\"", "\\", "{}", "$1", "%_", "b'); DROP TABLE cells; --", "/* */", "é😀", "NULL"];

/// Bytes that are used up to choose; no more of them choose the first.
pub(super) struct Choices<'a>(std::slice::Iter<'a, u8>);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    fn below(&mut self, count: u8) -> u8 {
        self.0.next().copied().unwrap_or_default() % count
    }

    fn value(&mut self) -> i32 {
        i32::from(self.below(6)) - 2
    }

    fn text(&mut self) -> &'static str {
        WORDS[usize::from(self.below(12))]
    }

    pub(super) fn number(&mut self, depth: usize) -> Number {
        let kind = self.below(if depth == 0 { 4 } else { 17 });
        let depth = depth.saturating_sub(1);
        let mut one = || Box::new(self.number(depth));
        match kind {
            0 => Number::Column,
            1 => Number::Other,
            2 => Number::Value(self.value()),
            3 => Number::Nothing,
            4 => Number::Sum(one(), one()),
            5 => Number::Difference(one(), one()),
            6 => Number::Product(one(), one()),
            7 => Number::Minus(one()),
            8 => Number::Absolute(one()),
            9 => Number::Greatest(one(), one()),
            10 => Number::Coalesce(one(), one()),
            11 => Number::NullIf(one(), one()),
            12 => {
                let truth = Box::new(self.truth(depth));
                Number::Case(truth, Box::new(self.number(depth)), Box::new(self.number(depth)))
            }
            13 => Number::Length(Box::new(self.word(depth))),
            14 => Number::BitAnd(Box::new(self.number(depth)), Box::new(self.number(depth))),
            15 => Number::BitNot(Box::new(self.number(depth))),
            _ => Number::OfTruth(Box::new(self.truth(depth))),
        }
    }

    pub(super) fn word(&mut self, depth: usize) -> Word {
        let kind = self.below(if depth == 0 { 2 } else { 8 });
        let depth = depth.saturating_sub(1);
        match kind {
            0 => Word::Column,
            1 => Word::Value(self.text()),
            2 => Word::Lower(Box::new(self.word(depth))),
            3 => Word::Concat(Box::new(self.word(depth)), Box::new(self.word(depth))),
            4 => Word::Coalesce(Box::new(self.word(depth)), Box::new(self.word(depth))),
            5 => Word::Left(Box::new(self.word(depth)), self.value()),
            6 => Word::Replace(Box::new(self.word(depth)), self.text(), self.text()),
            _ => Word::OfNumber(Box::new(self.number(depth))),
        }
    }

    pub(super) fn truth(&mut self, depth: usize) -> Truth {
        let kind = self.below(if depth == 0 { 4 } else { 22 });
        let depth = depth.saturating_sub(1);
        let values = |choices: &mut Self| (0..choices.below(4)).map(|_| choices.value()).collect();
        match kind {
            0 => Truth::Flag,
            1 => Truth::Equal(self.number(depth), self.number(depth)),
            2 => Truth::Less(self.number(depth), self.number(depth)),
            3 => Truth::IsNull(self.number(depth)),
            4 => Truth::IsDistinct(self.number(depth), self.number(depth)),
            5 => Truth::Between(self.number(depth), self.number(depth), self.number(depth)),
            6 => Truth::Among(self.number(depth), values(self)),
            7 => Truth::NotAmong(self.number(depth), values(self)),
            8 => Truth::SameWord(self.word(depth), self.word(depth)),
            9 => Truth::Contains(self.word(depth), self.text()),
            10 => Truth::RowLess(self.number(depth), self.number(depth), self.value(), self.value()),
            11 => Truth::IsTrue(Box::new(self.truth(depth))),
            12 => Truth::Not(Box::new(self.truth(depth))),
            13 => Truth::And(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
            14 => Truth::Or(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
            15 => Truth::NotBetween(self.number(depth), self.number(depth), self.number(depth)),
            16 => Truth::Symmetric(self.number(depth), self.number(depth), self.number(depth)),
            17 => Truth::OneOf(self.number(depth), self.number(depth), self.number(depth)),
            18 => Truth::AmongRows(self.number(depth), Box::new(self.truth(depth))),
            19 => Truth::IsUnknown(Box::new(self.truth(depth))),
            20 => Truth::Same(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
            _ => Truth::Raw(Box::new(self.truth(depth)), Box::new(self.truth(depth))),
        }
    }
}
