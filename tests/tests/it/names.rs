//! Names that must be quoted, and names that the library's own statements use, in every statement of a flush.

use orm_core::model::Table;
use orm_core::prelude::*;
use orm_tests::Setup;

type Result = orm_core::Result<()>;

/// Reserved words and mixed case, in a schema of its own.
#[derive(Model, Debug, Clone)]
#[orm(table = "user", schema = "Odd Schema")]
#[orm(has_many(orders: OddOrder, back_populates = owner))]
struct OddUser {
    #[orm(primary_key, column = "Id")]
    id: i64,
    #[orm(column = "user")]
    user: String,
    #[orm(column = "Full \"Name\"")]
    name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "order", schema = "Odd Schema")]
struct OddOrder {
    #[orm(primary_key, column = "Id")]
    id: i64,
    #[orm(column = "order")]
    order: i32,
    #[orm(column = "User", belongs_to(owner: OddUser, back_populates = orders))]
    user_id: Option<i64>,
}

macro_rules! plainly_named {
    ($($model:ident $table:literal),+) => {
        $(
            #[derive(Model, Debug, Clone)]
            #[orm(table = $table)]
            struct $model {
                #[orm(primary_key)]
                id: i64,
                input: String,
                #[orm(default = "'x'")]
                changed: String,
            }
        )+
    };
}

plainly_named!(Input "input", Changed "changed", Fresh "fresh", Done "done");

const ODD: [&Table; 2] = models![OddUser, OddOrder];

#[tokio::test]
async fn quoted_names_work_in_every_statement() -> Result {
    let setup = Setup::new(&ODD).await;
    let session = setup.db.session();
    let owner = session.add(OddUser::builder().user("ann").name("Ann"));
    let orders = session.add_all((1..=3).map(|order| OddOrder::builder().order(order).owner(&owner)));
    session.add_all(["bob", "cid"].map(|user| OddUser::builder().user(user)));
    session.commit().await?;
    let single = session.add(OddOrder::builder().order(4));
    session.commit().await?;
    owner.edit().name = Some("one".into());
    orders.iter().for_each(|order| order.edit().order *= 10);
    session.commit().await?;
    assert_eq!(
        setup.rows("SELECT * FROM \"Odd Schema\".\"order\" ORDER BY 1").await,
        ["1|10|1", "2|20|1", "3|30|1", "4|4|-"]
    );
    session.delete(&single);
    session.commit().await?;
    orders[1..].iter().for_each(|order| session.delete(order));
    session.delete(&owner);
    session.commit().await?;
    assert_eq!((orders[0].user_id, orders[0].owner().get()?), (None, None));
    assert_eq!(setup.rows("SELECT * FROM \"Odd Schema\".\"order\"").await, ["1|10|-"]);
    assert_eq!(setup.rows("SELECT * FROM \"Odd Schema\".\"user\" ORDER BY 1").await, ["2|bob|-", "3|cid|-"]);
    session.delete(&session.get::<OddOrder>(1).await?.expect("one is left"));
    session.commit().await
}

#[tokio::test]
async fn quoted_names_work_in_every_select() -> Result {
    let setup = Setup::new(&ODD).await;
    setup.sql("INSERT INTO \"Odd Schema\".\"user\" (\"user\") VALUES ('ann'), ('bob')").await;
    setup
        .sql("INSERT INTO \"Odd Schema\".\"order\" (\"order\", \"User\") VALUES (1, 1), (2, 2), (3, 2)")
        .await;
    let session = setup.db.session();
    let users = || select::<OddUser>().filter(OddUser::user.ne("x")).order_by(OddUser::user);
    for loaded in
        [users().options(selectinload(OddUser::orders)), users().options(joinedload(OddUser::orders))]
    {
        session.clear();
        let found = session.scalars(loaded).await?.all();
        let orders = found.iter().map(|user| user.orders().get()).collect::<orm_core::Result<Vec<_>>>()?;
        assert_eq!(orders.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(orders[1][0].owner().get()?.as_ref(), Some(&found[1]));
    }
    session.clear();
    let order = session.get::<OddOrder>(3).await?.expect("the order is there");
    let owner = order.owner().await?.expect("the order has an owner");
    assert_eq!((&*owner.user, owner.orders().await?.len()), ("bob", 2));
    session.refresh(&owner).await?;
    assert_eq!(session.scalar(select::<OddOrder>().filter(OddOrder::order.gt(1)).count()).await?, Some(2));
    Ok(())
}

macro_rules! write_in_every_way {
    ($session:ident, $model:ident) => {
        let one = $session.add($model::builder().input("one"));
        $session.commit().await?;
        let many = $session.add_all(["a", "b"].map(|input| $model::builder().input(input)));
        $session.commit().await?;
        let given = [91, 92].map(|id| $model::builder().id(id).input("c").changed("y"));
        let given = $session.add_all(given);
        $session.commit().await?;
        one.edit().input = "edited".into();
        $session.commit().await?;
        many.iter().for_each(|row| row.edit().changed = "edited".into());
        $session.commit().await?;
        let found = $session.scalars(select::<$model>().order_by($model::id)).await?.all();
        assert_eq!(found, [&[one][..], &many, &given].concat());
        let values: Vec<_> = found.iter().map(|row| (&*row.input, &*row.changed)).collect();
        assert_eq!(values, [("edited", "x"), ("a", "edited"), ("b", "edited"), ("c", "y"), ("c", "y")]);
        $session.delete(&found[0]);
        $session.commit().await?;
        found[1..].iter().for_each(|row| $session.delete(row));
        $session.commit().await?;
    };
}

#[tokio::test]
async fn a_table_may_be_called_as_the_parts_of_a_statement_are() -> Result {
    let setup = Setup::new(&models![Input, Changed, Fresh, Done]).await;
    let session = setup.db.session();
    write_in_every_way!(session, Input);
    write_in_every_way!(session, Changed);
    write_in_every_way!(session, Fresh);
    write_in_every_way!(session, Done);
    let left = "SELECT id FROM input UNION SELECT id FROM changed UNION SELECT id FROM fresh UNION SELECT id FROM done";
    assert_eq!(setup.rows(left).await, Vec::<String>::new());
    Ok(())
}
