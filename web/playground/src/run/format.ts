/**
 * @file What a console makes of its arguments before they are laid out: the `%s`, `%d`, `%o`, `%c` of a first string, and the rows and
 * columns of `console.table`. As the Console Standard says (https://console.spec.whatwg.org), without styles.
 */

/** More of a table is not shown. */
const MAX_ROWS = 100;
const MAX_COLUMNS = 20;
const MAX_CELL = 200;

export interface Table {
  readonly columns: string[];
  readonly rows: string[][];
  /** Rows and columns that are not shown. */
  readonly more: string;
}

/** The arguments with those that the first one asks for put into it. `write` writes a value that is not a string. */
export function formatted(args: readonly unknown[], write: (value: unknown) => string): unknown[] {
  const [first, ...rest] = args;
  if (typeof first !== "string" || rest.length === 0) return [...args];
  const text = first.replace(/%[sdifoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    if (rest.length === 0) return directive;
    const value = rest.shift();
    switch (directive) {
      case "%c":
        return "";
      case "%d":
      case "%i":
        return typeof value === "symbol" ? "NaN" : String(Math.trunc(Number(value)));
      case "%f":
        return typeof value === "symbol" ? "NaN" : String(Number(value));
      default:
        return typeof value === "string" ? value : write(value);
    }
  });
  return [text, ...rest];
}

/** The table of an array, a Map or an object: a row per entry, a column per key of the entries. Undefined for what has no entries. */
export function tabulated(data: unknown, write: (value: unknown) => string): Table | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const all: [unknown, unknown][] = data instanceof Map ? [...data] : Object.entries(data);
  const entries = all.slice(0, MAX_ROWS);
  const keys = new Set<string>();
  let hasValues = false;
  for (const [, value] of entries) {
    const inner = innerOf(value);
    if (inner === undefined) hasValues = true;
    else for (const key of Object.keys(inner)) keys.add(key);
  }
  const columns = [...keys].slice(0, MAX_COLUMNS);
  const cell = (value: unknown): string => {
    const text = typeof value === "string" ? value : write(value);
    return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
  };
  const rows = entries.map(([index, value]) => {
    const inner = innerOf(value) as Record<string, unknown> | undefined;
    const cells = columns.map((key) => (inner !== undefined && Object.hasOwn(inner, key) ? cell(inner[key]) : ""));
    return [cell(index), ...cells, ...(hasValues ? [inner === undefined ? cell(value) : ""] : [])];
  });
  const more = [
    ...(all.length > rows.length ? [`${all.length - rows.length} rows more`] : []),
    ...(keys.size > columns.length ? [`${keys.size - columns.length} columns more`] : []),
  ];
  return { columns: ["", ...columns.map(cell), ...(hasValues ? ["value"] : [])], rows, more: more.join(", ") };
}

/** What has columns of its own: plain objects and arrays. */
function innerOf(value: unknown): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype ? value : undefined;
}
