//! Small sets of models, each for one shape of keys and relationships.

use orm_core::prelude::*;

/// A tree: a table that refers to itself.
pub mod tree {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "nodes")]
    #[orm(has_many(children: Node, back_populates = parent))]
    pub struct Node {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(belongs_to(parent: Node, back_populates = children))]
        pub parent_id: Option<i64>,
    }

    /// A tree that can only be walked upwards.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "twigs")]
    pub struct Twig {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(parent: Twig))]
        pub parent_id: Option<i64>,
    }

    /// A tree over a unique column that is not the primary key.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "folders")]
    #[orm(has_many(folders: Folder, back_populates = parent))]
    pub struct Folder {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique)]
        pub path: String,
        #[orm(belongs_to(parent: Folder, references = path, back_populates = folders))]
        pub parent_path: Option<String>,
    }
}

/// Keys that may be absent.
pub mod club {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "teams")]
    #[orm(has_many(players: Player, back_populates = team))]
    #[orm(has_one(captain: Captain, back_populates = team))]
    pub struct Team {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "players")]
    pub struct Player {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(belongs_to(team: Team, back_populates = players))]
        pub team_id: Option<i64>,
    }

    /// One-to-one.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "captains")]
    pub struct Captain {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(unique, belongs_to(team: Team, back_populates = captain))]
        pub team_id: Option<i64>,
    }

    /// Knows its team, which does not know it.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "fans")]
    pub struct Fan {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(team: Team))]
        pub team_id: Option<i64>,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Team, Player, Captain, Fan];
}

/// Keys of two columns.
pub mod shop {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "orders")]
    #[orm(has_many(lines: Line, back_populates = order))]
    pub struct Order {
        #[orm(primary_key)]
        pub tenant_id: i32,
        #[orm(primary_key, identity)]
        pub id: i64,
        pub customer: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "lines")]
    #[orm(belongs_to(order: Order, key = (tenant_id, order_id), back_populates = lines))]
    pub struct Line {
        #[orm(primary_key)]
        pub tenant_id: i32,
        #[orm(primary_key)]
        pub order_id: i64,
        #[orm(primary_key)]
        pub number: i32,
        pub product: String,
    }

    pub const TABLES: [&orm_core::model::Table; 2] = models![Order, Line];
}

/// Keys that the application makes, and one row's key that is another's.
pub mod world {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "countries")]
    #[orm(has_many(cities: City, back_populates = country))]
    #[orm(has_one(flag: Flag, back_populates = country))]
    pub struct Country {
        #[orm(primary_key)]
        pub code: String,
        pub name: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "cities")]
    pub struct City {
        #[orm(primary_key)]
        pub name: String,
        #[orm(belongs_to(country: Country, back_populates = cities))]
        pub country_code: String,
    }

    /// Its primary key is its country's.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "flags")]
    pub struct Flag {
        #[orm(primary_key, belongs_to(country: Country, back_populates = flag))]
        pub country_code: String,
        pub colours: Vec<String>,
    }

    pub const TABLES: [&orm_core::model::Table; 3] = models![Country, City, Flag];
}

/// Keys to a unique column that is not the primary key, and two relationships between the same two models.
pub mod press {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "writers")]
    #[orm(has_many(written: Article, back_populates = author), has_many(edited: Article, back_populates = editor))]
    #[orm(has_many(letters: Letter, back_populates = recipient))]
    pub struct Writer {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique)]
        pub email: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "articles")]
    pub struct Article {
        #[orm(primary_key)]
        pub id: i64,
        pub title: String,
        #[orm(belongs_to(author: Writer, back_populates = written))]
        pub author_id: i64,
        #[orm(belongs_to(editor: Writer, back_populates = edited))]
        pub editor_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "letters")]
    pub struct Letter {
        #[orm(primary_key)]
        pub id: i64,
        pub body: Vec<u8>,
        #[orm(belongs_to(recipient: Writer, references = email, back_populates = letters))]
        pub email: String,
    }

    pub const TABLES: [&orm_core::model::Table; 3] = models![Writer, Article, Letter];
}

/// Two tables that refer to each other; one of the keys may be absent.
pub mod company {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "departments")]
    #[orm(has_many(employees: Employee, back_populates = department))]
    pub struct Department {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(belongs_to(head: Employee, back_populates = heads))]
        pub head_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "employees")]
    #[orm(has_many(heads: Department, back_populates = head))]
    pub struct Employee {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(belongs_to(department: Department, back_populates = employees))]
        pub department_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 2] = models![Department, Employee];
}
