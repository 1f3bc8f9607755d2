//! Transforms of Rust closures.

use super::argnums::Argnums;
use super::{Arguments, Recording, label};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::tree::{Tree, tensors_of as tensors};
use interfuse_compiler::signature::SignatureBuilder;

/// What a function that is transformed returns: a tree, or a result of one.
pub trait Returns {
    /// The tree.
    type Value;
    /// As a result.
    fn into_result(self) -> Result<Self::Value>;
}

impl<T: Tree> Returns for T {
    type Value = T;
    fn into_result(self) -> Result<T> {
        Ok(self)
    }
}

impl<T: Tree> Returns for Result<T, Error> {
    type Value = T;
    fn into_result(self) -> Result<T> {
        self
    }
}

/// How errors name closures.
const NAME: &str = "closure";
const WELL_FORMED: &str = "a builder writes templates that can be read";

fn arguments<A: Tree>(tree: &A) -> Arguments {
    let (mut template, mut tensors) = (SignatureBuilder::new_template(), Vec::new());
    template.array(1);
    tree.flatten(&mut template, &mut tensors);
    Arguments::new(&template.into_template(), &tensors).expect(WELL_FORMED)
}

/// The parts of a tuple as arguments.
fn spread<A: Tree>(tuple: &A) -> Arguments {
    let (mut template, mut tensors) = (SignatureBuilder::new_template(), Vec::new());
    tuple.flatten(&mut template, &mut tensors);
    Arguments::new(&template.into_template(), &tensors).expect(WELL_FORMED)
}

fn rebuilt<T: Tree>(tree: &T, tensors: Vec<Tensor>) -> T {
    tree.unflatten(&mut tensors.into_iter())
}

/// The gradient of a function that returns a scalar, by all tensors of its argument, which must be floats. [`grad_with`] differentiates by
/// some of several arguments.
///
/// ```
/// use interfuse::{Tensor, grad};
/// let slope = grad(|x: &Tensor| x.square().sum(.., false));
/// assert_eq!(slope(&Tensor::from([1.0f32, -2.0]))?.to_vec::<f32>()?, [2.0, -4.0]);
/// // Of a tree, as often as one likes, and compiled.
/// let area = |(a, b): &(Tensor, Tensor)| a * b;
/// let (by_a, _) = grad(area)(&(Tensor::from(2.0f32), Tensor::from(5.0f32)))?;
/// assert_eq!(by_a.item::<f32>()?, 5.0);
/// let curvature = interfuse::try_compile(grad(grad(|x: &Tensor| x.sin())));
/// assert_eq!(curvature.call(&Tensor::from(0.0f32))?.item::<f32>()?, 0.0);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// When the function returns no scalar of floats, or an argument is not a float.
pub fn grad<A: Tree, R: Returns<Value = Tensor>>(function: impl Fn(&A) -> R) -> impl Fn(&A) -> Result<A> {
    move |at: &A| {
        let (_, gradients) = differentiate("grad", &|x| Ok((function(x).into_result()?, ())), at, None)?;
        Ok(rebuilt(at, gradients))
    }
}

/// The result of a function that returns a scalar, and its gradient by all tensors of its argument.
///
/// ```
/// use interfuse::{Tensor, value_and_grad};
/// let f = value_and_grad(|x: &Tensor| x.exp().sum(.., false));
/// let (value, gradient) = f(&Tensor::from([0.0f32]))?;
/// assert_eq!((value.item::<f32>()?, gradient.to_vec::<f32>()?), (1.0, vec![1.0]));
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`grad`].
pub fn value_and_grad<A: Tree, R: Returns<Value = Tensor>>(
    function: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<(Tensor, A)> {
    move |at: &A| {
        let one = |x: &A| Ok((function(x).into_result()?, ()));
        let ((value, ()), gradients) = differentiate("valueAndGrad", &one, at, None)?;
        Ok((value, rebuilt(at, gradients)))
    }
}

/// Like [`value_and_grad`] for a function that also returns something else.
///
/// ```
/// use interfuse::{Tensor, value_and_grad_aux};
/// let f = value_and_grad_aux(|x: &Tensor| (x.square().sum(.., false), x.sin()));
/// let ((value, sines), gradient) = f(&Tensor::from([3.0f32, 0.0]))?;
/// assert_eq!((value.item::<f32>()?, gradient.to_vec::<f32>()?), (9.0, vec![6.0, 0.0]));
/// assert_eq!(sines.to_vec::<f32>()?[1], 0.0);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`grad`].
pub fn value_and_grad_aux<A: Tree, X: Tree, R: Returns<Value = (Tensor, X)>>(
    function: impl Fn(&A) -> R,
) -> impl Fn(&A) -> Result<((Tensor, X), A)> {
    move |at: &A| {
        let (values, gradients) = differentiate("valueAndGrad", &|x| function(x).into_result(), at, None)?;
        Ok((values, rebuilt(at, gradients)))
    }
}

/// Calls a function that returns a scalar and more, and differentiates it by the tensors of its argument, or of these of its arguments.
fn differentiate<A: Tree, X: Tree>(
    op: &str,
    function: &dyn Fn(&A) -> Result<(Tensor, X)>,
    at: &A,
    argnums: Option<&[i64]>,
) -> Result<((Tensor, X), Vec<Tensor>)> {
    let arguments = if argnums.is_some() { spread(at) } else { arguments(at) };
    let (recording, places) = Recording::differentiate(label(op, NAME), &arguments, argnums)?;
    let passed = |(place, own): (&Option<usize>, &Tensor)| {
        place.map_or_else(|| own.clone(), |at| recording.placeholders()[at].clone())
    };
    let (value, aux) = function(&rebuilt(at, places.iter().zip(&arguments.tensors).map(passed).collect()))?;
    let outputs: Vec<Tensor> = [value].into_iter().chain(tensors(&aux)).collect();
    let (mut values, gradients) = recording.finish_grad(&outputs)?;
    let rest = values.split_off(1);
    Ok(((values.swap_remove(0), rebuilt(&aux, rest)), gradients))
}

/// Like [`grad`], by some of the arguments, which are the parts of a tuple: [`Arg`](super::Arg) says which. The others may hold anything.
///
/// ```
/// use interfuse::{Arg, Tensor, grad_with};
/// let loss = |(w, x, labels): &(Tensor, Tensor, Tensor)| (w * x).take(labels, None).sum(.., false);
/// let at = (Tensor::from([2.0f32, 3.0]), Tensor::from([5.0f32, 7.0]), Tensor::from([1i32]));
/// assert_eq!(grad_with(loss, Arg::<0>)(&at)?.to_vec::<f32>()?, [0.0, 7.0]);
/// let (by_x, by_w) = grad_with(loss, (Arg::<1>, Arg::<0>))(&at)?;
/// assert_eq!((by_x.to_vec::<f32>()?, by_w.to_vec::<f32>()?), (vec![0.0, 3.0], vec![0.0, 7.0]));
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`grad`]; and when one argument is named twice.
pub fn grad_with<A: Tree, R: Returns<Value = Tensor>, N: Argnums<A>>(
    function: impl Fn(&A) -> R,
    argnums: N,
) -> impl Fn(&A) -> Result<N::Gradient> {
    move |at: &A| {
        let one = |x: &A| Ok((function(x).into_result()?, ()));
        let (_, gradients) = differentiate("grad", &one, at, Some(&argnums.list()))?;
        Ok(argnums.gradient(at, &mut gradients.into_iter()))
    }
}

/// Like [`value_and_grad`], by some of the arguments: see [`grad_with`].
///
/// ```
/// use interfuse::{Arg, Tensor, value_and_grad_with};
/// let f = value_and_grad_with(|(x, k): &(Tensor, f32)| (x * *k).sum(.., false), Arg::<0>);
/// let (value, by_x) = f(&(Tensor::from([2.0f32]), 3.0))?;
/// assert_eq!((value.item::<f32>()?, by_x.to_vec::<f32>()?), (6.0, vec![3.0]));
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`grad_with`].
pub fn value_and_grad_with<A: Tree, R: Returns<Value = Tensor>, N: Argnums<A>>(
    function: impl Fn(&A) -> R,
    argnums: N,
) -> impl Fn(&A) -> Result<(Tensor, N::Gradient)> {
    move |at: &A| {
        let one = |x: &A| Ok((function(x).into_result()?, ()));
        let ((value, ()), gradients) = differentiate("valueAndGrad", &one, at, Some(&argnums.list()))?;
        Ok((value, argnums.gradient(at, &mut gradients.into_iter())))
    }
}

/// Like [`value_and_grad_aux`], by some of the arguments: see [`grad_with`].
///
/// ```
/// use interfuse::{Arg, Tensor, value_and_grad_aux_with};
/// let f = value_and_grad_aux_with(|(x, n): &(Tensor, Tensor)| (x.square().sum(.., false), n + 1), Arg::<0>);
/// let ((value, next), by_x) = f(&(Tensor::from([3.0f32]), Tensor::from(1i32)))?;
/// assert_eq!((value.item::<f32>()?, next.item::<i32>()?, by_x.to_vec::<f32>()?), (9.0, 2, vec![6.0]));
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`grad_with`].
pub fn value_and_grad_aux_with<A: Tree, X: Tree, R: Returns<Value = (Tensor, X)>, N: Argnums<A>>(
    function: impl Fn(&A) -> R,
    argnums: N,
) -> impl Fn(&A) -> Result<((Tensor, X), N::Gradient)> {
    move |at: &A| {
        let all = |x: &A| function(x).into_result();
        let (values, gradients) = differentiate("valueAndGrad", &all, at, Some(&argnums.list()))?;
        Ok((values, argnums.gradient(at, &mut gradients.into_iter())))
    }
}

/// The results of a function and the cotangents of its argument for these of its results (the transposed derivative).
///
/// ```
/// use interfuse::{Tensor, vjp};
/// let x = Tensor::from([1.0f32, 2.0]);
/// let (y, by_x) = vjp(|x: &Tensor| x.square(), &x, &Tensor::from([1.0f32, 10.0]))?;
/// assert_eq!((y.to_vec::<f32>()?, by_x.to_vec::<f32>()?), (vec![1.0, 4.0], vec![2.0, 40.0]));
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// When an argument is not a float, or a cotangent has another shape or dtype than its result.
pub fn vjp<A: Tree, R: Returns>(function: impl Fn(&A) -> R, primals: &A, cotangents: &R::Value) -> Result<(R::Value, A)>
where
    R::Value: Tree,
{
    let (recording, _) = Recording::differentiate(label("vjp", NAME), &arguments(primals), None)?;
    let result = function(&rebuilt(primals, recording.placeholders().to_vec())).into_result()?;
    let (values, gradients) = recording.finish_vjp(&tensors(&result), &tensors(cotangents))?;
    Ok((rebuilt(&result, values), rebuilt(primals, gradients)))
}

/// The results of a function and their tangents for these of its argument (the derivative in a direction).
///
/// ```
/// use interfuse::{Tensor, jvp};
/// let (x, v) = (Tensor::from([1.0f32, 2.0]), Tensor::from([1.0f32, 0.5]));
/// let (_, rate) = jvp(|x: &Tensor| x.square().sum(.., false), &x, &v)?;
/// assert_eq!(rate.item::<f32>()?, 4.0);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// When an argument is not a float, or a tangent has another shape or dtype than its argument.
pub fn jvp<A: Tree, R: Returns>(function: impl Fn(&A) -> R, primals: &A, tangents: &A) -> Result<(R::Value, R::Value)>
where
    R::Value: Tree,
{
    let (recording, _) = Recording::differentiate(label("jvp", NAME), &arguments(primals), None)?;
    let result = function(&rebuilt(primals, recording.placeholders().to_vec())).into_result()?;
    let (values, rates) = recording.finish_jvp(&tensors(&result), &tensors(tangents))?;
    Ok((rebuilt(&result, values), rebuilt(&result, rates)))
}

/// Which axes count the examples of a batch: one axis for all tensors, or one for each in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Batch {
    /// This axis of every tensor.
    All(i64),
    /// For each tensor its axis; tensors without are shared by all examples (of results: none may be).
    Each(Vec<Option<i64>>),
}

impl From<i64> for Batch {
    fn from(axis: i64) -> Batch {
        Batch::All(axis)
    }
}

impl<const N: usize> From<[Option<i64>; N]> for Batch {
    fn from(axes: [Option<i64>; N]) -> Batch {
        Batch::Each(axes.to_vec())
    }
}

impl<const N: usize> From<[i64; N]> for Batch {
    fn from(axes: [i64; N]) -> Batch {
        Batch::Each(axes.into_iter().map(Some).collect())
    }
}

impl Batch {
    fn for_each(&self, count: usize) -> Vec<Option<i64>> {
        match self {
            Batch::All(axis) => vec![Some(*axis); count],
            Batch::Each(axes) => axes.clone(),
        }
    }
}

/// A function of one example as a function of many: the first axis of every tensor counts them.
///
/// ```
/// use interfuse::{Tensor, vmap};
/// let norms = vmap(|row: &Tensor| row.square().sum(.., false).sqrt());
/// let y = norms(&Tensor::from([[3.0f32, 4.0], [6.0, 8.0]]))?;
/// assert_eq!(y.to_vec::<f32>()?, [5.0, 10.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// When a tensor has no such axis, or the axes have different sizes.
pub fn vmap<A: Tree, R: Returns>(function: impl Fn(&A) -> R) -> impl Fn(&A) -> Result<R::Value>
where
    R::Value: Tree,
{
    vmap_with(function, Batch::All(0), Batch::All(0))
}

/// Like [`vmap`], with the axes that count the examples in the argument's tensors and in those of the results.
///
/// ```
/// use interfuse::{Tensor, vmap_with};
/// let scale = vmap_with(|(x, k): &(Tensor, Tensor)| x * k, [Some(1), None], 0);
/// let x = Tensor::from([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(scale(&(x, Tensor::from(10.0f32)))?.sizes(), [3, 2]);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// As [`vmap`]; and when there are not as many axes as tensors.
pub fn vmap_with<A: Tree, R: Returns>(
    function: impl Fn(&A) -> R,
    in_axes: impl Into<Batch>,
    out_axes: impl Into<Batch>,
) -> impl Fn(&A) -> Result<R::Value>
where
    R::Value: Tree,
{
    let (in_axes, out_axes) = (in_axes.into(), out_axes.into());
    move |at: &A| {
        let arguments = arguments(at);
        let axes = in_axes.for_each(arguments.tensors.len());
        let recording = Recording::batch(label("vmap", NAME), &arguments, &axes)?;
        let result = function(&rebuilt(at, recording.placeholders().to_vec())).into_result()?;
        let outputs = tensors(&result);
        let axes: Vec<i64> = out_axes.for_each(outputs.len()).into_iter().map(|axis| axis.unwrap_or(0)).collect();
        Ok(rebuilt(&result, recording.finish_batch(&outputs, &axes)?))
    }
}

/// The same function, whose gradient computes its intermediate values again instead of keeping them: less memory, more work.
///
/// ```
/// use interfuse::{Tensor, checkpoint, grad};
/// let block = checkpoint(|x: &Tensor| x.sin().exp());
/// let slope = grad(move |x: &Tensor| block(x).map(|y| y.sum(.., false)));
/// assert_eq!(slope(&Tensor::from([0.0f32]))?.to_vec::<f32>()?, [1.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn checkpoint<A: Tree, R: Returns>(function: impl Fn(&A) -> R) -> impl Fn(&A) -> Result<R::Value>
where
    R::Value: Tree,
{
    move |at: &A| {
        let recording = Recording::recompute(label("checkpoint", NAME), &tensors(at))?;
        let result = function(&rebuilt(at, recording.placeholders().to_vec())).into_result()?;
        let values = recording.finish_recompute(&tensors(&result))?;
        Ok(rebuilt(&result, values))
    }
}

/// A function with a gradient of its own: `backward` takes the argument, the cotangents of the results and the results, and gives
/// the cotangents of the argument. It is used instead of differentiating the function; tangents (`jvp`) are still those of the function.
///
/// ```
/// use interfuse::{Tensor, custom_function, grad};
/// // Rounds, and lets gradients through as if it did not.
/// let round = custom_function(|x: &Tensor| x.round(), |_x: &Tensor, ct: &Tensor, _y: &Tensor| ct.clone());
/// let slope = grad(move |x: &Tensor| round(x).map(|y| (y * 2.0).sum(.., false)));
/// assert_eq!(slope(&Tensor::from([1.3f32]))?.to_vec::<f32>()?, [2.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
///
/// # Errors
/// When a result is not a float, or the gradients do not have the shapes and dtypes of the argument's tensors.
pub fn custom_function<A: Tree, R: Returns, B: Returns<Value = A>>(
    function: impl Fn(&A) -> R,
    backward: impl Fn(&A, &R::Value, &R::Value) -> B,
) -> impl Fn(&A) -> Result<R::Value>
where
    R::Value: Tree,
{
    move |at: &A| {
        let recording = Recording::recompute(label("customFunction", NAME), &tensors(at))?;
        let result = function(&rebuilt(at, recording.placeholders().to_vec())).into_result()?;
        let recording = recording.gradient(&tensors(&result))?;
        let [arguments, results, cotangents] = recording.placeholders();
        let arguments = rebuilt(at, arguments.to_vec());
        let (results, cotangents) = (rebuilt(&result, results.to_vec()), rebuilt(&result, cotangents.to_vec()));
        let gradients = backward(&arguments, &cotangents, &results).into_result()?;
        drop((arguments, results, cotangents));
        let values = recording.finish(&tensors(&gradients))?;
        Ok(rebuilt(&result, values))
    }
}
