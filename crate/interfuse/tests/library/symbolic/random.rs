//! Random programs and their gradients, traced at one size and run at others.

use super::*;

/// Splitmix64 (Steele, Lea, Flood 2014).
struct Prng(u64);

impl Prng {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n as u64) as usize
    }
}

/// A step of a random program: what it does, to which of the values so far.
type Step = (usize, usize, usize, i64);

/// How many kinds of steps there are.
const STEPS: usize = 41;

/// One step; those that add in an order of their own are said to.
fn step((what, a, b, k): Step, pool: &[Tensor]) -> Result<(Tensor, bool)> {
    let (x, y) = (&pool[a % pool.len()], &pool[b % pool.len()]);
    let axis = if x.ndim() == 0 { 0 } else { k.rem_euclid(x.ndim() as i64) };
    let running = library::Running { reverse: k % 2 == 0, exclusive: false };
    let exact = |x: Result<Tensor>| x.map(|x| (x, false));
    let summed = |x: Result<Tensor>| x.map(|x| (x, true));
    match what {
        0 => exact(x.try_sin()),
        1 => exact(x.try_tanh()),
        2 => exact(x.try_mul(0.5)),
        3..=5 => exact(x.try_add(y)),
        6 => exact(x.try_mul(y)?.try_tanh()),
        7 => exact(x.try_maximum(y)),
        8 => exact(x.try_transpose(None)),
        9 => exact(x.try_flatten(0, -1)),
        10 => exact(x.try_reshape(&[-1, 1 + k.rem_euclid(3)])),
        11 => summed(x.try_sum(axis, k % 2 == 0)?.try_tanh()),
        12 => summed(x.try_mean(axis, k % 2 == 0)),
        13 => exact(x.try_max(axis, k % 2 == 0)),
        14 => summed(x.try_softmax(axis)),
        15 => exact(x.try_slice(&[range(k % 3, None, 1)])),
        16 => exact(x.try_slice(&[range(None, -1 - (k % 2), 1 + k.rem_euclid(2))])),
        17 => exact(x.try_flip(axis)),
        18 => exact(x.try_roll(k, Some(axis))),
        19 => exact(x.try_pad(&vec![(1, k.rem_euclid(2)); x.ndim()], Weak::Float(0.25))),
        20 => exact(library::concatenate(&[x.clone(), y.clone()], axis)),
        21 => exact(x.try_expand_dims(axis)),
        22 => summed(x.try_matmul(&y.try_transpose(None)?)?.try_mul(0.1)?.try_tanh()),
        23 => exact(x.try_tile(&[2, 1 + k.rem_euclid(2)])),
        24 => exact(x.try_mul(&library::arange_dims(0, x.try_dim(-1)?, 1, Some(DType::Float32))?)?.try_sin()),
        25 => exact(library::zeros(x.shape(), DType::Float32)?.try_sub(x)),
        26 if x.ndim() > 1 => exact(library::diagonal(x, k, (0, 1))),
        27 => exact(library::cummax(x, Some(axis), running)),
        28 => summed(library::cumsum(x, Some(axis), running)),
        29 => exact(library::sort(x, Some(axis))),
        30 => summed(x.try_prod(axis, k % 2 == 0)),
        31 => exact(x.try_broadcast_to(y.shape())),
        32 => exact(library::at(x, vec![range(k % 2, None, 1 + k.rem_euclid(2)).into()]).add(y)),
        33 => {
            summed(
                interfuse::grad(|x: &Tensor| library::cummax(x, Some(axis), running)?.try_sin()?.try_sum(.., false))(x),
            )
        }
        34 => summed(interfuse::grad(|x: &Tensor| x.try_prod(axis, false)?.try_sin()?.try_sum(.., false))(x)),
        35 => {
            let row = x.try_slice(&[Index::At(0)])?;
            exact(
                interfuse::scan(|c: Tensor, x: Tensor| ((&c + &x).sin(), c), row, x.clone(), None)
                    .map(|(last, _)| last),
            )
        }
        36 => exact(
            interfuse::scan(|c: Tensor, x: Tensor| ((&c + 0.5).sin(), x * c), Tensor::from(0.25f32), x.clone(), None)
                .map(|(_, all)| all),
        ),
        37 => exact(x.try_take(&library::arange_dims(0, y.try_dim(0)?, 1, Some(DType::Int32))?, Some(axis))),
        38 => summed(interfuse::vmap(|row: &Tensor| row.try_sum(.., false)?.try_sin())(x)),
        39 => exact(x.try_slice(&[Index::Sizes { start: None, stop: Some(x.try_dim(0)?.min(2)), step: 1 }])),
        _ => exact(x.try_repeat(2, Some(axis))),
    }
}

fn program(steps: &[Step], inputs: &[Tensor]) -> Result<(Vec<Tensor>, bool)> {
    let (mut pool, mut summed) = (inputs.to_vec(), false);
    for at in steps {
        let (x, sums) = step(*at, &pool)?;
        pool.push(x);
        summed |= sums;
    }
    Ok((pool.split_off(pool.len() - 2), summed))
}

/// The sizes that random programs are traced at, in turn.
const FIRST: [(i64, i64); 8] = [(3, 4), (1, 1), (1, 3), (3, 1), (2, 2), (0, 3), (2, 0), (4, 3)];

fn random_inputs(seed: u64, (m, n): (i64, i64)) -> Vec<Tensor> {
    vec![data(DType::Float32, &[m, n], seed), data(DType::Float32, &[n], seed + 1)]
}

/// A random program that is legal at the size it is traced at.
fn random_steps(seed: u64, first: (i64, i64), count: usize) -> Vec<Step> {
    let mut prng = Prng(seed);
    let mut pool = random_inputs(seed, first);
    let mut steps: Vec<Step> = Vec::new();
    while steps.len() < count {
        let next = (prng.below(STEPS), prng.below(64), prng.below(64), prng.below(7) as i64 - 3);
        match step(next, &pool) {
            Ok((x, _)) if x.size() <= 2000 && x.ndim() <= 4 => {
                // What the step picks must not depend on how many there will be.
                let (what, a, b, k) = next;
                steps.push((what, a % pool.len(), b % pool.len(), k));
                pool.push(x);
            }
            _ => {}
        }
    }
    steps
}

#[test]
fn random_programs_of_open_sizes_have_the_values_of_known_ones() {
    const SEEDS: u64 = 240;
    let (mut served, mut guarded) = (0, 0);
    for seed in 0..SEEDS {
        let first = FIRST[seed as usize % FIRST.len()];
        let steps = random_steps(seed, first, 8);
        let run = steps.clone();
        let open = Compile::fallible(move |x: &Vec<Tensor>| Ok(program(&run, x)?.0)).shapeless(true).build();
        for at in [first, (3, 4), (5, 2), (1, 4), (4, 1), (1, 1), (2, 0), (0, 3), (7, 9)] {
            let what = format!("seed {seed} traced at {first:?}, called at {at:?}: {steps:?}");
            let x = random_inputs(seed, at);
            match open.call(&x) {
                Ok(got) => {
                    let run = steps.clone();
                    let (_, summed) = program(&steps, &x).unwrap_or_else(|error| panic!("{what}: runs, but {error}"));
                    let known = Compile::fallible(move |x: &Vec<Tensor>| Ok(program(&run, x)?.0)).build();
                    let want = known.call(&x).expect("eager runs");
                    served += 1;
                    if summed {
                        agree(&what, &got, &want);
                        continue;
                    }
                    for (got, want) in got.iter().zip(&want) {
                        let bits = |x: &Tensor| {
                            x.to_vec::<f32>().expect("floats").into_iter().map(f32::to_bits).collect::<Vec<_>>()
                        };
                        assert_eq!((got.sizes(), bits(got)), (want.sizes(), bits(want)), "{what}");
                    }
                }
                Err(error) => {
                    assert!(error.kind() == ErrorKind::ShapeGuard && at != first, "{what}: {error}");
                    guarded += 1;
                }
            }
            assert_eq!(open.stats().traces, 1, "{what}");
        }
    }
    // Most sizes are served: a guard that is too strict would show here.
    assert!(served > guarded, "{served} calls served, {guarded} guarded");
}

#[test]
fn gradients_of_random_programs_are_traced_at_one_size_and_run_at_others() {
    const SEEDS: u64 = 80;
    for seed in 0..SEEDS {
        let first = FIRST[seed as usize % FIRST.len()];
        let steps = random_steps(seed + 1_000_000, first, 5);
        let slopes = |x: &Vec<Tensor>| {
            let total = |x: &Vec<Tensor>| {
                let (results, _) = program(&steps, x)?;
                results[0].try_sin()?.try_sum(.., false)?.try_add(&results[1].try_tanh()?.try_sum(.., false)?)
            };
            interfuse::grad(total)(x)
        };
        let open = Compile::fallible(slopes).shapeless(true).build();
        for at in [first, (3, 4), (1, 4), (1, 1), (2, 0), (0, 3)] {
            let what = format!("seed {seed} traced at {first:?}, called at {at:?}: {steps:?}");
            let x = random_inputs(seed, at);
            match (open.call(&x), slopes(&x)) {
                (Ok(got), Ok(want)) => {
                    for (got, want) in got.iter().zip(&want) {
                        let near =
                            |(a, b): (f64, f64)| a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-3 * (1.0 + b.abs());
                        assert!(values(got).into_iter().zip(values(want)).all(near), "{what}: {got}, not {want}");
                    }
                }
                (Err(error), want) => {
                    assert!(want.is_err() || (error.kind() == ErrorKind::ShapeGuard && at != first), "{what}: {error}");
                }
                (Ok(_), Err(error)) => panic!("{what}: runs, but {error}"),
            }
        }
    }
}
