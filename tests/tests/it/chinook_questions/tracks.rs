//! Tracks: what is never sold, what is longest, what is found by a word.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::window;
use orm_examples::chinook::catalogue::{Genre, Track};
use orm_examples::chinook::sales::InvoiceLine;
use rust_decimal::Decimal;

use super::{Result, shop};

/// How many tracks of each genre were never sold, and what part of the genre that is.
#[tokio::test]
async fn tracks_never_sold() -> Result {
    let shop = shop!();
    let query = {
        let never = func::count_all().filter(InvoiceLine::id.is_null());
        let part = func::when(InvoiceLine::id.is_null(), Decimal::ONE).otherwise(Decimal::ZERO);
        select::<Track>()
            .join(Track::genre)
            .left_join(Track::lines)
            .group_by(Genre::id)
            .order_by((never.clone().desc(), Genre::id))
            .columns((Genre::name, never, func::round_to(func::avg(part), 3)))
    };
    let expected = shop.agree::<(Option<String>, i64, Option<Decimal>)>(
        query,
        "SELECT genre.name, count(*) FILTER (WHERE line.invoice_line_id IS NULL),
                round(avg(CASE WHEN line.invoice_line_id IS NULL THEN 1.0 ELSE 0.0 END), 3)
         FROM track JOIN genre USING (genre_id) LEFT JOIN invoice_line line ON line.track_id = track.track_id
         GROUP BY genre.genre_id ORDER BY 2 DESC, genre.genre_id",
    );
    assert_eq!(expected.await.len(), 25);
    Ok(())
}

/// The three longest tracks of each genre.
#[tokio::test]
async fn the_longest_tracks_of_each_genre() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Longest {
            id: i32,
            name: String,
            milliseconds: i32,
        }
        let longest = select::<Track>()
            .correlate::<Genre>()
            .filter(Track::genre_id.eq(Genre::id))
            .order_by((Track::milliseconds.desc(), Track::id))
            .limit(3)
            .columns(row!(Longest { id: Track::id, name: Track::name, milliseconds: Track::milliseconds }));
        select::<Genre>()
            .join(longest.subquery().lateral().on_true())
            .order_by((Genre::id, Longest::milliseconds.desc(), Longest::id))
            .columns((Genre::name, Longest::name, Longest::milliseconds))
    };
    let sql = "SELECT genre.name, longest.name, longest.milliseconds
         FROM genre CROSS JOIN LATERAL (
             SELECT track_id, name, milliseconds FROM track WHERE track.genre_id = genre.genre_id
             ORDER BY milliseconds DESC, track_id LIMIT 3) longest
         ORDER BY genre.genre_id, longest.milliseconds DESC, longest.track_id";
    let expected = shop.agree::<(Option<String>, String, i32)>(query, sql);
    assert_eq!(expected.await.len(), 73);
    Ok(())
}

/// The tracks that are found by words, the best first.
#[tokio::test]
async fn tracks_found_by_words() -> Result {
    let shop = shop!();
    let query = {
        let name = func::to_tsvector("english", Track::name);
        let words = func::websearch_to_tsquery("english", "night or love");
        let rank = func::ts_rank(name.clone(), words.clone());
        select::<Track>()
            .filter(name.matches(words))
            .order_by((rank.clone().desc(), Track::id))
            .limit(15)
            .columns((Track::id, Track::name, rank))
    };
    let sql = "SELECT track_id, name, ts_rank(to_tsvector('english', name), websearch_to_tsquery('english', 'night or love'))
         FROM track
         WHERE to_tsvector('english', name) @@ websearch_to_tsquery('english', 'night or love')
         ORDER BY 3 DESC, track_id LIMIT 15";
    let expected = shop.agree::<(i32, String, f32)>(query, sql);
    assert_eq!(expected.await.len(), 15);
    Ok(())
}

/// Tracks that are longer than every track of a genre.
#[tokio::test]
async fn tracks_longer_than_a_whole_genre() -> Result {
    let shop = shop!();
    let query = {
        let longest = select::<Track>().join(Track::genre).filter(Genre::name.eq("Comedy"));
        let longest = longest.columns(func::max(Track::milliseconds)).scalar_subquery();
        select::<Track>().filter(Track::milliseconds.gt(longest)).order_by(Track::id).columns(Track::id)
    };
    let sql = "SELECT track_id FROM track WHERE milliseconds > ALL (
             SELECT milliseconds FROM track t JOIN genre USING (genre_id) WHERE genre.name = 'Comedy')
         ORDER BY track_id";
    let expected = shop.agree_column::<i32>(query, sql);
    assert!(!expected.await.is_empty());
    Ok(())
}

/// How far each of an album's tracks is from the album's mean, in seconds.
#[tokio::test]
async fn tracks_beside_their_albums_mean() -> Result {
    let shop = shop!();
    let query = {
        let mean = func::avg(Track::milliseconds).over(window().partition_by(Track::album_id));
        let seconds = (Track::milliseconds.cast::<Decimal>() - mean) / Decimal::from(1000);
        select::<Track>()
            .filter(Track::album_id.in_([1, 2, 3]))
            .order_by(Track::id)
            .columns((Track::name, func::round_to(seconds, 1)))
    };
    let expected = shop.agree::<(String, Option<Decimal>)>(
        query,
        "SELECT name, round((milliseconds - avg(milliseconds) OVER (PARTITION BY album_id)) / 1000, 1)
         FROM track WHERE album_id IN (1, 2, 3) ORDER BY track_id",
    );
    assert!(expected.await.len() > 10);
    Ok(())
}

/// Who is named as a composer most often: lists in a text, taken apart.
#[tokio::test]
async fn the_most_frequent_composers() -> Result {
    let shop = shop!();
    let query = {
        #[derive(FromRow)]
        struct Composer {
            name: String,
        }
        let name = || func::trim(Composer::name);
        let composers = func::unnest(func::string_to_array(Track::composer, ",")).table::<Composer>();
        select::<Track>()
            .join(composers.lateral().on_true())
            .group_by(name())
            .order_by((func::count_all().desc(), name()))
            .limit(10)
            .columns((name(), func::count_all()))
    };
    let sql = "SELECT trim(composer.name), count(*)
         FROM track CROSS JOIN LATERAL unnest(string_to_array(track.composer, ',')) AS composer (name)
         GROUP BY trim(composer.name) ORDER BY count(*) DESC, 1 LIMIT 10";
    let expected = shop.agree::<(String, i64)>(query, sql);
    let expected = expected.await;
    assert_eq!(expected.len(), 10);
    Ok(())
}

/// Tracks of which the name says that they are live recordings, by a regular expression, and the name without that.
#[tokio::test]
async fn live_recordings() -> Result {
    let shop = shop!();
    let query = {
        let short = func::trim(func::regexp_replace_with(Track::name, r"[(\[]live[^)\]]*[)\]]", "", "i"));
        select::<Track>()
            .filter(Track::name.regexp_imatch(r"[(\[]live"))
            .order_by(Track::id)
            .limit(10)
            .columns((Track::name, short))
    };
    let expected = shop.agree::<(String, String)>(
        query,
        "SELECT name, trim(regexp_replace(name, '[(\\[]live[^)\\]]*[)\\]]', '', 'i'))
         FROM track WHERE name ~* '[(\\[]live' ORDER BY track_id LIMIT 10",
    );
    let expected = expected.await;
    assert!(!expected.is_empty() && expected.iter().all(|(name, short)| name.len() > short.len()));
    Ok(())
}
