// Time left by the server's clock, told aloud only at five minutes, at one, and at the end.
import { serverClock } from "./clock.js";

const MARKS = [300, 60];

// The places are gone: what could be done with them goes too, and what to do now comes.
const over = () => {
  for (const part of document.querySelectorAll("[data-until-over]")) part.hidden = true;
  for (const part of document.querySelectorAll("[data-when-over]")) part.hidden = false;
};

const start = (box) => {
  const until = Number(box.dataset.until);
  const now = serverClock(Number(box.dataset.now), box.dataset.clockAddress);
  const shown = box.querySelector("[data-left]");
  const aloud = box.querySelector("[data-aloud]");
  let before = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.round((until - now()) / 1000));
    // Begun minutes, until it is time to hurry.
    const words = left > 120 ? box.dataset.minutes.replace("0", String(Math.ceil(left / 60))) : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    shown.textContent = left ? words : box.dataset.ended;
    if (MARKS.some((mark) => before > mark && left <= mark)) aloud.textContent = `${box.dataset.words} ${shown.textContent}`;
    if (left === 0 && before > 0) aloud.textContent = box.dataset.ended;
    before = left;
    if (left === 0) over();
  };
  setInterval(tick, 1000);
  tick();
};

export const countdowns = (root) => {
  for (const box of root.querySelectorAll("[data-until]")) start(box);
};
