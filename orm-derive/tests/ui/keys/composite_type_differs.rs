//! Composite keys are compared column by column.

use orm_core::Model;

#[derive(Model, Clone)]
struct Order {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[orm(belongs_to(order: Order, key = (order_id, tenant_id)))]
#[orm(belongs_to(other: Order, key = order_id))]
#[orm(belongs_to(third: Order, key = (tenant_id, order_id), references = (id, tenant_id)))]
struct Line {
    #[orm(primary_key)]
    tenant_id: i32,
    #[orm(primary_key)]
    order_id: i64,
}

fn main() {}
