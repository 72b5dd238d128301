// Checks what a receipt says for itself against the published key, in this page alone. The words are the page's.
const form = document.querySelector("#verify");
const verdict = document.querySelector("#verdict");
const said = document.querySelector("#said");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

// Where the browser knows no Ed25519, a checker of our own is loaded at once: once the page is open, it asks for nothing more.
const own = async (key) => {
  const checked = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return (signature, message) => crypto.subtle.verify({ name: "Ed25519" }, checked, signature, message);
};
const carried = async (key) => {
  const { verifyAsync } = await import(new URL(form.dataset.checker, document.baseURI));
  return (signature, message) => verifyAsync(signature, message, key, { zip215: false });
};
const checker = own(bytes(form.dataset.key)).catch(() => carried(bytes(form.dataset.key)));
checker.catch(() => {}); // told when something is to be checked

const judge = async (typed) => {
  const statement = (typed.split("#s=")[1] ?? typed).trim();
  const [text, signature, more] = statement.split(".");
  let message, parts;
  try {
    message = bytes(text);
    parts = new TextDecoder("utf-8", { fatal: true }).decode(message).split("|");
    if (more !== undefined || parts[0] !== "pepper1" || parts.length !== 10 || bytes(signature).length !== 64) return ["broken"];
  } catch { return ["broken"]; }
  if (parts[1] !== form.dataset.keyName) return ["foreign"];
  let fits;
  try {
    fits = await (await checker)(bytes(signature), message);
  } catch { return ["unable"]; }
  return fits ? ["genuine", parts] : ["forged"];
};

const show = async (typed) => {
  const [found, parts] = await judge(typed);
  verdict.className = `note ${found === "genuine" ? "good" : "bad"}`;
  verdict.dataset.found = found;
  verdict.textContent = form.dataset[found];
  said.hidden = !parts;
  for (const place of said.querySelectorAll("[data-at]")) place.textContent = parts ? parts[place.dataset.at] : "";
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(form.elements.code.value);
});
const fromAddress = () => {
  if (location.hash.startsWith("#s=")) {
    form.elements.code.value = location.hash;
    show(location.hash);
  }
};
addEventListener("hashchange", fromAddress);
fromAddress();
