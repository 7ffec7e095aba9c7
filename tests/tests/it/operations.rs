//! The operations of the README, each with its statements and flights, on a connection whose statements are prepared.

use orm_tests::Setup;
use orm_tests::blog::{Profile, TABLES, User};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_graph_is_saved_in_two_flights() -> Result {
    let setup = Setup::new(&TABLES).await;
    for round in 1..=2 {
        let session = setup.db.session();
        setup.flights();
        let email = format!("nouman{round}@gmail.com");
        let user = session.add(User::builder().name("Nouman042").email(&*email));
        let profile = session.add(Profile::builder().bio("Full Stack Developer").user(&user));
        assert_eq!((user.id, profile.user_id), (0, 0));
        session.commit().await?;
        assert_eq!((user.id, profile.id, profile.user_id), (round, round, round));
    }
    let insert_user = "INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id";
    let insert_profile = "INSERT INTO profiles (bio, user_id) VALUES ($1, $2) RETURNING id";
    assert_eq!(setup.flights(), [["BEGIN", insert_user], [insert_profile, "COMMIT"]]);
    assert_eq!(setup.rows("SELECT * FROM profiles ORDER BY id").await.len(), 2);
    Ok(())
}
