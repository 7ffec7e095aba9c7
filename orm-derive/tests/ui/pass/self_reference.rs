//! A model refers to itself, by its name or as `Self`.

use orm_core::__private::{Entity, IntoNew};
use orm_core::Model;

#[derive(Model, Clone)]
#[orm(has_many(reports: Employee, back_populates = manager))]
#[orm(has_one(successor: Self, back_populates = predecessor))]
struct Employee {
    #[orm(primary_key)]
    id: i32,
    name: String,
    #[orm(belongs_to(manager: Self, back_populates = reports))]
    manager_id: Option<i32>,
    #[orm(unique, belongs_to(predecessor: Employee, back_populates = successor))]
    predecessor_id: Option<i32>,
}

fn add(_: impl IntoNew) {}

fn walk(employee: &Entity<Employee>) {
    let _ = (employee.manager(), employee.reports(), employee.successor(), employee.predecessor());
    add(Employee::builder().name("new").manager(employee));
}

fn main() {
    let report = Employee::builder().name("report").reports([Employee::builder().name("below")]);
    add(Employee::builder().name("boss").reports(vec![report]).successor(Employee::builder().name("heir")));
    let _ = walk;
}
