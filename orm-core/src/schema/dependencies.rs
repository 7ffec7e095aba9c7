//! Floor 1: what must come before what, as a pure function over a graph of numbers.
//!
//! Tarjan's strongly connected components with a stack of its own, so that no chain is too long. Invariant: a component
//! stands after all others that its nodes depend on; nodes stand together only if each depends on the other. The result
//! depends on nothing but the arguments.

/// The nodes in groups: each group depends on groups before it only, and a group of several is a cycle.
///
/// Nodes are `0..nodes`; an edge `(dependent, dependency)` names two of them. Edges may be repeated, and an edge from a
/// node to itself changes nothing. Within a group nodes stand in ascending order; otherwise the order of the nodes and
/// of the edges is kept where it may be.
pub(crate) fn components(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    if edges.is_empty() {
        return (0..nodes).map(|node| vec![node]).collect();
    }
    let mut search = Search::new(nodes, edges);
    (0..nodes).for_each(|root| search.visit(root));
    search.components
}

/// A depth-first search under way.
struct Search {
    dependencies: Vec<Vec<usize>>,
    /// When a node was met first, counted from 1; 0 if it was not.
    met: Vec<usize>,
    /// The earliest open node that can be reached from a node.
    low: Vec<usize>,
    /// Nodes that were met and are in no component yet.
    open: Vec<usize>,
    is_open: Vec<bool>,
    clock: usize,
    components: Vec<Vec<usize>>,
}

impl Search {
    fn new(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let mut dependencies = vec![Vec::new(); nodes];
        edges.iter().for_each(|&(dependent, dependency)| dependencies[dependent].push(dependency));
        Self {
            dependencies,
            met: vec![0; nodes],
            low: vec![0; nodes],
            open: Vec::new(),
            is_open: vec![false; nodes],
            clock: 0,
            components: Vec::new(),
        }
    }

    /// Visits everything that can be reached from a node and was not met yet.
    fn visit(&mut self, root: usize) {
        if self.met[root] > 0 {
            return;
        }
        self.meet(root);
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some(&dependency) = self.dependencies[node].get(*next) {
                *next += 1;
                if self.met[dependency] == 0 {
                    self.meet(dependency);
                    path.push((dependency, 0));
                } else if self.is_open[dependency] {
                    self.low[node] = self.low[node].min(self.met[dependency]);
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                self.low[parent] = self.low[parent].min(self.low[node]);
            }
            self.leave(node);
        }
    }

    fn meet(&mut self, node: usize) {
        self.clock += 1;
        self.met[node] = self.clock;
        self.low[node] = self.clock;
        self.open.push(node);
        self.is_open[node] = true;
    }

    /// Closes the component whose first node this is, if it is one's.
    fn leave(&mut self, node: usize) {
        if self.low[node] != self.met[node] {
            return;
        }
        let start = self.open.iter().rposition(|&open| open == node).unwrap_or_default();
        let mut component = self.open.split_off(start);
        component.iter().for_each(|&member| self.is_open[member] = false);
        component.sort_unstable();
        self.components.push(component);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::components;

    #[test]
    fn dependencies_come_first() {
        assert_eq!(components(3, &[(0, 1), (1, 2)]), [vec![2], vec![1], vec![0]]);
    }

    #[test]
    fn what_does_not_depend_keeps_its_order() {
        assert_eq!(components(3, &[]), [vec![0], vec![1], vec![2]]);
        assert_eq!(components(4, &[(1, 3), (1, 0)]), [vec![0], vec![3], vec![1], vec![2]]);
    }

    #[test]
    fn a_cycle_stands_together_between_what_it_needs_and_what_needs_it() {
        let edges = [(4, 1), (0, 2), (2, 1), (1, 0), (0, 3)];
        assert_eq!(components(5, &edges), [vec![3], vec![0, 1, 2], vec![4]]);
    }

    #[test]
    fn a_node_that_depends_on_itself_stands_alone() {
        assert_eq!(components(2, &[(0, 0), (0, 1), (0, 1)]), [vec![1], vec![0]]);
    }

    #[test]
    fn a_long_chain_does_not_overflow() {
        let chain: Vec<_> = (0..200_000).map(|node| (node, node + 1)).collect();
        assert_eq!(components(200_001, &chain).first(), Some(&vec![200_000]));
    }

    fn graph() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
        (1_usize..12).prop_flat_map(|nodes| (Just(nodes), prop::collection::vec((0..nodes, 0..nodes), 0..30)))
    }

    /// Which node reaches which, the slow way.
    fn reach(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
        let mut reach = vec![vec![false; nodes]; nodes];
        edges.iter().for_each(|&(from, to)| reach[from][to] = true);
        for middle in 0..nodes {
            for from in 0..nodes {
                for to in 0..nodes {
                    reach[from][to] |= reach[from][middle] && reach[middle][to];
                }
            }
        }
        reach
    }

    proptest! {
        #[test]
        fn components_are_the_cycles_in_dependency_order((nodes, edges) in graph()) {
            let components = components(nodes, &edges);
            let mut place = vec![usize::MAX; nodes];
            for (position, component) in components.iter().enumerate() {
                for &node in component {
                    prop_assert_eq!(place[node], usize::MAX, "a node stands once");
                    place[node] = position;
                }
            }
            prop_assert!(place.iter().all(|&position| position < nodes), "every node stands somewhere");
            for &(dependent, dependency) in &edges {
                prop_assert!(place[dependency] <= place[dependent]);
            }
            let reach = reach(nodes, &edges);
            for a in 0..nodes {
                for b in 0..nodes {
                    let together = a == b || (reach[a][b] && reach[b][a]);
                    prop_assert_eq!(place[a] == place[b], together);
                }
            }
        }
    }
}
