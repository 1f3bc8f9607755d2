/**
 * @file What the program of the last run drew. Points are appended to columns in place, for there may be many; `points` counts them,
 * and is what panes watch.
 */
import type { FigureMessage } from "../protocol.ts";

export class ChartFigure {
  readonly kind = "chart";
  points = $state(0);
  /** x, then one column per curve. */
  readonly columns: number[][];

  constructor(
    readonly id: number,
    readonly title: string,
    readonly x: string,
    readonly curves: readonly string[],
  ) {
    this.columns = [[], ...curves.map(() => [])];
  }

  append(rows: readonly number[][]): void {
    for (const row of rows) this.columns.forEach((column, at) => column.push(row[at]!));
    this.points += rows.length;
  }
}

export interface ImageFigure {
  readonly kind: "image";
  readonly id: number;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

class Figures {
  all = $state.raw<readonly (ChartFigure | ImageFigure)[]>([]);
  progress = $state.raw<{ done: number; of: number; label: string } | null>(null);

  clear(): void {
    this.all = [];
    this.progress = null;
  }

  receive(message: FigureMessage): void {
    switch (message.kind) {
      case "chart":
        this.all = [...this.all, new ChartFigure(message.id, message.title, message.x, message.curves)];
        break;
      case "points": {
        const chart = this.all.find(({ id }) => id === message.id);
        if (chart?.kind === "chart") chart.append(message.rows);
        break;
      }
      case "image": {
        const at = this.all.findIndex(({ id }) => id === message.id);
        this.all = at === -1 ? [...this.all, message] : this.all.with(at, message);
        break;
      }
      case "progress":
        this.progress = message;
        break;
      default:
        message satisfies never;
    }
  }
}

export const figures = new Figures();
