// The scale and the evening list. Both work without this script; with it they are quick.
(() => {
  "use strict";
  const scale = () => document.getElementById("scale");
  const search = () => document.getElementById("f-q");
  const radios = () => [...document.querySelectorAll("#growers input[type=radio]")];
  let firstWanted = false;

  // ---- net weight while typing, in whole grams ----
  const thousandths = (text) => {
    const match = /^(\d{1,9})(?:\.(\d{0,3}))?$/.exec(text.trim().normalize("NFKC").replace(/[,\s\u202f]/g, "").replace("。", "."));
    return match ? Number(match[1]) * 1000 + Number((match[2] || "").padEnd(3, "0")) : null;
  };
  const spelled = (number) => (number / 1000).toFixed(number % 10 ? 3 : 2);
  const piece = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const showNet = () => {
    const output = document.getElementById("net");
    if (!output) return;
    const [gross, tare, deduction] = ["gross", "tare", "deduction"].map((name) => document.getElementById(`f-${name}`));
    const whole = thousandths(gross.value);
    const net = whole === null ? null : whole - (thousandths(tare.value) || 0) - (thousandths(deduction?.value || "") || 0);
    output.classList.toggle("odd", net !== null && net <= 0);
    if (net === null) output.replaceChildren(piece("span", "soft", output.dataset.none));
    else if (net <= 0) output.replaceChildren(piece("span", "", output.dataset.swapped));
    else {
      const kg = gross.dataset.weight === "kg";
      const unit = gross.parentElement.querySelector(".unit").textContent;
      output.replaceChildren(
        piece("b", "num", spelled(net)), piece("span", "unit", unit),
        piece("small", "other num", `${spelled(kg ? net * 2 : net / 2)} ${gross.dataset.other}`));
    }
  };

  // ---- the grower: type, Enter takes the first, arrows walk, a tap takes one ----
  const take = (radio) => {
    radio.checked = true;
    document.getElementById("growers").classList.add("taken");
    const gross = document.getElementById("f-gross");
    gross.focus();
    gross.select();
  };
  // On a slow line the list may still be that of fewer letters: whoever is first in it is not whom Enter means.
  const plain = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();
  const answered = () => plain(document.getElementById("growers").dataset.for) === plain(search().value);
  const takeFirst = () => {
    const [first] = answered() ? radios() : [];
    firstWanted = !first;
    if (first) take(first);
  };
  // And an answer that comes after somebody was taken would lose them again.
  document.addEventListener("htmx:before:swap", (event) => {
    const late = event.detail.ctx.sourceElement === search() && document.querySelector("#growers.taken");
    if (late) event.preventDefault();
  });
  document.addEventListener("input", (event) => {
    if (!scale() || event.target !== search()) return;
    firstWanted = false;
    document.getElementById("growers").classList.remove("taken");
  });
  document.addEventListener("keydown", (event) => {
    const found = radios();
    if (event.target === search()) {
      if (event.key === "Enter") { event.preventDefault(); if (search().value.trim()) takeFirst(); }
      if (event.key === "ArrowDown" && found.length) { event.preventDefault(); found[0].focus(); }
    } else if (found.includes(event.target) && event.key === "Enter") {
      event.preventDefault();
      take(event.target);
    }
  });
  document.addEventListener("click", (event) => {
    // Arrow keys click radios too, but with no pointer behind it.
    const radio = event.target.closest?.(".candidate")?.querySelector("input[type=radio]");
    if (radio && event.detail > 0 && !event.target.closest("select")) take(radio);
    if (event.target.closest?.("[data-again]")) scale()?.querySelector("button[type=submit].primary")?.click();
  });

  // A card that was scanned and found is as good as a tap.
  document.addEventListener("scanned", (event) => { if (radios().includes(event.target)) take(event.target); });

  // ---- bad signal: what was typed stays, and the same form goes again under the same id ----
  const offline = (is) => { const note = scale()?.querySelector(".offline"); if (note) note.hidden = !is; };
  document.addEventListener("htmx:error", () => {
    if (!scale()) return;
    offline(true);
    document.getElementById("alerts").textContent = ""; // said beside the button instead
  });
  document.addEventListener("htmx:before:request", () => offline(false));

  // ---- the evening list: Enter and arrows walk the column, a pasted table fills the cells ----
  const cells = (row) => [...row.querySelectorAll("input:not([type=hidden])")];
  const rows = () => [...document.querySelectorAll("#list tbody tr")];
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("#list tbody tr");
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!row || !step || event.target.list && event.key !== "Enter") return;
    event.preventDefault();
    const next = rows()[rows().indexOf(row) + step];
    if (next) { const cell = cells(next)[cells(row).indexOf(event.target)]; cell?.focus(); cell?.select(); }
  });
  document.addEventListener("paste", (event) => {
    const row = event.target.closest?.("#list tbody tr");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!row || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const all = rows();
    const column = cells(row).indexOf(event.target);
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
      const target = all[all.indexOf(row) + down];
      if (target) line.split("\t").forEach((value, across) => { const cell = cells(target)[column + across]; if (cell) cell.value = value.trim(); });
    });
    addUp();
  });
  const addUp = () => {
    const total = document.getElementById("list-total");
    if (!total) return;
    let sum = 0, count = 0;
    rows().forEach((row) => {
      const [gross, tare, deduction] = ["gross", "tare", "deduction"].map((name) => thousandths(row.querySelector(`[name$="-${name}"]`)?.value || ""));
      const net = gross === null ? 0 : gross - (tare || 0) - (deduction || 0);
      const shown = row.querySelector("output");
      if (shown) shown.textContent = net > 0 ? spelled(net) : "";
      if (net > 0) { sum += net; count += 1; }
    });
    total.textContent = count ? `${count} · ${spelled(sum)} ${total.dataset.unit}` : "";
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#scale")) showNet();
    if (event.target.closest?.("#list")) addUp();
  });
  const dress = () => {
    showNet();
    addUp();
    if (firstWanted) takeFirst();
  };
  let form = null;
  document.addEventListener("DOMContentLoaded", () => { form = scale(); dress(); });
  document.addEventListener("htmx:after:settle", () => {
    dress();
    if (scale() === form) return;
    // A saved slip leaves a fresh form: on to the next grower.
    form = scale();
    if (form && !document.querySelector("[aria-invalid=true]")) {
      search().focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  });
})();
