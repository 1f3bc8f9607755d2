/**
 * @file Pointer and fingers on a drawing: dragging moves it, the wheel with Ctrl and two fingers zoom where they are. The end of a drag is
 * no click.
 */
import type { Attachment } from "svelte/attachments";
import type { Point } from "./placement.ts";

/** A pointer that moves so far drags. */
const DRAG = 4;

/** Listens on a scrolled element; `zoomBy` is told a factor and the point of the element that stays where it is. */
export function gestures(zoomBy: (factor: number, at: Point) => void): Attachment<HTMLElement> {
  return (element) => {
    const inside = (clientX: number, clientY: number): Point => {
      const { left, top } = element.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };

    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 300), inside(event.clientX, event.clientY));
    };

    /** How far apart two fingers were. */
    let apart = 0;
    const fingers = (event: TouchEvent): void => {
      const [a, b] = event.touches;
      if (a === undefined || b === undefined) return void (apart = 0);
      event.preventDefault();
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (apart > 0 && now > 0) zoomBy(now / apart, inside((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2));
      apart = now;
    };
    const fingersEnd = (): void => void (apart = 0);

    let dragged: { x: number; y: number; left: number; top: number; moved: boolean } | null = null;
    const down = (event: PointerEvent): void => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      dragged = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop, moved: false };
    };
    const move = (event: PointerEvent): void => {
      if (dragged === null) return;
      if (event.buttons === 0) return void (dragged = null);
      dragged.moved ||= Math.abs(event.clientX - dragged.x) + Math.abs(event.clientY - dragged.y) > DRAG;
      if (dragged.moved) element.scrollTo(dragged.left + dragged.x - event.clientX, dragged.top + dragged.y - event.clientY);
    };
    const click = (event: MouseEvent): void => {
      if (dragged?.moved) event.stopPropagation();
      dragged = null;
    };

    const ending = new AbortController();
    const { signal } = ending;
    // Those that prevent the page's own zoom must not be passive.
    element.addEventListener("wheel", wheel, { passive: false, signal });
    element.addEventListener("touchmove", fingers, { passive: false, signal });
    element.addEventListener("touchend", fingersEnd, { signal });
    element.addEventListener("pointerdown", down, { signal });
    window.addEventListener("pointermove", move, { signal });
    element.addEventListener("click", click, { capture: true, signal });
    return () => ending.abort();
  };
}
