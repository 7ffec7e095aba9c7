//! Common tables that read themselves: the order in which rows are found, and circles.

use orm_core::prelude::*;
use orm_core::{Cte, is_cycle, search_order};
use orm_tests::Setup;

type Result = orm_core::Result<()>;

#[derive(FromRow, Debug, PartialEq)]
struct Edge {
    source: i64,
    target: i64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Way {
    node: i64,
    steps: i32,
}

/// The ways from node 1 on.
fn ways(edges: &[(i64, i64)]) -> Cte<Way> {
    let edges = values(edges.iter().map(|&(source, target)| Edge { source, target }));
    let start = values([Way { node: 1, steps: 0 }]).select();
    let step = select_from::<Way>().join(edges.on(Edge::source.eq(Way::node)));
    start.cte().recursive(step.columns(row!(Way { node: Edge::target, steps: Way::steps + 1 })))
}

const TREE: [(i64, i64); 5] = [(1, 3), (1, 2), (2, 5), (3, 4), (2, 6)];

#[tokio::test]
async fn rows_come_in_the_order_of_the_search() -> Result {
    let setup = Setup::new(&[]).await;
    let session = setup.db.session();
    let depth = ways(&TREE).search_depth_first(Way::node).select().order_by(search_order::<Way>());
    let nodes: Vec<i64> = session.scalars(depth.columns(Way::node)).await?.all();
    assert_eq!(nodes, [1, 2, 5, 6, 3, 4]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(
        sent.contains(
            ") SEARCH DEPTH FIRST BY node SET orm_order SELECT way.node FROM way ORDER BY way.orm_order"
        ),
        "{sent}"
    );
    let breadth =
        ways(&TREE).search_breadth_first((Way::steps, Way::node)).select().order_by(search_order::<Way>());
    let rows: Vec<(i64, i32)> = session.execute(breadth.columns((Way::node, Way::steps))).await?.all();
    assert_eq!(rows, [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)]);
    let sent = setup.statements().pop().unwrap_or_default();
    assert!(sent.contains("SEARCH BREADTH FIRST BY steps, node SET"), "{sent}");
    Ok(())
}

#[tokio::test]
async fn circles_end() -> Result {
    let setup = Setup::new(&[]).await;
    let session = setup.db.session();
    let circle = [(1, 2), (2, 3), (3, 1), (2, 4)];
    let ways = || ways(&circle).cycle(Way::node);
    let all = ways().select().order_by((Way::steps, Way::node));
    let rows: Vec<(i64, i32)> = session.execute(all.columns((Way::node, Way::steps))).await?.all();
    assert_eq!(rows, [(1, 0), (2, 1), (3, 2), (4, 2), (1, 3)]);
    let again = ways().select().filter(is_cycle::<Way>()).columns(Way::node);
    assert_eq!(session.scalars(again).await?.all(), [1]);
    // With both.
    let first = ways().search_depth_first(Way::node).select().filter(!is_cycle::<Way>());
    let rows: Vec<(i64, Option<bool>)> = session
        .execute(first.order_by(search_order::<Way>()).columns((Way::node, is_cycle::<Way>())))
        .await?
        .all();
    assert_eq!(rows.iter().map(|(node, _)| *node).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(rows.iter().all(|(_, is_cycle)| *is_cycle == Some(false)));
    Ok(())
}
