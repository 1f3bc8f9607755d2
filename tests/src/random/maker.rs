//! Makes random graphs, an op at a time.

use super::*;

impl Maker<'_> {
    pub(super) fn dtype(&mut self) -> DType {
        // float32 half of the time.
        if self.prng.once_in(2) { DType::Float32 } else { self.prng.pick(&self.options.dtypes) }
    }

    pub(super) fn shape(&mut self) -> Vec<usize> {
        let rank = self.prng.pick(&[0, 1, 1, 2, 2, 2, 3, 3, 4]);
        let mut count = 1;
        let mut sizes = Vec::new();
        for _ in 0..rank {
            let size = if self.prng.once_in(60) { 0 } else { self.prng.pick(&[1, 1, 2, 3, 4, 5, 7]) };
            // The first axes keep their size; later ones shrink to stay small.
            let size = if count * size > MAX_ELEMENTS { 1 } else { size };
            count *= size.max(1);
            sizes.push(size);
        }
        sizes
    }

    fn number(&mut self, dtype: DType) -> Scalar {
        let wild = self.options.values == Values::Wild && self.prng.once_in(6);
        match dtype {
            DType::Bool => Scalar::bool(self.prng.once_in(2)),
            DType::Int32 | DType::UInt32 if wild => Scalar::from_bits(dtype, self.prng.pick(&SPECIAL_INTEGERS) as u32),
            DType::Int32 => Scalar::i32(self.prng.below(19) as i32 - 9),
            DType::UInt32 => Scalar::u32(self.prng.below(19) as u32),
            DType::Float16 | DType::Float32 if wild => {
                Scalar::from_f64(dtype, f64::from(self.prng.pick(&SPECIAL_FLOATS)))
            }
            DType::Float16 | DType::Float32 => {
                let scale = self.prng.pick(&[1.0, 1.0, 4.0]);
                Scalar::from_f64(dtype, self.prng.signed_unit() * scale)
            }
        }
    }

    fn data(&mut self, sizes: &[usize], dtype: DType) -> Value {
        let count = sizes.iter().product();
        let data = (0..count).map(|_| self.number(dtype)).collect();
        Value::new(sizes, dtype, data)
    }

    pub(super) fn input(&mut self, sizes: &[usize], dtype: DType) -> NodeId {
        let value = self.data(sizes, dtype);
        self.leaf(value)
    }

    fn leaf(&mut self, value: Value) -> NodeId {
        let aval = Box::new(Aval::new(Shape::of(&value.sizes), value.dtype));
        let kind = if self.options.constants && self.prng.once_in(5) {
            self.constants.push(value.clone());
            Kind::Constant { index: self.constants.len() as u32 - 1, aval }
        } else {
            self.inputs.push(value.clone());
            Kind::Input { index: self.inputs.len() as u32 - 1, aval }
        };
        self.values.push(value);
        self.graph.append(kind, &[]).expect("leaves are legal")
    }

    /// Appends a node if it is legal and its values may be.
    fn add(&mut self, kind: Kind, operands: &[NodeId]) -> Option<NodeId> {
        // The oracle on a graph of this node alone.
        let mut alone = Graph::new();
        let mut leaves = Vec::new();
        for (at, id) in operands.iter().enumerate() {
            let aval = Box::new(self.graph.aval(*id).clone());
            leaves.push(alone.append(Kind::Input { index: at as u32, aval }, &[]).expect("leaves are legal"));
        }
        let node = alone.append(kind.clone(), &leaves).ok()?;
        alone.set_outputs(&[node]);
        if alone.aval(node).shape.size().as_usize()? > MAX_ELEMENTS {
            return None;
        }
        let inputs: Vec<Value> = operands.iter().map(|id| self.values[id.index()].clone()).collect();
        let value = eval(&alone, &inputs, &[], &[]).ok()?.remove(0);
        if self.options.values == Values::Tame && !self.is_tame(&kind, &inputs, &value) {
            return None;
        }
        self.values.push(value);
        Some(self.graph.append(kind, operands).expect("legal alone, legal here"))
    }

    fn is_tame(&self, kind: &Kind, operands: &[Value], value: &Value) -> bool {
        if value.dtype.is_float() && value.to_f64().iter().any(|x| x.is_nan() || x.abs() > TAME) {
            return false;
        }
        let Kind::Map { op } = kind else { return true };
        let dtype = operands.last().expect("maps have operands").dtype;
        (0..value.data.len()).all(|at| {
            let lanes: Vec<u32> = operands.iter().map(|x| x.data[at].lane()).collect();
            in_domain(*op, dtype, &lanes)
        })
    }

    /// Any node, recent ones more often.
    fn any(&mut self) -> NodeId {
        let len = self.graph.len();
        let from = if self.prng.once_in(2) { len.saturating_sub(4) } else { 0 };
        NodeId((from + self.prng.below(len - from)) as u32)
    }

    fn sizes(&self, id: NodeId) -> Vec<usize> {
        self.values[id.index()].sizes.clone()
    }

    fn cast(&mut self, id: NodeId, to: DType) -> Option<NodeId> {
        if self.graph.aval(id).dtype == to { Some(id) } else { self.add(Kind::Cast { to }, &[id]) }
    }

    fn literal(&mut self, dtype: DType) -> NodeId {
        let value = if self.prng.once_in(4) {
            self.number(dtype)
        } else {
            Scalar::from_f64(dtype, self.prng.pick(&[0.0, 1.0, -1.0, 2.0, -0.0, 0.5, 3.0, 4.0]))
        };
        self.add(Kind::Literal { value }, &[]).unwrap_or(NodeId(0))
    }

    fn broadcast_to(&mut self, id: NodeId, sizes: &[usize]) -> Option<NodeId> {
        let rank = self.sizes(id).len();
        let axes: Axes = (sizes.len().checked_sub(rank)? as u32..sizes.len() as u32).collect();
        self.add(Kind::View(View::Broadcast { shape: Shape::of(sizes), axes }), &[id])
    }

    /// A node of that shape and dtype: an old one, a constant, a broadcast or a new input.
    fn like(&mut self, sizes: &[usize], dtype: DType) -> Option<NodeId> {
        let fits: Vec<NodeId> =
            (0..self.graph.len() as u32).map(NodeId).filter(|id| self.values[id.index()].sizes == sizes).collect();
        if !fits.is_empty() && !self.prng.once_in(3) {
            let id = self.prng.pick(&fits);
            return self.cast(id, dtype);
        }
        if self.prng.once_in(2) {
            let literal = self.literal(dtype);
            if self.graph.aval(literal).dtype == dtype && self.sizes(literal).is_empty() {
                return if sizes.is_empty() { Some(literal) } else { self.broadcast_to(literal, sizes) };
            }
        }
        if self.prng.once_in(2) && !sizes.is_empty() {
            let mut small: Vec<usize> = sizes[self.prng.below(sizes.len())..].to_vec();
            let at = self.prng.below(small.len());
            small[at] = if self.prng.once_in(2) { 1 } else { small[at] };
            let input = self.input(&small, dtype);
            return self.broadcast_to(input, sizes);
        }
        Some(self.input(sizes, dtype))
    }

    pub(super) fn grow(&mut self) -> Option<NodeId> {
        match self.prng.below(26) {
            0..=6 => {
                let op = self.prng.pick(Op::ALL);
                let first = self.any();
                self.map(op, first)
            }
            7 => {
                let (id, to) = (self.any(), self.dtype());
                self.add(Kind::Cast { to }, &[id])
            }
            8 | 9 => {
                let id = self.any();
                self.reduce(id)
            }
            10..=12 => {
                let (view, id) = (self.prng.below(6), self.any());
                self.view(view, id)
            }
            13 => self.dot(),
            14 => self.gather(),
            15 => self.concatenate(),
            16 => self.counting(),
            17..=19 => self.again(),
            20 => self.with_constant(),
            21 => self.logic(),
            22..=24 => self.rare(),
            _ => {
                let region = self.prng.below(2) as u32;
                let id = self.any();
                self.add(Kind::Barrier { region }, &[id])
            }
        }
    }

    fn map(&mut self, op: Op, first: NodeId) -> Option<NodeId> {
        let row = op.row();
        let mut dtype = self.graph.aval(first).dtype;
        if !op.accepts(dtype) {
            let legal: Vec<DType> = self.options.dtypes.iter().copied().filter(|d| op.accepts(*d)).collect();
            if legal.is_empty() {
                return None;
            }
            dtype = self.prng.pick(&legal);
        }
        let first = self.cast(first, dtype)?;
        let sizes = self.sizes(first);
        let mut operands = vec![first];
        let values = row.arity - usize::from(row.signature == Signature::Choose);
        while operands.len() < values {
            let next = if self.prng.once_in(8) { first } else { self.like(&sizes, dtype)? };
            operands.push(next);
        }
        if self.prng.once_in(2) {
            operands.reverse();
        }
        if row.signature == Signature::Choose {
            let condition = self.like(&sizes, DType::Bool)?;
            operands.insert(0, condition);
        }
        self.add(Kind::Map { op }, &operands)
    }

    fn some_axes(&mut self, rank: usize) -> Axes {
        (0..rank as u32).filter(|_| self.prng.once_in(2)).collect()
    }

    fn reduce(&mut self, id: NodeId) -> Option<NodeId> {
        let op = self.prng.pick(&ReduceOp::ALL);
        let id = match op {
            ReduceOp::Any | ReduceOp::All => self.cast(id, DType::Bool)?,
            _ => id,
        };
        let rank = self.sizes(id).len();
        let axes = if op.is_arg() {
            if rank == 0 {
                return None;
            }
            [self.prng.below(rank) as u32].into_iter().collect()
        } else {
            self.some_axes(rank)
        };
        let out = self.add(Kind::Reduce { op, axes: axes.clone() }, &[id])?;
        if op.is_arg() || !self.prng.once_in(2) {
            return Some(out);
        }
        // With kept axes, and back to the operand's shape: as a softmax does.
        let sizes = self.sizes(id);
        let kept: Vec<usize> = sizes
            .iter()
            .enumerate()
            .map(|(axis, size)| if axes.contains(&(axis as u32)) { 1 } else { *size })
            .collect();
        let kept = self.add(Kind::View(View::Reshape { shape: Shape::of(&kept) }), &[out])?;
        self.broadcast_to(kept, &sizes)
    }

    fn view(&mut self, which: usize, id: NodeId) -> Option<NodeId> {
        let sizes = self.sizes(id);
        let rank = sizes.len();
        let view = match which {
            0 => {
                let mut to = sizes.clone();
                match self.prng.below(4) {
                    // Inserts or drops an axis of size 1, merges or splits axes.
                    0 => to.insert(self.prng.below(rank + 1), 1),
                    1 => to = vec![sizes.iter().product()],
                    2 => to.retain(|size| *size != 1),
                    _ => {
                        let at = to.iter().position(|size| *size == 4)?;
                        to.splice(at..=at, [2, 2]);
                    }
                }
                View::Reshape { shape: Shape::of(&to) }
            }
            1 => {
                let mut permutation: Axes = (0..rank as u32).collect();
                for at in (1..rank).rev() {
                    permutation.swap(at, self.prng.below(at + 1));
                }
                View::Transpose { permutation }
            }
            2 => {
                let mut to = sizes.clone();
                let mut axes: Axes = (0..rank as u32).collect();
                if let Some(at) = sizes.iter().position(|size| *size == 1) {
                    to[at] = self.prng.pick(&[1, 2, 3]);
                }
                let at = self.prng.below(rank + 1);
                to.insert(at, self.prng.pick(&[1, 2, 3]));
                axes.iter_mut().filter(|axis| **axis >= at as u32).for_each(|axis| *axis += 1);
                View::Broadcast { shape: Shape::of(&to), axes }
            }
            3 => {
                let (mut start, mut step, mut to) = (Vec::new(), Vec::new(), Vec::new());
                for size in &sizes {
                    let by: i64 = self.prng.pick(&[1, 1, 1, 2, 3, -1, -2]);
                    let first = if *size == 0 || self.prng.once_in(2) { 0 } else { self.prng.below(*size) };
                    let first = if by < 0 { size.saturating_sub(1 + first) } else { first };
                    let most = if by > 0 {
                        (size - first).div_ceil(by as usize)
                    } else {
                        first / by.unsigned_abs() as usize + usize::from(*size > 0)
                    };
                    to.push(if most > 1 && self.prng.once_in(3) { 1 + self.prng.below(most) } else { most });
                    start.push(Dim::from(first));
                    step.push(by);
                }
                View::Slice {
                    start: start.into_iter().collect(),
                    step: step.into_iter().collect(),
                    shape: Shape::of(&to),
                }
            }
            4 => View::Flip { axes: self.some_axes(rank) },
            _ => {
                let mut width = |_| Dim::from(self.prng.pick(&[0, 0, 1, 2]));
                let (low, high) = (sizes.iter().map(&mut width).collect(), sizes.iter().map(&mut width).collect());
                let dtype = self.graph.aval(id).dtype;
                let value = if self.prng.once_in(2) { Scalar::from_f64(dtype, 0.0) } else { self.number(dtype) };
                View::Pad { low, high, value }
            }
        };
        self.add(Kind::View(view), &[id])
    }

    fn dot(&mut self) -> Option<NodeId> {
        let left = self.any();
        let dtype = if self.graph.aval(left).dtype == DType::Float16 { DType::Float16 } else { DType::Float32 };
        let left = self.cast(left, dtype)?;
        let sizes = self.sizes(left);
        let mut axes = DotAxes::default();
        let mut right = Vec::new();
        for (axis, size) in sizes.iter().enumerate() {
            match self.prng.below(4) {
                0 => axes.batch.push((axis as u32, right.len() as u32)),
                1 => axes.contract.push((axis as u32, right.len() as u32)),
                _ => continue,
            }
            right.push(*size);
        }
        if self.prng.once_in(2) {
            right.push(self.prng.pick(&[1, 2, 3, 5]));
        }
        let right = self.like(&right, dtype)?;
        self.add(Kind::Dot { axes }, &[left, right])
    }

    fn indices(&mut self, sizes: &[usize], size: usize) -> NodeId {
        if self.prng.once_in(4) {
            let literal = Kind::Literal { value: Scalar::i32(self.prng.below(5) as i32 - 2) };
            if let Some(literal) = self.add(literal, &[])
                && let Some(id) = if sizes.is_empty() { Some(literal) } else { self.broadcast_to(literal, sizes) }
            {
                return id;
            }
        }
        let count: usize = sizes.iter().product();
        let value = if self.prng.once_in(3) {
            Value::u32(sizes, &(0..count).map(|_| self.prng.below(size + 1) as u32).collect::<Vec<_>>())
        } else {
            Value::i32(
                sizes,
                &(0..count).map(|_| self.prng.below(2 * size + 2) as i32 - size as i32 - 1).collect::<Vec<_>>(),
            )
        };
        self.leaf(value)
    }

    fn gather(&mut self) -> Option<NodeId> {
        let data = self.any();
        let sizes = self.sizes(data);
        if sizes.is_empty() {
            return None;
        }
        let axis = self.prng.below(sizes.len());
        let to = self.prng.pick(&[vec![], vec![3], vec![1], vec![2, 2], vec![0]]);
        let indices = self.indices(&to, sizes[axis]);
        self.add(Kind::Gather { axis: axis as u32 }, &[data, indices])
    }

    fn concatenate(&mut self) -> Option<NodeId> {
        let first = self.any();
        let sizes = self.sizes(first);
        if sizes.is_empty() {
            return None;
        }
        let (axis, dtype) = (self.prng.below(sizes.len()), self.graph.aval(first).dtype);
        let mut operands = vec![first];
        for _ in 0..self.prng.below(3) {
            let mut other = sizes.clone();
            other[axis] = self.prng.pick(&[sizes[axis], sizes[axis], 1, 2, 0]);
            operands.push(self.like(&other, dtype)?);
        }
        self.add(Kind::Concatenate { axis: axis as u32 }, &operands)
    }

    fn counting(&mut self) -> Option<NodeId> {
        let number = [DType::Int32, DType::UInt32, DType::Float32, DType::Float16];
        let legal: Vec<DType> = number.into_iter().filter(|d| self.options.dtypes.contains(d)).collect();
        let dtype = self.prng.pick(&legal);
        if self.prng.once_in(4) {
            let dim = Dim::Const(self.prng.below(9) as i64);
            return self.add(Kind::Size { dim, dtype }, &[]);
        }
        let sizes = self.shape();
        if sizes.is_empty() {
            return None;
        }
        let axis = self.prng.below(sizes.len()) as u32;
        self.add(Kind::Iota { shape: Shape::of(&sizes), axis, dtype }, &[])
    }

    /// The same thing again, on its own result or beside itself: what most rules wait for.
    fn again(&mut self) -> Option<NodeId> {
        let mut id = self.any();
        for _ in 0..6 {
            let node = self.graph.node(id);
            let below = node.operands.first().map(|operand| &self.graph.node(*operand).kind);
            // Of leaves and broadcast constants little can be made again.
            let dull = match below {
                None => !matches!(node.kind, Kind::Iota { .. }),
                Some(below) => matches!(below, Kind::Literal { .. }),
            };
            if dull {
                id = self.any();
            }
        }
        let node = self.graph.node(id).clone();
        match node.kind {
            Kind::Map { op } if self.prng.once_in(2) => {
                let mut operands = node.operands.to_vec();
                let at = self.prng.below(operands.len());
                operands[at] = id;
                if operands.len() == 2 && self.prng.once_in(2) {
                    operands.reverse();
                }
                // Of a comparison the result is a bool: its operands are not.
                self.add(Kind::Map { op }, &operands).or_else(|| self.map(op, id))
            }
            Kind::Map { op } => {
                let mut operands = node.operands.to_vec();
                if operands.len() == 2 && op.row().commutative {
                    operands.reverse();
                }
                self.add(Kind::Map { op }, &operands)
            }
            Kind::View(view) => {
                let which = match view {
                    View::Reshape { .. } => 0,
                    View::Transpose { .. } => 1,
                    View::Broadcast { .. } => self.prng.pick(&[1, 1, 2]),
                    View::Slice { .. } => 3,
                    View::Flip { .. } => 4,
                    View::Pad { .. } => 5,
                };
                let which = if self.prng.once_in(2) { which } else { self.prng.below(6) };
                let outer = self.view(which, id)?;
                if self.prng.once_in(4) { self.reduce(outer) } else { Some(outer) }
            }
            Kind::Reduce { op, .. } if !op.is_arg() => {
                let axes = self.some_axes(self.sizes(id).len());
                self.add(Kind::Reduce { op, axes }, &[id])
            }
            Kind::Iota { .. } => {
                let to = self.dtype();
                self.add(Kind::Cast { to }, &[id])
            }
            Kind::Cast { .. } => {
                let to = self.dtype();
                let (again, op) = (self.add(Kind::Cast { to }, &[id])?, self.prng.pick(&[Op::Floor, Op::Neg, Op::Abs]));
                self.map(op, again)
            }
            _ => {
                let op = self.prng.pick(&[Op::Neg, Op::Abs, Op::LogicalNot, Op::BitwiseNot, Op::Square]);
                let inner = self.map(op, id)?;
                let outer = self.prng.pick(Op::ALL);
                self.map(outer, inner)
            }
        }
    }

    /// An op beside a constant that may make it simpler.
    fn with_constant(&mut self) -> Option<NodeId> {
        let op = self.prng.pick(&[
            Op::Add,
            Op::Sub,
            Op::Sub,
            Op::Mul,
            Op::Mul,
            Op::Div,
            Op::Div,
            Op::Pow,
            Op::FloorDivide,
            Op::Mod,
            Op::BitwiseAnd,
            Op::BitwiseOr,
            Op::BitwiseXor,
            Op::LeftShift,
            Op::RightShift,
            Op::LogicalAnd,
            Op::LogicalOr,
            Op::Equal,
            Op::NotEqual,
        ]);
        let legal: Vec<DType> = self.options.dtypes.iter().copied().filter(|d| op.accepts(*d)).collect();
        let dtype = self.prng.pick(&legal);
        let id = self.any();
        let mut id = self.cast(id, dtype)?;
        if matches!(op, Op::Mul | Op::Div | Op::Add) && self.prng.once_in(3) {
            id = self.map(Op::Neg, id)?;
        }
        let sizes = self.sizes(id);
        let value = Scalar::from_f64(dtype, self.prng.pick(&[0.0, -0.0, 1.0, -1.0, 2.0, 0.25]));
        let mut other = self.add(Kind::Literal { value }, &[])?;
        if !sizes.is_empty() {
            other = self.broadcast_to(other, &sizes)?;
        }
        if op == Op::Mul && self.prng.once_in(3) {
            other = self.map(Op::Neg, id)?;
        }
        let operands = if self.prng.once_in(2) { [id, other] } else { [other, id] };
        self.add(Kind::Map { op }, &operands)
    }

    /// Comparisons, their negations, and choices by them.
    fn logic(&mut self) -> Option<NodeId> {
        let id = self.any();
        let (sizes, dtype) = (self.sizes(id), self.graph.aval(id).dtype);
        let other = self.like(&sizes, dtype)?;
        let op = self.prng.pick(&[Op::Equal, Op::NotEqual, Op::Less, Op::LessEqual, Op::Greater, Op::GreaterEqual]);
        let mut condition = self.add(Kind::Map { op }, &[id, other])?;
        if self.prng.once_in(2) {
            let not = self.prng.pick(&[Op::LogicalNot, Op::BitwiseNot]);
            condition = self.add(Kind::Map { op: not }, &[condition])?;
        }
        if self.prng.once_in(3) {
            let (yes, no) = (self.prng.once_in(2), self.prng.once_in(2));
            let mut choices = [condition; 3];
            for (choice, value) in choices[1..].iter_mut().zip([yes, no]) {
                *choice = self.add(Kind::Literal { value: Scalar::bool(value) }, &[])?;
                if !sizes.is_empty() {
                    *choice = self.broadcast_to(*choice, &sizes)?;
                }
            }
            return self.add(Kind::Map { op: Op::Where }, &choices);
        }
        let first = self.add(Kind::Map { op: Op::Where }, &[condition, id, other])?;
        if self.prng.once_in(2) { self.add(Kind::Map { op: Op::Where }, &[condition, first, id]) } else { Some(first) }
    }

    /// Kinds that few programs have.
    fn rare(&mut self) -> Option<NodeId> {
        let id = self.any();
        let sizes = self.sizes(id);
        let (rank, dtype) = (sizes.len(), self.graph.aval(id).dtype);
        let axis = if rank > 0 { self.prng.below(rank) as u32 } else { 0 };
        match self.prng.below(7) {
            0 => {
                let op = self.prng.pick(&CombineOp::ALL);
                let reverse = self.prng.once_in(2);
                self.add(Kind::Scan { op, axis, reverse }, &[id])
            }
            1 => self.add(Kind::ArgSort { axis }, &[id]),
            2 => {
                let key = self.like(&[2], DType::UInt32)?;
                let shape = Shape::of(&self.shape());
                self.add(Kind::RandomBits { shape }, &[key])
            }
            3 if rank > 0 => {
                let count = self.prng.pick(&[0, 1, 3]);
                let indices = self.indices(&[count], sizes[axis as usize]);
                let mut updates = sizes;
                updates[axis as usize] = count;
                let updates = self.like(&updates, dtype)?;
                let op = self.prng.pick(&CombineOp::ALL);
                self.add(Kind::Scatter { axis, op }, &[id, indices, updates])
            }
            4 => {
                let (channels, groups) = self.prng.pick(&[(2, 1), (2, 2), (1, 1)]);
                let input = self.like(&[2, 5, channels], DType::Float32)?;
                let kernel = self.like(&[2, 3, channels / groups], DType::Float32)?;
                let geometry = ConvGeometry {
                    stride: [self.prng.pick(&[1, 2])].into_iter().collect(),
                    padding: [(self.prng.below(2) as u32, self.prng.below(3) as u32)].into_iter().collect(),
                    kernel_dilation: [1].into_iter().collect(),
                    input_dilation: [self.prng.pick(&[1, 2])].into_iter().collect(),
                    groups: groups as u32,
                    flip: self.prng.once_in(2),
                };
                self.add(Kind::Conv { geometry: Box::new(geometry) }, &[input, kernel])
            }
            5 => {
                let body = Arc::new(self.body(id, id));
                let rule = self.prng.pick(&[Derivative::Body, Derivative::Stop, Derivative::Recompute]);
                let output = self.prng.below(2) as u32;
                self.add(Kind::Call { body, rule, output }, &[id, id])
            }
            _ => {
                let carry = self.like(&sizes[rank.min(1)..], dtype)?;
                let slice = Aval::new(Shape::of(&sizes[rank.min(1)..]), dtype);
                let length = Dim::from(*sizes.first()?);
                let mut body = Graph::new();
                let aval = Box::new(slice);
                let x = body.append(Kind::Input { index: 0, aval: aval.clone() }, &[]).expect("legal");
                let y = body.append(Kind::Input { index: 1, aval }, &[]).expect("legal");
                let op = self.prng.pick(&[Op::Maximum, Op::Add, Op::Mul, Op::Sub]);
                let z = body.append(Kind::Map { op }, &[x, y]).ok()?;
                let n = body.append(Kind::Map { op: Op::Neg }, &[z]).ok()?;
                let m = body.append(Kind::Map { op: Op::Neg }, &[n]).ok()?;
                body.set_outputs(&[m, n]);
                let output = self.prng.below(2) as u32;
                self.add(Kind::Loop { body: Arc::new(body), length, carries: 1, output }, &[carry, id])
            }
        }
    }

    /// Two results of two inputs, with something to simplify.
    fn body(&mut self, x: NodeId, y: NodeId) -> Graph {
        let mut body = Graph::new();
        let avals = [x, y].map(|id| Box::new(self.graph.aval(id).clone()));
        let [a, b] = avals;
        let a = body.append(Kind::Input { index: 0, aval: a }, &[]).expect("legal");
        let b = body.append(Kind::Input { index: 1, aval: b }, &[]).expect("legal");
        let c = body.append(Kind::Cast { to: DType::Float32 }, &[a]).expect("any dtype casts");
        let d = body.append(Kind::Cast { to: DType::Float32 }, &[b]).expect("any dtype casts");
        let e = body.append(Kind::Map { op: Op::Sub }, &[c, d]).expect("floats subtract");
        let f = body.append(Kind::Map { op: self.prng.pick(&[Op::Neg, Op::Abs, Op::Sin]) }, &[e]).expect("of a float");
        body.set_outputs(&[f, b]);
        body
    }
}
