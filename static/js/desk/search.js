// Search while one types: the answer of the search page, shown under the field.
import { fetchPage } from "./live.js";

const PAUSE = 180; // milliseconds without a key before we ask

export const search = (root) => {
  const field = root.querySelector("[data-search]");
  const box = field && root.getElementById(field.dataset.search);
  if (!box) return;
  let timer;
  let asked = 0;
  const show = async () => {
    const words = field.value.trim();
    const mine = ++asked;
    if (words.length < 2) {
      box.hidden = true;
      box.replaceChildren();
      return;
    }
    try {
      const page = await fetchPage(`${field.form.action}?q=${encodeURIComponent(words)}`);
      if (mine !== asked) return; // a later question is on its way
      box.replaceChildren(...page.querySelector("[data-found]").childNodes);
      box.hidden = false;
    } catch {
      // Without the network the form itself says what is wrong.
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    show();
  });
};
