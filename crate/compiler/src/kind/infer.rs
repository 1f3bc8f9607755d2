//! The shape and dtype rule of each kind: what comes out, or what is wrong with the operands.

use super::{Arity, Axes, CombineOp, ConvGeometry, DotAxes, Kind, Misuse, MisuseKind, ReduceOp, View};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::graph::Graph;
use crate::ops::{Op, Signature};
use crate::shape::{Aval, Shape};
use crate::small;
use smallvec::SmallVec;

fn shape_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::Shape, message, hint: hint.to_string() })
}

fn dtype_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::DType, message, hint: hint.to_string() })
}

fn argument_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::Argument, message, hint: hint.to_string() })
}

impl Kind {
    /// The shape and dtype of the result, or what is wrong with the operands.
    pub fn infer(&self, operands: &[&Aval]) -> Result<Aval, Misuse> {
        let Arity { least, most } = self.facts().arity;
        if operands.len() < least || operands.len() > most {
            return argument_error(format!("{}: takes {least} operands, got {}", self.name(), operands.len()), "");
        }
        match self {
            Kind::Input { aval, .. } | Kind::Constant { aval, .. } => Ok((**aval).clone()),
            Kind::Literal { value } => Ok(Aval::new(Shape::scalar(), value.dtype())),
            Kind::Iota { shape, axis, dtype } => {
                if *axis as usize >= shape.rank() {
                    return argument_error(format!("iota: axis {axis} is out of range for shape {shape}"), "");
                }
                if *dtype == DType::Bool {
                    return dtype_error("iota: counts in a number, not in bool".into(), "Use int32.");
                }
                Ok(Aval::new(shape.clone(), *dtype))
            }
            Kind::Size { dtype, .. } => Ok(Aval::new(Shape::scalar(), *dtype)),
            Kind::Map { op } => infer_map(*op, operands),
            Kind::Cast { to } => Ok(Aval::new(operands[0].shape.clone(), *to)),
            Kind::Reduce { op, axes } => infer_reduce(*op, axes, operands[0]),
            Kind::Scan { axis, op, .. } => {
                check_axis("scan", *axis, operands[0])?;
                if *op == CombineOp::Set {
                    return argument_error("scan: nothing accumulates by set".into(), "");
                }
                check_combine("scan", *op, operands[0])?;
                if let [x, starts] = operands
                    && (starts.shape != x.shape || starts.dtype != DType::Bool)
                {
                    return shape_error(format!("scan: starts must be bool{}, got {starts}", x.shape), "");
                }
                Ok(operands[0].clone())
            }
            Kind::View(view) => infer_view(view, operands[0]),
            Kind::Dot { axes } => infer_dot(axes, operands[0], operands[1]),
            Kind::Conv { geometry } => infer_conv(geometry, operands[0], operands[1]),
            Kind::Gather { axis } => {
                let (data, indices) = (operands[0], operands[1]);
                check_axis("gather", *axis, data)?;
                check_indices("gather", indices)?;
                let axis = *axis as usize;
                // Where the number of indices is known; a guard checks the others at the call.
                if data.shape.0[axis].is(0) && indices.shape.size().as_const().is_some_and(|count| count > 0) {
                    return shape_error(
                        format!("gather: axis {axis} of {data} is empty, nothing can be taken from it"),
                        "",
                    );
                }
                let dims = data.shape.dims();
                let shape = dims[..axis].iter().chain(indices.shape.dims()).chain(&dims[axis + 1..]).cloned().collect();
                Ok(Aval { shape, dtype: data.dtype })
            }
            Kind::Scatter { axis, op } => {
                let (data, indices, updates) = (operands[0], operands[1], operands[2]);
                check_axis("scatter", *axis, data)?;
                check_indices("scatter", indices)?;
                if *op == CombineOp::LogAddExp {
                    return argument_error("scatter: logaddexp is for scans only".into(), "");
                }
                check_combine("scatter", *op, data)?;
                let mut wanted = data.shape.clone();
                if indices.shape.rank() != 1 {
                    return shape_error(format!("scatter: indices must have one axis, got {indices}"), "");
                }
                wanted.0[*axis as usize] = indices.shape.0[0].clone();
                if updates.shape != wanted || updates.dtype != data.dtype {
                    return shape_error(format!("scatter: updates must be {}{wanted}, got {updates}", data.dtype), "");
                }
                Ok(data.clone())
            }
            Kind::Concatenate { axis } => infer_concatenate(*axis, operands),
            Kind::SortKey => match operands[0].dtype {
                DType::Float32 | DType::Int32 | DType::UInt32 => {
                    Ok(Aval::new(operands[0].shape.clone(), DType::UInt32))
                }
                DType::Float16 | DType::Bool => dtype_error(format!("sortKey: {} has no 32 bits", operands[0]), ""),
            },
            Kind::Permute => {
                let (data, places) = (operands[0], operands[1]);
                if data.shape.rank() != 1 || places.shape != data.shape || places.dtype != DType::UInt32 {
                    return shape_error(format!("permute: {data} and places {places} are not lists alike"), "");
                }
                Ok(data.clone())
            }
            Kind::ArgSort { axis } => {
                check_axis("argsort", *axis, operands[0])?;
                Ok(Aval::new(operands[0].shape.clone(), DType::UInt32))
            }
            Kind::RandomBits { shape } => {
                if *operands[0] != Aval::new([2], DType::UInt32) {
                    return shape_error(format!("random: a key is uint32[2], got {}", operands[0]), "");
                }
                Ok(Aval::new(shape.clone(), DType::UInt32))
            }
            Kind::Call { body, output, .. } => body.infer_call("call", operands, *output as usize),
            Kind::Loop { body, length, carries, output } => infer_loop(body, length, *carries, *output, operands),
            Kind::Barrier { .. } => Ok(operands[0].clone()),
        }
    }
}

fn check_axis(op: &str, axis: u32, operand: &Aval) -> Result<(), Misuse> {
    if (axis as usize) < operand.shape.rank() {
        return Ok(());
    }
    argument_error(
        format!("{op}: axis {axis} is out of range for {operand}"),
        &format!("It has {} axes.", operand.shape.rank()),
    )
}

fn check_indices(op: &str, indices: &Aval) -> Result<(), Misuse> {
    if indices.dtype.is_integer() {
        return Ok(());
    }
    dtype_error(format!("{op}: indices must be int32 or uint32, got {indices}"), "Convert them with astype.")
}

fn check_combine(kind: &str, op: CombineOp, operand: &Aval) -> Result<(), Misuse> {
    let legal = match op {
        CombineOp::Set | CombineOp::Max | CombineOp::Min => true,
        CombineOp::Add | CombineOp::Mul => operand.dtype != DType::Bool,
        CombineOp::LogAddExp => operand.dtype.is_float(),
    };
    if legal {
        return Ok(());
    }
    dtype_error(format!("{kind}: {} is not defined for {}", op.name(), operand.dtype), "Convert with astype.")
}

fn infer_map(op: Op, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let row = op.row();
    let (condition, values) = match row.signature {
        Signature::Choose => (Some(operands[0]), &operands[1..]),
        Signature::Float
        | Signature::Number
        | Signature::Bits
        | Signature::Compare
        | Signature::Classify
        | Signature::Logic => (None, operands),
    };
    if let Some(condition) = condition
        && condition.dtype != DType::Bool
    {
        return dtype_error(format!("{}: the condition must be bool, got {condition}", row.name), "Compare first.");
    }
    let list = || operands.iter().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
    if operands.iter().any(|a| a.shape != operands[0].shape) {
        return shape_error(format!("{}: shapes differ: {}", row.name, list()), "Broadcast them first.");
    }
    let dtype = values[0].dtype;
    if values.iter().any(|a| a.dtype != dtype) {
        return dtype_error(format!("{}: dtypes differ: {}", row.name, list()), "Convert with astype.");
    }
    if !op.accepts(dtype) {
        return dtype_error(format!("{}: is not defined for {dtype}", row.name), "Convert with astype.");
    }
    Ok(Aval::new(operands[0].shape.clone(), op.result_dtype(dtype)))
}

fn infer_reduce(op: ReduceOp, axes: &Axes, operand: &Aval) -> Result<Aval, Misuse> {
    let name = op.name();
    for axis in axes {
        check_axis(name, *axis, operand)?;
    }
    if axes.windows(2).any(|w| w[0] >= w[1]) {
        return argument_error(format!("{name}: axes {axes:?} must be sorted and differ"), "");
    }
    if op.is_arg() && axes.len() != 1 {
        return argument_error(format!("{name}: works along one axis, got {}", axes.len()), "Flatten first.");
    }
    let legal = match op {
        ReduceOp::Any | ReduceOp::All => operand.dtype == DType::Bool,
        ReduceOp::Sum | ReduceOp::Prod => operand.dtype != DType::Bool,
        ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin => true,
    };
    if !legal {
        return dtype_error(format!("{name}: is not defined for {}", operand.dtype), "Convert with astype.");
    }
    let dims = operand.shape.dims();
    if op.identity(operand.dtype).is_none() && axes.iter().any(|a| dims[*a as usize].is(0)) {
        return shape_error(
            format!("{name}: {operand} has no elements along axis {axes:?}, and {name} of nothing is not defined"),
            "",
        );
    }
    let shape = dims.iter().enumerate().filter(|(i, _)| !axes.contains(&(*i as u32))).map(|(_, d)| d.clone()).collect();
    Ok(Aval { shape, dtype: if op.is_arg() { DType::UInt32 } else { operand.dtype } })
}

fn infer_view(view: &View, operand: &Aval) -> Result<Aval, Misuse> {
    let dims = operand.shape.dims();
    let per_axis = |name: &str, len: usize| {
        if len == dims.len() {
            return Ok(());
        }
        argument_error(format!("{name}: needs one entry per axis of {operand}, got {len}"), "")
    };
    let shape = match view {
        View::Reshape { shape } => {
            // Whether expressions of symbols are equal is not always to be seen; guards check those at the call.
            let (size, wanted) = (shape.size(), operand.shape.size());
            if size != wanted && !size.is_symbolic() && !wanted.is_symbolic() {
                return shape_error(
                    format!(
                        "reshape: cannot reshape {operand} of size {} into {shape} of size {}",
                        operand.shape.size(),
                        shape.size()
                    ),
                    "The number of elements must stay the same; one size may be -1.",
                );
            }
            shape.clone()
        }
        View::Transpose { permutation } => {
            per_axis("transpose", permutation.len())?;
            let mut seen = vec![false; dims.len()];
            for axis in permutation {
                check_axis("transpose", *axis, operand)?;
                seen[*axis as usize] = true;
            }
            if seen.contains(&false) {
                return argument_error(format!("transpose: {permutation:?} is not a permutation of the axes"), "");
            }
            permutation.iter().map(|a| dims[*a as usize].clone()).collect()
        }
        View::Broadcast { shape, axes } => {
            per_axis("broadcast", axes.len())?;
            let fits = axes.windows(2).all(|w| w[0] < w[1])
                && axes
                    .iter()
                    .zip(dims)
                    .all(|(axis, dim)| shape.0.get(*axis as usize).is_some_and(|to| to == dim || dim.is(1)));
            if !fits {
                return shape_error(
                    format!("broadcast: {operand} cannot be broadcast to {shape}"),
                    "Sizes must be equal or 1, aligned at the last axis.",
                );
            }
            shape.clone()
        }
        View::Slice { start, step, shape } => {
            per_axis("slice", start.len())?;
            per_axis("slice", step.len())?;
            per_axis("slice", shape.rank())?;
            for axis in 0..dims.len() {
                if step[axis] == 0 {
                    return argument_error(format!("slice: step of axis {axis} is 0"), "");
                }
                // Checked here where sizes are known; guards check symbolic ones at the call.
                if let (Some(first), Some(count), Some(size)) =
                    (start[axis].as_const(), shape.0[axis].as_const(), dims[axis].as_const())
                {
                    let last = first + (count - 1) * step[axis];
                    let inside = |i: i64| (0..size).contains(&i);
                    if count < 0 || (count > 0 && !(inside(first) && inside(last))) {
                        return shape_error(
                            format!(
                                "slice: {first}:{}:{} of axis {axis} leaves {operand}",
                                last + step[axis].signum(),
                                step[axis]
                            ),
                            "",
                        );
                    }
                }
            }
            shape.clone()
        }
        View::Flip { axes } => {
            for axis in axes {
                check_axis("flip", *axis, operand)?;
            }
            if axes.windows(2).any(|w| w[0] >= w[1]) {
                return argument_error(format!("flip: axes {axes:?} must be sorted and differ"), "");
            }
            operand.shape.clone()
        }
        View::Pad { low, high, value } => {
            per_axis("pad", low.len())?;
            per_axis("pad", high.len())?;
            if value.dtype() != operand.dtype {
                return dtype_error(format!("pad: the value is {}, the operand {operand}", value.dtype()), "");
            }
            if low.iter().chain(high).any(|p| p.as_const().is_some_and(|p| p < 0)) {
                return argument_error(format!("pad: widths of {operand} must not be negative"), "Slice instead.");
            }
            dims.iter().zip(low.iter().zip(high)).map(|(d, (l, h))| d.add(l).add(h)).collect()
        }
    };
    Ok(Aval { shape, dtype: operand.dtype })
}

fn infer_dot(axes: &DotAxes, left: &Aval, right: &Aval) -> Result<Aval, Misuse> {
    if left.dtype != right.dtype || !left.dtype.is_float() {
        return dtype_error(
            format!("matmul: needs two floats of one dtype, got {left} and {right}"),
            "Convert with astype.",
        );
    }
    for (l, r) in axes.batch.iter().chain(&axes.contract) {
        check_axis("matmul", *l, left)?;
        check_axis("matmul", *r, right)?;
        if left.shape.0[*l as usize] != right.shape.0[*r as usize] {
            return shape_error(
                format!("matmul: axis {l} of {left} and axis {r} of {right} must have the same size"),
                "",
            );
        }
    }
    for side in [|pair: &(u32, u32)| pair.0, |pair: &(u32, u32)| pair.1] {
        let mut used: Axes = axes.batch.iter().chain(&axes.contract).map(side).collect();
        small::sort(&mut used);
        if used.windows(2).any(|w| w[0] == w[1]) {
            return argument_error("matmul: an axis can play one part only".into(), "");
        }
    }
    let batch = axes.batch.iter().map(|(l, _)| left.shape.0[*l as usize].clone());
    let free_left = axes.free_left(left.shape.rank());
    let free_right = axes.free_right(right.shape.rank());
    let shape = batch
        .chain(free_left.iter().map(|a| left.shape.0[*a as usize].clone()))
        .chain(free_right.iter().map(|a| right.shape.0[*a as usize].clone()))
        .collect();
    Ok(Aval { shape, dtype: left.dtype })
}

fn infer_conv(geometry: &ConvGeometry, input: &Aval, kernel: &Aval) -> Result<Aval, Misuse> {
    if input.dtype != kernel.dtype || !input.dtype.is_float() {
        return dtype_error(format!("conv: needs two floats of one dtype, got {input} and {kernel}"), "");
    }
    let spatial = geometry.stride.len();
    let lengths = [geometry.padding.len(), geometry.kernel_dilation.len(), geometry.input_dilation.len()];
    if lengths.iter().any(|l| *l != spatial) || input.shape.rank() != spatial + 2 || kernel.shape.rank() != spatial + 2
    {
        return shape_error(
            format!(
                "conv: needs input [batch, {spatial} sizes, channels] and kernel likewise, got {input} and {kernel}"
            ),
            "",
        );
    }
    let steps = geometry.stride.iter().chain(&geometry.kernel_dilation).chain(&geometry.input_dilation);
    if steps.chain([&geometry.groups]).any(|step| *step == 0) {
        return argument_error("conv: strides, dilations and groups are at least 1".into(), "");
    }
    if kernel.shape.0[0].as_const().is_some_and(|out| out % i64::from(geometry.groups) != 0) {
        return shape_error(
            format!("conv: {} output channels do not divide into {} groups", kernel.shape.0[0], geometry.groups),
            "",
        );
    }
    let (channels, per_group) = (&input.shape.0[spatial + 1], &kernel.shape.0[spatial + 1]);
    if *channels != per_group.scale(i64::from(geometry.groups)) {
        return shape_error(
            format!("conv: {channels} input channels do not match {per_group} per group in {} groups", geometry.groups),
            "",
        );
    }
    let mut shape: Shape = [input.shape.0[0].clone()].into_iter().collect();
    for axis in 0..spatial {
        let spread = |n: &Dim, by: u32| n.sub(&Dim::ONE).scale(i64::from(by)).add(&Dim::ONE);
        let (before, after) = geometry.padding[axis];
        let room = spread(&input.shape.0[axis + 1], geometry.input_dilation[axis])
            .add(&Dim::Const(i64::from(before) + i64::from(after)))
            .sub(&spread(&kernel.shape.0[axis + 1], geometry.kernel_dilation[axis]));
        if room.as_const().is_some_and(|r| r < 0) {
            return shape_error(format!("conv: the kernel {kernel} is larger than the padded input {input}"), "");
        }
        shape.0.push(room.floor_div(&Dim::Const(i64::from(geometry.stride[axis])), &|_| None).add(&Dim::ONE));
    }
    shape.0.push(kernel.shape.0[0].clone());
    Ok(Aval { shape, dtype: input.dtype })
}

fn infer_concatenate(axis: u32, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let Some(first) = operands.first() else {
        return argument_error("concatenate: needs at least one tensor".into(), "");
    };
    check_axis("concatenate", axis, first)?;
    let mut shape = first.shape.clone();
    let mut total = Dim::ZERO;
    for operand in operands {
        if operand.dtype != first.dtype {
            return dtype_error(format!("concatenate: dtypes differ: {first}, {operand}"), "Convert with astype.");
        }
        let fits = operand.shape.rank() == shape.rank()
            && (0..shape.rank()).all(|i| i == axis as usize || operand.shape.0[i] == shape.0[i]);
        if !fits {
            return shape_error(
                format!("concatenate: {first} and {operand} differ on an axis other than {axis}"),
                "All other sizes must be equal.",
            );
        }
        total = total.add(&operand.shape.0[axis as usize]);
    }
    shape.0[axis as usize] = total;
    Ok(Aval { shape, dtype: first.dtype })
}

fn infer_loop(body: &Graph, length: &Dim, carries: u32, output: u32, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let carries = carries as usize;
    if carries > operands.len() {
        return argument_error(format!("scan: {carries} carries, but {} operands", operands.len()), "");
    }
    let mut slices: SmallVec<[Aval; 4]> = SmallVec::new();
    for (at, operand) in operands.iter().enumerate() {
        if at < carries {
            slices.push((*operand).clone());
            continue;
        }
        if operand.shape.0.first() != Some(length) {
            return shape_error(format!("scan: {operand} is not stacked over {length} steps"), "");
        }
        slices.push(Aval { shape: operand.shape.dims()[1..].iter().cloned().collect(), dtype: operand.dtype });
    }
    let inputs: SmallVec<[&Aval; 4]> = slices.iter().collect();
    let result = body.infer_call("scan", &inputs, output as usize)?;
    // Of every carry, whichever result this node is: the next step takes them as they are.
    for (at, carry) in slices[..carries].iter().enumerate() {
        let left = body.outputs().get(at).map(|id| body.aval(*id));
        if left != Some(carry) {
            let leaves = left.map_or_else(|| "does not leave".into(), |left| format!("leaves as {left}"));
            return shape_error(format!("scan: carry {at} enters as {carry} and {leaves}"), "");
        }
    }
    if (output as usize) < carries {
        return Ok(result);
    }
    let shape = [length.clone()].into_iter().chain(result.shape.0).collect();
    Ok(Aval { shape, dtype: result.dtype })
}
