//! The catalogue: playlists, media, prices.

use orm_core::func;
use orm_core::prelude::*;
use orm_examples::chinook::catalogue::{Genre, MediaType, Playlist, PlaylistTrack, Track};
use rust_decimal::Decimal;

use super::{Result, shop};

/// Pairs of playlists that have tracks in common: a table beside itself.
#[tokio::test]
async fn playlists_that_overlap() -> Result {
    let shop = shop!();
    let query = {
        alias!(Other = PlaylistTrack);
        let (one, other) = (PlaylistTrack::playlist_id, Other::col(PlaylistTrack::playlist_id));
        let same = PlaylistTrack::track_id.eq(Other::col(PlaylistTrack::track_id)).and(one.lt(other.clone()));
        select::<PlaylistTrack>()
            .join(table::<Other>().on(same))
            .group_by((one, other.clone()))
            .order_by((func::count_all().desc(), one, other.clone()))
            .limit(10)
            .columns((one, other, func::count_all()))
    };
    let sql = "SELECT a.playlist_id, b.playlist_id, count(*)
         FROM playlist_track a JOIN playlist_track b ON a.track_id = b.track_id AND a.playlist_id < b.playlist_id
         GROUP BY a.playlist_id, b.playlist_id ORDER BY count(*) DESC, 1, 2 LIMIT 10";
    let expected = shop.agree::<(i32, i32, i64)>(query, sql);
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// Playlists with no track, and those of one name.
#[tokio::test]
async fn empty_and_repeated_playlists() -> Result {
    let shop = shop!();
    let query = {
        let entries = select::<PlaylistTrack>()
            .correlate::<Playlist>()
            .filter(PlaylistTrack::playlist_id.eq(Playlist::id));
        select::<Playlist>().filter(!func::exists(entries)).order_by(Playlist::id).columns(Playlist::id)
    };
    let empty = shop.agree_column::<i32>(
        query,
        "SELECT playlist_id FROM playlist WHERE NOT EXISTS (
             SELECT 1 FROM playlist_track WHERE playlist_track.playlist_id = playlist.playlist_id)
         ORDER BY playlist_id",
    );
    assert_eq!(empty.await, [2, 4, 6, 7]);
    let query = select::<Playlist>()
        .group_by(Playlist::name)
        .having(func::count_all().gt(1))
        .order_by(Playlist::name)
        .columns((Playlist::name, func::array_agg(Playlist::id).order_by(Playlist::id)));
    let repeated = shop.agree::<(Option<String>, Option<Vec<i32>>)>(
        query,
        "SELECT name, array_agg(playlist_id ORDER BY playlist_id) FROM playlist
         GROUP BY name HAVING count(*) > 1 ORDER BY name",
    );
    assert_eq!(repeated.await.len(), 4);
    Ok(())
}

/// The most frequent medium of each genre, and how many tracks have another.
#[tokio::test]
async fn the_usual_medium_of_each_genre() -> Result {
    let shop = shop!();
    let query = select::<Genre>().join(Genre::tracks).group_by(Genre::id).order_by(Genre::id).columns((
        Genre::name,
        func::mode(Track::media_type_id),
        func::count(Track::media_type_id).distinct(),
    ));
    let sql = "SELECT genre.name, mode() WITHIN GROUP (ORDER BY track.media_type_id), count(DISTINCT track.media_type_id)
         FROM genre JOIN track USING (genre_id) GROUP BY genre.genre_id ORDER BY genre.genre_id";
    let expected = shop.agree::<(Option<String>, Option<i32>, i64)>(query, sql);
    assert_eq!(expected.await.len(), 25);
    Ok(())
}

/// Genres with the number of tracks, all genres and media, also where there is no track.
#[tokio::test]
async fn every_genre_in_every_medium() -> Result {
    let shop = shop!();
    let query = {
        let own = Track::genre_id.eq(Genre::id).and_with(Track::media_type_id.eq(MediaType::id));
        select::<Genre>()
            .cross_join(table::<MediaType>())
            .left_join(table::<Track>().on(own))
            .group_by((Genre::id, MediaType::id))
            .order_by((Genre::id, MediaType::id))
            .columns((Genre::name, MediaType::name, func::count(Track::id)))
    };
    let expected = shop.agree::<(Option<String>, Option<String>, i64)>(
        query,
        "SELECT genre.name, media_type.name, count(track.track_id)
         FROM genre CROSS JOIN media_type
         LEFT JOIN track ON track.genre_id = genre.genre_id AND track.media_type_id = media_type.media_type_id
         GROUP BY genre.genre_id, media_type.media_type_id ORDER BY genre.genre_id, media_type.media_type_id",
    );
    assert_eq!(expected.await.len(), 125);
    Ok(())
}

/// Prices that a genre has beside the shop's: mean, deviation and how many differ.
#[tokio::test]
async fn the_prices_of_genres() -> Result {
    let shop = shop!();
    type Row = (Option<String>, Option<Decimal>, Option<bool>, Option<bool>);
    let query = {
        alias!(Every = Track);
        let mean = select_from::<Every>().columns(func::avg(Every::col(Track::unit_price))).scalar_subquery();
        let price = func::round_to(func::avg(Track::unit_price), 3);
        select::<Genre>()
            .join(Genre::tracks)
            .group_by(Genre::id)
            .order_by((price.clone().desc(), Genre::id))
            .columns((
                Genre::name,
                price,
                func::bool_and(Track::unit_price.eq(Decimal::new(99, 2))),
                func::bool_or(Track::unit_price.gt(mean)),
            ))
    };
    let sql = "SELECT genre.name, round(avg(track.unit_price), 3), bool_and(track.unit_price = 0.99),
                bool_or(track.unit_price > (SELECT avg(unit_price) FROM track))
         FROM genre JOIN track USING (genre_id) GROUP BY genre.genre_id ORDER BY 2 DESC, genre.genre_id";
    let expected = shop.agree::<Row>(query, sql);
    assert_eq!(expected.await.len(), 25);
    Ok(())
}

/// The size of what is known about composers: NULL counts by itself.
#[tokio::test]
async fn what_is_known_of_composers() -> Result {
    let shop = shop!();
    let query = {
        let first = func::coalesce(func::left(Track::composer, 1), "unknown");
        select::<Track>()
            .group_by(first.clone())
            .order_by((func::count_all().desc(), first.clone()))
            .limit(8)
            .columns((first, func::count_all(), func::max(func::length(Track::composer))))
    };
    let expected = shop.agree::<(String, i64, Option<i32>)>(
        query,
        "SELECT coalesce(left(composer, 1), 'unknown'), count(*), max(length(composer))
         FROM track GROUP BY coalesce(left(composer, 1), 'unknown') ORDER BY count(*) DESC, 1 LIMIT 8",
    );
    assert_eq!(expected.await.len(), 8);
    Ok(())
}

/// A tenth of the tracks by size, in megabytes: numbers that are calculated and cast.
#[tokio::test]
async fn the_size_of_tracks() -> Result {
    let shop = shop!();
    let query = {
        let megabytes = Track::bytes.cast::<f64>() / 1_048_576.0;
        select::<Track>()
            .filter(Track::bytes.between(8_000_000, 10_000_000))
            .filter((Track::id % 10).eq(0))
            .order_by(Track::id)
            .columns((Track::id, megabytes, Track::bytes / (Track::milliseconds / 1000)))
    };
    let expected = shop.agree::<(i32, Option<f64>, Option<i32>)>(
        query,
        "SELECT track_id, bytes::double precision / 1048576, bytes / (milliseconds / 1000)
         FROM track WHERE bytes BETWEEN 8000000 AND 10000000 AND track_id % 10 = 0 ORDER BY track_id",
    );
    assert!(expected.await.len() > 5);
    Ok(())
}
