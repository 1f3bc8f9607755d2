//! Loops of reductions: lane by lane into accumulators, and float lanes into float64 totals.

/// How two lanes become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Combine {
    /// float32
    FloatSum,
    /// Wrapping.
    Sum,
    /// Wrapping.
    Product,
    /// float32, NaN wins.
    FloatMax,
    /// float32, NaN wins.
    FloatMin,
    /// int32
    IntMax,
    /// int32
    IntMin,
    /// uint32
    Max,
    /// uint32
    Min,
    /// Of bits.
    Or,
    /// Of bits.
    And,
}

/// What "better" means when the best value is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// float32; NaN is better than any number.
    FloatUp,
    /// float32; NaN is better than any number.
    FloatDown,
    /// int32
    IntUp,
    /// int32
    IntDown,
    /// uint32
    Up,
    /// uint32
    Down,
}

/// The positions that the lanes of a block name.
#[derive(Clone, Copy, Debug)]
pub enum Positions<'a> {
    /// All lanes name this one.
    Same(u32),
    /// One per lane.
    Lanes(&'a [u32]),
}

impl Positions<'_> {
    /// The position that a lane names.
    pub fn at(self, lane: usize) -> u32 {
        match self {
            Positions::Same(position) => position,
            Positions::Lanes(positions) => positions[lane],
        }
    }
}

fn fl(bits: u32) -> f32 {
    f32::from_bits(bits)
}

#[inline(always)]
fn each(lanes: &mut [u32], values: &[u32], f: impl Fn(u32, u32) -> u32) {
    lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane = f(*lane, *value));
}

/// `lanes = lanes op values`, lane by lane.
#[inline(never)]
pub fn combine(op: Combine, lanes: &mut [u32], values: &[u32]) {
    // The kept NaN: nothing compares with it, so it stays.
    let pick = |better: bool, new: u32, old: u32| if better | fl(new).is_nan() { new } else { old };
    match op {
        Combine::FloatSum => each(lanes, values, |a, x| (fl(a) + fl(x)).to_bits()),
        Combine::Sum => each(lanes, values, u32::wrapping_add),
        Combine::Product => each(lanes, values, u32::wrapping_mul),
        Combine::FloatMax => each(lanes, values, |a, x| pick(fl(x) > fl(a), x, a)),
        Combine::FloatMin => each(lanes, values, |a, x| pick(fl(x) < fl(a), x, a)),
        Combine::IntMax => each(lanes, values, |a, x| (a as i32).max(x as i32) as u32),
        Combine::IntMin => each(lanes, values, |a, x| (a as i32).min(x as i32) as u32),
        Combine::Max => each(lanes, values, u32::max),
        Combine::Min => each(lanes, values, u32::min),
        Combine::Or => each(lanes, values, |a, x| a | x),
        Combine::And => each(lanes, values, |a, x| a & x),
    }
}

/// Takes the values that beat the best so far, and of equal ones the first.
#[inline(never)]
pub fn choose(order: Order, best: &mut [u32], at: &mut [u32], values: &[u32], positions: Positions) {
    // By integer keys that are larger the better a value is: loops over them vectorise.
    match order {
        Order::FloatUp => choose_by(best, at, values, positions, float_key),
        Order::FloatDown => choose_by(best, at, values, positions, |x| float_key(x ^ SIGN)),
        Order::IntUp => choose_by(best, at, values, positions, |x| x as i32),
        Order::IntDown => choose_by(best, at, values, positions, |x| !(x as i32)),
        Order::Up => choose_by(best, at, values, positions, |x| (x ^ SIGN) as i32),
        Order::Down => choose_by(best, at, values, positions, |x| !((x ^ SIGN) as i32)),
    }
}

const SIGN: u32 = 0x8000_0000;

/// An integer that orders floats: NaN of either sign above infinity, -0 equal to 0.
#[inline(always)]
fn float_key(bits: u32) -> i32 {
    let magnitude = (bits & !SIGN) as i32;
    let signed = if bits & SIGN == 0 { magnitude } else { -magnitude };
    if magnitude > 0x7f80_0000 { i32::MAX } else { signed }
}

#[inline(always)]
fn choose_by(best: &mut [u32], at: &mut [u32], values: &[u32], positions: Positions, key: impl Fn(u32) -> i32) {
    let one = |best: &mut u32, at: &mut u32, value: u32, position: u32| {
        let (new, old) = (key(value), key(*best));
        let take = (new > old) | ((new == old) & (position < *at));
        *best = if take { value } else { *best };
        *at = if take { position } else { *at };
    };
    let lanes = best.iter_mut().zip(at).zip(values);
    match positions {
        Positions::Same(position) => lanes.for_each(|((best, at), value)| one(best, at, *value, position)),
        Positions::Lanes(positions) => {
            lanes.zip(positions).for_each(|(((best, at), value), position)| one(best, at, *value, *position));
        }
    }
}

/// Multiplies float lanes into totals; lanes are points x rows, rows innermost, one total per row.
#[inline(never)]
pub fn multiply(totals: &mut [f64], lanes: &[u32]) {
    for points in lanes.chunks(totals.len()) {
        totals.iter_mut().zip(points).for_each(|(total, value)| *total *= f64::from(fl(*value)));
    }
}

/// Adds float lanes to totals; lanes are points x rows, rows innermost, one total per row.
#[inline(never)]
pub fn add(totals: &mut [f64], lanes: &[u32]) {
    if let [total] = totals {
        // Independent partial sums, so that the loop is not one long chain of additions.
        let mut partial = [0f64; 8];
        for lanes in lanes.chunks(8) {
            partial.iter_mut().zip(lanes).for_each(|(p, lane)| *p += f64::from(fl(*lane)));
        }
        *total += partial.iter().sum::<f64>();
    } else {
        for points in lanes.chunks(totals.len()) {
            totals.iter_mut().zip(points).for_each(|(total, lane)| *total += f64::from(fl(*lane)));
        }
    }
}
