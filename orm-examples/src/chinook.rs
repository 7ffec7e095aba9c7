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
pub use employees::{employees, leave, team};
pub use load::load;
pub use playlists::{longest_tracks, playlists_of, reprice, short_playlist};
pub use sale::Counter;

use orm_core::Session;
use rust_decimal::Decimal;

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
    changes(&wire, &session, &counter).await?;
    session.close().await;
    Ok(())
}

/// Prices and people change.
async fn changes(wire: &Wire, session: &Session, counter: &Counter) -> Result {
    println!("\nThe longest tracks of each playlist:");
    for (playlist, tracks) in longest_tracks(session, 2).await?.iter().take(3) {
        let names: Vec<_> = tracks.iter().map(|track| &*track.name).collect();
        println!("  {}: {}", playlist.name.as_deref().unwrap_or("unnamed"), names.join(", "));
    }
    print_statements(wire);

    println!("\nA price that is raised, and one that is too high and stays:");
    reprice(session, &counter.tracks[0], Decimal::from(2)).await?;
    reprice(session, &counter.tracks[1], Decimal::from(1_000_000_000)).await?;
    println!("  {} and {}", counter.tracks[0].unit_price, counter.tracks[1].unit_price);
    print_statements(wire);

    println!("\nA manager leaves:");
    // Michael Mitchell, to whom the computer people report.
    leave(session, 6).await?;
    team(session, 1).await?.iter().for_each(|line| println!("  {line}"));
    print_statements(wire);
    Ok(())
}

fn print_statements(wire: &Wire) {
    print!("{}", screen::flights(&wire.flights()));
}
