// Before the first paint, so that a chosen theme does not flash in the other one. A file, because the page's policy allows no inline
// script.
try {
  const theme = localStorage.getItem("interfuse.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {}
