//! How a driver walks a part of the iteration space in blocks of lanes.
//!
//! A space is a list of axes, outermost first. Lanes cover its innermost axes completely and a *chunk* of one more, the split axis,
//! so that a block has hundreds of lanes whatever the shape: a long innermost axis is cut into pieces, and of a [N, 3] space one
//! block covers many rows. The coordinates of a lane relative to the block's first are the same in every block, which lets loads
//! and stores precompute their patterns (`frame`). The odometer lives in the coordinates themselves.

use interfuse_compiler::tuning::cpu::TILE;

/// Coordinates of the lanes of a block relative to the coordinates that the driver holds.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    /// How many at most (the last block of an axis may have fewer: a prefix).
    pub count: usize,
    /// The axes that differ between lanes, with one relative coordinate per lane.
    pub axes: Vec<(usize, Vec<i32>)>,
}

impl Lanes {
    /// One lane: the point that the driver's coordinates name.
    pub fn single() -> Lanes {
        Lanes { count: 1, axes: Vec::new() }
    }

    /// Every lane of `outer` repeated over the lanes of `inner`, which vary fastest.
    pub fn product(outer: &Lanes, inner: &Lanes) -> Lanes {
        let count = outer.count * inner.count;
        let repeat =
            |of: &[i32], run: usize| (0..count).map(|lane| of[lane / run % of.len().max(1)]).collect::<Vec<i32>>();
        let outer_axes = outer.axes.iter().map(|(axis, of)| (*axis, repeat(of, inner.count)));
        let inner_axes = inner.axes.iter().map(|(axis, of)| (*axis, repeat(of, 1)));
        Lanes { count, axes: outer_axes.chain(inner_axes).collect() }
    }

    /// The relative coordinates along an axis, if lanes differ in it.
    pub fn along(&self, axis: usize) -> Option<&[i32]> {
        self.axes.iter().find(|(a, _)| *a == axis).map(|(_, of)| of.as_slice())
    }
}

/// A part of the iteration space, cut into blocks.
#[derive(Clone, Debug)]
pub struct Space {
    /// Positions in the kernel's coordinates, outermost first.
    axes: Vec<usize>,
    extents: Vec<i64>,
    /// How far a block reaches on each axis.
    chunks: Vec<i64>,
    /// The position in `axes` on which the last block may be shorter; `None` when all blocks are full.
    split: Option<usize>,
}

impl Space {
    /// Cuts the space over `axes` (with the kernel's `extents`) into blocks of at most `cap` lanes.
    pub fn new(axes: impl IntoIterator<Item = usize>, extents: &[i64], cap: usize) -> Space {
        let axes: Vec<usize> = axes.into_iter().collect();
        let extents: Vec<i64> = axes.iter().map(|a| extents[*a]).collect();
        let cap = cap.max(1) as i64;
        let (mut split, mut inner) = (axes.len().saturating_sub(1), 1);
        while split > 0 && inner * extents[split] <= cap {
            inner *= extents[split].max(1);
            split -= 1;
        }
        let room = (cap / inner).max(1);
        let extent = extents.get(split).copied().unwrap_or(1).max(1);
        // Equal chunks instead of a full one and a short rest.
        let pieces = (extent + room - 1) / room;
        let chunk = |at: usize| match at.cmp(&split) {
            std::cmp::Ordering::Less => 1,
            std::cmp::Ordering::Equal => (extent + pieces - 1) / pieces,
            std::cmp::Ordering::Greater => extents[at].max(1),
        };
        let chunks = (0..axes.len()).map(chunk).collect();
        Space { split: (!axes.is_empty()).then_some(split), axes, extents, chunks }
    }

    /// Cuts it into tiles over the axis `along` and the innermost one.
    pub fn tiled(axes: impl IntoIterator<Item = usize>, extents: &[i64], along: usize) -> Space {
        let axes: Vec<usize> = axes.into_iter().collect();
        let extents: Vec<i64> = axes.iter().map(|a| extents[*a]).collect();
        let side = |at: usize| match (axes[at] == along, at + 1 == axes.len()) {
            (true, _) => TILE[0].min(extents[at]),
            (_, true) => TILE[1].min(extents[at]),
            _ => 1,
        };
        let chunks = (0..axes.len()).map(|at| side(at).max(1)).collect();
        Space { axes, extents, chunks, split: None }
    }

    /// How many points.
    pub fn points(&self) -> i64 {
        self.extents.iter().product()
    }

    /// Lanes of a full block.
    pub fn block(&self) -> usize {
        self.chunks.iter().product::<i64>() as usize
    }

    /// The lanes of a full block.
    pub fn lanes(&self) -> Lanes {
        let count = self.block();
        let mut axes = Vec::new();
        let mut stride = count;
        for (axis, chunk) in self.axes.iter().zip(&self.chunks) {
            let chunk = *chunk as usize;
            stride /= chunk;
            if chunk > 1 {
                axes.push((*axis, (0..count).map(|lane| (lane / stride % chunk) as i32).collect()));
            }
        }
        Lanes { count, axes }
    }

    fn lanes_at(&self, coords: &[i64]) -> usize {
        match self.split {
            Some(at) => {
                let left = self.extents[at] - coords[self.axes[at]];
                self.block() / self.chunks[at] as usize * left.min(self.chunks[at]) as usize
            }
            None => self.block(),
        }
    }

    /// Sets the coordinates of this space's axes to the first block; the number of its lanes, 0 when the space is empty.
    pub fn start(&self, coords: &mut [i64]) -> usize {
        for axis in &self.axes {
            coords[*axis] = 0;
        }
        if self.points() == 0 { 0 } else { self.lanes_at(coords) }
    }

    /// Moves to the next block; the number of its lanes, 0 at the end (the coordinates are zero again then).
    pub fn advance(&self, coords: &mut [i64]) -> usize {
        for at in (0..self.axes.len()).rev() {
            let (axis, chunk, extent) = (self.axes[at], self.chunks[at], self.extents[at]);
            coords[axis] += chunk;
            if coords[axis] < extent {
                if self.split.is_none() {
                    coords[axis] = coords[axis].min(extent - chunk);
                }
                return self.lanes_at(coords);
            }
            coords[axis] = 0;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every point of the space in visiting order, by odometer plus relative coordinates.
    fn visit(space: &Space, extents: &[i64]) -> Vec<Vec<i64>> {
        let lanes = space.lanes();
        let mut coords = vec![7; extents.len()];
        let mut points = Vec::new();
        let mut n = space.start(&mut coords);
        while n > 0 {
            for lane in 0..n {
                let at = |axis: usize| coords[axis] + lanes.along(axis).map_or(0, |of| i64::from(of[lane]));
                points.push((0..extents.len()).map(at).collect());
            }
            n = space.advance(&mut coords);
        }
        points
    }

    #[test]
    fn blocks_cover_every_point_once_in_row_major_order() {
        for extents in
            [vec![], vec![1], vec![0], vec![7], vec![1000], vec![5, 3], vec![3, 0, 4], vec![2, 3, 5], vec![4, 1, 9]]
        {
            for cap in [1, 2, 4, 6, 16, 512] {
                let space = Space::new(0..extents.len(), &extents, cap);
                assert!(space.block() <= cap);
                let points = visit(&space, &extents);
                let count: i64 = extents.iter().product();
                assert_eq!(points.len() as i64, count, "{extents:?} in blocks of {cap}");
                assert!(points.windows(2).all(|w| w[0] < w[1]), "{extents:?} in blocks of {cap}");
                assert!(points.iter().all(|p| p.iter().zip(&extents).all(|(c, e)| (0..*e).contains(c))));
            }
        }
    }

    #[test]
    fn tiles_cover_every_point() {
        for extents in [vec![64, 64], vec![17, 33], vec![1, 5], vec![3, 100, 2, 70], vec![0, 9], vec![40, 3]] {
            for along in 0..extents.len() - 1 {
                let mut points = visit(&Space::tiled(0..extents.len(), &extents, along), &extents);
                points.sort();
                points.dedup();
                assert_eq!(points.len() as i64, extents.iter().product::<i64>(), "{extents:?} along {along}");
                assert!(points.iter().all(|p| p.iter().zip(&extents).all(|(c, e)| (0..*e).contains(c))));
            }
        }
    }

    #[test]
    fn products_repeat_the_inner_lanes() {
        let outer = Lanes { count: 2, axes: vec![(0, vec![0, 1])] };
        let inner = Lanes { count: 3, axes: vec![(1, vec![0, 1, 2])] };
        let both = Lanes::product(&outer, &inner);
        assert_eq!(both.along(0), Some([0, 0, 0, 1, 1, 1].as_slice()));
        assert_eq!(both.along(1), Some([0, 1, 2, 0, 1, 2].as_slice()));
    }
}
