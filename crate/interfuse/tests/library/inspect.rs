//! Inspections: of another device than there is, without some rules, application by application, and in loops.

use crate::wave;
use interfuse::inspect::{AdapterClass, Rules, WhatIf};
use interfuse::{CompilationStats, CompileMode, ErrorKind, Inspection, Tensor, compile, fori};

#[test]
fn an_inspection_can_be_of_another_device_and_without_a_rule() {
    let f = compile(|x: &Tensor| (x * 1.0).exp() + 1.0);
    let x = Tensor::from([1f32, 2.0]);
    let inspect = |what_if: WhatIf| f.inspect_as(&x, &what_if);
    let rules = |view: &Inspection| -> Vec<String> {
        view.graphs.iter().flat_map(|pass| &pass.rules).map(|rule| rule.name.clone()).collect()
    };
    let now = inspect(WhatIf::default()).expect("as it is");
    assert!(rules(&now).contains(&"multiply by one".to_string()), "{:?}", rules(&now));
    let mut rules_off = Rules::NONE;
    assert!(rules_off.add("multiply by one") && !rules_off.add("add nothing"));
    let off = WhatIf { rules_off, ..WhatIf::default() };
    let without = inspect(off).expect("without a rule");
    assert!(!rules(&without).contains(&"multiply by one".to_string()), "{:?}", rules(&without));
    let nodes = |view: &Inspection| view.graphs.last().expect("graphs").graph.nodes.len();
    assert!(nodes(&without) > nodes(&now), "{} and {}", nodes(&without), nodes(&now));

    let gpu = WhatIf { class: Some(AdapterClass::Gpu), workgroup_invocations: Some(64), ..WhatIf::default() };
    assert!(inspect(gpu).expect("a GPU").kernels[0].schedule.ends_with("workgroup=64"));
    let lanes = WhatIf { schedules: vec!["map lanes=1 workgroup=32".into()], ..WhatIf::default() };
    assert_eq!(inspect(lanes).expect("a schedule").kernels[0].schedule, "map lanes=1 workgroup=32");
    let unfused = WhatIf {
        mode: Some(CompileMode::NoFuse),
        class: Some(AdapterClass::Gpu),
        storage_buffers: Some(4),
        float16: Some(true),
        ..WhatIf::default()
    };
    assert_eq!(inspect(unfused).expect("no fusion").kernels.len(), 2);

    for (what_if, word) in [
        (WhatIf { schedules: vec!["map".into()], ..WhatIf::default() }, "lanes"),
        (WhatIf { storage_buffers: Some(1), ..WhatIf::default() }, "fit"),
    ] {
        let error = inspect(what_if).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::CompileArgument);
        assert!(error.message().contains(word), "{error}");
    }
    assert_eq!(f.stats(), CompilationStats::default());
}

#[test]
fn an_inspection_tells_of_every_application_of_a_rule() {
    let f = compile(|x: &Tensor| (x * 1.0).exp() + (x * 1.0).exp());
    let view = f.inspect(&Tensor::from([1f32])).expect("inspect");
    for at in 1..view.graphs.len() {
        let (before, after) = (&view.graphs[at - 1].graph, &view.graphs[at]);
        for one in &after.applied {
            assert!(before.nodes.iter().any(|node| node.id == one.before), "{one:?}");
            assert!(one.after.is_none_or(|id| after.graph.nodes.iter().any(|node| node.id == id)), "{one:?}");
            let counted = after.rules.iter().find(|rule| rule.name == one.rule).expect("counted").count;
            assert_eq!(counted, after.applied.iter().filter(|other| other.rule == one.rule).count());
        }
    }
    let of = |rule: &str| view.graphs.iter().flat_map(|pass| &pass.applied).filter(|one| one.rule == rule).count();
    assert!(of("merge equal nodes") >= 2, "{:?}", view.graphs[1].applied);
    let by_one: Vec<_> =
        view.graphs.iter().flat_map(|pass| &pass.applied).filter(|one| one.rule == "multiply by one").collect();
    assert_eq!(by_one.len(), 1, "merged before");
    assert_eq!(by_one[0].after, Some(0), "x * 1 became x");
}

#[test]
fn loops_are_counted_step_by_step_before_and_after() {
    let f = compile(|x: &Tensor| fori(5, |_, x: Tensor| (x * 2.0 + 1.0).exp(), x.clone()).expect("a loop"));
    let view = f.inspect(&Tensor::from([1f32])).expect("inspect");
    assert_eq!(view.before.dispatches, 20, "three ops and the step's number, five times");
    assert_eq!(view.kernels.iter().map(|kernel| kernel.runs).sum::<u64>(), view.after.dispatches);
    assert!(view.after.dispatches < 20);
}

#[test]
fn a_cut_says_what_would_change_it() {
    let f = compile(|x: &Tensor| (x.matmul(x) + 1.0).matmul(x));
    let view = f.inspect(&wave(&[4, 4], 1)).expect("inspect");
    assert!(!view.cuts.is_empty());
    assert!(view.cuts.iter().all(|cut| !cut.remedy().is_empty() && cut.remedy() != cut.reason));
}
