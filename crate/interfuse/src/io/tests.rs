//! Files that are right, judged by another reader and writer; and files that are not: cut, changed and made up, never more than an error.

use super::*;
use crate::data::block_on;
use crate::error::ErrorKind;
use crate::library;
use crate::tensor::Tensor;
use ::safetensors::SafeTensors;
use ::safetensors::tensor::{Dtype, TensorView, serialize};
use interfuse_compiler::dtype::DType;

fn bytes(x: &Tensor) -> Vec<u8> {
    block_on(x.read().expect("read")).expect("bytes")
}

fn samples() -> Vec<(&'static str, Tensor)> {
    let floats = Tensor::from([[1.5f32, -0.0, f32::INFINITY], [f32::NAN, 1e-40, -7.25]]);
    vec![
        ("floats", floats.clone()),
        ("halves \"quoted\\\" \n\u{1}", floats.astype(DType::Float16)),
        ("ints é 漢 😀", Tensor::from([i32::MIN, -1, i32::MAX])),
        ("uints", Tensor::from([0u32, u32::MAX])),
        ("bools", Tensor::from([true, false, true])),
        ("scalar", Tensor::from(7i32)),
        ("empty", library::zeros(&[0, 3], DType::Float32).expect("zeros")),
    ]
}

fn saved() -> Vec<u8> {
    let samples = samples();
    let tensors: Vec<(&str, &Tensor)> = samples.iter().map(|(name, x)| (*name, x)).collect();
    block_on(save_safetensors(&tensors, &[("format", "pt"), ("a\"b", "line\nline")])).expect("saved")
}

#[test]
fn the_reference_reader_reads_what_is_written() {
    let file = saved();
    let read = SafeTensors::deserialize(&file).expect("a legal file");
    for (name, x) in samples() {
        let view = read.tensor(name).expect("there");
        assert_eq!(view.shape(), x.sizes(), "{name}");
        let wanted = match x.dtype() {
            DType::Bool => Dtype::BOOL,
            DType::Int32 => Dtype::I32,
            DType::UInt32 => Dtype::U32,
            DType::Float16 => Dtype::F16,
            DType::Float32 => Dtype::F32,
        };
        assert_eq!(view.dtype(), wanted, "{name}");
        assert_eq!(view.data(), stored::packed(x.dtype(), bytes(&x)), "{name}");
    }
    assert_eq!(read.len(), samples().len());
    let (_, metadata) = SafeTensors::read_metadata(&file).expect("metadata");
    let metadata = metadata.metadata().clone().expect("there");
    assert_eq!((metadata["format"].as_str(), metadata["a\"b"].as_str()), ("pt", "line\nline"));
}

#[test]
fn what_is_written_is_read_back() {
    let file = saved();
    let read = load_safetensors(&file).expect("a legal file");
    assert_eq!(read.metadata().collect::<Vec<_>>(), [("format", "pt"), ("a\"b", "line\nline")]);
    for ((name, x), (found, y)) in samples().iter().zip(read.tensors()) {
        let y = y.expect("a tensor");
        assert_eq!((*name, x.aval(), bytes(x)), (found, y.aval(), bytes(&y)));
    }
    assert_eq!(saved(), file, "the same tensors give the same bytes");
}

#[test]
fn what_the_reference_writer_writes_is_read() {
    let f32s: Vec<u8> = [1.0f32, -2.5].iter().flat_map(|v| v.to_le_bytes()).collect();
    // 1, -2.5 and infinity: the upper halves of their float32.
    let bf16s: Vec<u8> = [0x3f80u16, 0xc020, 0x7f80].iter().flat_map(|v| v.to_le_bytes()).collect();
    let view = |dtype, shape: &[usize], data| TensorView::new(dtype, shape.to_vec(), data).expect("fits");
    let tensors = [
        ("f32", view(Dtype::F32, &[2, 1], &f32s)),
        ("bf16", view(Dtype::BF16, &[3], &bf16s)),
        ("u8", view(Dtype::U8, &[2], &[1, 255])),
        ("i8", view(Dtype::I8, &[2], &[1, 255])),
        ("i16", view(Dtype::I16, &[1], &[0xfe, 0xff])),
        ("u16", view(Dtype::U16, &[1], &[0xfe, 0xff])),
        ("i64", view(Dtype::I64, &[1], &[0; 8])),
        ("f8", view(Dtype::F8_E5M2, &[4], &[0; 4])),
    ];
    let file = serialize(tensors, None).expect("serialised");
    let read = load_safetensors(&file).expect("a legal file");
    assert_eq!(read.names().count(), 8);
    assert_eq!(read.tensor("f32").expect("f32").to_vec::<f32>().expect("values"), [1.0, -2.5]);
    assert_eq!(read.tensor("bf16").expect("bf16").to_vec::<f32>().expect("values"), [1.0, -2.5, f32::INFINITY]);
    for (name, wanted) in [("u8", vec![1, 255]), ("i8", vec![1, -1]), ("i16", vec![-2]), ("u16", vec![65534])] {
        assert_eq!(read.tensor(name).expect(name).to_vec::<i32>().expect("values"), wanted, "{name}");
    }
    for name in ["i64", "f8"] {
        assert_eq!(read.tensor(name).expect_err(name).kind(), ErrorKind::DType, "only when it is asked for");
    }
    assert_eq!(read.tensor("w").expect_err("no w").kind(), ErrorKind::CompileArgument);
}

/// A safetensors file of this header and so many bytes of elements.
fn file_of(header: &str, elements: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(std::iter::repeat_n(0, elements));
    file
}

#[test]
fn headers_that_lie_are_told_so() {
    let legal = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    assert!(load_safetensors(&file_of(legal, 8)).is_ok());
    assert!(load_safetensors(&file_of("{}", 0)).is_ok());
    for (header, elements, what) in [
        (legal, 4, "too few elements"),
        (legal, 12, "too many"),
        (r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "another shape"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "backwards"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "a hole"),
        (
            r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
            0,
            "a product that overflows",
        ),
        (r#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, "a number too large"),
        (r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "a negative size"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, 8, "three offsets"),
        (r#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "no offsets"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}"#, 8, "an unknown field"),
        (
            r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8,
            "a name twice",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8,
            "tensors that overlap",
        ),
        (r#"{"__metadata__":{"a":1}}"#, 0, "metadata that are no strings"),
        (r#"{"\ud800":{}}"#, 0, "half a character"),
        ("{\"a\u{1}\":{}}", 0, "a control character"),
        (r#"{"a\"#, 0, "half an escape"),
        ("[[[[[[", 0, "no object"),
        ("{} {}", 0, "two values"),
        ("", 0, "nothing"),
    ] {
        let error = load_safetensors(&file_of(header, elements)).err().unwrap_or_else(|| panic!("{what} was read"));
        assert_eq!((error.kind(), error.op()), (ErrorKind::CompileArgument, "loadSafetensors"), "{what}");
    }
    for length in [u64::MAX, 1 << 40, 200_000_000, 17] {
        let mut file = length.to_le_bytes().to_vec();
        file.extend(b"{}");
        assert!(load_safetensors(&file).is_err(), "a header of {length} bytes");
    }
    // Nothing of what it promises is allocated.
    let many_axes = format!(r#"{{"a":{{"dtype":"F32","shape":[{}1],"data_offsets":[0,4]}}}}"#, "1,".repeat(1_000_000));
    assert!(load_safetensors(&file_of(&many_axes, 4)).is_err());
}

/// Every cut of a file, and changes of one to three bytes: each is read or refused. Gives how many were refused.
fn mutate(file: &[u8], changes: usize, read: &dyn Fn(&[u8]) -> crate::Result<()>) -> usize {
    let mut refused = 0;
    let mut judge = |bytes: &[u8]| refused += usize::from(read(bytes).is_err());
    let step = (file.len() / 500).max(1);
    (0..file.len()).step_by(step).for_each(|end| judge(&file[..end]));
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut below = |limit: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % limit as u64) as usize
    };
    for _ in 0..changes {
        let mut changed = file.to_vec();
        for _ in 0..=below(3) {
            // Near the start, where the structure is, more often than not.
            let at = if below(4) == 0 { below(changed.len()) } else { below(changed.len().min(600)) };
            changed[at] = match below(3) {
                0 => below(256) as u8,
                1 => b"0123456789{}[]\",:-\\ "[below(20)],
                _ => changed[below(changed.len())],
            };
        }
        judge(&changed);
    }
    refused
}

#[test]
fn changed_files_are_read_or_refused() {
    let refused = mutate(&saved(), 4_000, &|bytes| {
        let file = load_safetensors(bytes)?;
        file.tensors().try_for_each(|(_, x)| x.map(|x| _ = x.size()))
    });
    assert!(refused > 2_000, "only {refused} were refused");
    for (_, x) in samples() {
        let file = block_on(save_npy(&x)).expect("written");
        assert!(mutate(&file, 500, &|bytes| load_npy(bytes).map(drop)) > 50);
    }
    let w = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let x = Tensor::from([[1.0f32, 1.0]]);
    let function = |x: &Tensor| (x.try_matmul(&w)? * 0.5).try_softmax(-1);
    let file = block_on(export_function("f", function, &x)).expect("exported");
    let refused = mutate(&file, 3_000, &|bytes| FunctionFile::read(bytes)?.replay(std::slice::from_ref(&x)).map(drop));
    assert!(refused > 1_500, "only {refused} were refused");
}

#[test]
fn npy_files_of_small_integers_and_lies() {
    let file = |descr: &str, shape: &str, data: &[u8]| {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.bytes());
        file.extend(data);
        file
    };
    let ints = |descr, data: &[u8]| load_npy(&file(descr, "(2,)", data)).expect(descr).to_vec::<i32>().expect("values");
    assert_eq!(ints("|u1", &[1, 255]), [1, 255]);
    assert_eq!(ints("|i1", &[1, 255]), [1, -1]);
    assert_eq!(ints("<i2", &[0, 1, 255, 255]), [256, -1]);
    assert_eq!(ints("<u2", &[0, 1, 255, 255]), [256, 65535]);
    for (shape, what) in
        [("(3,)", "too many"), ("(1,)", "too few"), ("(-2,)", "negative"), ("(9999999999,9999999999)", "huge")]
    {
        assert!(load_npy(&file("<f4", shape, &[0; 8])).is_err(), "{what}");
    }
    for descr in [">f4", "<f8", "<i8", "|O", "<U3"] {
        assert_eq!(load_npy(&file(descr, "(1,)", &[0; 8])).expect_err(descr).kind(), ErrorKind::DType);
    }
}

#[test]
fn functions_come_back() {
    let w = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let x = Tensor::from([[1.0f32, -1.0]]);
    let n = Tensor::from(3i32);
    let function = |(x, n): &(Tensor, Tensor)| Ok((x.try_matmul(&w)?.try_add(n)?, x.try_exp()?));
    let wanted = function(&(x.clone(), n.clone())).expect("values");
    let file = block_on(export_function("two", function, &(x.clone(), n.clone()))).expect("exported");
    let read = load_safetensors(&file).expect("a safetensors file");
    assert_eq!(read.names().collect::<Vec<_>>(), ["constant.0"]);
    let imported = import_function(&file).expect("imported");
    assert_eq!(
        (imported.file().name(), imported.file().input_names()),
        ("two", &["0".to_string(), "1".to_string()][..])
    );
    for _ in 0..2 {
        let results = imported.call(&[x.clone(), n.clone()]).expect("called");
        assert_eq!((bytes(&results[0]), bytes(&results[1])), (bytes(&wanted.0), bytes(&wanted.1)));
    }
    assert_eq!((imported.stats().misses, imported.stats().hits), (1, 1));
    // Inside another function it is part of that function.
    let outer = crate::try_compile(|x: &Tensor| imported.call(&[x.clone(), Tensor::from(3i32)])?[0].try_mul(2.0));
    assert_eq!(outer.call(&x).expect("called").to_vec::<f32>().expect("values"), [2.0, 2.0]);
    assert_eq!(imported.stats().misses, 1);

    let error = imported.call(&[Tensor::from([1.0f32]), n]).expect_err("a wrong shape");
    assert_eq!(
        error.to_string(),
        "two: tensor \"0\" is float32[1], the function was exported for float32[1,2]. Export it for these, or convert the tensor."
    );
    assert_eq!(imported.call(std::slice::from_ref(&x)).expect_err("a missing one").kind(), ErrorKind::CompileArgument);
}

#[test]
fn files_that_are_no_functions_are_told_so() {
    let x = Tensor::from([1.0f32, 2.0]);
    let file = block_on(export_function("f", |x: &Tensor| x.try_exp(), &x)).expect("exported");
    let header = String::from_utf8(file[8..].to_vec()).expect("without constants all of it is text");
    let with = |old: &str, new: &str| {
        assert!(header.contains(old), "{header}");
        FunctionFile::read(&file_of(&header.replace(old, new), 0)).map(drop)
    };
    assert!(with("exp", "sin").is_ok());
    for (old, new, said) in [
        ("\"version\":\"1\"", "\"version\":\"9\"", "the file has version 9, this is version 2 of the format"),
        ("\"version\":\"1\"", "\"version\":\"x\"", "the version of the file is not one that exists"),
        ("interfuse.function", "interfuse.functi0n", "this is not an exported function"),
        ("= exp", "= exq", "the graph is malformed at 2:18: expected an operation, `exq` is none"),
        ("input 0", "input 1", "the graph takes 2 inputs, the file names 1"),
        ("input 0", "iota\\n#", "the graph is malformed at 1:22: expected `axis=`"),
    ] {
        let error = with(old, new).expect_err(said);
        assert_eq!((error.op(), error.message()), ("importFunction", said));
    }
    let looped = block_on(export_function("f", |x: &Tensor| crate::fori(2, |_, x: Tensor| x * 0.5, x.clone()), &x));
    let looped = String::from_utf8(looped.expect("exported")[8..].to_vec()).expect("text");
    for (old, new, said) in [
        // The second is in the body.
        ("  %1: int32[] = input 1", "  %1: int32[] = constant 0", "a body has constants"),
        ("  %1: int32[] = input 1", "  %1: int32[] = input 2", "operand 2 is missing"),
        ("float32[2] = mul", "float32[2] = constant 0\\n#", "a body has constants"),
    ] {
        assert!(looped.contains(old), "{looped}");
        let error = FunctionFile::read(&file_of(&looped.replace(old, new), 0)).err().expect(said);
        assert!(error.op() == "importFunction" && error.message().contains(said), "{error}");
    }
    let huge = |shape: &str| {
        let listing = format!("%0: float32[] = literal 1\\n%1: float32[{shape}] = broadcast %0 axes=[]\\nreturn %1\\n");
        let header = format!(
            r#"{{"__metadata__":{{"format":"interfuse.function","version":"1","name":"f","inputs":"","form":"","graph":"{listing}"}}}}"#
        );
        FunctionFile::read(&file_of(&header, 0)).map(drop)
    };
    assert!(huge("4").is_ok());
    assert_eq!(huge("s0").expect_err("not listed").kind(), ErrorKind::CompileArgument);
    for shape in ["2147483648", "65536,65536", &["1"; 33].join(",")] {
        assert_eq!(huge(shape).expect_err("too large").kind(), ErrorKind::Limit, "{shape}");
    }
}

/// A function of tensors as a file with these sizes open, and imported.
fn opened(
    function: impl Fn(&Vec<Tensor>) -> crate::Result<Vec<Tensor>>,
    at: &[Tensor],
    named: &[(&str, i64, &str)],
) -> (Vec<u8>, ImportedFunction) {
    let name = |(path, axis, name): &(&str, i64, &str)| crate::NamedSize {
        path: path.to_string(),
        axis: *axis,
        name: name.to_string(),
    };
    let sizes = crate::DynamicSizes { shapeless: named.is_empty(), named: named.iter().map(name).collect() };
    let options = ExportOptions { sizes, ..Default::default() };
    let file = block_on(export_function_with("f", function, &at.to_vec(), &options)).expect("exported");
    let imported = import_function(&file).expect("imported");
    (file, imported)
}

fn filled(sizes: &[i64]) -> Tensor {
    let count: i64 = sizes.iter().product();
    let values: Vec<f32> = (0..count).map(|i| (0.7 * i as f32).sin()).collect();
    Tensor::from_slice(&values, &sizes.iter().map(|n| *n as usize).collect::<Vec<_>>()).expect("fits")
}

#[test]
fn open_sizes_stay_open_in_files() {
    let function = |x: &Vec<Tensor>| {
        let count = library::arange_dims(0, x[0].dim(1), 1, Some(DType::Float32))?;
        let product = x[0].try_matmul(&x[1])?.try_mul(&x[0].try_sum(.., false)?)?;
        let (_, rows) =
            crate::scan(|c: Tensor, row: Tensor| (c + 1.0, row * 0.5), Tensor::from(0f32), x[0].clone(), None)?;
        let last = x[0].try_pad(&[(1, 0), (0, 2)], crate::Weak::Int(1))?.try_prod(1, false)?;
        Ok(vec![product, rows.try_mul(&count)?, last, x[0].try_flatten(0, -1)?])
    };
    let at = |m, n| vec![filled(&[m, n]), filled(&[n, 2])];
    for first in [(3, 4), (1, 1), (2, 0)] {
        let (file, imported) = opened(function, &at(first.0, first.1), &[]);
        assert!(imported.file().open_sizes().len() == 4 && imported.file().constants().is_empty());
        for (m, n) in [(3, 4), (1, 1), (0, 2), (2, 0), (5, 7)] {
            let (got, want) = (imported.call(&at(m, n)), function(&at(m, n)).expect("eager"));
            let got = got.unwrap_or_else(|error| panic!("exported at {first:?}, called at ({m}, {n}): {error}"));
            for (got, want) in got.iter().zip(&want) {
                assert_eq!((got.aval(), bytes(got)), (want.aval(), bytes(want)), "{first:?} ({m}, {n})");
            }
        }
        assert_eq!(imported.stats().traces, 1, "one entry serves all");
        // Inside a function with open sizes, too.
        let file = FunctionFile::read(&file).expect("read");
        let outer = crate::Compile::fallible(|x: &Vec<Tensor>| file.replay(x)?[0].try_mul(2.0)).shapeless(true).build();
        for (m, n) in [(3, 4), (2, 1)] {
            let want = function(&at(m, n)).expect("eager")[0].try_mul(2.0).expect("values");
            assert_eq!(bytes(&outer.call(&at(m, n)).expect("called")), bytes(&want));
        }
        assert_eq!(outer.stats().traces, 1);
    }
}

#[test]
fn guards_go_along_with_open_sizes() {
    let function = |x: &Vec<Tensor>| {
        let rows = x[0].dim(0).value()?;
        let y = if rows > 2 { x[0].try_mul(2.0)? } else { x[0].clone() };
        Ok(vec![y.try_add(&x[1])?, x[0].try_broadcast_to(&[3.into(), x[0].dim(1)])?])
    };
    let at = |m, n| vec![filled(&[m, n]), filled(&[n])];
    let (file, imported) = opened(function, &at(3, 4), &[("0", 0, "rows"), ("0", 1, "columns"), ("1", 0, "columns")]);
    assert_eq!(bytes(&imported.call(&at(3, 5)).expect("5")[0]), bytes(&function(&at(3, 5)).expect("5")[0]));
    let error = imported.call(&at(2, 4)).expect_err("the rows were read");
    assert_eq!(error.kind(), ErrorKind::Shape, "{error}");
    let error = imported.call(&[filled(&[3, 4]), filled(&[5])]).expect_err("two sizes of one name");
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::DimMismatch, "symbol 'columns' is 4 for args[0][0] and 5 for args[0][1]")
    );
    // A comparison alone leaves the size open, within its bounds.
    let part = |x: &Vec<Tensor>| {
        Ok(vec![x[0].try_slice(&[library::Index::Range { start: Some(1), stop: Some(3), step: 1 }])?])
    };
    let (_, imported) = opened(part, &[filled(&[5])], &[]);
    assert_eq!(imported.call(&[filled(&[4])]).expect("4")[0].sizes(), [2]);
    let error = imported.call(&[filled(&[2])]).expect_err("cut off in another way");
    assert_eq!(error.kind(), ErrorKind::ShapeGuard, "{error}");
    assert!(error.message().starts_with("slice: the export took s0 - 3 >= 0 for granted"), "{error}");

    // Files that say otherwise are refused, or checked at the call.
    let text = String::from_utf8_lossy(&file[8..]).into_owned();
    let header = &text[..text.rfind('}').expect("a header") + 1];
    let changed = |old: &str, new: &str| {
        assert!(header.contains(old), "{header}");
        import_function(&file_of(&header.replace(old, new), 0))
    };
    for (old, new, said) in [
        ("3 rows\\n4 columns", "x rows\\n4 columns", "\"x rows\" is no open size"),
        ("3 rows\\n4 columns", "3 rows", "the graph has open sizes that the file does not list"),
        // The rows are 3, so there is no such size.
        ("\"guards\":\"", "\"guards\":\"add == s0\\n", "\"add == s0\" is no guard on open sizes"),
        ("\"guards\":\"", "\"guards\":\"add == s7\\n", "\"add == s7\" is no guard on open sizes"),
        ("\"guards\":\"", "\"guards\":\"add is s1\\n", "\"add is s1\" is no guard on open sizes"),
    ] {
        let error = changed(old, new).err().unwrap_or_else(|| panic!("{said}"));
        assert!(error.op() == "importFunction" && error.message().contains(said), "{error}, not {said}");
    }
}

#[test]
fn functions_that_draw_random_numbers_come_back() {
    let noisy = |x: &Tensor| {
        let noise = crate::random::normal(x.shape(), 0, 1, DType::Float32, None)?;
        x.try_add(&noise)?.try_mul(&crate::random::uniform(&[2], 0, 1, DType::Float32, None)?)
    };
    let x = Tensor::from([1.0f32, 2.0]);
    let options = ExportOptions { random_state: true, ..Default::default() };
    crate::random::seed(5);
    let before = bytes(&crate::random::state().expect("a state"));
    let file = block_on(export_function_with("noisy", noisy, &x, &options)).expect("exported");
    assert_eq!(bytes(&crate::random::state().expect("a state")), before, "the export draws nothing");
    let imported = import_function(&file).expect("imported");
    assert_eq!((imported.file().input_names().len(), imported.file().results(), imported.file().draws()), (1, 1, true));
    crate::random::seed(7);
    let got: Vec<_> = (0..3).map(|_| bytes(&imported.call(std::slice::from_ref(&x)).expect("called")[0])).collect();
    crate::random::seed(7);
    let want: Vec<_> = (0..3).map(|_| bytes(&noisy(&x).expect("eager"))).collect();
    assert_eq!((got, imported.stats().hits), (want, 2));
    // Without the option it is refused; a key is an argument like any other.
    let error = block_on(export_function("noisy", noisy, &x)).expect_err("it would freeze the numbers");
    assert!(error.hint().contains("state"), "{error}");
    let keyed =
        |(x, key): &(Tensor, Tensor)| x.try_add(&crate::random::normal(x.shape(), 0, 1, DType::Float32, Some(key))?);
    let key = crate::random::key(3).expect("a key");
    let file = block_on(export_function("keyed", keyed, &(x.clone(), key.clone()))).expect("exported");
    for seed in [3, 4] {
        let key = crate::random::key(seed).expect("a key");
        let got = import_function(&file).expect("imported").call(&[x.clone(), key.clone()]).expect("called");
        assert_eq!(bytes(&got[0]), bytes(&keyed(&(x.clone(), key)).expect("eager")));
    }
}
