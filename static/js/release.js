// Release day: one clock for all, told by the server; and the number in line, which asks again by itself.
import { serverClock } from "./clock.js";

const two = (number) => String(number).padStart(2, "0");

const left = (milliseconds, days) => {
  const seconds = Math.ceil(milliseconds / 1000);
  const whole = Math.floor(seconds / 86_400);
  const rest = `${Math.floor((seconds % 86_400) / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return whole ? `${whole} ${days} ${rest}` : rest;
};

const keepClock = (box) => {
  const opens = Number(box.dataset.opening);
  const shown = box.querySelector("[data-now]");
  const remaining = box.querySelector("[data-left-shown]");
  const aloud = box.querySelector("[data-aloud]");
  const form = document.querySelector("[data-send]");
  // The wall clock that the page shows, moved on by what the server's clock has gone since.
  const [hours, minutes, seconds] = shown.textContent.trim().split(":").map(Number);
  const wall = (hours * 3600 + minutes * 60 + seconds) * 1000;
  const made = Number(box.dataset.clock);
  const now = serverClock(made, box.dataset.clockAddress);

  const tick = () => {
    const at = Math.floor((wall + now() - made) / 1000) % 86_400;
    shown.textContent = `${two(Math.floor(at / 3600))}:${two(Math.floor((at % 3600) / 60))}:${two(at % 60)}`;
    const rest = opens - now();
    if (rest > 0) {
      remaining.textContent = box.dataset.left.replace("%(left)s", left(rest, box.dataset.days));
    } else if (remaining.textContent !== box.dataset.opened) {
      remaining.textContent = box.dataset.opened;
      aloud.textContent = box.dataset.opened;
    }
    setTimeout(tick, 1000 - (now() % 1000));
  };
  form?.addEventListener("submit", (press) => {
    if (now() >= opens) return;
    press.preventDefault();
    aloud.textContent = "";
    aloud.classList.remove("hidden-words");
    aloud.textContent = box.dataset.wait;
  });
  tick();
};

const standInLine = (box) => {
  const before = box.querySelector("[data-before]");
  const ask = async () => {
    let again = 3000;
    try {
      const answer = await fetch(box.dataset.inLine, { cache: "no-store" });
      if (answer.ok) {
        const stands = await answer.json();
        if (stands.state !== "sent" && stands.state !== "deferred") {
          location.replace(box.dataset.answered);
          return;
        }
        again = stands.again;
        const words = stands.before === 0 ? box.dataset.none : stands.before === 1 ? box.dataset.one : box.dataset.many;
        before.textContent = words.replace("%(count)s", stands.before);
      }
    } catch {
      // asked again below
    }
    setTimeout(ask, again * (0.9 + Math.random() * 0.2)); // apart from each other
  };
  setTimeout(ask, Number(box.dataset.again));
};

export const releaseDay = (root) => {
  root.querySelectorAll("[data-opening]").forEach(keepClock);
  root.querySelectorAll("[data-in-line]").forEach(standInLine);
};
