//! Who buys, who sells, and the invoices.

use chrono::NaiveDateTime;
use orm_core::prelude::*;
use rust_decimal::Decimal;

use super::catalogue::Track;

/// Employees are a tree: everyone but the head reports to somebody.
#[derive(Model, Debug, Clone)]
#[orm(has_many(reports: Employee, back_populates = manager))]
#[orm(has_many(customers: Customer, back_populates = support_rep))]
pub struct Employee {
    #[orm(primary_key, column = "employee_id")]
    pub id: i32,
    pub last_name: String,
    pub first_name: String,
    pub title: Option<String>,
    #[orm(column = "reports_to", index, belongs_to(manager: Employee, back_populates = reports))]
    pub manager_id: Option<i32>,
    pub birth_date: Option<NaiveDateTime>,
    pub hire_date: Option<NaiveDateTime>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub email: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(invoices: Invoice, back_populates = customer))]
pub struct Customer {
    #[orm(primary_key, column = "customer_id")]
    pub id: i32,
    pub first_name: String,
    pub last_name: String,
    pub company: Option<String>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub email: String,
    #[orm(index, belongs_to(support_rep: Employee, back_populates = customers))]
    pub support_rep_id: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(lines: InvoiceLine, back_populates = invoice))]
pub struct Invoice {
    #[orm(primary_key, column = "invoice_id")]
    pub id: i32,
    #[orm(index, belongs_to(customer: Customer, back_populates = invoices))]
    pub customer_id: i32,
    pub invoice_date: NaiveDateTime,
    pub billing_address: Option<String>,
    pub billing_city: Option<String>,
    pub billing_state: Option<String>,
    pub billing_country: Option<String>,
    pub billing_postal_code: Option<String>,
    #[orm(type = "numeric(10,2)")]
    pub total: Decimal,
}

#[derive(Model, Debug, Clone)]
pub struct InvoiceLine {
    #[orm(primary_key, column = "invoice_line_id")]
    pub id: i32,
    #[orm(index, belongs_to(invoice: Invoice, back_populates = lines))]
    pub invoice_id: i32,
    #[orm(index, belongs_to(track: Track, back_populates = lines))]
    pub track_id: i32,
    #[orm(type = "numeric(10,2)")]
    pub unit_price: Decimal,
    pub quantity: i32,
}
