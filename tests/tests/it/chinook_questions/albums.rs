//! Albums and artists, also as documents.

use orm_core::func;
use orm_core::prelude::*;
use orm_examples::chinook::catalogue::{Album, Artist, Genre, Track};
use orm_examples::chinook::sales::InvoiceLine;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Result, shop};

/// The albums of an artist with their tracks, as one document each.
#[tokio::test]
async fn albums_with_tracks_as_documents() -> Result {
    let shop = shop!();
    let query = {
        let track = func::jsonb_build_object(("name", Track::name, "seconds", Track::milliseconds / 1000));
        select::<Album>()
            .join(Album::tracks)
            .join(Album::artist)
            .filter(Artist::name.eq("AC/DC"))
            .group_by(Album::id)
            .order_by(Album::id)
            .columns((Album::title, func::jsonb_agg(track).order_by(Track::id)))
    };
    let sql = "SELECT album.title, jsonb_agg(jsonb_build_object('name', track.name, 'seconds', track.milliseconds / 1000)
                                       ORDER BY track.track_id)
         FROM album JOIN track USING (album_id) JOIN artist USING (artist_id)
         WHERE artist.name = 'AC/DC' GROUP BY album.album_id ORDER BY album.album_id";
    let expected = shop.agree::<(String, Option<Value>)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 2);
    Ok(())
}

/// Albums that mix genres.
#[tokio::test]
async fn albums_of_several_genres() -> Result {
    let shop = shop!();
    let query = {
        let genres = || func::count(Track::genre_id).distinct();
        select::<Album>()
            .join(Album::tracks)
            .join(Track::genre)
            .group_by(Album::id)
            .having(genres().gt(1))
            .order_by(Album::id)
            .columns((Album::title, genres(), func::array_agg(Genre::name).distinct().order_by(Genre::name)))
    };
    let sql = "SELECT album.title, count(DISTINCT track.genre_id), array_agg(DISTINCT genre.name::text ORDER BY genre.name::text)
         FROM album JOIN track USING (album_id) JOIN genre USING (genre_id)
         GROUP BY album.album_id HAVING count(DISTINCT track.genre_id) > 1 ORDER BY album.album_id";
    let expected = shop.agree::<(String, i64, Option<Vec<String>>)>(query, sql);
    assert!(!expected.await.is_empty());
    Ok(())
}

/// Artists without an album.
#[tokio::test]
async fn artists_without_albums() -> Result {
    let shop = shop!();
    let query = select::<Artist>()
        .left_join(Artist::albums)
        .filter(Album::id.is_null())
        .order_by(Artist::id)
        .columns(Artist::id);
    let expected = shop.agree_column::<i32>(
        query,
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
    let query = {
        let revenue = func::sum(InvoiceLine::unit_price * InvoiceLine::quantity.cast::<Decimal>());
        select::<Artist>()
            .join(Artist::albums)
            .join(Album::tracks)
            .join(Track::lines)
            .group_by(Artist::id)
            .order_by((revenue.clone().desc(), Artist::id))
            .limit(10)
            .columns((
                Artist::name,
                revenue,
                func::count_all().filter(InvoiceLine::unit_price.lt(Decimal::ONE)),
                func::count_all().filter(InvoiceLine::unit_price.ge(Decimal::ONE)),
            ))
    };
    let expected = shop.agree::<Row>(
        query,
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
    let query = {
        let length = func::sum(Track::milliseconds);
        let seconds = func::lpad((length.clone() / 1000 % 60).cast::<String>(), 2, "0");
        select::<Album>()
            .join(Album::tracks)
            .group_by(Album::id)
            .order_by((length.clone().desc(), Album::id))
            .limit(10)
            .columns((
                Album::title,
                func::sum(Track::unit_price),
                func::concat((length / 60_000, ":", seconds)),
            ))
    };
    let sql = "SELECT album.title, sum(track.unit_price),
                concat(sum(track.milliseconds) / 60000, ':', lpad((sum(track.milliseconds) / 1000 % 60)::text, 2, '0'))
         FROM album JOIN track USING (album_id)
         GROUP BY album.album_id ORDER BY sum(track.milliseconds) DESC, album.album_id LIMIT 10";
    let expected = shop.agree::<(String, Option<Decimal>, String)>(query, sql);
    assert_eq!(expected.await.len(), 10);
    Ok(())
}

/// The artists of whom nothing was ever sold although they have an album.
#[tokio::test]
async fn artists_who_never_sold() -> Result {
    let shop = shop!();
    let query = {
        let has_album = select::<Album>().correlate::<Artist>().filter(Album::artist_id.eq(Artist::id));
        let sold = select::<Album>().join(Album::tracks).join(Track::lines).columns(Album::artist_id);
        select::<Artist>()
            .filter(func::exists(has_album))
            .filter(Artist::id.not_in(sold))
            .order_by(Artist::id)
            .columns(Artist::name)
    };
    let sql = "SELECT artist.name FROM artist
         WHERE EXISTS (SELECT 1 FROM album WHERE album.artist_id = artist.artist_id)
           AND artist.artist_id NOT IN (
               SELECT album.artist_id FROM album JOIN track USING (album_id) JOIN invoice_line USING (track_id))
         ORDER BY artist.artist_id";
    let expected = shop.agree_column::<Option<String>>(query, sql);
    assert!(expected.await.len() > 10);
    Ok(())
}
