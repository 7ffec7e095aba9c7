//! The catalogue: playlists, media, prices.

use rust_decimal::Decimal;

use super::{Result, shop};

/// Pairs of playlists that have tracks in common: a table beside itself.
#[tokio::test]
async fn playlists_that_overlap() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(i32, i32, i64)>(
        "SELECT a.playlist_id, b.playlist_id, count(*)
         FROM playlist_track a JOIN playlist_track b ON a.track_id = b.track_id AND a.playlist_id < b.playlist_id
         GROUP BY a.playlist_id, b.playlist_id ORDER BY count(*) DESC, 1, 2 LIMIT 10",
    );
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// Playlists with no track, and those of one name.
#[tokio::test]
async fn empty_and_repeated_playlists() -> Result {
    let shop = shop!();
    let empty = shop.column::<i32>(
        "SELECT playlist_id FROM playlist WHERE NOT EXISTS (
             SELECT 1 FROM playlist_track WHERE playlist_track.playlist_id = playlist.playlist_id)
         ORDER BY playlist_id",
    );
    assert_eq!(empty.await, [2, 4, 6, 7]);
    let repeated = shop.sql::<(Option<String>, Option<Vec<i32>>)>(
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
    let expected = shop.sql::<(Option<String>, Option<i32>, i64)>(
        "SELECT genre.name, mode() WITHIN GROUP (ORDER BY track.media_type_id), count(DISTINCT track.media_type_id)
         FROM genre JOIN track USING (genre_id) GROUP BY genre.genre_id ORDER BY genre.genre_id",
    );
    assert_eq!(expected.await.len(), 25);
    Ok(())
}

/// Genres with the number of tracks, all genres and media, also where there is no track.
#[tokio::test]
async fn every_genre_in_every_medium() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(Option<String>, Option<String>, i64)>(
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
    type Row = (Option<String>, Option<Decimal>, bool, bool);
    let expected = shop.sql::<Row>(
        "SELECT genre.name, round(avg(track.unit_price), 3), bool_and(track.unit_price = 0.99),
                bool_or(track.unit_price > (SELECT avg(unit_price) FROM track))
         FROM genre JOIN track USING (genre_id) GROUP BY genre.genre_id ORDER BY 2 DESC, genre.genre_id",
    );
    assert_eq!(expected.await.len(), 25);
    Ok(())
}

/// The size of what is known about composers: NULL counts by itself.
#[tokio::test]
async fn what_is_known_of_composers() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(String, i64, Option<i32>)>(
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
    let expected = shop.sql::<(i32, Option<f64>, Option<i32>)>(
        "SELECT track_id, bytes::double precision / 1048576, bytes / (milliseconds / 1000)
         FROM track WHERE bytes BETWEEN 8000000 AND 10000000 AND track_id % 10 = 0 ORDER BY track_id",
    );
    assert!(expected.await.len() > 5);
    Ok(())
}
