// The centre's clock on any device: what the server last said, moved on by a count that nobody sets. What the device's
// own clock shows, and in which zone, makes no difference.
const SYNC = 60_000; // milliseconds between two looks at the server's clock

// `said` is a moment of the server's in milliseconds. now() is its clock at present, hear() tells it anew.
export const keepTime = (said) => {
  let counted = performance.now();
  const now = () => said + performance.now() - counted;
  // A device that sleeps may stop counting: how long it slept is all that its own clock is asked for.
  let left;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = { clock: Date.now(), count: performance.now() };
    else if (left) said += Math.max(0, Date.now() - left.clock - (performance.now() - left.count));
  });
  return {
    now,
    hear: (moment) => {
      said = moment;
      counted = performance.now();
    },
  };
};

// As `keepTime`, asking the server at `address` again and again. Returns what tells the moment.
export const serverClock = (said, address) => {
  const time = keepTime(said);
  const sync = async () => {
    try {
      const asked = performance.now();
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.ok) time.hear((await answer.json()).now + (performance.now() - asked) / 2);
    } catch {
      // The clock goes on by itself.
    }
  };
  sync();
  setInterval(sync, SYNC);
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  return time.now;
};
