//! Rows that refer to each other in circles: what is nullable is written afterwards, all at once.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::keys::rings::{Bead, Egg, Hen};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_list_that_is_linked_both_ways_is_two_statements() -> Result {
    let setup = Setup::new(&models![Bead]).await;
    let session = setup.db.session();
    let beads = session.add_all((0..50).map(|n| Bead::builder().name(format!("b{n:02}"))));
    for pair in beads.windows(2) {
        pair[1].previous().set(&pair[0]);
        pair[0].twin().set(&pair[1]);
    }
    session.commit().await?;
    let sent = ["BEGIN", "INSERT beads (batch)", "UPDATE beads: previous_id, twin_id (batch)", "COMMIT"];
    assert_eq!(setup.shapes().concat(), sent);
    let right = "SELECT count(*) FROM beads b JOIN beads n ON n.previous_id = b.id AND b.twin_id = n.id";
    assert_eq!(setup.rows(right).await, ["49"]);
    assert_eq!(beads[0].next().get()?.as_ref(), Some(&beads[1]));
    assert!(session.plan()?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_circle_that_nothing_breaks_is_named() -> Result {
    let setup = Setup::new(&models![Hen, Egg]).await;
    let session = setup.db.session();
    let hen = session.add(Hen::builder().egg_id(0));
    let egg = session.add(Egg::builder().mother(&hen));
    hen.egg().set(&egg);
    setup.shapes();
    let error = session.commit().await.expect_err("neither can be first");
    assert!(error.is_unsolvable(), "{error}");
    assert!(error.to_string().contains("`Egg::mother` -> `Hen::egg` -> the first"), "{error}");
    assert_eq!(setup.shapes(), Vec::<Vec<String>>::new());
    Ok(())
}
