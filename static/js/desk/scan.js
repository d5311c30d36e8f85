// The page at the door: one field, one camera, one answer; goes on alone when the network is gone.
import { camera } from "./camera.js";
import { fetchPage, replace } from "./live.js";
import { checkAlone, hasList, takeList } from "./offline.js";
import { play } from "./sound.js";
import { device, letGo, newMark, waiting } from "./store.js";

const SAME_AGAIN = 4000; // milliseconds in which a code held before the camera counts as shown once
const FAST = 35; // milliseconds a key: faster than people type
const LIST_EVERY = 60_000;
const TRY_EVERY = 4000;
const TROUBLES_EVERY = 15_000;
const PATIENCE = 5000; // milliseconds for an answer before the network counts as gone

export const scan = (page) => {
  const form = page.querySelector("[data-scan-form]");
  const field = form.elements.code;
  const answers = page.querySelector("[data-answer]");
  const texts = Object.fromEntries([...page.querySelectorAll("[data-texts] li")].map((one) => [one.dataset.key, one.textContent]));
  let alone = false;
  let keys = [];

  const token = () => form.elements.csrf_token.value;
  // Who was signed out meanwhile is sent to sign in; what is kept here stays kept.
  const ask = async (address, options) => {
    const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });
    if (answer.redirected) window.location.reload();
    return answer;
  };
  const post = () => Number(form.elements.post.value) || null;
  const ready = () => {
    field.value = "";
    keys = [];
    if (!page.querySelector("[data-camera-box]").checkVisibility?.()) field.focus({ preventScroll: true });
  };

  const say = (verdict) => {
    if (page.querySelector("[data-sound]").checked) play(verdict);
    answers.scrollIntoView({ block: "nearest" });
  };

  const show = (html) => {
    const made = new DOMParser().parseFromString(html, "text/html").querySelector(".answer");
    if (!made) throw new Error("no answer");
    for (const token of made.querySelectorAll("[name=csrf_token]")) token.value = form.elements.csrf_token.value;
    answers.replaceChildren(made);
    say(made.dataset.verdict);
  };

  const showAlone = (result) => {
    const made = page.querySelector("[data-local]").content.cloneNode(true).firstElementChild;
    const part = (name) => made.querySelector(`[data-${name}]`);
    made.classList.add(result.verdict);
    made.dataset.verdict = result.verdict;
    part("word").textContent = texts[result.verdict];
    part("count").textContent = result.verdict === "welcome" ? result.people : "";
    part("lines").replaceChildren(...result.lines.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    part("note").textContent = result.verdict === "welcome" ? texts.marked : result.verdict === "unknown" ? texts.unknown_note : "";
    part("reference").textContent = result.reference;
    part("sign").textContent = result.verdict === "welcome" ? "✓" : "!";
    if (result.verdict === "welcome") result.letIn(result.people);
    else if (result.letIn) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: texts.let_in });
      const row = Object.assign(document.createElement("div"), { className: "row" });
      const question = Object.assign(document.createElement("strong"), { role: "alert" });
      let askedFor = 0; // beyond what is booked: one press asks, one more lets in
      let came = () => result.people;
      if (result.verdict === "ask") {
        const words = Object.assign(document.createElement("label"), { textContent: texts.how_many });
        const number = Object.assign(document.createElement("input"), { type: "number", inputMode: "numeric", min: 1, max: 500, value: result.people });
        words.append(" ", number);
        row.append(words);
        button.className = "";
        button.textContent = texts.let_in_now;
        number.addEventListener("input", () => {
          askedFor = 0;
          question.textContent = "";
          button.textContent = texts.let_in_now;
        });
        came = () => (number.checkValidity() ? Number(number.value) : number.reportValidity() && 0);
      }
      button.addEventListener("click", () => {
        const people = came();
        if (!people) return;
        const many = result.verdict === "ask" && result.tooMany(people);
        if (many && askedFor !== people) {
          askedFor = people;
          question.textContent = texts.more.replaceAll("{came}", many.came).replaceAll("{booked}", many.booked);
          button.textContent = texts.let_all_in;
          return;
        }
        result.letIn(people);
        if (result.verdict === "ask") part("count").textContent = people;
        row.replaceWith(texts.marked);
        count();
      });
      row.append(question, button);
      made.append(row);
    }
    answers.replaceChildren(made);
    say(result.verdict);
    count();
  };

  const count = () => {
    const words = page.querySelector("[data-waiting]");
    const number = waiting().reduce((sum, one) => sum + one.people, 0);
    words.textContent = number ? `${words.dataset.words} ${number}` : "";
  };

  const setAlone = (now) => {
    alone = now;
    page.querySelector("[data-offline]").hidden = !alone || !hasList();
    page.querySelector("[data-no-list]").hidden = !alone || hasList();
    count();
  };

  const check = async (text, way) => {
    // One mark for both ways: what the server heard although its answer was lost counts once.
    const mark = newMark();
    if (!alone) {
      const sent = new FormData(form);
      sent.set("code", text);
      sent.set("way", way);
      sent.set("mark", mark);
      sent.set("device", device());
      sent.set("part", "answer");
      try {
        const answer = await ask(page.dataset.scan, { method: "POST", body: sent });
        if (answer.redirected) return undefined;
        if (answer.status < 500 && answer.status !== 400) return show(await answer.text());
        if (answer.status === 400) return window.location.reload(); // the page is from another day
      } catch {
        // The network, or a server that does not answer: alone from here on.
      }
      setAlone(true);
    }
    showAlone(await checkAlone(text, post(), mark));
  };

  const sendLater = async () => {
    const kept = waiting().slice(0, 100);
    if (!kept.length) return;
    const answer = await ask(page.dataset.later, {
      method: "POST",
      body: JSON.stringify(kept),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "X-Device": device() },
    });
    if (answer.status === 400) await refresh(); // the page's token was too old; the next try has a fresh one
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    letGo((await answer.json()).answers.map((one) => one.mark));
    count();
    await refresh();
    if (waiting().length) await sendLater();
  };

  // What went wrong at any door, and a fresh token: this page stays open for days.
  const refresh = async () => {
    const fresh = await fetchPage(page.dataset.scan);
    replace(page.querySelector("[data-troubles]"), fresh.querySelector("[data-troubles]"));
    form.elements.csrf_token.value = fresh.querySelector("[data-scan-form] [name=csrf_token]").value;
  };

  const fetchList = async () => {
    const answer = await ask(page.dataset.list, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    takeList(await answer.json());
  };

  let trying = false;
  const tryNetwork = async () => {
    if (trying) return;
    trying = true;
    try {
      // The list is fetched after what was kept is sent: else it would forget who is in.
      await sendLater();
      await fetchList();
      setAlone(false);
    } catch {
      setAlone(true);
    }
    trying = false;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const text = field.value;
    if (!text.trim()) return;
    const pace = keys.length > 5 ? (keys.at(-1) - keys[0]) / keys.length : Infinity;
    ready();
    await check(text, pace < FAST ? "scanner" : "typed");
  });
  field.addEventListener("keydown", (event) => keys.push(event.timeStamp));
  // A scanner types wherever the focus is: what is typed outside of any field belongs into ours.
  document.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.target.closest("input, select, textarea, button, a, summary")) field.focus();
  });

  const box = page.querySelector("[data-camera-box]");
  const start = page.querySelector("[data-camera]");
  const words = page.querySelector("[data-camera-words]");
  if (navigator.mediaDevices?.getUserMedia) {
    start.hidden = false;
    let stop;
    let last = { text: "", at: -SAME_AGAIN };
    start.addEventListener("click", async () => {
      box.hidden = false;
      words.textContent = words.dataset.looking;
      try {
        stop = await camera(box.querySelector("video"), page.dataset.read, token, async (text) => {
          const now = performance.now();
          const again = text === last.text && now - last.at < SAME_AGAIN;
          last = { text, at: now };
          if (!again) await check(text, "camera");
        });
        start.hidden = true;
      } catch {
        words.textContent = words.dataset.refused;
      }
    });
    page.querySelector("[data-camera-stop]").addEventListener("click", () => {
      stop?.();
      box.hidden = true;
      start.hidden = false;
      field.focus();
    });
  }

  tryNetwork();
  setInterval(tryNetwork, LIST_EVERY);
  setInterval(() => (alone || waiting().length) && tryNetwork(), TRY_EVERY);
  setInterval(() => alone || refresh().catch(() => {}), TROUBLES_EVERY);
  window.addEventListener("online", tryNetwork);
  window.addEventListener("offline", () => setAlone(true));
  // Opened again without the network, the page comes from what the browser keeps.
  navigator.serviceWorker?.register(`${page.dataset.scan.replace(/scan$/, "")}worker.js`).catch(() => {});
};
