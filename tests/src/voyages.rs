//! Rows that name several new rows at once, by keys of two types that the server makes.

use orm_core::prelude::*;
use uuid::Uuid;

#[derive(Model, Debug, Clone)]
#[orm(table = "sailors")]
pub struct Sailor {
    #[orm(primary_key, default = gen_random_uuid())]
    pub id: Uuid,
    #[orm(unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "ports")]
pub struct Port {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(default = "'calm'")]
    pub weather: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "voyages")]
pub struct Voyage {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(belongs_to(captain: Sailor))]
    pub captain_id: Uuid,
    #[orm(belongs_to(mate: Sailor))]
    pub mate_id: Option<Uuid>,
    #[orm(belongs_to(port: Port))]
    pub port_id: Option<i64>,
}

pub const TABLES: [&orm_core::model::Table; 3] = models![Sailor, Port, Voyage];

/// The voyages with the names of whom and what they name.
pub const VOYAGES: &str = "SELECT v.name, c.name, m.name, p.name FROM voyages v JOIN sailors c ON c.id = v.captain_id \
     LEFT JOIN sailors m ON m.id = v.mate_id LEFT JOIN ports p ON p.id = v.port_id ORDER BY v.name";
