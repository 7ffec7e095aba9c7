//! The database that histories run on: emptied before each, and read behind the library's back.

use std::collections::BTreeMap;

use orm_core::Session;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::models::TABLES;
use super::reference::{Id, Rows};
use super::ties::TIES;
use super::{Outcome, told};
use crate::Setup;

/// Children first, so that no row is referred to when it goes; the keys start anew, so that a history is the same again.
const EMPTY: &str = "
    DELETE FROM seats; DELETE FROM album_nodes; DELETE FROM takes; DELETE FROM tracks; DELETE FROM albums;
    DELETE FROM lines; DELETE FROM products; DELETE FROM orders; DELETE FROM nodes; DELETE FROM posts;
    DELETE FROM passports; DELETE FROM badges; DELETE FROM users;
    SELECT setval(pg_get_serial_sequence(name, 'id'), 1, false)
        FROM unnest('{takes,tracks,albums,lines,products,orders,nodes,posts,passports,badges,users}'::text[]) name";

/// Every row: model, key, name, parents.
const ROWS: &str = "
    SELECT 'User', 0, id, name, NULL::bigint, NULL::bigint FROM users
    UNION ALL SELECT 'Badge', 0, id, name, user_id, NULL FROM badges
    UNION ALL SELECT 'Passport', 0, id, name, holder_id, NULL FROM passports
    UNION ALL SELECT 'Post', 0, id, name, author_id, editor_id FROM posts
    UNION ALL SELECT 'Node', 0, id, name, parent_id, NULL FROM nodes
    UNION ALL SELECT 'Order', tenant_id, id, name, NULL, NULL FROM orders
    UNION ALL SELECT 'Product', tenant_id, id, name, NULL, NULL FROM products
    UNION ALL SELECT 'Line', tenant_id, id, name, order_id, product_id FROM lines
    UNION ALL SELECT 'Album', 0, id, name, NULL, NULL FROM albums
    UNION ALL SELECT 'Track', 0, id, name, album_id, NULL FROM tracks
    UNION ALL SELECT 'Take', 0, id, name, track_id, NULL FROM takes
    UNION ALL SELECT 'album.nodes', 0, NULL, NULL, album_id, node_id FROM album_nodes
    UNION ALL SELECT 'user.nodes', 0, NULL, NULL, user_id, node_id FROM seats";

pub(super) struct Ground {
    setup: Setup,
    client: Client,
}

impl Ground {
    pub(super) async fn new() -> Self {
        let setup = Setup::new(&TABLES).await;
        let client = setup.database.client().await.expect("the database can be reached");
        Self { setup, client }
    }

    pub(super) fn session(&self) -> Session {
        self.setup.db.session()
    }

    pub(super) async fn empty(&self) {
        self.client.simple_query(EMPTY).await.expect("the tables can be emptied");
    }

    /// Another session renames a row, and counts its version.
    pub(super) async fn rename_node(&self, key: i64, name: &str) {
        let update = format!("UPDATE nodes SET name = '{name}', version = version + 1 WHERE id = {key}");
        self.client.simple_query(&update).await.expect("the row can be changed");
    }

    /// The database holds these rows and no others.
    pub(super) async fn holds(&self, rows: &Rows, keys: &BTreeMap<Id, (i32, i64)>) -> Outcome {
        let key = |parent: Option<Id>| match parent {
            Some(parent) => keys[&parent].1.to_string(),
            None => "-".to_owned(),
        };
        let line = |(id, row): (&Id, &super::reference::Row)| {
            let (own, [one, other]) = (keys[id].1, row.parents.map(key));
            format!("{:?}|{}|{own}|{}|{one}|{other}", row.kind, row.tenant, row.name)
        };
        let pair = |&(tie, one, other): &(usize, Id, Id)| {
            format!("{}|0|-|-|{}|{}", TIES[tie].name, keys[&one].1, keys[&other].1)
        };
        let mut expected: Vec<String> = rows.iter().map(line).chain(rows.ties.iter().map(pair)).collect();
        expected.sort_unstable();
        let found = self.rows().await;
        if found == expected {
            return Ok(());
        }
        let less = |one: &[String], other: &[String]| {
            one.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join(", ")
        };
        Err(format!(
            "the database has [{}] instead of [{}]",
            less(&found, &expected),
            less(&expected, &found)
        ))
    }

    async fn rows(&self) -> Vec<String> {
        let messages = self.client.simple_query(ROWS).await.expect("the tables can be read");
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let cells = |row: tokio_postgres::SimpleQueryRow| {
            (0..row.len()).map(|cell| row.get(cell).unwrap_or("-").to_owned()).collect::<Vec<_>>().join("|")
        };
        let mut rows: Vec<String> = rows.map(cells).collect();
        rows.sort_unstable();
        rows
    }

    /// Nothing is sent.
    pub(super) async fn is_silent_during(&self, run: impl Future<Output = orm_core::Result<()>>) -> Outcome {
        self.setup.proxy.reset();
        run.await.map_err(told("a second flush"))?;
        match self.setup.proxy.statements() {
            sent if sent.is_empty() => Ok(()),
            sent => Err(format!("a second flush sends {sent:?}")),
        }
    }
}
