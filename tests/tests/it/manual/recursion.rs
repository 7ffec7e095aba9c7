//! Chapter 7.8.2: WITH RECURSIVE.

use super::{Result, manual};
use orm_core::prelude::*;
use orm_core::{func, is_cycle, search_order};
use orm_tests::manual::{Graph, Part, Tree};

#[derive(FromRow)]
struct T {
    n: i32,
}

/// 7.8.2: the numbers up to a hundred, and their sum.
#[tokio::test]
async fn a_series_by_recursion() -> Result {
    let manual = manual().await;
    let start = values([T { n: 1 }]).select();
    let step = select_from::<T>().filter(T::n.lt(100)).columns(row!(T { n: T::n + 1 }));
    let query = start.cte().recursive(step).select().columns(func::sum(T::n));
    let sql = "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT sum(n) FROM t";
    let sum = manual.agree_column::<Option<i64>>(query, sql);
    assert_eq!(sum.await, [Some(5050)]);
    Ok(())
}

#[derive(FromRow)]
struct IncludedParts {
    sub_part: String,
    part: String,
    quantity: i32,
}

/// 7.8.2: all parts of a product, direct and indirect.
#[tokio::test]
async fn the_parts_of_a_product() -> Result {
    let manual = manual().await;
    let query = {
        let start = select::<Part>().filter(Part::part.eq("our_product")).columns(row!(IncludedParts {
            sub_part: Part::sub_part,
            part: Part::part,
            quantity: Part::quantity,
        }));
        let step = select_from::<IncludedParts>()
            .join(table::<Part>().on(Part::part.eq(IncludedParts::sub_part)))
            .columns(row!(IncludedParts {
                sub_part: Part::sub_part,
                part: Part::part,
                quantity: Part::quantity * IncludedParts::quantity,
            }));
        start
            .cte()
            .recursive(step)
            .select()
            .group_by(IncludedParts::sub_part)
            .order_by(IncludedParts::sub_part)
            .columns((IncludedParts::sub_part, func::sum(IncludedParts::quantity)))
    };
    let sql = "WITH RECURSIVE included_parts(sub_part, part, quantity) AS (
             SELECT sub_part, part, quantity FROM parts WHERE part = 'our_product'
             UNION ALL
             SELECT p.sub_part, p.part, p.quantity * pr.quantity
             FROM included_parts pr JOIN parts p ON p.part = pr.sub_part)
         SELECT sub_part, sum(quantity) AS total_quantity FROM included_parts GROUP BY sub_part ORDER BY sub_part";
    let parts = manual.agree::<(String, Option<i64>)>(query, sql);
    let expected = [("frame", 1), ("spoke", 60), ("tube", 3), ("tyre", 2), ("wheel", 2)];
    assert_eq!(parts.await, expected.map(|(part, count)| (part.to_owned(), Some(count))));
    Ok(())
}

#[derive(FromRow)]
struct SearchTree {
    id: i32,
    path: Vec<i32>,
    depth: i32,
}

/// 7.8.2.1: depth first by a path, breadth first by a depth.
#[tokio::test]
async fn orders_of_searches() -> Result {
    let manual = manual().await;
    let tree = || {
        let root = select::<Tree>().filter(Tree::link.is_null()).columns(row!(SearchTree {
            id: Tree::id,
            path: func::array::<i32, _>((Tree::id,)),
            depth: func::value(0),
        }));
        let below = select::<Tree>().join(table::<SearchTree>().on(Tree::link.eq(SearchTree::id))).columns(
            row!(SearchTree {
                id: Tree::id,
                path: func::array_append(SearchTree::path, Tree::id),
                depth: SearchTree::depth + 1,
            }),
        );
        root.cte().recursive(below).select()
    };
    let by_path = tree().order_by(SearchTree::path).columns((SearchTree::id, SearchTree::path));
    let sql = "WITH RECURSIVE search_tree(id, link, data, path) AS (
             SELECT t.id, t.link, t.data, ARRAY[t.id] FROM tree t WHERE t.link IS NULL
             UNION ALL
             SELECT t.id, t.link, t.data, path || t.id FROM tree t, search_tree st WHERE t.link = st.id)
         SELECT id, path FROM search_tree ORDER BY path";
    let by_path = manual.agree::<(i32, Vec<i32>)>(by_path, sql);
    assert_eq!(by_path.await.into_iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 4, 3, 5]);
    let by_depth =
        tree().order_by((SearchTree::depth, SearchTree::id)).columns((SearchTree::id, SearchTree::depth));
    let sql = "WITH RECURSIVE search_tree(id, link, data, depth) AS (
             SELECT t.id, t.link, t.data, 0 FROM tree t WHERE t.link IS NULL
             UNION ALL
             SELECT t.id, t.link, t.data, depth + 1 FROM tree t, search_tree st WHERE t.link = st.id)
         SELECT id, depth FROM search_tree ORDER BY depth, id";
    let by_depth = manual.agree::<(i32, i32)>(by_depth, sql);
    assert_eq!(by_depth.await.into_iter().map(|row| row.1).collect::<Vec<_>>(), [0, 1, 1, 2, 2]);
    Ok(())
}

#[derive(FromRow)]
struct Found {
    id: i32,
}

/// 7.8.2.1: the language's own words for both.
#[tokio::test]
async fn search_clauses() -> Result {
    let manual = manual().await;
    let tree = || {
        let root = select::<Tree>().filter(Tree::link.is_null()).columns(row!(Found { id: Tree::id }));
        let below = select::<Tree>().join(table::<Found>().on(Tree::link.eq(Found::id)));
        root.cte().recursive(below.columns(row!(Found { id: Tree::id })))
    };
    for (word, tree, expected) in [
        ("DEPTH", tree().search_depth_first(Found::id), [1, 2, 4, 3, 5]),
        ("BREADTH", tree().search_breadth_first(Found::id), [1, 2, 3, 4, 5]),
    ] {
        let query = tree.select().order_by(search_order::<Found>()).columns(Found::id);
        let sql = format!(
            "WITH RECURSIVE search_tree AS (
                 SELECT t.id, t.link, t.data FROM tree t WHERE t.link IS NULL
                 UNION ALL SELECT t.id, t.link, t.data FROM tree t, search_tree st WHERE t.link = st.id
             ) SEARCH {word} FIRST BY id SET ordercol
             SELECT id FROM search_tree ORDER BY ordercol"
        );
        assert_eq!(manual.agree_column::<i32>(query, &sql).await, expected, "{word}");
    }
    Ok(())
}

#[derive(FromRow)]
struct SearchGraph {
    id: i32,
    link: i32,
    depth: i32,
    is_cycle: bool,
    path: Vec<i32>,
}

/// 7.8.2.2: a circle is noticed by a path.
#[tokio::test]
async fn cycle_detection() -> Result {
    let manual = manual().await;
    let start = select::<Graph>().filter(Graph::id.eq(1)).columns(row!(SearchGraph {
        id: Graph::id,
        link: Graph::link,
        depth: func::value(0),
        is_cycle: func::value(false),
        path: func::array::<i32, _>((Graph::id,)),
    }));
    let is_cycle = func::coalesce(SearchGraph::path.has(Graph::id), false);
    let step = select_from::<SearchGraph>()
        .join(table::<Graph>().on(Graph::id.eq(SearchGraph::link)))
        .filter(SearchGraph::is_cycle.is_not_true())
        .columns(row!(SearchGraph {
            id: Graph::id,
            link: Graph::link,
            depth: SearchGraph::depth + 1,
            is_cycle: is_cycle,
            path: func::array_append(SearchGraph::path, Graph::id),
        }));
    let order = (SearchGraph::depth, SearchGraph::id, SearchGraph::is_cycle);
    let query = start.cte().recursive(step).select().order_by(order);
    let query = query.columns((SearchGraph::id, SearchGraph::depth, SearchGraph::is_cycle));
    let sql = "WITH RECURSIVE search_graph(id, link, depth, is_cycle, path) AS (
             SELECT g.id, g.link, 0, false, ARRAY[g.id] FROM graph g WHERE g.id = 1
             UNION ALL
             SELECT g.id, g.link, sg.depth + 1, g.id = ANY(path), path || g.id
             FROM graph g, search_graph sg WHERE g.id = sg.link AND NOT is_cycle)
         SELECT id, depth, is_cycle FROM search_graph ORDER BY depth, id, is_cycle";
    let by_path = manual.agree::<(i32, i32, bool)>(query, sql);
    assert_eq!(by_path.await.last(), Some(&(1, 3, true)));
    Ok(())
}

#[derive(FromRow)]
pub(super) struct W {
    pub(super) id: i32,
    pub(super) link: i32,
}

/// 7.8.2.2: the language's own words for it.
#[tokio::test]
async fn cycle_clauses() -> Result {
    let manual = manual().await;
    let start =
        select::<Graph>().filter(Graph::id.eq(1)).columns(row!(W { id: Graph::id, link: Graph::link }));
    let step = select::<Graph>().join(table::<W>().on(Graph::id.eq(W::link)));
    let graph =
        start.cte().recursive(step.columns(row!(W { id: Graph::id, link: Graph::link }))).cycle(W::id);
    let query = graph.select().order_by((W::id, W::link)).columns((W::id, is_cycle::<W>()));
    let by_words = manual.agree::<(i32, Option<bool>)>(
        query,
        "WITH RECURSIVE search_graph(id, link) AS (
             SELECT g.id, g.link FROM graph g WHERE g.id = 1
             UNION ALL SELECT g.id, g.link FROM graph g, search_graph sg WHERE g.id = sg.link
         ) CYCLE id SET is_cycle USING path
         SELECT id, is_cycle FROM search_graph ORDER BY id, link",
    );
    assert_eq!(by_words.await.iter().filter(|row| row.1 == Some(true)).count(), 1);
    Ok(())
}

#[derive(FromRow)]
struct Reached {
    id: i32,
}

/// 7.8.2.2: a limit ends what would not end, and UNION a circle.
#[tokio::test]
async fn endless_recursion() -> Result {
    let manual = manual().await;
    let one = select_row(row!(T { n: func::value(1) }));
    let step = select_from::<T>().columns(row!(T { n: T::n + 1 }));
    let query = one.cte().recursive(step).select().limit(100).columns(T::n);
    let sql = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t LIMIT 100";
    assert_eq!(manual.agree_column::<i32>(query, sql).await.len(), 100);
    let one = select_row(row!(Reached { id: func::value(1) }));
    let step = select::<Graph>().join(table::<Reached>().on(Graph::id.eq(Reached::id)));
    let step = step.columns(row!(Reached { id: Graph::link }));
    let query = one.cte().recursive_distinct(step).select().order_by(Reached::id).columns(Reached::id);
    let sql = "WITH RECURSIVE reached(id) AS (
             SELECT 1 UNION SELECT g.link FROM graph g JOIN reached ON g.id = reached.id)
         SELECT id FROM reached ORDER BY id";
    assert_eq!(manual.agree_column::<i32>(query, sql).await, [1, 2, 3, 4]);
    Ok(())
}
