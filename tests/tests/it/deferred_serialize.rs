//! Deferred columns as `serde` writes and reads them.

use orm_core::prelude::*;
use orm_tests::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{from_value, json, to_value};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[orm(table = "sheets")]
struct Sheet {
    #[orm(primary_key)]
    id: i64,
    #[orm(deferred)]
    #[serde(default, skip_serializing_if = "Deferred::is_not_loaded")]
    text: Deferred<String>,
    #[orm(deferred)]
    #[serde(default, skip_serializing_if = "Deferred::is_not_loaded")]
    remark: Deferred<Option<String>>,
}

/// Which does not say what is to become of what is not loaded.
#[derive(Model, Debug, Clone, Serialize)]
#[orm(table = "cards")]
struct Card {
    #[orm(primary_key)]
    id: i64,
    #[orm(deferred)]
    text: Deferred<String>,
}

async fn sheets() -> Setup {
    let setup = Setup::new(&orm_core::models![Sheet, Card]).await;
    setup.sql("INSERT INTO sheets (text, remark) VALUES ('one', 'old'); INSERT INTO cards (text) VALUES ('one')").await;
    setup
}

#[tokio::test]
async fn what_is_not_loaded_is_left_out_and_comes_back_as_that() -> Result {
    let setup = sheets().await;
    let session = setup.db.session();
    let sheet = session.get::<Sheet>(1).await?.expect("sheet 1 is there");
    assert_eq!(to_value(&sheet)?, json!({"id": 1}));
    let cached: Sheet = from_value(to_value(Entity::value(&sheet))?)?;
    assert_eq!(&cached, Entity::value(&sheet));
    sheet.edit().remark.set(None);
    sheet.text().await?;
    assert_eq!(to_value(&sheet)?, json!({"id": 1, "text": "one", "remark": null}));
    session.clear();

    // What is left out is left alone, and NULL is NULL.
    session.merge(cached).await?;
    session.merge(from_value::<Sheet>(json!({"id": 1, "text": "two"}))?).await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, remark FROM sheets").await, ["two|old"]);
    session.merge(from_value::<Sheet>(json!({"id": 1, "remark": null}))?).await?;
    session.commit().await?;
    assert_eq!(setup.rows("SELECT text, remark FROM sheets").await, ["two|-"]);
    Ok(())
}

#[tokio::test]
async fn what_is_not_loaded_is_not_written_as_null() -> Result {
    let setup = sheets().await;
    let session = setup.db.session();
    let card = session.get::<Card>(1).await?.expect("card 1 is there");
    let error = to_value(&card).expect_err("it is not loaded");
    assert!(error.to_string().contains("`Card::text` is not loaded"), "{error}");
    card.text().await?;
    assert_eq!(to_value(&card)?, json!({"id": 1, "text": "one"}));
    Ok(())
}
