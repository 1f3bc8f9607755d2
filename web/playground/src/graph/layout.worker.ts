/** @file Lays out one graph at a time; it may be killed at any moment. */
import { place } from "./place.ts";
import type { LayoutAnswer, LayoutRequest } from "./placement.ts";

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  let answer: LayoutAnswer;
  try {
    answer = { placement: place(data) };
  } catch (thrown) {
    answer = { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  postMessage(answer);
};
