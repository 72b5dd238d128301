// pepperchain's own script. Pages work without it: it makes them quicker and a double tap harmless.
(() => {
  "use strict";
  const wide = matchMedia("(min-width: 60rem)");

  // A form is sent once: its button rests until the answer is there, and again when the page comes back from history.
  const rest = (form) => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; });
  const wake = (root) => root.querySelectorAll("button[type=submit]:disabled").forEach((button) => { button.disabled = false; });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || event.defaultPrevented && !form.matches("[hx-post], [hx-put]")) return;
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => rest(form));
  });
  document.addEventListener("htmx:finally:request", () => wake(document));
  addEventListener("pageshow", () => wake(document));

  // The other unit beneath a weight while it is typed, in whole hundredths so that nothing is rounded away.
  const hundredths = (text) => {
    const match = /^(\d{1,9})(?:\.(\d{0,3}))?$/.exec(text.normalize("NFKC").replace(/[,\s\u202f]/g, "").replace("。", "."));
    return match ? Number(match[1]) * 1000 + Number((match[2] || "").padEnd(3, "0")) : null;
  };
  const spelled = (thousandths) => (thousandths / 1000).toFixed(thousandths % 10 ? 3 : 2);
  const otherUnit = (input) => {
    const output = document.querySelector(`output[for="${CSS.escape(input.id)}"]`);
    const typed = hundredths(input.value.trim());
    if (output) output.textContent = typed === null ? "" :
      `${spelled(input.dataset.weight === "kg" ? typed * 2 : typed / 2)} ${input.dataset.other}`;
  };
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-weight]")) otherUnit(event.target); });

  // Folded on a phone, open where there is room.
  const unfold = () => document.querySelectorAll("details[data-wide-open]").forEach((sheet) => { if (wide.matches) sheet.open = true; });
  wide.addEventListener("change", unfold);

  // A detail that would go to the side panel is a page of its own where there is no side.
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail?.ctx;
    const link = ctx?.sourceElement?.closest?.("a[href]");
    if (link && ctx.target?.classList?.contains("side") && !wide.matches) {
      event.preventDefault();
      location.href = link.href;
    }
  });

  // An address says what was chosen, not what was left blank.
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail?.ctx?.request;
    if (request?.method !== "GET" || !(request.body instanceof FormData || request.body instanceof URLSearchParams)) return;
    const there = new URL(request.action, document.baseURI).searchParams;
    for (const [name, value] of [...request.body]) {
      if (value === "" && request.body.getAll(name).length === 1 && !there.has(name)) request.body.delete(name);
    }
  });

  // A card is scanned where there is a camera to ask for; what reads it is loaded when somebody first wants it.
  const scan = (button) => {
    const { script, broken } = document.querySelector("#scanner .camera").dataset;
    import(script).then((scanner) => scanner.open(button), () => { document.getElementById("alerts").textContent = broken; });
  };

  // What a field holds, into the clipboard; where the browser forbids that it is selected at least.
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    source.select();
    try { await navigator.clipboard.writeText(source.value); } catch { if (!document.execCommand("copy")) return; }
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest?.("[data-print]")) print();
    const scanning = event.target.closest?.("[data-scan]");
    if (scanning) scan(scanning);
    const copier = event.target.closest?.("[data-copy]");
    if (copier) copy(copier);
    const revealer = event.target.closest?.("[data-reveal]");
    if (revealer) {
      const shown = revealer.getAttribute("aria-pressed") !== "true";
      revealer.setAttribute("aria-pressed", shown);
      document.getElementById(revealer.dataset.reveal).type = shown ? "text" : "password";
    }
    if (event.target.matches?.("dialog")) event.target.close();
  });

  // A request that never came through is said where the page keeps such words.
  document.addEventListener("htmx:error", () => {
    const alerts = document.getElementById("alerts");
    if (alerts) alerts.textContent = alerts.dataset.offline;
  });

  const dress = () => {
    unfold();
    document.querySelectorAll("[data-weight]").forEach(otherUnit);
    document.querySelectorAll("[data-reveal], [data-copy]").forEach((button) => { button.hidden = false; });
    if (navigator.mediaDevices?.getUserMedia) document.querySelectorAll("[data-scan]").forEach((button) => { button.hidden = false; });
    const tab = document.querySelector(".tabs [aria-current]");
    if (tab) tab.closest(".tabs").scrollLeft = tab.offsetLeft - 48; // the chosen one is seen, and that there is more before it
  };
  const toTheFirstMistake = () => {
    const wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong)?.focus();
  };
  document.addEventListener("DOMContentLoaded", () => { dress(); toTheFirstMistake(); });
  document.addEventListener("htmx:after:swap", (event) => {
    dress();
    if (event.detail?.ctx?.response?.status === 422) toTheFirstMistake();
  });
})();
