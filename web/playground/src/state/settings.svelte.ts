/**
 * @file What the page remembers between visits, in local storage: theme, device and the program being written. A browser that
 * refuses storage loses the memory, not the page.
 */
import type { DeviceChoice } from "../protocol.ts";

export type Theme = "system" | "light" | "dark";
export type Tab = "code" | "output" | "graph" | "kernels" | "cache";

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const TABS: readonly Tab[] = ["code", "output", "graph", "kernels", "cache"];
const DEVICES: readonly DeviceChoice[] = ["auto", "webgpu", "cpu"];

/** Edges between panes that can be moved. */
export type Split = "columns" | "graph" | "left" | "side";

/** The share of the first of two panes, in percent. */
export const DEFAULT_SHARES: Readonly<Record<Split, number>> = { columns: 34, graph: 55, left: 63, side: 63 };

function recallShares(): Record<Split, number> {
  const shares = { ...DEFAULT_SHARES };
  const words = (recall("panes") ?? "").split(" ");
  for (const [at, split] of (Object.keys(DEFAULT_SHARES) as Split[]).entries()) {
    const share = Number(words[at] ?? NaN);
    if (share >= 5 && share <= 95) shares[split] = share;
  }
  return shares;
}

/** Whether a text names a device: for what comes from links and storage. */
export function isDevice(text: unknown): text is DeviceChoice {
  return DEVICES.includes(text as DeviceChoice);
}

/** Whether a text names a pane. */
export function isTab(text: unknown): text is Tab {
  return TABS.includes(text as Tab);
}

/** What local storage calls something that is remembered. */
export const storageKey = (name: string): string => `interfuse.${name}`;

function recall(name: string): string | null {
  try {
    return localStorage.getItem(storageKey(name));
  } catch {
    return null;
  }
}

function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(storageKey(name));
    else localStorage.setItem(storageKey(name), value);
  } catch {
    // Storage is refused or full: nothing depends on it.
  }
}

class Settings {
  #theme = $state<Theme>(THEMES.find((theme) => theme === recall("theme")) ?? "system");
  #device = $state<DeviceChoice>(DEVICES.find((device) => device === recall("device")) ?? "auto");
  /** The pane shown where there is room for one only. */
  tab = $state<Tab>("code");
  /** Whether the passes stand where the kernels do. */
  passes = $state(false);
  /** Whether numbers and broadcasts are drawn inside of the boxes that use them. */
  fold = $state(true);
  /** Whether what a function of the program made stands together. */
  byFunction = $state(false);
  #shares = $state.raw<Readonly<Record<Split, number>>>(recallShares());
  #isSplit = $state(recall("graphs") === "two");
  /** Whether the graphs have the whole width beside the program. */
  wide = $state(false);

  get theme(): Theme {
    return this.#theme;
  }
  set theme(theme: Theme) {
    this.#theme = theme;
    remember("theme", theme === "system" ? null : theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  /** How the panes share the room. */
  get shares(): Readonly<Record<Split, number>> {
    return this.#shares;
  }
  setShare(split: Split, share: number): void {
    this.#shares = { ...this.#shares, [split]: share };
    const shares = Object.values(this.#shares);
    remember("panes", shares.every((one, at) => one === Object.values(DEFAULT_SHARES)[at]) ? null : shares.join(" "));
  }

  /** Whether the traced graph is shown beside the other. */
  get isSplit(): boolean {
    return this.#isSplit;
  }
  set isSplit(isSplit: boolean) {
    this.#isSplit = isSplit;
    remember("graphs", isSplit ? "two" : null);
  }

  get device(): DeviceChoice {
    return this.#device;
  }
  set device(device: DeviceChoice) {
    this.#device = device;
    remember("device", device === "auto" ? null : device);
  }

  /** The program as it was left; null when an example was left unchanged. */
  get draft(): string | null {
    return recall("draft");
  }
  set draft(code: string | null) {
    remember("draft", code);
  }
}

export const settings = new Settings();
