//! Section B of the scenarios: trees, and tables that refer to each other.
//!
//! Fewer statements than SQLAlchemy's: rows of one table are deleted by one statement, whichever refers to which.

use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::models::company::{self, Department, Employee};
use orm_tests::models::tree::{Folder, Node, Twig};

type Result = orm_core::Result<()>;

const NODES: &str = "SELECT id, name, parent_id FROM nodes ORDER BY id";

/// A root with two children, committed.
async fn root_of_two(
    setup: &Setup,
    session: &Session,
) -> orm_core::Result<(Entity<Node>, Vec<Entity<Node>>)> {
    let children = ["a", "b"].map(|name| Node::builder().name(name));
    let root = session.add(Node::builder().name("root").children(children));
    session.commit().await?;
    setup.shapes();
    let children = root.children().get()?;
    Ok((root, children))
}

/// Scenario 51.
#[tokio::test]
async fn a_root_goes_in_before_its_children() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let children = ["a", "b"].map(|name| Node::builder().name(name));
    let root = session.add(Node::builder().name("root").children(children));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT nodes", "INSERT nodes (batch)", "COMMIT"]]);
    let children = root.children().get()?;
    assert_eq!(children.iter().map(|node| node.parent_id).collect::<Vec<_>>(), [Some(root.id); 2]);
    assert_eq!(setup.rows(NODES).await, ["1|root|-", "2|a|1", "3|b|1"]);
    Ok(())
}

/// A level of a tree is a statement, however the nodes were added.
#[tokio::test]
async fn each_level_of_a_tree_is_one_statement() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let nodes = session.add_all((0..7).map(|n| Node::builder().name(format!("n{n}"))));
    // Leaves first: 6 is the root, 4 and 5 its children, 0 to 3 theirs.
    for (child, parent) in [(0, 4), (1, 5), (2, 4), (3, 5), (4, 6), (5, 6)] {
        nodes[child].parent().set(&nodes[parent]);
    }
    session.commit().await?;
    let batch = "INSERT nodes (batch)";
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT nodes", batch, batch, "COMMIT"]]);
    let pairs = "SELECT c.name, p.name FROM nodes c JOIN nodes p ON p.id = c.parent_id ORDER BY c.name";
    assert_eq!(setup.rows(pairs).await, ["n0|n4", "n1|n5", "n2|n4", "n3|n5", "n4|n6", "n5|n6"]);
    Ok(())
}

/// Scenario 52.
#[tokio::test]
async fn a_whole_tree_is_deleted_by_one_statement() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let (root, children) = root_of_two(&setup, &session).await?;
    session.delete(&root);
    children.iter().for_each(|child| session.delete(child));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE nodes (batch)", "COMMIT"]]);
    assert_eq!(setup.rows(NODES).await, Vec::<String>::new());
    assert_eq!(session.get::<Node>(children[0].id).await?, None);
    Ok(())
}

/// Scenarios 53 and 59.
#[tokio::test]
async fn children_of_a_deleted_root_become_roots() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let (root, children) = root_of_two(&setup, &session).await?;
    session.delete(&root);
    session.flush().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE nodes: parent_id = NULL", "DELETE nodes"]]);
    for child in &children {
        assert_eq!((child.parent_id, child.parent().get()?), (None, None));
        session.refresh(child).await?;
        assert_eq!((child.parent_id, child.parent().get()?), (None, None));
    }
    session.commit().await?;
    assert_eq!(setup.rows(NODES).await, ["2|a|-", "3|b|-"]);
    Ok(())
}

/// Scenarios 55 and 67.
#[tokio::test]
async fn a_parent_that_is_not_loaded_is_left_in_one_update() -> Result {
    let setup = Setup::new(&models![Node]).await;
    root_of_two(&setup, &setup.db.session()).await?;
    let session = setup.db.session();
    let child = session.get::<Node>(2).await?.expect("the child is there");
    setup.shapes();
    child.parent().clear();
    assert_eq!((child.parent_id, child.parent().get()?), (None, None));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE nodes: parent_id", "COMMIT"]]);
    assert_eq!(setup.rows(NODES).await, ["1|root|-", "2|a|-", "3|b|1"]);
    Ok(())
}

/// Scenario 57: what is stale after a commit is deleted by its key, without a look.
#[tokio::test]
async fn stale_nodes_are_deleted_without_being_read() -> Result {
    let setup = Setup::new(&models![Twig]).await;
    let session = setup.db.session();
    let root = session.add(Twig::builder());
    let twigs = session.add_all([Twig::builder().parent(&root), Twig::builder().parent(&root)]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT twigs", "INSERT twigs (batch)", "COMMIT"]]);
    session.delete(&root);
    twigs.iter().for_each(|twig| session.delete(twig));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE twigs (batch)", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT count(*) FROM twigs").await, ["0"]);
    Ok(())
}

/// Scenario 60.
#[tokio::test]
async fn a_tree_over_a_unique_column_is_saved_and_loaded() -> Result {
    let setup = Setup::new(&models![Folder]).await;
    let session = setup.db.session();
    let folder = Folder::builder();
    let usr = session.add(folder.path("/usr").folders([Folder::builder().path("/usr/bin")]));
    assert_eq!(usr.folders().get()?[0].parent_path.as_deref(), Some("/usr"));
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "INSERT folders", "INSERT folders", "COMMIT"]]);
    let session = setup.db.session();
    let bin = session.execute(select::<Folder>().filter(Folder::path.eq("/usr/bin"))).await?.one()?;
    let usr = bin.parent().await?.expect("the folder has a parent");
    assert_eq!((&*usr.path, usr.folders().await?), ("/usr", vec![bin.clone()]));
    bin.parent().clear();
    assert_eq!(usr.folders().get()?, []);
    bin.parent().set(&usr);
    assert_eq!((usr.folders().get()?, bin.parent_path.as_deref()), (vec![bin.clone()], Some("/usr")));
    Ok(())
}

/// Scenario 62: two tables that refer to each other, and new members of the cycle beside persistent ones.
#[tokio::test]
async fn two_tables_in_a_cycle_are_saved_with_all_keys() -> Result {
    let setup = Setup::new(&company::TABLES).await;
    let session = setup.db.session();
    let department = session.add(Department::builder().name("sales"));
    let ann = session.add(Employee::builder().name("ann").department(&department));
    department.head().set(&ann);
    session.commit().await?;
    assert_eq!(
        setup.shapes(),
        [
            &["BEGIN", "INSERT departments", "INSERT employees"][..],
            &["UPDATE departments: head_id", "COMMIT"]
        ]
    );
    assert_eq!((department.head_id, ann.department_id), (Some(ann.id), department.id));
    let keys = "SELECT head_id, department_id FROM departments JOIN employees ON head_id = employees.id";
    assert_eq!(setup.rows(keys).await, ["1|1"]);
    let bob = session.add(Employee::builder().name("bob").department(&department));
    let cellar = session.add(Department::builder().name("cellar").head(&bob));
    let cid = session.add(Employee::builder().name("cid").department(&cellar));
    department.head().set(&cid);
    session.commit().await?;
    assert_eq!((department.head().get()?, cid.heads().get()?), (Some(cid), vec![department]));
    let departments =
        "SELECT d.name, e.name FROM departments d JOIN employees e ON e.id = head_id ORDER BY d.id";
    assert_eq!(setup.rows(departments).await, ["sales|cid", "cellar|bob"]);
    let employees =
        "SELECT e.name, d.name FROM employees e JOIN departments d ON d.id = department_id ORDER BY e.id";
    assert_eq!(setup.rows(employees).await, ["ann|sales", "bob|sales", "cid|cellar"]);
    Ok(())
}

/// A row that refers to itself.
#[tokio::test]
async fn a_row_that_is_its_own_parent_is_saved() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let node = session.add(Node::builder().name("self"));
    node.parent().set(&node);
    session.commit().await?;
    assert_eq!((node.parent_id, node.parent().get()?), (Some(node.id), Some(node.clone())));
    assert_eq!(setup.rows(NODES).await, ["1|self|1"]);
    session.delete(&node);
    session.commit().await?;
    assert_eq!(setup.rows(NODES).await, Vec::<String>::new());
    Ok(())
}

/// Scenario 64.
#[tokio::test]
async fn parts_of_a_cycle_are_deleted_in_order() -> Result {
    let setup = Setup::new(&company::TABLES).await;
    let session = setup.db.session();
    let sales = session.add(Department::builder().name("sales"));
    let ann = session.add(Employee::builder().name("ann").department(&sales));
    let cellar = session.add(Department::builder().name("cellar").head(&ann));
    let bob = session.add(Employee::builder().name("bob").department(&cellar));
    sales.head().set(&bob);
    session.commit().await?;
    setup.shapes();
    // `ann` heads `cellar`: its key is let go before she goes, and she before her department.
    session.delete(&ann);
    session.delete(&bob);
    session.delete(&sales);
    session.commit().await?;
    assert_eq!((cellar.head_id, cellar.employees().get()?), (None, vec![]));
    assert_eq!(setup.rows("SELECT name, head_id FROM departments").await, ["cellar|-"]);
    session.delete(&cellar);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT name FROM departments UNION SELECT name FROM employees").await, [""; 0]);
    Ok(())
}

/// Scenario 68.
#[tokio::test]
async fn a_child_that_moves_by_either_side_has_the_right_parent_after_each_commit() -> Result {
    let setup = Setup::new(&models![Node]).await;
    let session = setup.db.session();
    let parents = session.add_all(["p1", "p2", "p3"].map(|name| Node::builder().name(name)));
    let child = session.add(Node::builder().name("child").parent(&parents[0]));
    session.commit().await?;
    child.parent().set(&parents[1]);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT parent_id FROM nodes WHERE id = 4").await, [parents[1].id.to_string()]);
    parents[2].children().add(&child);
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "UPDATE nodes: parent_id", "COMMIT"]]);
    assert_eq!(setup.rows("SELECT parent_id FROM nodes WHERE id = 4").await, [parents[2].id.to_string()]);
    assert_eq!((parents[0].children().get()?, parents[1].children().get()?), (vec![], vec![]));
    assert_eq!(parents[2].children().get()?, [child]);
    Ok(())
}
