//! Who reports to whom: a table that refers to itself.

use orm_core::prelude::*;

use super::sales::Employee;
use crate::Result;

/// The tree of the employees as text, a line for each, indented by two spaces below the manager.
///
/// # Errors
/// What the library or the server refuses.
pub async fn employees(session: &Session) -> Result<Vec<String>> {
    // Two statements, however deep the tree is: all employees, and the reports of all of them.
    let everyone = select::<Employee>().options(selectinload(Employee::reports)).order_by(Employee::id);
    let everyone = session.scalars(everyone).await?.all();
    let mut lines = Vec::new();
    for head in everyone.iter().filter(|employee| employee.manager_id.is_none()) {
        describe(head, 0, &mut lines)?;
    }
    Ok(lines)
}

fn describe(employee: &Entity<Employee>, depth: usize, lines: &mut Vec<String>) -> Result {
    let title = employee.title.as_deref().unwrap_or("employee");
    let (first, last) = (&employee.first_name, &employee.last_name);
    lines.push(format!("{}{first} {last}, {title}", "  ".repeat(depth)));
    for report in employee.reports().get()? {
        describe(&report, depth + 1, lines)?;
    }
    Ok(())
}

/// Everybody below an employee, as text: one statement a level, as deep as the tree is.
///
/// # Errors
/// What the library or the server refuses.
pub async fn team(session: &Session, id: i32) -> Result<Vec<String>> {
    let below = selectinload(Employee::reports).order_by(Employee::id).recursive_all();
    let mut lines = Vec::new();
    if let Some(head) = session.get::<Employee>(id).options(below).await? {
        describe(&head, 0, &mut lines)?;
    }
    Ok(lines)
}

/// An employee leaves, and who reported to them, or was their customer, goes to their manager.
///
/// # Errors
/// What the library or the server refuses.
pub async fn leave(session: &Session, id: i32) -> Result {
    let along = selectinload(Employee::customers);
    let leaver = session.get::<Employee>(id).options(selectinload(Employee::reports)).options(along).await?;
    let Some(leaver) = leaver else { return Ok(()) };
    if let Some(manager) = leaver.manager().await? {
        leaver.reports().get()?.iter().for_each(|report| manager.reports().add(report));
        leaver.customers().get()?.iter().for_each(|customer| manager.customers().add(customer));
    }
    // The commit writes who moves before the one that they leave goes.
    session.delete(&leaver);
    session.commit().await?;
    Ok(())
}
