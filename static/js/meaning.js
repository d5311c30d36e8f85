// While one changes numbers, the server says what the change would mean: the parts of the page that tell it come anew.
const WAIT = 250; // milliseconds after the last press
const CARRIED = /^(slot|q-\d+-\d+)$/;

const ask = async (form, asked) => {
  const fields = [...new FormData(form)].filter(([name]) => CARRIED.test(name));
  try {
    const answer = await fetch(`${form.dataset.meaning}?${new URLSearchParams(fields)}`, { credentials: "same-origin" });
    if (!answer.ok || form.dataset.asked !== asked) return; // it has changed meanwhile
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-told]")) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  } catch {
    // Without an answer what was told stays; the press tells what it means by now, and asks.
  }
};

export const meanings = (root) => {
  let timer = 0;
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-meaning]");
    if (!form || !CARRIED.test(event.target.name)) return;
    clearTimeout(timer);
    const asked = String(Number(form.dataset.asked ?? 0) + 1);
    form.dataset.asked = asked;
    timer = setTimeout(() => ask(form, asked), WAIT);
  });
};
