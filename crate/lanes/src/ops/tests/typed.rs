//! A machine that only knows types. Lanes are untyped, so this is where a uint32 that meets an int32 shows, and how many
//! operations a row takes.

use super::*;
use crate::emit::{Bin, Emit, Ty, Un};

#[derive(Default)]
struct Typed {
    operations: u32,
    /// Names and types of the helpers.
    helpers: Vec<(&'static str, Vec<Ty>, Ty)>,
}

fn of(t: DType) -> Ty {
    match t {
        DType::Bool => Ty::Bool,
        DType::Int32 => Ty::I32,
        DType::UInt32 => Ty::U32,
        DType::Float16 | DType::Float32 => Ty::F32,
    }
}

impl Emit for Typed {
    type V = Ty;

    fn f(&mut self, _: f32) -> Ty {
        Ty::F32
    }
    fn u(&mut self, _: u32) -> Ty {
        Ty::U32
    }
    fn i(&mut self, _: i32) -> Ty {
        Ty::I32
    }
    fn b(&mut self, _: bool) -> Ty {
        Ty::Bool
    }

    fn un(&mut self, op: Un, x: Ty) -> Ty {
        // Bits read as another type cost nothing.
        self.operations += u32::from(!matches!(op, Un::Bits | Un::FromBits | Un::IToU | Un::UToI));
        let (takes, gives) = match op {
            Un::FNeg | Un::FAbs | Un::FFloor | Un::FCeil | Un::FTrunc | Un::FRound | Un::FSqrt => (Ty::F32, Ty::F32),
            Un::INeg => (Ty::I32, Ty::I32),
            Un::Not => (if x == Ty::I32 { Ty::I32 } else { Ty::U32 }, x),
            Un::BNot => (Ty::Bool, Ty::Bool),
            Un::Bits => (Ty::F32, Ty::U32),
            Un::FromBits => (Ty::U32, Ty::F32),
            Un::IToU => (Ty::I32, Ty::U32),
            Un::UToI => (Ty::U32, Ty::I32),
            Un::FToI => (Ty::F32, Ty::I32),
            Un::FToU => (Ty::F32, Ty::U32),
            Un::IToF => (Ty::I32, Ty::F32),
            Un::UToF => (Ty::U32, Ty::F32),
            Un::BToU => (Ty::Bool, Ty::U32),
        };
        assert_eq!(x, takes, "{op:?}");
        gives
    }

    fn bin(&mut self, op: Bin, x: Ty, y: Ty) -> Ty {
        self.operations += 1;
        let integer = if x == Ty::I32 { Ty::I32 } else { Ty::U32 };
        let (takes, gives) = match op {
            Bin::FAdd | Bin::FSub | Bin::FMul | Bin::FDiv => ([Ty::F32, Ty::F32], Ty::F32),
            Bin::FEq | Bin::FLt | Bin::FLe => ([Ty::F32, Ty::F32], Ty::Bool),
            Bin::IAdd | Bin::ISub | Bin::IMul | Bin::And | Bin::Or | Bin::Xor => ([integer, integer], integer),
            Bin::IDiv => ([Ty::I32, Ty::I32], Ty::I32),
            Bin::UDiv => ([Ty::U32, Ty::U32], Ty::U32),
            Bin::IEq => ([integer, integer], Ty::Bool),
            Bin::ILt => ([Ty::I32, Ty::I32], Ty::Bool),
            Bin::ULt => ([Ty::U32, Ty::U32], Ty::Bool),
            Bin::Shl => ([integer, Ty::U32], integer),
            Bin::ShrI => ([Ty::I32, Ty::U32], Ty::I32),
            Bin::ShrU => ([Ty::U32, Ty::U32], Ty::U32),
            Bin::BAnd | Bin::BOr | Bin::BEq => ([Ty::Bool, Ty::Bool], Ty::Bool),
        };
        assert_eq!([x, y], takes, "{op:?}");
        gives
    }

    fn select(&mut self, condition: Ty, yes: Ty, no: Ty) -> Ty {
        self.operations += 1;
        assert_eq!((condition, yes), (Ty::Bool, no), "select");
        yes
    }

    fn call<const N: usize>(
        &mut self,
        name: &'static str,
        params: [Ty; N],
        result: Ty,
        args: [Ty; N],
        body: fn(&mut Self, [Ty; N]) -> Ty,
    ) -> Ty {
        assert_eq!(args, params, "{name}");
        let before = self.operations;
        let got = body(self, args);
        assert_eq!(got, result, "{name}");
        assert!(self.operations - before >= 6, "{name}: a helper for so little");
        self.helpers.push((name, params.to_vec(), result));
        got
    }
}

#[test]
fn helpers_are_known_by_name_and_types() {
    let mut known: Vec<(&str, Vec<Ty>, Op)> = Vec::new();
    for (op, t) in cases() {
        let args: Vec<Ty> = operand_dtypes(op, t).into_iter().map(of).collect();
        let mut machine = Typed::default();
        apply(op, &mut machine, t, &args);
        // The outermost helper comes last; it belongs to this row alone.
        if let Some((name, types, _)) = machine.helpers.last() {
            let other = known.iter().find(|(n, ts, o)| n == name && ts == types && *o != op);
            assert_eq!(other, None, "{} shares a helper", op.name());
            known.push((name, types.clone(), op));
        }
    }
    assert!(known.len() > 30);
}

#[test]
fn meanings_are_well_typed_and_cost_what_their_rows_say() {
    for (op, t) in cases() {
        let args: Vec<Ty> = operand_dtypes(op, t).into_iter().map(of).collect();
        let mut machine = Typed::default();
        let result = apply(op, &mut machine, t, &args);
        assert_eq!(result, of(op.result_dtype(t)), "{} of {t}", op.name());
        if t == DType::Float32 {
            let cost = op.row().cost;
            println!("{:12} cost {cost}, operations {}", op.name(), machine.operations);
            // A multiplication and an addition are one operation of a GPU, and so are most selects with what they select; divisions
            // and roots are several.
            assert!(
                machine.operations <= 3 * cost + 3 && cost <= machine.operations + 4,
                "{}: cost {cost}, operations {}",
                op.name(),
                machine.operations
            );
        }
    }
    for from in DType::ALL {
        for to in DType::ALL {
            let got = apply_cast(&mut Typed::default(), from, to, of(from));
            assert_eq!(got, of(to), "{from} to {to}");
        }
    }
}
