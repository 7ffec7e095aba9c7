//! What the shop sells: artists, albums, tracks, and the lists that tracks stand in.

use orm_core::prelude::*;
use rust_decimal::Decimal;

use super::sales::InvoiceLine;

#[derive(Model, Debug, Clone)]
#[orm(has_many(albums: Album, back_populates = artist))]
pub struct Artist {
    #[orm(primary_key, column = "artist_id")]
    pub id: i32,
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(tracks: Track, back_populates = album))]
pub struct Album {
    #[orm(primary_key, column = "album_id")]
    pub id: i32,
    pub title: String,
    #[orm(index, belongs_to(artist: Artist, back_populates = albums))]
    pub artist_id: i32,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(tracks: Track, back_populates = genre))]
pub struct Genre {
    #[orm(primary_key, column = "genre_id")]
    pub id: i32,
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(tracks: Track, back_populates = media_type))]
pub struct MediaType {
    #[orm(primary_key, column = "media_type_id")]
    pub id: i32,
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(lines: InvoiceLine, back_populates = track))]
#[orm(has_many(entries: PlaylistTrack, back_populates = track))]
#[orm(many_to_many(playlists: Playlist, through = PlaylistTrack, back_populates = tracks))]
pub struct Track {
    #[orm(primary_key, column = "track_id")]
    pub id: i32,
    pub name: String,
    #[orm(index, belongs_to(album: Album, back_populates = tracks))]
    pub album_id: Option<i32>,
    #[orm(index, belongs_to(media_type: MediaType, back_populates = tracks))]
    pub media_type_id: i32,
    #[orm(index, belongs_to(genre: Genre, back_populates = tracks))]
    pub genre_id: Option<i32>,
    pub composer: Option<String>,
    pub milliseconds: i32,
    pub bytes: Option<i32>,
    #[orm(type = "numeric(10,2)")]
    pub unit_price: Decimal,
}

#[derive(Model, Debug, Clone)]
#[orm(has_many(entries: PlaylistTrack, back_populates = playlist))]
#[orm(many_to_many(tracks: Track, through = PlaylistTrack, back_populates = playlists))]
pub struct Playlist {
    #[orm(primary_key, column = "playlist_id")]
    pub id: i32,
    pub name: Option<String>,
}

/// A track on a playlist. Its key are the keys of both, so that a playlist and its tracks know each other without it.
#[derive(Model, Debug, Clone)]
pub struct PlaylistTrack {
    #[orm(primary_key, belongs_to(playlist: Playlist, back_populates = entries))]
    pub playlist_id: i32,
    #[orm(primary_key, index, belongs_to(track: Track, back_populates = entries))]
    pub track_id: i32,
}
