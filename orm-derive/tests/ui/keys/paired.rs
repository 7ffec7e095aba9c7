//! Each column of a key references one column.

use orm_core::Model;

#[derive(Model, Clone)]
#[orm(belongs_to(other: Line, key = (tenant_id, order_id), references = tenant_id))]
#[orm(belongs_to(third: Line))]
struct Line {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    order_id: i32,
}

fn main() {}
