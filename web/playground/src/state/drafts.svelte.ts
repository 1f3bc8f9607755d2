/**
 * @file Programs that the person wrote and then left for another: kept in local storage, the latest first, so that none is lost.
 */
export interface Draft {
  code: string;
  /** When it was left, in milliseconds since 1970. */
  at: number;
}

const NAME = "interfuse.drafts";
const MAX_DRAFTS = 20;
/** For all but the latest: a browser gives a site room for some millions. */
const MAX_CHARACTERS = 400_000;

class Drafts {
  all = $state.raw<readonly Draft[]>(recall());

  constructor() {
    // What another tab keeps is there too.
    addEventListener("storage", ({ key }) => {
      if (key === NAME) this.all = recall();
    });
  }

  /** Keeps a program; one that is there already comes to the front. */
  keep(code: string): void {
    if (code.trim() === "") return;
    this.all = withDraft(this.all, { code, at: Date.now() });
    try {
      localStorage.setItem(NAME, JSON.stringify(this.all));
    } catch {
      // Storage is refused or full: they are there until the page is closed.
    }
  }
}

/** Drafts with one more in front; those for which there is no room then are left out. */
function withDraft(drafts: readonly Draft[], draft: Draft): Draft[] {
  let room = MAX_CHARACTERS;
  const others = drafts.filter(({ code }) => {
    if (code === draft.code || code.length > room) return false;
    room -= code.length;
    return true;
  });
  return [draft, ...others].slice(0, MAX_DRAFTS);
}

/** What was kept, as far as it can be read. */
function recall(): Draft[] {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    if (!Array.isArray(all)) return [];
    return all.flatMap((draft: Partial<Draft> | null) =>
      typeof draft?.code === "string" && typeof draft.at === "number" ? [{ code: draft.code, at: draft.at }] : [],
    );
  } catch {
    return [];
  }
}

/** What a draft is called in a list: its first line that says something, and when it was left. */
export function draftTitle({ code, at }: Draft): string {
  const lines = code.split("\n").map((line) => line.replace(/^\s*\/\/\s*/, "").trim());
  const line = lines.find((text) => text !== "" && !/^import\b|^await init\(/.test(text)) ?? lines[0] ?? "";
  const when = new Date(at).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return `${line.length > 40 ? `${line.slice(0, 39)}…` : line} · ${when}`;
}

export const drafts = new Drafts();
