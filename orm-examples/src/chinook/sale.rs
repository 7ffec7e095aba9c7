//! A sale: a new customer, an invoice and its lines, written by one commit.

use chrono::NaiveDate;
use orm_core::prelude::*;
use rust_decimal::Decimal;

use super::catalogue::Track;
use super::sales::{Customer, Employee, Invoice, InvoiceLine};
use crate::Result;

/// What is there before the sale: the tracks to be sold, and who sells them.
#[derive(Debug)]
pub struct Counter {
    pub tracks: Vec<Entity<Track>>,
    pub clerk: Entity<Employee>,
}

impl Counter {
    /// The three tracks of an album that come first, and the youngest of the sales staff.
    ///
    /// # Errors
    /// What the library or the server refuses, and if there is nobody to sell.
    pub async fn open(session: &Session) -> Result<Self> {
        let tracks = select::<Track>().filter(Track::album_id.eq(1)).order_by(Track::id).limit(3);
        let tracks = session.scalars(tracks).await?.all();
        let staff = select::<Employee>()
            .filter(Employee::title.eq("Sales Support Agent"))
            .order_by(Employee::birth_date.desc())
            .limit(1);
        let clerk = session.scalars(staff).await?.first().ok_or("nobody sells")?;
        Ok(Self { tracks, clerk })
    }

    /// Sells the tracks to a new customer. Nothing here has a key yet; the commit orders the rows and fills the keys in.
    ///
    /// # Errors
    /// What the library or the server refuses; nothing is sold then.
    pub async fn sell(&self, session: &Session) -> Result<Entity<Invoice>> {
        let customer = Customer::builder()
            .first_name("Nouman")
            .last_name("Ejaz")
            .email("nouman042@gmail.com")
            .support_rep(&self.clerk);
        let customer = session.add(customer);
        let date = NaiveDate::from_ymd_opt(2026, 1, 31).and_then(|date| date.and_hms_opt(12, 0, 0));
        let total: Decimal = self.tracks.iter().map(|track| track.unit_price).sum();
        let invoice =
            Invoice::builder().customer(&customer).invoice_date(date.ok_or("no such day")?).total(total);
        let invoice = session.add(invoice);
        for track in &self.tracks {
            let line = InvoiceLine::builder().invoice(&invoice).track(track);
            session.add(line.unit_price(track.unit_price).quantity(1));
        }
        session.commit().await?;
        Ok(invoice)
    }
}
