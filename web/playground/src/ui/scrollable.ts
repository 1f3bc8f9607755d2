/**
 * @file What scrolls can be scrolled by keyboard: an element that holds more than it shows, and nothing that takes the focus, takes it
 * itself. Browsers differ in whether they do that on their own.
 */
import type { Attachment } from "svelte/attachments";

const FOCUSABLE = 'a[href], button, input, select, summary, [contenteditable="true"], [tabindex="0"]';

export const scrollable: Attachment<HTMLElement> = (element) => {
  // Called when the element or what is in it changes its size: then the layout is known already.
  const sizes = new ResizeObserver(() => {
    const overflows = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    if (overflows && element.querySelector(FOCUSABLE) === null) element.setAttribute("tabindex", "0");
    else element.removeAttribute("tabindex");
  });
  const watch = (): void => {
    sizes.disconnect();
    for (const one of [element, ...element.children]) sizes.observe(one);
  };
  const children = new MutationObserver(watch);
  children.observe(element, { childList: true });
  watch();
  return () => {
    children.disconnect();
    sizes.disconnect();
  };
};
