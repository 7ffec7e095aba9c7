//! Relationships are as visible as their struct, unless a visibility stands before the name.

mod shop {
    use orm_core::Model;

    #[derive(Model, Clone)]
    #[orm(has_many(orders: Order, back_populates = customer))]
    #[orm(has_many(pub(self) drafts: Draft, back_populates = customer))]
    #[orm(has_many(pub(crate) notes: Note, back_populates = customer))]
    pub struct Customer {
        #[orm(primary_key)]
        pub id: i64,
        secret: Option<String>,
    }

    #[derive(Model, Clone)]
    pub struct Order {
        #[orm(primary_key)]
        id: i64,
        #[orm(belongs_to(customer: Customer, back_populates = orders))]
        customer_id: i64,
    }

    #[derive(Model, Clone)]
    struct Draft {
        #[orm(primary_key)]
        id: i64,
        #[orm(belongs_to(customer: Customer, back_populates = drafts))]
        customer_id: i64,
    }

    #[derive(Model, Clone)]
    pub(crate) struct Note {
        #[orm(primary_key)]
        id: i64,
        #[orm(belongs_to(customer: Customer, back_populates = notes))]
        customer_id: i64,
    }

    pub fn drafts() -> usize {
        let _ = (Customer::secret, Customer::builder().secret("x").drafts([Draft::builder()]));
        Customer::drafts.index()
    }
}

fn main() {
    assert_eq!(shop::Customer::orders.index(), 0);
    assert_eq!(shop::drafts(), 1);
    assert_eq!(shop::Customer::notes.index(), 2);
    let _ = shop::Customer::builder().orders([shop::Order::builder()]);
}
