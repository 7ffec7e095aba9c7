//! What only the server writes cannot be given.

use orm_core::Model;
use orm_core::types::Xid;

#[derive(Model, Clone)]
struct Document {
    #[orm(primary_key)]
    id: i64,
    #[orm(generated = "id + 1")]
    more: i64,
    #[orm(version = xmin)]
    version: Xid,
}

fn main() {
    Document::builder().more(2);
    Document::builder().version(Xid(1));
}
