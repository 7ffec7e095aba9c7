//! Chinook, the database of a music shop, by Luis Rocha: eleven tables, mapped as they are.
//!
//! The tables exist already, so the models say what is needed to read and write them: names, types and relationships,
//! not lengths. Where the database's name for a column is not the best in Rust, the attribute `column` gives it.

mod best_sellers;
pub mod catalogue;
mod employees;
mod load;
mod playlists;
mod sale;
pub mod sales;

use std::path::Path;

pub use best_sellers::{BestSeller, best_sellers};
pub use employees::employees;
pub use load::load;
pub use playlists::{playlists_of, short_playlist};
pub use sale::Counter;

use crate::wire::Wire;
use crate::{Result, screen};

/// Loads the file into a database of its own and prints what a shop wants to know.
///
/// # Errors
/// The file cannot be read, there is no PostgreSQL, or it refuses.
pub async fn run(file: &Path) -> Result {
    let wire = Wire::new("chinook").await?;
    load(&wire.database, file).await?;
    wire.flights();

    let session = wire.db.session();
    println!("The five best-selling artists:");
    for seller in best_sellers(&session, 5).await? {
        let name = seller.artist.name.as_deref().unwrap_or("unknown");
        println!("  {:>4} invoice lines  {name}", seller.lines);
    }
    print_statements(&wire);

    println!("\nThe employees:");
    employees(&session).await?.iter().for_each(|line| println!("  {line}"));
    print_statements(&wire);

    println!("\nA sale:");
    let counter = Counter::open(&session).await?;
    wire.flights();
    let invoice = counter.sell(&session).await?;
    print!("{}", screen::wrap("  ", &format!("{invoice:?}")));
    print_statements(&wire);

    println!("\nA playlist of them, without the longest:");
    let playlist = short_playlist(&session, "Short", &counter.tracks).await?;
    for (playlist, tracks) in playlists_of(&session, counter.tracks[0].id).await? {
        println!("  {tracks:>4} tracks  {}", playlist.name.as_deref().unwrap_or("unnamed"));
    }
    println!("  {} tracks on the new one", playlist.tracks().get()?.len());
    print_statements(&wire);
    session.close().await;
    Ok(())
}

fn print_statements(wire: &Wire) {
    print!("{}", screen::flights(&wire.flights()));
}
