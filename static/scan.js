// Reads a household's card with the camera; loaded when somebody presses the button. The words are the page's.
const box = () => document.querySelector("#scanner .camera");
const say = (what) => { box().querySelector("[role=status]").textContent = box().dataset[what]; };
const PAUSE_MS = 120;
const PATIENCE_MS = 10000;

// The last digit proves the others, so that a misread code and one of something else are both noticed.
const isCard = (text) => /^\d{8,12}$/.test(text) &&
  [...text].reverse().reduce((sum, sign, place) => sum + (place % 2 ? (Number(sign) * 2 % 10) + (sign > "4") : Number(sign)), 0) % 10 === 0;

// The browser's own reader where it has one, else ours from a picture of the moment.
const reader = async () => {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => []) || [];
  if (formats.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
  }
  const { decodeQR } = await import(new URL(box().dataset.decoder, document.baseURI));
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (!canvas.width) return undefined;
    paper.drawImage(video, 0, 0);
    try { return decodeQR(paper.getImageData(0, 0, canvas.width, canvas.height)); } catch { return undefined; }
  };
};

const camera = async () => {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch (error) {
    say(["NotAllowedError", "SecurityError"].includes(error.name) ? "refused" : "absent");
    return null;
  }
};

// Whoever the page finds by the number is chosen, as by a tap. Typing something else instead ends the wait.
const choose = (number) => {
  let ended = false;
  const look = () => {
    const found = !ended && document.querySelector(`[data-card="${number}"]`);
    if (!found) return;
    end();
    if (found.matches("input")) found.dispatchEvent(new CustomEvent("scanned", { bubbles: true }));
    else found.click();
  };
  const typed = (event) => { if (event.isTrusted) end(); };
  const end = () => {
    ended = true;
    document.removeEventListener("htmx:after:settle", look);
    document.removeEventListener("input", typed);
  };
  document.addEventListener("htmx:after:settle", look);
  document.addEventListener("input", typed);
  setTimeout(end, PATIENCE_MS);
  look();
};

const deliver = (button, number) => {
  const fields = [...document.querySelectorAll(button.dataset.scan)];
  const field = fields.length > 1 ? fields.find((each) => !each.value) || fields.at(-1) : fields[0];
  field.value = number;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (fields.length > 1) field.closest("tr").querySelector("[name$=-gross]").focus();
  else {
    field.focus();
    choose(number);
  }
};

export const open = async (button) => {
  const dialog = document.getElementById("scanner");
  const video = box().querySelector("video");
  say("waiting");
  dialog.showModal();
  const stream = await camera();
  if (!stream) return;
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  if (!dialog.open) { stop(); return; }
  dialog.addEventListener("close", stop, { once: true });
  video.srcObject = stream;
  let read;
  try {
    [read] = await Promise.all([reader(), video.play()]);
  } catch {
    if (dialog.open) say("broken");
    stop();
    return;
  }
  say("hold");
  while (dialog.open) {
    const text = await read(video);
    if (dialog.open && text && isCard(text)) {
      dialog.close();
      deliver(button, text);
      return;
    }
    if (text) say("foreign");
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
};
