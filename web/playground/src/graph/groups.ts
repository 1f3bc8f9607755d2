/**
 * @file Groups of a drawing that are no kernels: what one function of the program made, and the bodies of loops. Each takes a drawing and
 * gives another; a group that is closed is one box.
 */
import type { GraphView } from "../protocol.ts";
import { type Drawing, type DrawnEdge, type DrawnGroup, type DrawnNode, drawGraph, sized } from "./drawing.ts";
import type { Loop } from "./loops.ts";

/** Fewer boxes than this are no group. */
const MIN_RUN = 3;
/** A body with more nodes is opened by those who want to see it. */
const MAX_BODY = 60;

/**
 * Puts what the same function made one after another in a group. Only neighbours in the program are grouped, so that a closed group never
 * stands both above and below something else.
 */
export function byFunction(drawing: Drawing, functionOf: (node: DrawnNode) => string | null, turned: ReadonlySet<string>): Drawing {
  const names = drawing.nodes.map((node) => (node.group === null ? functionOf(node) : null));
  if (new Set(names.filter((name) => name !== null)).size < 2) return drawing;
  const runs: { label: string; members: DrawnNode[] }[] = [];
  for (const [at, node] of drawing.nodes.entries()) {
    if (isLeaf(node)) continue;
    const label = names[at]!;
    const run = runs.at(-1);
    if (run !== undefined && run.label === label) run.members.push(node);
    else runs.push({ label: label ?? "", members: [node] });
  }
  const groups: DrawnGroup[] = [];
  const inGroup = new Map<string, DrawnGroup>();
  const closedBoxes = new Map<string, DrawnNode>();
  const calls = new Map<string, number>();
  for (const { label, members } of runs) {
    if (label === "" || members.length < MIN_RUN) continue;
    const call = calls.get(label) ?? 0;
    calls.set(label, call + 1);
    const name = `f${call} ${label}`;
    const closed = turned.has(name);
    const key = `f${members[0]!.key}`;
    const group: DrawnGroup = { key, name, kernel: null, label, kind: "function", closed, box: key };
    groups.push(group);
    for (const { key: member } of members) inGroup.set(member, group);
    if (!closed) continue;
    const ids = members.flatMap(({ ids }) => ids);
    closedBoxes.set(key, {
      ...sized(key, ids, `${members.length} nodes`, label, "closed"),
      name,
      kernel: null,
      group: key,
      output: members.some(({ output }) => output),
    });
  }
  const nodes: DrawnNode[] = [];
  const added = new Set<string>();
  for (const node of drawing.nodes) {
    const group = inGroup.get(node.key);
    const box = group === undefined ? undefined : closedBoxes.get(group.key);
    if (box === undefined) nodes.push(group === undefined ? node : { ...node, group: group.key });
    else if (!added.has(box.key)) {
      added.add(box.key);
      nodes.push(box);
    }
  }
  const boxOf = (key: string): string => {
    const group = inGroup.get(key);
    return group?.closed === true ? group.key : key;
  };
  const edges = new Map<string, DrawnEdge>();
  for (const edge of drawing.edges) {
    const [from, to] = [boxOf(edge.from), boxOf(edge.to)];
    if (from !== to) edges.set(`${from}>${to}`, { ...edge, from, to });
  }
  return { nodes, edges: [...edges.values()], groups: [...drawing.groups, ...groups] };
}

/** Draws the body of every loop around the boxes of its results; a value that is carried is named at both ends. */
export function withBodies(
  drawing: Drawing,
  view: GraphView,
  loops: ReadonlyMap<number, Loop>,
  fold: boolean,
  turned: ReadonlySet<string>,
): Drawing {
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  // The results of one loop are nodes of their own, each with the whole loop.
  const results = new Map<string, { loop: Loop; operands: readonly number[]; boxes: DrawnNode[] }>();
  for (const node of drawing.nodes) {
    const loop = node.id === undefined ? undefined : loops.get(node.id);
    const of = byId.get(node.id ?? -1);
    if (loop === undefined || of === undefined) continue;
    const same = `${of.operands.join()} ${loop.length} ${loop.carries} ${loop.text}`;
    const known = results.get(same);
    if (known === undefined) results.set(same, { loop, operands: of.operands, boxes: [node] });
    else known.boxes.push(node);
  }
  if (results.size === 0) return drawing;

  const boxOfId = new Map(drawing.nodes.flatMap(({ id, key }) => (id === undefined ? [] : [[id, key] as const])));
  const before = new Map<string, DrawnNode[]>();
  const groupOf = new Map<string, string>();
  const groups: DrawnGroup[] = [];
  const edges: DrawnEdge[] = [];
  for (const { loop, operands, boxes } of results.values()) {
    const [first] = boxes;
    if (first === undefined) continue;
    const name = `loop ${first.name}`;
    const closed = turned.has(name) !== loop.body.nodes.length > MAX_BODY;
    const key = `l${first.key}`;
    const label = `loop × ${loop.length}${loop.carries > 0 ? ` · carries ${loop.carries}` : ""}`;
    groups.push({ key, name, kernel: null, label, kind: "loop", closed, box: first.key });
    if (closed) continue;
    for (const box of boxes) groupOf.set(box.key, key);
    const body = drawGraph(loop.body, fold);
    const ids = boxes.flatMap(({ ids }) => ids);
    const carried = new Map(loop.body.outputs.slice(0, loop.carries).map((id, at) => [id, at]));
    const inputs = loop.body.nodes.filter(({ op }) => op === "input");
    const titles = new Map(
      inputs.map(({ id, detail }) => [id, Number(detail) < loop.carries ? `carry ${detail}` : `slice ${Number(detail) - loop.carries}`]),
    );
    before.set(
      first.key,
      body.nodes.map(({ id, title, detail, hint, shape, width, height, key: own }) => {
        const back = carried.get(id ?? -1);
        const shown = `${titles.get(id ?? -1) ?? title}${back === undefined ? "" : ` → carry ${back}`}`;
        const room = Math.max(width, shown.length * 7.2 + 24);
        return {
          ...{ key: `${first.key}b${own}`, name: `${first.name} b${own}`, ids, title: shown, detail, shape, height, width: room },
          ...{ hint: `in the loop: ${hint}`, output: false, kernel: null, group: key },
        };
      }),
    );
    const inside = (id: number): string => `${first.key}bn${id}`;
    const drawn = new Set(body.nodes.map(({ id }) => id));
    for (const edge of body.edges) edges.push({ from: `${first.key}b${edge.from}`, to: `${first.key}b${edge.to}` });
    for (const { id, detail } of inputs) {
      const source = boxOfId.get(operands[Number(detail)] ?? -1);
      if (source !== undefined) edges.push({ from: source, to: inside(id) });
    }
    for (const box of boxes) {
      const result = loop.body.outputs[loops.get(box.id!)!.output];
      if (result !== undefined && drawn.has(result)) edges.push({ from: inside(result), to: box.key });
    }
  }
  const nodes = drawing.nodes.flatMap((node) => {
    const group = groupOf.get(node.key);
    if (group === undefined) return [node];
    const { output, carries } = loops.get(node.id!)!;
    const title = output < carries ? `carry ${output} at the end` : `stack ${output - carries}`;
    return [...(before.get(node.key) ?? []), { ...node, title, width: Math.max(node.width, title.length * 7.2 + 44), group }];
  });
  // What goes into an open loop goes to its body.
  const kept = drawing.edges.filter(({ to }) => !groupOf.has(to));
  return { nodes, edges: [...kept, ...edges], groups: [...drawing.groups, ...groups] };
}

/** Marks where a trace ended: the op that failed stands below all. */
export function withFailure(drawing: Drawing, { op, line }: { op: string; line?: number }): Drawing {
  const box = sized("failed", [], op, line === undefined ? "failed here" : `failed in line ${line}`, "failed");
  return { ...drawing, nodes: [...drawing.nodes, { ...box, name: "failed", kernel: null, group: null, output: false }] };
}

function isLeaf({ shape }: DrawnNode): boolean {
  return shape === "input" || shape === "constant";
}
