//! Floor 2: a source under another name, so that one table can stand in a statement several times.

use super::{Expr, RelationshipTo, TableReference};
use crate::model::{Column, Relationship, RelationshipMarker, Selectable};
use crate::types::ColumnType;

/// A source under another name. Declared with [`alias!`](crate::alias).
///
/// ```
/// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
/// alias!(Manager = Employee);
/// let query = select::<Employee>()
///     .left_join(Employee::manager.to::<Manager>())
///     .columns((Employee::last_name, Manager::col(Employee::last_name)));
/// assert!(query.to_string().starts_with("SELECT employee.last_name, manager.last_name FROM"));
/// ```
pub trait Aliased: Selectable {
    /// What it is a name for.
    type Of: Selectable;

    /// A column of the source under this name.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// alias!(Manager = Employee);
    /// assert_eq!(format!("{:?}", Manager::col(Employee::last_name)), "Expr(manager.last_name)");
    /// ```
    fn col<T: ColumnType>(column: Column<Self::Of, T>) -> Expr<T, Self>
    where
        Self: Sized,
    {
        Expr::new(TableReference::to::<Self>().column(column.index()))
    }

    /// A relationship of the model under this name, to be joined along.
    ///
    /// ```
    /// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
    /// alias!(Manager = Employee);
    /// alias!(Head = Employee);
    /// let query = select::<Employee>()
    ///     .join(Employee::manager.to::<Manager>())
    ///     .join(Manager::rel(Employee::manager).to::<Head>());
    /// # let _ = query;
    /// ```
    fn rel<R: RelationshipMarker<Source = Self::Of>>(
        relationship: Relationship<R>,
    ) -> RelationshipTo<R, Self, R::Target>
    where
        Self: Sized,
    {
        let _ = relationship;
        RelationshipTo::new()
    }
}

/// A type's name in snake case, as what the alias is called in statements.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct SnakeCase {
    bytes: [u8; 63],
    length: usize,
}

impl SnakeCase {
    /// The name in snake case, as far as PostgreSQL keeps it.
    #[doc(hidden)]
    pub const fn new(name: &str) -> Self {
        let name = name.as_bytes();
        let (mut bytes, mut length, mut i) = ([0; 63], 0, 0);
        while i < name.len() && length + 1 < bytes.len() {
            if name[i].is_ascii_uppercase() && i > 0 && !name[i - 1].is_ascii_uppercase() {
                bytes[length] = b'_';
                length += 1;
            }
            bytes[length] = name[i].to_ascii_lowercase();
            length += 1;
            i += 1;
        }
        Self { bytes, length }
    }

    /// The name.
    #[doc(hidden)]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(name) => name,
            Err(_) => panic!("the name of an alias is longer than PostgreSQL keeps names"),
        }
    }
}

/// Declares a source under another name: `alias!(Manager = Employee);`. In statements it is called by its name here in
/// snake case.
///
/// ```
/// # use orm_examples::chinook::sales::Employee; use orm_core::prelude::*;
/// alias!(Manager = Employee);
/// let query = select::<Employee>().join(table::<Manager>().on(Employee::manager_id.eq(Manager::col(Employee::id))));
/// assert!(query.to_string().ends_with("JOIN employee AS manager ON employee.reports_to = manager.employee_id"));
/// ```
#[macro_export]
macro_rules! alias {
    ($(#[$attribute:meta])* $visibility:vis $name:ident = $source:ty) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy)]
        $visibility struct $name;

        impl $crate::model::Selectable for $name {
            const SOURCE: &'static $crate::Table = <$source as $crate::model::Selectable>::SOURCE;
            const ALIAS: ::core::option::Option<&'static str> = {
                const NAME: &$crate::__private::SnakeCase = &$crate::__private::SnakeCase::new(stringify!($name));
                ::core::option::Option::Some(NAME.as_str())
            };
        }

        impl $crate::query::Aliased for $name {
            type Of = $source;
        }
    };
}
