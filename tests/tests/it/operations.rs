//! The ten operations of the README, each with its statements and flights.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::blog::{Post, Profile, TABLES, User};

type Result = orm_core::Result<()>;

#[tokio::test]
async fn a_graph_is_saved_in_two_flights() -> Result {
    let setup = Setup::new(&TABLES).await;
    let session = setup.db.session();
    let user = session.add(User::builder().name("Nouman042").email("nouman042@gmail.com"));
    let profile = session.add(Profile::builder().bio("Full Stack Developer").user(&user));
    assert_eq!((user.id, profile.user_id), (0, 0));
    assert_eq!(user.profile().get()?.as_ref(), Some(&profile));
    session.commit().await?;
    assert_eq!((user.id, profile.id, profile.user_id), (1, 1, 1));
    println!("{:#?}", setup.flights());
    println!("{user:?}");
    session.refresh(&user).await?;
    session.refresh(&profile).await?;
    println!("{:#?}", setup.flights());
    profile.edit().bio = Some("Senior".into());
    session.commit().await?;
    println!("{:#?}", setup.flights());
    session.delete(&profile);
    session.commit().await?;
    println!("{:#?}", setup.flights());
    println!("{user:?}");
    let p1 = session.add(Post::builder().title("a").user(&user));
    let users = session
        .execute(select::<User>().options(selectinload(User::posts)).filter(User::id.eq(1)))
        .await?
        .scalar_one()?;
    assert_eq!(users.posts().get()?, vec![p1]);
    println!("{:#?}", setup.flights());
    Ok(())
}
