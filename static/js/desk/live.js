// Parts of a page marked data-live="seconds" are fetched anew and replaced where they changed.
export const fetchPage = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (answer.redirected) window.location.reload(); // signed out meanwhile
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// What a reader has opened stays open.
const keepOpen = (region, fresh) => {
  const open = [...region.querySelectorAll("details")].map((one) => one.open);
  [...fresh.querySelectorAll("details")].forEach((one, n) => (one.open = open[n] ?? one.open));
};

export const replace = (region, fresh) => {
  if (!fresh || region.textContent === fresh.textContent) return false;
  keepOpen(region, fresh);
  region.replaceChildren(...fresh.childNodes);
  return true;
};

export const live = (root, begin) => {
  const regions = [...root.querySelectorAll("[data-live]")];
  const stale = root.querySelector("[data-stale]");
  if (!regions.length) return;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const page = await fetchPage(window.location.href);
      const fresh = page.querySelectorAll("[data-live]");
      regions.forEach((region, n) => {
        if (!region.contains(document.activeElement) && replace(region, fresh[n])) begin(region);
      });
      if (stale) stale.hidden = true;
    } catch {
      if (stale) stale.hidden = false;
    }
  };
  const seconds = Math.min(...regions.map((region) => Number(region.dataset.live)));
  setInterval(refresh, seconds * 1000);
  document.addEventListener("visibilitychange", refresh);
};
