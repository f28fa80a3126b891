//! Where the nodes of a graph stand: in layers from left to right, each near those it is joined to.

/// Hundredths of the box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

const SWEEPS: usize = 6;

/// A place for each node. Edges lead to the right; where they run in a circle, one of them leads back.
pub fn places(nodes: usize, edges: &[(usize, usize)]) -> Vec<Place> {
    let layers = layers(nodes, edges);
    let count = layers.iter().max().map_or(1, |last| last + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (node, layer) in layers.iter().enumerate() {
        rows[*layer].push(node);
    }
    for sweep in 0..SWEEPS {
        order(&mut rows, edges, sweep % 2 == 0);
    }
    let mut places = vec![Place { x: 50.0, y: 50.0 }; nodes];
    for (layer, row) in rows.iter().enumerate() {
        for (order, node) in row.iter().enumerate() {
            places[*node] =
                Place { x: (layer as f64 + 0.5) / count as f64 * 100.0, y: (order as f64 + 0.5) / row.len() as f64 * 100.0 };
        }
    }
    places
}

/// One more than the layer of the last node that leads here. Bounded: with a circle it would never end.
fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let forward = forward(nodes, edges);
    let mut layers = vec![0; nodes];
    for _ in 0..nodes {
        let mut moved = false;
        for (from, to) in &forward {
            if layers[*to] <= layers[*from] {
                layers[*to] = layers[*from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    layers
}

/// The edges without those that close a circle, found by walking from each node in turn.
fn forward(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        out[*from].push(*to);
    }
    // 0: not seen, 1: on the way here, 2: done.
    let mut seen = vec![0_u8; nodes];
    let mut kept = Vec::with_capacity(edges.len());
    for start in 0..nodes {
        if seen[start] != 0 {
            continue;
        }
        seen[start] = 1;
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((node, next)) = way.pop() {
            let Some(to) = out[node].get(next).copied() else {
                seen[node] = 2;
                continue;
            };
            way.push((node, next + 1));
            if seen[to] != 1 {
                kept.push((node, to));
            }
            if seen[to] == 0 {
                seen[to] = 1;
                way.push((to, 0));
            }
        }
    }
    kept
}

/// Sorts each layer by where its nodes' neighbours stand in the layer before it, or after it.
fn order(rows: &mut [Vec<usize>], edges: &[(usize, usize)], onward: bool) {
    let nodes = rows.iter().map(Vec::len).sum();
    let mut heights = vec![0.0; nodes];
    for row in rows.iter() {
        heights_of(row, &mut heights);
    }
    let layers: Vec<usize> = if onward { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
    for layer in layers {
        let wish = |node: usize| {
            let neighbours = edges.iter().filter_map(|(from, to)| match onward {
                true if *to == node => Some(*from),
                false if *from == node => Some(*to),
                _ => None,
            });
            let (sum, count) = neighbours.fold((0.0, 0_u32), |(sum, count), other| (sum + heights[other], count + 1));
            if count == 0 { heights[node] } else { sum / f64::from(count) }
        };
        let mut wishes: Vec<(f64, usize)> = rows[layer].iter().map(|node| (wish(*node), *node)).collect();
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows[layer] = wishes.into_iter().map(|(_, node)| node).collect();
        heights_of(&rows[layer], &mut heights);
    }
}

fn heights_of(row: &[usize], heights: &mut [f64]) {
    for (order, node) in row.iter().enumerate() {
        heights[*node] = (order as f64 + 0.5) / row.len() as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lead_to_the_right_and_do_not_cross() {
        // 0 leads to 1 and 2, in this order below each other; 1 to 4, 2 to 3.
        let edges = [(0, 1), (0, 2), (1, 4), (2, 3)];
        let places = places(5, &edges);
        for (from, to) in edges {
            assert!(places[from].x < places[to].x, "{from} {to}: {places:?}");
        }
        assert_eq!(places[1].y < places[2].y, places[4].y < places[3].y, "{places:?}");
    }

    #[test]
    fn circles_and_nodes_by_themselves_have_places() {
        for edges in [vec![(0, 1), (1, 2), (2, 0)], vec![(0, 0)], vec![(1, 0), (0, 1)], Vec::new()] {
            let places = places(3, &edges);
            assert!(places.iter().all(|place| (0.0..=100.0).contains(&place.x) && (0.0..=100.0).contains(&place.y)));
            let mut distinct = places.clone();
            distinct.dedup();
            assert_eq!(distinct.len(), 3, "{edges:?}: {places:?}");
        }
        assert!(places(0, &[]).is_empty());
    }
}
