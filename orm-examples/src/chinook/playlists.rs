//! Playlists and their tracks: a many-to-many over the table between them.

use orm_core::prelude::*;
use rust_decimal::Decimal;

use super::catalogue::{Playlist, Track};
use crate::Result;

/// The playlists that a track is on, each with how many tracks it has, the longest first.
///
/// # Errors
/// What the library or the server refuses, and if there is no such track.
pub async fn playlists_of(session: &Session, track: i32) -> Result<Vec<(Entity<Playlist>, usize)>> {
    let query = select::<Track>().filter(Track::id.eq(track));
    // Three statements: the track; its playlists, over the links; and their tracks, over the links.
    let query = query.options(selectinload(Track::playlists).selectinload(Playlist::tracks));
    let track = session.scalars(query).await?.one()?;
    let mut found = Vec::new();
    for playlist in track.playlists().get()? {
        let tracks = playlist.tracks().get()?.len();
        found.push((playlist, tracks));
    }
    found.sort_by_key(|(playlist, tracks)| (std::cmp::Reverse(*tracks), playlist.id));
    Ok(found)
}

/// A new playlist of these tracks, without the longest of them.
///
/// # Errors
/// What the library or the server refuses.
pub async fn short_playlist(
    session: &Session,
    name: &str,
    tracks: &[Entity<Track>],
) -> Result<Entity<Playlist>> {
    let playlist = session.add(Playlist::builder().name(name).tracks(tracks));
    if let Some(longest) = tracks.iter().max_by_key(|track| track.milliseconds) {
        // Both sides know it at once, and the commit writes only what stays.
        longest.playlists().remove(&playlist);
    }
    session.commit().await?;
    Ok(playlist)
}

/// All playlists, each with its longest tracks: two statements, and no more rows than asked for.
///
/// # Errors
/// What the library or the server refuses.
pub async fn longest_tracks(
    session: &Session,
    count: u64,
) -> Result<Vec<(Entity<Playlist>, Vec<Entity<Track>>)>> {
    let longest = selectinload(Playlist::tracks).order_by(Track::milliseconds.desc()).limit(count);
    let playlists = session.scalars(select::<Playlist>().options(longest).order_by(Playlist::id)).await?;
    let tracks = |playlist: Entity<Playlist>| {
        let tracks = playlist.tracks().get()?;
        Ok((playlist, tracks))
    };
    playlists.all().into_iter().map(tracks).collect()
}

/// Multiplies a track's price, which the database does, so that no other session's change is lost. A price that the column
/// does not hold is refused, and the savepoint keeps the rest of the transaction from failing with it.
///
/// # Errors
/// What the library or the server refuses, but for such a price.
pub async fn reprice(session: &Session, track: &Entity<Track>, factor: Decimal) -> Result {
    let savepoint = session.begin_nested().await?;
    session.set(track, Track::unit_price, Track::unit_price * factor);
    match session.flush().await {
        Ok(()) => savepoint.commit().await?,
        Err(error) if error.sqlstate() == Some("22003") => savepoint.rollback().await?,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
