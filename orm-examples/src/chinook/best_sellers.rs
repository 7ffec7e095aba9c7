//! Which artists sell best: four tables deep, loaded eagerly, and then walked in memory.

use orm_core::prelude::*;

use super::catalogue::{Album, Artist, Track};
use crate::Result;

/// An artist, and how many invoice lines there are for the artist's tracks.
#[derive(Debug)]
pub struct BestSeller {
    pub artist: Entity<Artist>,
    pub lines: usize,
}

/// The artists with the most invoice lines, the best first.
///
/// # Errors
/// What the library or the server refuses.
pub async fn best_sellers(session: &Session, limit: usize) -> Result<Vec<BestSeller>> {
    // Four statements, one for each table, whatever the number of rows.
    let lines = selectinload(Artist::albums).selectinload(Album::tracks).selectinload(Track::lines);
    let artists = session.scalars(select::<Artist>().options(lines)).await?.all();
    let mut sellers = artists.into_iter().map(BestSeller::of).collect::<Result<Vec<_>>>()?;
    sellers.sort_by_key(|seller| (std::cmp::Reverse(seller.lines), seller.artist.id));
    sellers.truncate(limit);
    Ok(sellers)
}

impl BestSeller {
    /// `get` reads what is loaded and never sends anything, so it is not awaited.
    fn of(artist: Entity<Artist>) -> Result<Self> {
        let mut lines = 0;
        for album in artist.albums().get()? {
            for track in album.tracks().get()? {
                lines += track.lines().get()?.len();
            }
        }
        Ok(Self { artist, lines })
    }
}
