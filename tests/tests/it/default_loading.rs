//! How a model says that its relationships are loaded (`lazy = ..`), and what queries say otherwise.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::defaults::{Bill, CHESTS, Chest, Coin, Gem, Note, Page, SITES, Site, VAULTS, Vault};

type Result = orm_core::Result<()>;

async fn sites() -> Setup {
    let setup = Setup::new(&SITES).await;
    setup
        .sql(
            "INSERT INTO sites (name) VALUES ('one'), ('two');
             INSERT INTO owners (site_id) VALUES (1);
             INSERT INTO pages (site_id, parent_id) VALUES (1, NULL), (1, 1), (1, 2), (2, NULL);
             INSERT INTO notes (page_id) VALUES (1), (3), (3)",
        )
        .await;
    setup
}

async fn vaults() -> Setup {
    let setup = Setup::new(&VAULTS).await;
    setup
        .sql(
            "INSERT INTO vaults (name) VALUES ('one'), ('two');
             INSERT INTO coins (vault_id) VALUES (1), (1), (NULL);
             INSERT INTO bills (vault_id) VALUES (1), (1)",
        )
        .await;
    setup
}

fn selects(setup: &Setup) -> Vec<String> {
    setup.statements().into_iter().filter(|sql| sql.starts_with("SELECT")).collect()
}

fn tables(setup: &Setup) -> Vec<String> {
    selects(setup).iter().map(|sql| orm_tests::shape(sql)).collect()
}

#[tokio::test]
async fn what_a_model_says_is_loaded_with_it_and_circles_end() -> Result {
    let setup = sites().await;
    let mut flights = Vec::new();
    for _ in 0..3 {
        let session = setup.db.session();
        setup.flights();
        let sites = session.scalars(select::<Site>().order_by(Site::id)).await?.all();
        flights = setup.shapes();
        assert_eq!(sites[0].pages().get()?.len(), 3);
        assert!(sites[0].owner().get()?.is_some());
        assert_eq!(sites[1].owner().get()?, None);
        let page = &sites[0].pages().get()?[1];
        assert_eq!((page.children().get()?[0].id, page.notes().get()?.len()), (3, 0));
        assert_eq!(page.children().get()?[0].notes().get()?.len(), 2);
        session.commit().await?;
    }
    assert_eq!(
        flights,
        [
            vec!["SELECT sites"],
            // The second is the notes', from a subselect.
            vec!["SELECT pages", "SELECT "],
            vec!["SELECT pages", "SELECT "],
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_circle_that_begins_at_the_key_ends() -> Result {
    let setup = sites().await;
    let session = setup.db.session();
    setup.flights();
    let page = session.get::<Page>(3).await?.expect("page 3 is there");
    let site = page.site().get()?;
    assert_eq!(site.pages().get()?.len(), 3);
    assert!(site.owner().get()?.is_some());
    assert_eq!(page.notes().get()?.len(), 2);
    assert!(tables(&setup).len() <= 8);
    Ok(())
}

#[tokio::test]
async fn an_option_of_the_query_comes_before_what_the_model_says() -> Result {
    let setup = sites().await;
    let session = setup.db.session();
    setup.flights();
    let query =
        select::<Site>().options(lazyload(Site::pages)).options(selectinload(Site::owner)).order_by(Site::id);
    let sites = session.scalars(query).await?.all();
    assert_eq!(tables(&setup), ["SELECT sites", "SELECT owners"]);
    assert!(sites[0].pages().get().is_err_and(|error| error.is_not_loaded()));
    assert!(sites[0].owner().get()?.is_some());
    // What is loaded lazily brings its own defaults.
    assert_eq!(sites[0].pages().await?[2].notes().get()?.len(), 2);

    let other = setup.db.session();
    drop(session);
    setup.flights();
    let query = select::<Site>().options(lazyload_all()).order_by(Site::id);
    let sites = other.scalars(query).await?.all();
    assert_eq!(tables(&setup), ["SELECT sites"]);
    assert_eq!(sites[1].pages().await?.len(), 1);
    assert_eq!(tables(&setup), ["SELECT pages"]);
    Ok(())
}

/// Scenario 252.
#[tokio::test]
async fn a_relationship_that_raises_is_an_error_without_sql_until_a_query_says_otherwise() -> Result {
    let setup = vaults().await;
    let session = setup.db.session();
    let coin = session.get::<Coin>(1).await?.expect("coin 1 is there");
    setup.flights();
    for error in [coin.vault().get().expect_err("get"), coin.vault().await.expect_err("await")] {
        assert!(error.is_raise_load() && error.is_not_loaded());
        assert_eq!((error.model(), error.relationship()), (Some("Coin"), Some("vault")));
        assert_eq!(
            error.to_string(),
            "`Coin::vault` is not loaded, and its query or its model says `raise`: load it with an option"
        );
    }
    assert!(setup.statements().is_empty());
    session.clear();

    let query = select::<Vault>().options(lazyload(Vault::coins)).options(lazyload(Vault::notes));
    let vaults = session.scalars(query.order_by(Vault::id)).await?.all();
    assert_eq!(vaults[0].coins().await?.len(), 2);
    assert_eq!(tables(&setup), ["SELECT vaults", "SELECT coins"]);
    Ok(())
}

#[tokio::test]
async fn what_raises_can_be_loaded_by_name_and_written() -> Result {
    let setup = vaults().await;
    let session = setup.db.session();
    let query = select::<Coin>().options(joinedload(Coin::vault)).order_by(Coin::id);
    let coins = session.scalars(query).await?.all();
    let vault = coins[0].vault().get()?.expect("coin 1 is in a vault");
    assert_eq!(coins[2].vault().get()?, None);
    assert!(vault.coins().await.is_err_and(|error| error.is_raise_load()));
    coins[2].vault().set(&vault);
    session.refresh(&vault).attribute(Vault::coins).await?;
    assert_eq!(vault.coins().await?.len(), 3);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT vault_id FROM coins ORDER BY id").await, ["1", "1", "1"]);
    let new = session.add(Coin::builder().vault(&vault));
    assert_eq!(new.vault().get()?, Some(vault.clone()));
    session.commit().await?;
    session.clear();

    // A flush asks nobody: the database lets the coins go, although they may not be loaded.
    let vault = session.get::<Vault>(1).await?.expect("vault 1 is there");
    session.delete(&vault);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(vault_id) FROM coins").await, ["0"]);
    Ok(())
}

/// Scenario 16: of an entity that nothing else is known of.
#[tokio::test]
async fn a_cascade_loads_what_may_not_be_asked_for() -> Result {
    let setup = Setup::new(&CHESTS).await;
    setup.sql("INSERT INTO chests (name) VALUES ('one'), ('two'); INSERT INTO gems (chest_id) VALUES (1), (1), (2)").await;
    let session = setup.db.session();
    let chest = session.get::<Chest>(1).await?.expect("chest 1 is there");
    session.delete(&chest);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT id, chest_id FROM gems").await, ["3|2"]);

    // Nor is a part that was asked for taken for the whole.
    let part = selectinload(Chest::gems).filter(Gem::id.gt(3));
    let chest = session.get::<Chest>(2).options(part).await?.expect("chest 2 is there");
    assert_eq!(chest.gems().get()?, []);
    session.delete(&chest);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM gems").await, ["0"]);
    Ok(())
}

#[tokio::test]
async fn what_raises_on_sql_is_found_in_memory() -> Result {
    let setup = sites().await;
    let session = setup.db.session();
    let note = session.get::<Note>(1).await?.expect("note 1 is there");
    setup.flights();
    assert!(note.page().await.is_err_and(|error| error.is_raise_load()));
    assert!(setup.statements().is_empty());
    let page = session.get::<Page>(1).options(lazyload_all()).await?.expect("page 1 is there");
    assert_eq!(note.page().await?, page);
    Ok(())
}

/// Scenario 169: what a model loads with its columns comes with them again; a list that is loaded by itself is a statement
/// of its own.
#[tokio::test]
async fn what_was_expired_is_loaded_again_as_the_model_says() -> Result {
    let setup = vaults().await;
    let session = setup.db.session();
    let vault = session.get::<Vault>(1).options(lazyload(Vault::coins)).await?.expect("vault 1 is there");
    assert_eq!((vault.notes().get()?.len(), vault.coins().await?.len()), (2, 2));
    setup.sql("INSERT INTO bills (vault_id) VALUES (1); INSERT INTO coins (vault_id) VALUES (1)").await;
    setup.flights();
    session.refresh(&vault).await?;
    assert_eq!((vault.notes().get()?.len(), selects(&setup).len()), (3, 1));
    session.refresh(&vault).attribute(Vault::coins).await?;
    session.refresh(&vault).await?;
    assert_eq!((vault.coins().get()?.len(), selects(&setup).len()), (3, 2));
    Ok(())
}

/// Scenario 269: values stay readable, so that reading one sends nothing.
#[tokio::test]
async fn a_refresh_loads_what_a_model_loads_by_statements_of_their_own() -> Result {
    let setup = sites().await;
    let session = setup.db.session();
    let site = session.get::<Site>(2).await?.expect("site 2 is there");
    setup.sql("INSERT INTO pages (site_id) VALUES (2)").await;
    setup.flights();
    assert_eq!((site.name.as_str(), site.pages().get()?.len(), selects(&setup).len()), ("two", 1, 0));
    session.refresh(&site).await?;
    assert_eq!(tables(&setup)[..2], ["SELECT sites", "SELECT pages"]);
    assert_eq!(site.pages().get()?.len(), 2);
    Ok(())
}

/// Scenario 335.
#[tokio::test]
async fn get_loads_what_its_options_and_its_model_say() -> Result {
    let setup = vaults().await;
    let session = setup.db.session();
    let vault = session.get::<Vault>(1).options(selectinload(Vault::coins)).await?.expect("vault 1 is there");
    setup.flights();
    assert_eq!((vault.coins().get()?.len(), vault.notes().get()?.len()), (2, 2));
    assert!(setup.statements().is_empty());
    let bill = session.get::<Bill>(1).options(joinedload(Bill::vault)).await?.expect("bill 1 is there");
    assert_eq!(bill.vault().get()?, Some(vault));
    Ok(())
}
