//! A module as far as it matters here: functions with names and calls, exports, the table.

use crate::Result;
use std::collections::HashMap;
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef,
};

pub struct Module<'a> {
    /// The sections as they came, to be written again.
    pub payloads: Vec<Payload<'a>>,
    /// The type of every function, the imported ones first.
    pub types: Vec<u32>,
    /// How many functions are imported.
    pub imported: u32,
    /// The bodies of the others.
    pub bodies: Vec<FunctionBody<'a>>,
    /// Names without the hash that makes symbols unique.
    names: HashMap<u32, &'a str>,
    /// Exported functions.
    pub exports: Vec<(&'a str, u32)>,
    /// Slots of the table of functions, with what is in them.
    pub slots: Vec<(u32, u32)>,
    /// The number of that table, and how many slots it has.
    pub table: (u32, u32),
    /// How many tables there are.
    pub tables: u32,
    pub globals: Vec<wasmparser::GlobalType>,
    pub memory: Option<wasmparser::MemoryType>,
    /// What the functions call or take the address of.
    calls: Vec<Vec<u32>>,
    bytes: &'a [u8],
}

impl<'a> Module<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut module = Self {
            payloads: Vec::new(),
            types: Vec::new(),
            imported: 0,
            bodies: Vec::new(),
            names: HashMap::new(),
            exports: Vec::new(),
            slots: Vec::new(),
            table: (0, 0),
            tables: 0,
            globals: Vec::new(),
            memory: None,
            calls: Vec::new(),
            bytes,
        };
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            module.note(&payload)?;
            module.payloads.push(payload);
        }
        module.calls = vec![Vec::new(); module.imported as usize];
        for body in &module.bodies {
            let mut called = Vec::new();
            for operator in body.get_operators_reader()? {
                match operator? {
                    Operator::Call { function_index }
                    | Operator::ReturnCall { function_index }
                    | Operator::RefFunc { function_index } => called.push(function_index),
                    Operator::MemoryInit { .. }
                    | Operator::DataDrop { .. }
                    | Operator::TableInit { .. }
                    | Operator::ElemDrop { .. } => {
                        return Err("a function uses a passive segment, which a part could not see".into());
                    }
                    _ => {}
                }
            }
            called.sort_unstable();
            called.dedup();
            module.calls.push(called);
        }
        if module.names.is_empty() {
            return Err("the module has no names: run wasm-opt with -g".into());
        }
        Ok(module)
    }

    fn note(&mut self, payload: &Payload<'a>) -> Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    match import?.ty {
                        TypeRef::Func(ty) => {
                            self.types.push(ty);
                            self.imported += 1;
                        }
                        other => return Err(format!("the module imports more than functions: {other:?}").into()),
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section.clone() {
                    self.types.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for (at, table) in (0..).zip(section.clone()) {
                    let ty = table?.ty;
                    self.tables += 1;
                    if ty.element_type.is_func_ref() {
                        self.table = (at, u32::try_from(ty.initial)?);
                    }
                }
            }
            Payload::MemorySection(section) => self.memory = section.clone().into_iter().next().transpose()?,
            Payload::GlobalSection(section) => {
                for global in section.clone() {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.exports.push((export.name, export.index));
                    }
                }
            }
            Payload::ElementSection(section) => {
                for element in section.clone() {
                    let element = element?;
                    let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
                        (element.kind, element.items)
                    else {
                        return Err("the module has segments of elements that are not plain lists of functions".into());
                    };
                    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                        return Err("a segment of elements has no constant place".into());
                    };
                    for (slot, function) in (u32::try_from(value)?..).zip(functions) {
                        self.slots.push((slot, function?));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.clone()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for name in names {
                        if let Name::Function(map) = name? {
                            for naming in map {
                                let naming = naming?;
                                self.names.insert(naming.index, naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Numbers of all functions.
    pub fn functions(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.types.len()).expect("numbers of functions are u32")
    }

    /// A function's path; of an implementation, that of the type.
    pub fn path(&self, function: u32) -> &'a str {
        let name = self.names.get(&function).copied().unwrap_or("");
        let name = name.rsplit_once("::h").map_or(name, |(path, _)| path);
        name.trim_start_matches(['<', '&', '(']).trim_start_matches("dyn ")
    }

    pub fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        function.checked_sub(self.imported).map(|at| &self.bodies[at as usize])
    }

    /// A body's bytes.
    pub fn code(&self, function: u32) -> &'a [u8] {
        self.body(function).map_or(&[], |body| {
            let range = body.range();
            &self.bytes[range.start as usize..range.end as usize]
        })
    }

    pub fn calls(&self, function: u32) -> &[u32] {
        &self.calls[function as usize]
    }
}
