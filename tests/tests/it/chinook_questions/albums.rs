//! Albums and artists, also as documents.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Result, shop};

/// The albums of an artist with their tracks, as one document each.
#[tokio::test]
async fn albums_with_tracks_as_documents() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(String, Option<Value>)>(
        "SELECT album.title, jsonb_agg(jsonb_build_object('name', track.name, 'seconds', track.milliseconds / 1000)
                                       ORDER BY track.track_id)
         FROM album JOIN track USING (album_id) JOIN artist USING (artist_id)
         WHERE artist.name = 'AC/DC' GROUP BY album.album_id ORDER BY album.album_id",
    );
    let expected = expected.await;
    assert_eq!(expected.len(), 2);
    Ok(())
}

/// Albums that mix genres.
#[tokio::test]
async fn albums_of_several_genres() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(String, i64, Option<Vec<String>>)>(
        "SELECT album.title, count(DISTINCT track.genre_id), array_agg(DISTINCT genre.name::text ORDER BY genre.name::text)
         FROM album JOIN track USING (album_id) JOIN genre USING (genre_id)
         GROUP BY album.album_id HAVING count(DISTINCT track.genre_id) > 1 ORDER BY album.album_id",
    );
    assert!(!expected.await.is_empty());
    Ok(())
}

/// Artists without an album.
#[tokio::test]
async fn artists_without_albums() -> Result {
    let shop = shop!();
    let expected = shop.column::<i32>(
        "SELECT artist.artist_id FROM artist LEFT JOIN album USING (artist_id)
         WHERE album.album_id IS NULL ORDER BY artist.artist_id",
    );
    assert_eq!(expected.await.len(), 71);
    Ok(())
}

/// The artists with most revenue, the cheap half of the tracks apart from the dear one.
#[tokio::test]
async fn the_revenue_of_artists() -> Result {
    let shop = shop!();
    type Row = (Option<String>, Option<Decimal>, i64, i64);
    let expected = shop.sql::<Row>(
        "SELECT artist.name, sum(line.unit_price * line.quantity) AS revenue,
                count(*) FILTER (WHERE line.unit_price < 1), count(*) FILTER (WHERE line.unit_price >= 1)
         FROM artist JOIN album USING (artist_id) JOIN track USING (album_id)
         JOIN invoice_line line USING (track_id)
         GROUP BY artist.artist_id ORDER BY revenue DESC, artist.artist_id LIMIT 10",
    );
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// What an album costs track by track, its length as minutes and seconds, the longest first.
#[tokio::test]
async fn the_longest_albums() -> Result {
    let shop = shop!();
    let expected = shop.sql::<(String, Option<Decimal>, String)>(
        "SELECT album.title, sum(track.unit_price),
                concat(sum(track.milliseconds) / 60000, ':', lpad((sum(track.milliseconds) / 1000 % 60)::text, 2, '0'))
         FROM album JOIN track USING (album_id)
         GROUP BY album.album_id ORDER BY sum(track.milliseconds) DESC, album.album_id LIMIT 10",
    );
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// The artists of whom nothing was ever sold although they have an album.
#[tokio::test]
async fn artists_who_never_sold() -> Result {
    let shop = shop!();
    let expected = shop.column::<Option<String>>(
        "SELECT artist.name FROM artist
         WHERE EXISTS (SELECT 1 FROM album WHERE album.artist_id = artist.artist_id)
           AND artist.artist_id NOT IN (
               SELECT album.artist_id FROM album JOIN track USING (album_id) JOIN invoice_line USING (track_id))
         ORDER BY artist.artist_id",
    );
    assert!(expected.await.len() > 10);
    Ok(())
}
