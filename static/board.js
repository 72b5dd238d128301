// A booking drawn across the days of a room with the mouse. A tap on one day is a link and needs nothing of this.
(() => {
  "use strict";
  let from = null, to = null;
  const cellOf = (node) => node?.closest?.(".plan td.day");
  const linked = (cell) => cell?.querySelector("a[href]");
  const between = () => {
    const cells = [...from.parentElement.querySelectorAll("td.day")];
    const [first, last] = [cells.indexOf(from), cells.indexOf(to)].sort((one, other) => one - other);
    return cells.slice(first, last + 1);
  };
  const show = (on) => document.querySelectorAll(".plan td.day").forEach((cell) => {
    cell.classList.toggle("chosen", on && cell.parentElement === from.parentElement && between().includes(cell));
  });
  document.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event.target);
    if (event.pointerType !== "mouse" || event.button !== 0 || !linked(cell)) return;
    from = to = cell;
  });
  document.addEventListener("pointerover", (event) => {
    const cell = cellOf(event.target);
    if (!from || !cell || cell.parentElement !== from.parentElement) return;
    to = cell;
    show(true);
  });
  document.addEventListener("pointerup", () => {
    if (!from) return;
    const cells = between(), drawn = cells.length > 1 && cells.every(linked);
    if (drawn) {
      const url = new URL(linked(cells[0]).href), end = new URL(linked(cells.at(-1)).href);
      url.searchParams.set("to_on", end.searchParams.get("to_on"));
      location.href = url;
    }
    show(false);
    from = to = null;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && from) { show(false); from = to = null; } });
  // What is drawn across is not dragged away as a link.
  document.addEventListener("dragstart", (event) => { if (cellOf(event.target)) event.preventDefault(); });
})();
