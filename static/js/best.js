// While one chooses, the server says which tickets would let the same people in for less; one press writes them into the fields.
const WAIT = 250; // milliseconds after the last press
const CARRIED = /^(slot|party|q-\d+-\d+)$/;

const put = (form, place, words) => {
  const said = new DOMParser().parseFromString(words, "text/html").body;
  const sum = said.querySelector("[data-sum-words]");
  if (sum) {
    form.querySelector("[data-sum-words]")?.replaceChildren(...sum.childNodes);
    sum.remove();
  }
  place?.replaceChildren(...said.childNodes);
};

// Without a place only the sum is written.
const ask = async (form, place, asked) => {
  const fields = [...new FormData(form)].filter(([name]) => CARRIED.test(name));
  try {
    const answer = await fetch(`${form.dataset.best}?${new URLSearchParams(fields)}`, { credentials: "same-origin" });
    const words = answer.ok ? await answer.text() : "";
    if (form.dataset.asked !== asked) return; // it has changed meanwhile
    put(form, place, words);
  } catch {
    // Without an answer what was said stays as it is: the sum on the next page is right anyway.
  }
};

export const bestPrice = (root) => {
  let timer = 0;
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-best]");
    const place = form?.querySelector("[data-best-place]");
    if (!place) return;
    clearTimeout(timer);
    const asked = String(Number(form.dataset.asked ?? 0) + 1);
    form.dataset.asked = asked;
    timer = setTimeout(() => ask(form, place, asked), WAIT);
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-fields]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const form = link.closest("form");
    const place = link.closest("[data-best-place]");
    for (const [name, many] of Object.entries(JSON.parse(link.dataset.fields))) {
      const input = form.elements.namedItem(name);
      if (input) input.value = String(many);
    }
    const done = document.createElement("p");
    done.className = "taken";
    done.textContent = link.dataset.taken;
    place.replaceChildren(done);
    place.focus({ preventScroll: true });
    form.dataset.asked = String(Number(form.dataset.asked ?? 0) + 1); // no older answer overwrites this
    form.dispatchEvent(new CustomEvent("counted"));
    if ("lowers" in form.dataset) ask(form, null, form.dataset.asked);
  });
};
