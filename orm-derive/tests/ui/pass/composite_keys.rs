//! Keys of several columns, shared columns among them.

use orm_core::__private::{Default, IntoNew, Model as _};
use orm_core::Model;

#[derive(Model, Clone)]
#[orm(table = "orders", schema = "shop")]
#[orm(has_many(lines: OrderLine, back_populates = order))]
#[orm(has_one(invoice: Invoice, back_populates = order))]
#[orm(has_one(note: Note, back_populates = order))]
#[orm(unique(tenant_id, number), index(number, tenant_id))]
struct Order {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    id: i64,
    number: String,
}

#[derive(Model, Clone)]
#[orm(belongs_to(order: Order, key = (tenant_id, order_id), back_populates = lines, on_delete = cascade))]
struct OrderLine {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    order_id: i64,
    #[orm(primary_key, identity)]
    line: i32,
}

/// The key is the whole primary key.
#[derive(Model, Clone)]
#[orm(belongs_to(order: Order, key = (tenant_id, order_id), back_populates = invoice))]
struct Invoice {
    #[orm(primary_key)]
    order_id: i64,
    #[orm(primary_key)]
    tenant_id: i32,
}

/// The key is unique by a constraint over exactly its columns, and may be absent.
#[derive(Model, Clone)]
#[orm(belongs_to(
    order: Order,
    key = (tenant_id, number),
    references = (tenant_id, number),
    back_populates = note,
    on_update = cascade
))]
#[orm(unique(number, tenant_id))]
struct Note {
    #[orm(primary_key)]
    id: i64,
    tenant_id: i32,
    number: Option<String>,
}

/// A key of one column that is the primary key too: nothing generates it.
#[derive(Model, Clone)]
struct Extra {
    #[orm(primary_key, belongs_to(note: Note))]
    note_id: i64,
}

fn add(_: impl IntoNew) {}

fn main() {
    let order = Order::builder().tenant_id(1).id(2).number("2026-1");
    add(order.lines([OrderLine::builder()]).invoice(Invoice::builder()).note(Note::builder()));
    add(Extra::builder().note_id(1));
    assert_eq!(Order::TABLE.columns[1].default, Default::None);
    assert_eq!(OrderLine::TABLE.columns[2].default, Default::Identity);
    assert_eq!(Extra::TABLE.columns[0].default, Default::None);
    assert_eq!(Note::TABLE.columns[0].default, Default::Identity);
    assert_eq!((Note::TABLE.foreign_keys[0].references)(), [0, 2]);
    assert_eq!((Invoice::TABLE.foreign_keys[0].columns, Invoice::TABLE.primary_key), (&[1, 0][..], &[0, 1][..]));
    assert_eq!(Order::unset().key(), (0, 0));
}
