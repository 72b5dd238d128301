// Checks what a receipt says for itself against the published key, in this page alone. The words are the page's.
const form = document.querySelector("#verify");
const verdict = document.querySelector("#verdict");
const said = document.querySelector("#said");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

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
  let key;
  try {
    key = await crypto.subtle.importKey("raw", bytes(form.dataset.key), { name: "Ed25519" }, false, ["verify"]);
  } catch { return ["unable"]; }
  const fits = await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(signature), message);
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
