//! A shop whose database has data types, functions, operators and aggregates of its own.

use orm_core::prelude::*;
use orm_core::types::{DataType, Missing, SqlType};
use postgres_types::{FromSql, ToSql};

use crate::Setup;

/// An enum type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ColumnEnum)]
#[orm(type = "size")]
pub enum Size {
    Small,
    Middling,
    Large,
}

/// A domain over text: to the driver it is a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, ColumnNewtype)]
pub struct Mail(pub String);

impl From<&str> for Mail {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, ToSql, FromSql)]
#[postgres(name = "place")]
pub struct Place {
    pub street: String,
    pub city: String,
}

impl DataType for Place {
    type KeyState = Missing;
    const SQL_TYPE: SqlType = SqlType::new("place");

    fn unset() -> Self {
        Self { street: String::new(), city: String::new() }
    }
}

#[derive(Model, Debug, Clone)]
#[orm(table = "shops")]
pub struct Shop {
    #[orm(primary_key)]
    pub id: i32,
    pub name: String,
    #[orm(type = "mail")]
    pub mail: Mail,
    pub place: Place,
    pub branch: Option<Place>,
    pub size: Size,
    pub staff: i32,
}

pub const TABLES: [&orm_core::model::Table; 1] = models![Shop];

const TYPES: &str = "
CREATE DOMAIN mail AS text CHECK (value LIKE '%@%');
CREATE TYPE place AS (street text, city text);";

const FUNCTIONS: &str = "
CREATE FUNCTION label(place) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).street || ', ' || ($1).city $$;
CREATE FUNCTION grown(staff integer, by_percent integer DEFAULT 10) RETURNS integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT staff + staff * by_percent / 100 $$;
CREATE FUNCTION shops_in(wanted text) RETURNS TABLE (name text, staff integer) LANGUAGE sql STABLE
    AS $$ SELECT name, staff FROM shops WHERE (place).city = wanted $$;
CREATE FUNCTION sounds_like(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS $$ SELECT translate(lower($1), 'aeiou ', '') = translate(lower($2), 'aeiou ', '') $$;
CREATE OPERATOR =~~= (FUNCTION = sounds_like, LEFTARG = text, RIGHTARG = text);
CREATE AGGREGATE product(integer) (SFUNC = int4mul, STYPE = integer, INITCOND = '1');";

const ROWS: &str = "
INSERT INTO shops (id, name, mail, place, branch, size, staff) VALUES
    (1, 'Pens and Paper', 'pens@example.org', ('High Street', 'York'), NULL, 'small', 2),
    (2, 'Pencils', 'pencils@example.org', ('Low Lane', 'Leeds'), ('Mid Way', 'York'), 'large', 30),
    (3, 'Ink', 'ink@example.org', ('Church Row', 'York'), NULL, 'middling', 5);";

/// The shops, with all that their database has of its own.
pub async fn shops() -> Setup {
    let setup = Setup::new(&[]).await;
    setup.sql(TYPES).await;
    setup.db.create_all(&TABLES).await.expect("the table can be created");
    setup.sql(FUNCTIONS).await;
    setup.sql(ROWS).await;
    setup.proxy.reset();
    setup
}
