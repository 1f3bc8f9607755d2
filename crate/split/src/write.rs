//! Writes the files.

use crate::Result;
use crate::homes::Homes;
use crate::module::Module;
use crate::order::by_likeness;
use crate::parts::PARTS;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, TableSection, TypeSection,
};
use wasmparser::Payload;

/// Where parts find what is the core's.
const CORE: &str = "core";

/// Gives functions their new numbers while a body is copied. Tables, globals and types keep theirs in every file.
struct Renumber<'m>(&'m BTreeMap<u32, u32>);

impl Reencode for Renumber<'_> {
    type Error = std::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> std::result::Result<u32, wasm_encoder::reencode::Error<Self::Error>> {
        Ok(self.0[&function])
    }
}

/// How the files hang together.
struct Links {
    /// Functions of parts that somebody outside calls, or that are called through the table, with the slot they are found in.
    slots: BTreeMap<u32, u32>,
    /// How many slots the table gets in addition.
    added: u32,
    /// Functions of parts that somebody outside calls by name.
    called: BTreeSet<u32>,
    /// Functions of the core, stubs included, that parts call.
    shared: BTreeSet<u32>,
}

impl Links {
    fn of(module: &Module, homes: &Homes) -> Self {
        let mut called = BTreeSet::new();
        let mut shared = BTreeSet::new();
        let exported = module.exports.iter().map(|&(_, function)| (0, function));
        let calls = module
            .functions()
            .flat_map(|function| module.calls(function).iter().map(move |&called| (homes.home(function), called)));
        for (from, to) in exported.chain(calls) {
            if homes.home(to) != from {
                if homes.home(to) != 0 {
                    called.insert(to);
                }
                if from != 0 {
                    shared.insert(to);
                }
            }
        }
        let mut slots: BTreeMap<u32, u32> = module
            .slots
            .iter()
            .filter(|slot| homes.home(slot.1) != 0)
            .map(|&(slot, function)| (function, slot))
            .collect();
        // The new slots of a part lie side by side.
        let mut without: Vec<u32> = called.iter().copied().filter(|function| !slots.contains_key(function)).collect();
        without.sort_by_key(|&function| homes.home(function));
        let added = without.len() as u32;
        slots.extend(without.into_iter().zip(module.table.1..));
        Self { slots, added, called, shared }
    }
}

/// The core and the parts, in order.
pub fn files(module: &Module, homes: &Homes) -> Result<Vec<Vec<u8>>> {
    let links = Links::of(module, homes);
    let parts = 1..=PARTS.len();
    std::iter::once(core(module, homes, &links))
        .chain(parts.map(|part| self::part(module, homes, &links, part)))
        .collect()
}

/// All in one file.
pub fn whole(module: &Module) -> Result<Vec<u8>> {
    let homes = Homes::one(module);
    core(module, &homes, &Links::of(module, &homes))
}

fn defined(module: &Module, homes: &Homes, home: usize) -> Vec<u32> {
    by_likeness(
        module,
        (module.imported..module.functions().end).filter(|&function| homes.home(function) == home).collect(),
    )
}

/// Short names, because the core exports hundreds.
fn alias(function: u32) -> String {
    format!("f{function:x}")
}

fn core(module: &Module, homes: &Homes, links: &Links) -> Result<Vec<u8>> {
    let own = defined(module, homes, 0);
    // After the imported functions there is one more, `load`, unless there are no parts; after the core's own a stub for each call into a
    // part, then what the slots hold at first.
    let load = module.imported;
    let in_parts = !links.slots.is_empty();
    let imported = (0..module.imported).zip(0..);
    let numbers: BTreeMap<u32, u32> =
        imported.chain(own.iter().chain(&links.called).copied().zip(load + u32::from(in_parts)..)).collect();
    let loaders: BTreeMap<u32, u32> = links.slots.keys().copied().zip(numbers.len() as u32 + 1..).collect();
    let mut renumber = Renumber(&numbers);
    let mut same = RoundtripReencoder;

    let mut out = wasm_encoder::Module::new();
    for payload in &module.payloads {
        match payload {
            Payload::TypeSection(section) => {
                let mut types = TypeSection::new();
                same.parse_type_section(&mut types, section.clone())?;
                out.section(&types);
            }
            Payload::ImportSection(section) => {
                let mut imports = ImportSection::new();
                same.parse_import_section(&mut imports, section.clone())?;
                if in_parts {
                    imports.import("parts", "load", EntityType::Function(type_of_load(module)?));
                }
                out.section(&imports);
            }
            Payload::FunctionSection(_) => {
                let mut functions = FunctionSection::new();
                for &function in own.iter().chain(&links.called).chain(links.slots.keys()) {
                    functions.function(module.types[function as usize]);
                }
                out.section(&functions);
            }
            Payload::TableSection(section) => {
                let mut tables = TableSection::new();
                for ty in self::tables(module, links, section)? {
                    tables.table(ty);
                }
                out.section(&tables);
            }
            Payload::MemorySection(section) => {
                let mut memories = wasm_encoder::MemorySection::new();
                same.parse_memory_section(&mut memories, section.clone())?;
                out.section(&memories);
            }
            Payload::GlobalSection(section) => {
                let mut globals = wasm_encoder::GlobalSection::new();
                renumber.parse_global_section(&mut globals, section.clone())?;
                out.section(&globals);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                renumber.parse_export_section(&mut exports, section.clone())?;
                for &function in &links.shared {
                    exports.export(&alias(function), ExportKind::Func, numbers[&function]);
                }
                if in_parts {
                    exports.export("$memory", ExportKind::Memory, 0);
                    for table in 0..module.tables {
                        exports.export(&format!("$table{table}"), ExportKind::Table, table);
                    }
                    for global in 0..module.globals.len() as u32 {
                        exports.export(&format!("$global{global}"), ExportKind::Global, global);
                    }
                }
                out.section(&exports);
            }
            Payload::StartSection { func, .. } => {
                out.section(&wasm_encoder::StartSection { function_index: numbers[func] });
            }
            Payload::ElementSection(_) => {
                let old = module.slots.iter().map(|&(slot, function)| {
                    (slot, loaders.get(&function).copied().unwrap_or_else(|| numbers[&function]))
                });
                let new = links
                    .slots
                    .iter()
                    .filter(|slot| *slot.1 >= module.table.1)
                    .map(|(function, &slot)| (slot, loaders[function]));
                let mut filled: Vec<(u32, u32)> = old.chain(new).collect();
                filled.sort_unstable();
                out.section(&elements(module.table.0, &filled));
            }
            Payload::DataCountSection { count, .. } => {
                out.section(&wasm_encoder::DataCountSection { count: *count });
            }
            Payload::CodeSectionStart { .. } => {
                let mut code = CodeSection::new();
                for &function in &own {
                    renumber
                        .parse_function_body(&mut code, module.body(function).expect("it is not imported").clone())?;
                }
                for function in &links.called {
                    code.function(&stub(module, *function, links.slots[function], None)?);
                }
                for (&function, &slot) in &links.slots {
                    code.function(&stub(module, function, slot, Some((load, homes.home(function))))?);
                }
                out.section(&code);
            }
            Payload::DataSection(section) => {
                let mut data = wasm_encoder::DataSection::new();
                same.parse_data_section(&mut data, section.clone())?;
                out.section(&data);
            }
            Payload::Version { .. } | Payload::CodeSectionEntry(_) | Payload::CustomSection(_) | Payload::End(_) => {}
            other => return Err(format!("the module has a section that is not expected: {other:?}").into()),
        }
    }
    Ok(out.finish())
}

/// The tables, that of functions with the slots of the parts.
fn tables(
    module: &Module,
    links: &Links,
    section: &wasmparser::TableSectionReader,
) -> Result<Vec<wasm_encoder::TableType>> {
    let mut types = Vec::new();
    for (at, table) in (0..).zip(section.clone()) {
        let mut ty = RoundtripReencoder.table_type(table?.ty)?;
        if at == module.table.0 {
            ty.minimum += u64::from(links.added);
            ty.maximum = ty.maximum.map(|most| most + u64::from(links.added));
        }
        types.push(ty);
    }
    Ok(types)
}

/// Hands its arguments on to what the slot holds; before that, if it is to, asks for the part.
fn stub(module: &Module, function: u32, slot: u32, part: Option<(u32, usize)>) -> Result<Function> {
    let ty = module.types[function as usize];
    let mut code = Function::new([]);
    if let Some((load, part)) = part {
        code.instruction(&Instruction::I32Const(i32::try_from(part)?)).instruction(&Instruction::Call(load));
    }
    for at in 0..parameters(module, ty)? {
        code.instruction(&Instruction::LocalGet(at));
    }
    code.instruction(&Instruction::I32Const(i32::try_from(slot)?));
    code.instruction(&Instruction::CallIndirect { type_index: ty, table_index: module.table.0 });
    code.instruction(&Instruction::End);
    Ok(code)
}

/// The type of a function that takes the number of a part.
fn type_of_load(module: &Module) -> Result<u32> {
    let takes_one = |ty: &wasmparser::FuncType| ty.params() == [wasmparser::ValType::I32] && ty.results().is_empty();
    let found =
        function_types(module)?.iter().position(takes_one).ok_or("the module has no function from i32 to nothing")?;
    Ok(u32::try_from(found)?)
}

fn parameters(module: &Module, ty: u32) -> Result<u32> {
    Ok(u32::try_from(function_types(module)?[ty as usize].params().len())?)
}

fn function_types(module: &Module) -> Result<Vec<wasmparser::FuncType>> {
    let section = module
        .payloads
        .iter()
        .find_map(|payload| if let Payload::TypeSection(section) = payload { Some(section.clone()) } else { None });
    let types =
        section.ok_or("the module has no types")?.into_iter_err_on_gc_types().collect::<std::result::Result<_, _>>()?;
    Ok(types)
}

/// Segments for slots with their functions: neighbours share one.
fn elements(table: u32, slots: &[(u32, u32)]) -> ElementSection {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for &(slot, function) in slots {
        match runs.last_mut() {
            Some((start, functions)) if *start + functions.len() as u32 == slot => functions.push(function),
            _ => runs.push((slot, vec![function])),
        }
    }
    let mut section = ElementSection::new();
    let table = (table != 0).then_some(table);
    for (start, functions) in runs {
        section.active(table, &ConstExpr::i32_const(start as i32), Elements::Functions(functions.into()));
    }
    section
}

fn part(module: &Module, homes: &Homes, links: &Links, home: usize) -> Result<Vec<u8>> {
    let own = defined(module, homes, home);
    let used: BTreeSet<u32> = own
        .iter()
        .flat_map(|&function| module.calls(function))
        .copied()
        .filter(|&called| homes.home(called) != home)
        .collect();
    let numbers: BTreeMap<u32, u32> = used.iter().chain(&own).copied().zip(0..).collect();
    let mut renumber = Renumber(&numbers);
    let mut same = RoundtripReencoder;

    let mut types = TypeSection::new();
    let mut imports = ImportSection::new();
    for payload in &module.payloads {
        match payload {
            Payload::TypeSection(section) => same.parse_type_section(&mut types, section.clone())?,
            Payload::TableSection(section) => {
                for (at, ty) in self::tables(module, links, section)?.into_iter().enumerate() {
                    imports.import(CORE, &format!("$table{at}"), ty);
                }
            }
            _ => {}
        }
    }
    imports.import(CORE, "$memory", same.memory_type(module.memory.ok_or("the module has no memory")?)?);
    for (at, global) in module.globals.iter().enumerate() {
        imports.import(CORE, &format!("$global{at}"), same.global_type(*global)?);
    }
    for &function in &used {
        imports.import(CORE, &alias(function), EntityType::Function(module.types[function as usize]));
    }
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for &function in &own {
        functions.function(module.types[function as usize]);
        renumber.parse_function_body(&mut code, module.body(function).expect("it is not imported").clone())?;
    }
    // Every slot that knows one of its functions: a function may be in several.
    let old = module.slots.iter().copied().filter(|&(_, function)| homes.home(function) == home);
    let new = links
        .slots
        .iter()
        .map(|(&function, &slot)| (slot, function))
        .filter(|&(slot, function)| slot >= module.table.1 && homes.home(function) == home);
    let mut filled: Vec<(u32, u32)> = old.chain(new).map(|(slot, function)| (slot, numbers[&function])).collect();
    filled.sort_unstable();

    let mut out = wasm_encoder::Module::new();
    out.section(&types)
        .section(&imports)
        .section(&functions)
        .section(&elements(module.table.0, &filled))
        .section(&code);
    Ok(out.finish())
}
