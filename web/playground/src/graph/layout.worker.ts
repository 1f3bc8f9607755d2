/** @file Lays out one graph at a time; it may be killed at any moment. */
import { placeNear } from "./place.ts";
import type { LayoutAnswer, LayoutAsk } from "./placement.ts";

self.onmessage = ({ data }: MessageEvent<LayoutAsk>) => {
  let answer: LayoutAnswer;
  try {
    answer = placeNear(data);
  } catch (thrown) {
    answer = { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  postMessage(answer);
};
