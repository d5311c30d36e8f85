// Says while an agreement code is typed whether there is one; without scripting the page says it when it is sent.
const PAUSE = 600; // milliseconds; tries are limited

const ask = async (address, code, token) => {
  const answer = await fetch(address, {
    method: "POST",
    body: new URLSearchParams({ code, csrf_token: token }),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  });
  const isOurs = answer.ok || answer.status === 404;
  return isOurs ? answer.json() : { text: "" };
};

export const codes = (root) => {
  const place = root.querySelector("[data-code]");
  if (!place) return;
  const field = place.querySelector("input");
  const said = place.querySelector("[data-said]");
  const token = place.closest("form").elements.csrf_token.value;
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    said.textContent = "";
    const code = field.value.trim();
    if (code.length < 4) return;
    waiting = setTimeout(async () => {
      try {
        said.textContent = (await ask(place.dataset.code, code, token)).text;
      } catch {
        said.textContent = "";
      }
    }, PAUSE);
  });
};
