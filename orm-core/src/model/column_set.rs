//! Floor 1: a set of a table's columns.

/// A set of columns, by their positions in one table. A model has at most [`ColumnSet::CAPACITY`] columns.
///
/// ```
/// # use orm_core::model::ColumnSet;
/// let set: ColumnSet = [2, 0].into_iter().collect();
/// assert!(set.iter().eq([0, 2]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ColumnSet([u64; 4]);

impl ColumnSet {
    /// How many columns a table may have.
    pub const CAPACITY: usize = 256;

    /// The set without columns.
    pub const EMPTY: Self = Self([0; 4]);

    /// The set of the first `count` columns.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// assert!(ColumnSet::first(3).iter().eq([0, 1, 2]));
    /// ```
    pub fn first(count: usize) -> Self {
        (0..count).collect()
    }

    /// Puts a column in.
    ///
    /// # Panics
    /// If the position is not below [`ColumnSet::CAPACITY`]; so do the other methods that take one.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// let mut set = ColumnSet::EMPTY;
    /// set.insert(7);
    /// assert!(set.contains(7));
    /// ```
    pub fn insert(&mut self, column: usize) {
        self.0[column / 64] |= 1 << (column % 64);
    }

    /// Takes a column out.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// let mut set = ColumnSet::first(2);
    /// set.remove(0);
    /// assert!(set.iter().eq([1]));
    /// ```
    pub fn remove(&mut self, column: usize) {
        self.0[column / 64] &= !(1 << (column % 64));
    }

    /// Whether the column is in the set.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// assert!(ColumnSet::first(2).contains(1) && !ColumnSet::first(2).contains(2));
    /// ```
    pub fn contains(&self, column: usize) -> bool {
        self.0[column / 64] & (1 << (column % 64)) != 0
    }

    /// Whether no column is in the set.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// assert!(ColumnSet::EMPTY.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// The columns that are in either set.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// let odd: ColumnSet = [1, 3].into_iter().collect();
    /// assert!(odd.union(ColumnSet::first(2)).iter().eq([0, 1, 3]));
    /// ```
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        self
    }

    /// The columns of this set that are not in the other.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// assert!(ColumnSet::first(3).without(ColumnSet::first(1)).iter().eq([1, 2]));
    /// ```
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= !other);
        self
    }

    /// The columns, in the table's order.
    ///
    /// ```
    /// # use orm_core::model::ColumnSet;
    /// assert_eq!(ColumnSet::first(2).iter().collect::<Vec<_>>(), [0, 1]);
    /// ```
    pub fn iter(mut self) -> impl Iterator<Item = usize> {
        let mut word = 0;
        std::iter::from_fn(move || {
            while self.0[word] == 0 {
                word = Some(word + 1).filter(|&word| word < self.0.len())?;
            }
            let bits = &mut self.0[word];
            let lowest = bits.trailing_zeros() as usize;
            *bits &= *bits - 1;
            Some(64 * word + lowest)
        })
    }
}

impl FromIterator<usize> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut set = Self::EMPTY;
        columns.into_iter().for_each(|column| set.insert(column));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnSet;

    #[test]
    fn columns_come_in_the_order_of_the_table() {
        let columns = [0, 1, 63, 64, 130, 255];
        let set: ColumnSet = columns.into_iter().rev().collect();
        assert!(set.iter().eq(columns));
        assert!(ColumnSet::first(70).iter().eq(0..70));
        assert_eq!(ColumnSet::EMPTY.iter().next(), None);
    }
}
