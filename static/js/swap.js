// Links inside [data-swap] fetch the next page and change only that region; on any trouble the browser simply goes there.
const fetchRegion = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { region: page.querySelector("[data-swap]"), title: page.title };
};

export const swap = (root, begin) => {
  const region = root.querySelector("[data-swap]");
  if (!region) return;
  const show = async (address) => {
    try {
      const fresh = await fetchRegion(address);
      if (!fresh.region) throw new Error("no region");
      region.replaceChildren(...fresh.region.childNodes);
      document.title = fresh.title;
      begin(region);
      return true;
    } catch {
      window.location.href = address;
      return false;
    }
  };
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-swap] a[href*='/tickets']");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const address = new URL(link.href);
    if (await show(address.pathname + address.search)) {
      history.pushState({}, "", address);
      const target = address.hash && document.querySelector(address.hash);
      if (target) {
        target.scrollIntoView();
        target.focus({ preventScroll: true });
      }
    }
  });
  window.addEventListener("popstate", () => show(window.location.pathname + window.location.search));
};
