//! Floor 2: conditions on keys, without their types.
//!
//! Invariant: the text depends on the key's columns, never on how many keys are looked for.

use std::sync::Arc;

use super::expression::{BinaryOperator, Quantifier};
use super::{Expression, Parameter, SelectStatement, Source, TableReference};
use crate::types::Value;

impl Expression {
    /// Whether the columns hold this key: `t.a = $1 AND t.b = $2`. `key` has one value for each column.
    pub(crate) fn key_is(source: TableReference, columns: &[usize], key: Vec<Arc<dyn Value>>) -> Self {
        Self::and(columns.iter().zip(key).map(|(&column, value)| {
            let parameter = Parameter::value(value, source.table.columns[column].sql_type);
            source.column(column).binary(BinaryOperator::Equal, Self::Parameter(parameter))
        }))
    }

    /// Whether the columns hold one of these keys: `t.a = ANY($1)`, or for several columns
    /// `(t.a, t.b) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))`.
    ///
    /// `keys` has one list for each column, all of the same length: the n-th values of all lists are the n-th key.
    pub(crate) fn key_in(source: TableReference, columns: &[usize], keys: Vec<Vec<Arc<dyn Value>>>) -> Self {
        let operand = columns.iter().map(|&column| source.column(column));
        let arrays = columns.iter().zip(keys).map(|(&column, values)| {
            Self::Parameter(Parameter::array(values, source.table.columns[column].sql_type))
        });
        if columns.len() == 1 {
            return Self::and(
                operand
                    .zip(arrays)
                    .map(|(column, array)| column.quantified(BinaryOperator::Equal, Quantifier::Any, array)),
            );
        }
        let keys = Source::Function("unnest", cast(source, columns, arrays));
        let keys = SelectStatement::everything_from(keys);
        Self::In(Box::new(Self::List(operand.collect())), Box::new(keys))
    }

    /// Whether the columns hold a row of a query: `t.a IN (SELECT ..)`.
    pub(crate) fn key_among(source: TableReference, columns: &[usize], rows: SelectStatement) -> Self {
        let operand = match *columns {
            [column] => source.column(column),
            _ => Self::List(columns.iter().map(|&column| source.column(column)).collect()),
        };
        Self::In(Box::new(operand), Box::new(rows))
    }
}

impl Source {
    /// The keys as rows, which are called as the columns of `source` are. `keys` has one list for each column.
    pub(crate) fn keys(source: TableReference, columns: &[usize], keys: Vec<Vec<Arc<dyn Value>>>) -> Self {
        let arrays = columns.iter().zip(keys).map(|(&column, values)| {
            Expression::Parameter(Parameter::array(values, source.table.columns[column].sql_type))
        });
        Self::Keys(cast(source, columns, arrays), source, columns.to_vec())
    }
}

/// The arrays as arrays of the columns' data types.
fn cast(
    source: TableReference,
    columns: &[usize],
    arrays: impl Iterator<Item = Expression>,
) -> Vec<Expression> {
    let types = columns.iter().map(|&column| source.table.columns[column].parameter_type().array());
    types.zip(arrays).map(|(ty, array)| Expression::Cast(Box::new(array), ty)).collect()
}

impl Expression {
    /// Whether the columns hold what a row of the select holds: `t.a IN (SELECT ..)`.
    pub(crate) fn columns_in(source: TableReference, columns: &[usize], select: SelectStatement) -> Self {
        let mut operands: Vec<_> = columns.iter().map(|&column| source.column(column)).collect();
        let operand = match operands.len() {
            1 => operands.remove(0),
            _ => Self::List(operands),
        };
        Self::In(Box::new(operand), Box::new(select))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::query::fixture::{ENTRIES, USERS};
    use crate::query::{Alias, Expression, SelectStatement, TableReference};
    use crate::types::Value;

    fn values<T: Value + Clone>(values: &[T]) -> Vec<Arc<dyn Value>> {
        values.iter().map(|value| Arc::new(value.clone()) as Arc<dyn Value>).collect()
    }

    #[test]
    fn one_key_is_compared() {
        let users = TableReference::of(USERS);
        let one = Expression::key_is(users, &[0], values(&[1_i64]));
        assert_eq!(format!("{one:?}"), "users.id = $1");

        let entries = TableReference::aliased(ENTRIES, Alias::numbered("order", 1));
        let key = vec![Arc::new(1_i64) as Arc<dyn Value>, Arc::new("a".to_owned())];
        let composite = Expression::key_is(entries, &[0, 1], key);
        assert_eq!(format!("{composite:?}"), "order_1.tenant_id = $1 AND order_1.\"Code\" = $2");
    }

    #[test]
    fn keys_of_one_column_are_one_array() {
        for keys in [vec![], vec![1_i64], vec![1, 2, 3]] {
            let condition = Expression::key_in(TableReference::of(USERS), &[0], vec![values(&keys)]);
            let sql = SelectStatement::of(USERS).filter(condition).to_sql();
            assert_eq!(
                sql.text,
                "SELECT users.id, users.name, users.email FROM users WHERE users.id = ANY($1)"
            );
            assert_eq!(format!("{:?}", sql.parameters), "[Parameter(bigint[])]");
        }
    }

    #[test]
    fn keys_of_several_columns_are_an_array_each() {
        let keys = vec![values(&[1_i64, 2]), values(&["a".to_owned(), "b".to_owned()])];
        let condition = Expression::key_in(TableReference::of(ENTRIES), &[0, 1], keys);
        let sql = SelectStatement::of(ENTRIES).filter(condition).to_sql();
        assert_eq!(
            sql.text,
            "SELECT app.\"order\".tenant_id, app.\"order\".\"Code\", app.\"order\".\"select\" \
             FROM app.\"order\" WHERE (app.\"order\".tenant_id, app.\"order\".\"Code\") \
             IN (SELECT * FROM unnest($1::bigint[], $2::text[]))"
        );
        assert_eq!(format!("{:?}", sql.parameters), "[Parameter(bigint[]), Parameter(text[])]");
    }
}
