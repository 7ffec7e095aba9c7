//! The Chinook example over the real file, each result compared with what plain SQL finds in the same database.
//!
//! The file is not in the repository. Where it is missing, these tests check nothing, which the last lines of a whole
//! test run say (`tests/skipped`), and under `CI` they fail.

use std::path::Path;

use orm_core::prelude::*;
use orm_examples::chinook::catalogue::{Playlist, PlaylistTrack, Track};
use orm_examples::chinook::sales::{Customer, Employee, Invoice};
use orm_examples::chinook::{self, Counter};
use orm_tests::Setup;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/chinook/chinook.sql");

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// The shop's database; `None` where its file is missing.
async fn shop() -> Option<Setup> {
    let file = Path::new(FILE);
    if !file.exists() && std::env::var_os("CI").is_none() {
        return None;
    }
    let setup = Setup::new(&[]).await;
    chinook::load(&setup.database, file).await.expect("the file can be loaded");
    Some(setup)
}

#[tokio::test]
async fn the_best_sellers_are_those_that_sql_finds() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let sellers = chinook::best_sellers(&setup.db.session(), 5).await?;
    assert_eq!(
        setup.shapes(),
        [vec!["SELECT artist"], vec!["SELECT album"], vec!["SELECT track"], vec!["SELECT invoice_line"]]
    );
    let found = sellers
        .iter()
        .map(|seller| format!("{}|{}", seller.artist.name.as_deref().unwrap_or("-"), seller.lines));
    let expected = "SELECT artist.name, count(*) FROM artist JOIN album USING (artist_id) \
         JOIN track USING (album_id) JOIN invoice_line USING (track_id) \
         GROUP BY artist_id ORDER BY count(*) DESC, artist_id LIMIT 5";
    assert_eq!(found.collect::<Vec<_>>(), setup.rows(expected).await);
    Ok(())
}

#[tokio::test]
async fn the_employees_are_the_tree_that_sql_finds() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let found = chinook::employees(&setup.db.session()).await?;
    assert_eq!(setup.statements().iter().filter(|sql| sql.starts_with("SELECT")).count(), 2);
    let expected = "WITH RECURSIVE tree AS ( \
             SELECT e.*, 0 AS depth, ARRAY[employee_id] AS path FROM employee e WHERE reports_to IS NULL \
             UNION ALL SELECT e.*, depth + 1, path || e.employee_id FROM employee e \
             JOIN tree ON e.reports_to = tree.employee_id) \
         SELECT repeat('  ', depth) || first_name || ' ' || last_name || ', ' || title FROM tree ORDER BY path";
    assert_eq!(found, setup.rows(expected).await);
    assert_eq!(found.len(), 8);
    Ok(())
}

#[tokio::test]
async fn a_sale_is_one_commit_of_one_flight() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    let counter = Counter::open(&session).await?;
    setup.flights();
    let invoice = counter.sell(&session).await?;
    assert_eq!(
        setup.shapes(),
        [["BEGIN", "INSERT customer", "INSERT invoice", "INSERT invoice_line (batch)", "COMMIT"]]
    );
    let sold = "SELECT invoice_id, total, email, employee.last_name FROM invoice JOIN customer USING (customer_id) \
         JOIN employee ON employee_id = support_rep_id ORDER BY invoice_id DESC LIMIT 1";
    let sold = sold.replace(", email,", ", customer.email,");
    let clerk = &counter.clerk.last_name;
    assert_eq!(setup.rows(&sold).await, [format!("{}|2.97|nouman042@gmail.com|{clerk}", invoice.id)]);
    let lines = "SELECT invoice_line_id, invoice_id, track_id, unit_price, quantity FROM invoice_line \
         ORDER BY invoice_line_id DESC LIMIT 3";
    let found = invoice.lines().get()?;
    let found = found.iter().rev().map(|line| {
        let (price, quantity) = (line.unit_price, line.quantity);
        format!("{}|{}|{}|{price}|{quantity}", line.id, line.invoice_id, line.track_id)
    });
    assert_eq!(found.collect::<Vec<_>>(), setup.rows(lines).await);
    Ok(())
}

#[tokio::test]
async fn every_relationship_leads_there_and_back() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();

    let track = session.get::<Track>(1).await?.expect("track 1 is there");
    let artist = track.album().await?.expect("it is on an album").artist().await?;
    let genre = track.genre().await?.expect("it is of a genre");
    let names = (artist.name.as_deref(), genre.name.as_deref(), track.media_type().await?.name.clone());
    assert_eq!(names, (Some("AC/DC"), Some("Rock"), Some("MPEG audio file".to_owned())));
    assert!(genre.tracks().await?.contains(&track));
    assert!(track.media_type().await?.tracks().await?.contains(&track));

    let invoice = session.get::<Invoice>(1).await?.expect("invoice 1 is there");
    let rep = invoice.customer().await?.support_rep().await?.expect("the customer has a representative");
    assert_eq!(rep.manager().await?.expect("the representative has a manager").last_name, "Edwards");
    let customers = rep.customers().await?;
    let count = format!("SELECT count(*) FROM customer WHERE support_rep_id = {}", rep.id);
    assert_eq!(setup.rows(&count).await, [customers.len().to_string()]);
    assert!(invoice.customer().await?.invoices().await?.contains(&invoice));
    for line in invoice.lines().await? {
        assert_eq!(line.invoice().get()?, invoice);
        assert!(line.track().await?.lines().await?.contains(&line));
    }
    Ok(())
}

#[tokio::test]
async fn a_key_of_two_columns_is_found_and_walked() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    let entry = session.get::<PlaylistTrack>((18, 597)).await?.expect("the entry is there");
    assert_eq!(Entity::key(&entry), Some((18, 597)));
    let playlist = entry.playlist().await?;
    assert_eq!((playlist.name.as_deref(), entry.track().await?.id), (Some("On-The-Go 1"), 597));
    assert_eq!(playlist.entries().await?, [entry]);

    let entries = selectinload(Playlist::entries).selectinload(PlaylistTrack::track);
    let playlists =
        session.scalars(select::<Playlist>().options(entries).order_by(Playlist::id)).await?.all();
    let mut found = Vec::new();
    for playlist in &playlists {
        let entries = playlist.entries().get()?;
        for entry in &entries {
            assert_eq!(entry.track().get()?.id, entry.track_id);
        }
        found.push(format!("{}|{}", playlist.id, entries.len()));
    }
    let expected = "SELECT playlist_id, count(track_id) FROM playlist LEFT JOIN playlist_track \
         USING (playlist_id) GROUP BY playlist_id ORDER BY playlist_id";
    assert_eq!(found, setup.rows(expected).await);
    Ok(())
}

#[tokio::test]
async fn playlists_and_tracks_know_each_other() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    let found = chinook::playlists_of(&session, 1).await?;
    let read = [["SELECT track"].as_slice(), &["SELECT playlist_track"], &["SELECT playlist_track"]];
    assert_eq!(setup.shapes(), read);
    let found = found.iter().map(|(playlist, tracks)| format!("{}|{tracks}", playlist.id));
    let expected = "SELECT playlist_id, count(*) FROM playlist_track WHERE playlist_id IN \
         (SELECT playlist_id FROM playlist_track WHERE track_id = 1) GROUP BY 1 ORDER BY 2 DESC, 1";
    assert_eq!(found.collect::<Vec<_>>(), setup.rows(expected).await);

    let tracks = select::<Track>().filter(Track::album_id.eq(1)).order_by(Track::id).limit(3);
    let tracks = session.scalars(tracks).await?.all();
    setup.shapes();
    let playlist = chinook::short_playlist(&session, "Short", &tracks).await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT playlist", "INSERT playlist_track (batch)", "COMMIT"]]);
    // The longest is the first.
    assert_eq!(playlist.tracks().get()?, tracks[1..]);
    let links = format!("SELECT track_id FROM playlist_track WHERE playlist_id = {} ORDER BY 1", playlist.id);
    assert_eq!(
        setup.rows(&links).await,
        tracks[1..].iter().map(|track| track.id.to_string()).collect::<Vec<_>>()
    );
    Ok(())
}

#[tokio::test]
async fn the_longest_tracks_of_each_playlist() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let found = chinook::longest_tracks(&setup.db.session(), 3).await?;
    assert_eq!(setup.shapes(), [&["SELECT playlist"][..], &["SELECT unnest"]]);
    let found: Vec<_> = found
        .iter()
        .flat_map(|(playlist, tracks)| tracks.iter().map(|track| format!("{}|{}", playlist.id, track.id)))
        .collect();
    let expected = "SELECT playlist_id, track_id FROM (SELECT playlist_id, track_id, row_number() OVER \
         (PARTITION BY playlist_id ORDER BY milliseconds DESC, track_id) AS place \
         FROM playlist_track JOIN track USING (track_id)) ranked WHERE place <= 3 ORDER BY playlist_id, place";
    assert_eq!(found, setup.rows(expected).await);
    Ok(())
}

#[tokio::test]
async fn a_price_that_does_not_fit_stays() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    let track = session.get::<Track>(1).await?.expect("the track is there");
    chinook::reprice(&session, &track, 2.into()).await?;
    chinook::reprice(&session, &track, 1_000_000_000.into()).await?;
    assert_eq!(track.unit_price.to_string(), "1.98");
    session.commit().await?;
    assert_eq!(setup.rows("SELECT unit_price FROM track WHERE track_id = 1").await, ["1.98"]);
    Ok(())
}

#[tokio::test]
async fn who_reports_to_a_manager_that_leaves_goes_to_the_next() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    assert_eq!(chinook::team(&session, 1).await?.len(), 8);
    assert_eq!(setup.shapes().concat().len(), 1 + 3, "the head, and the levels below");
    chinook::leave(&session, 6).await?;
    let written = setup.shapes();
    assert_eq!(
        written.last().map(Vec::as_slice),
        Some(
            &["BEGIN", "UPDATE employee: reports_to (batch)", "DELETE employee", "COMMIT"].map(str::to_owned)
                [..]
        )
    );
    let below = "SELECT first_name FROM employee WHERE reports_to = 1 ORDER BY employee_id";
    assert_eq!(setup.rows(below).await, ["Nancy", "Robert", "Laura"]);
    chinook::leave(&session, 3).await?;
    assert_eq!(setup.rows("SELECT count(*) FROM customer WHERE support_rep_id = 2").await, ["21"]);
    assert_eq!(chinook::team(&session, 1).await?.len(), 6);
    Ok(())
}

#[tokio::test]
async fn every_row_of_every_table_is_read() -> Result {
    let Some(setup) = shop().await else { return Ok(()) };
    let session = setup.db.session();
    macro_rules! counts {
        ($($model:ty),*) => {[$((
            session.scalars(select::<$model>()).await?.all().len().to_string(),
            setup.rows(&format!("SELECT count(*) FROM {}", <$model as orm_core::model::Model>::TABLE.name)).await,
        )),*]};
    }
    use orm_examples::chinook::catalogue::{Album, Artist, Genre, MediaType};
    use orm_examples::chinook::sales::InvoiceLine;
    let counts = counts![
        Album,
        Artist,
        Customer,
        Employee,
        Genre,
        Invoice,
        InvoiceLine,
        MediaType,
        Playlist,
        PlaylistTrack,
        Track
    ];
    for (found, expected) in counts {
        assert_eq!([found], expected[..]);
    }
    Ok(())
}
