// The door's rules for a device on its own, checked against the day's list; the server has the last word afterwards.
import { keepTime } from "../clock.js";
import { keepForLater, keepList, keptList } from "./store.js";

const HASH_BYTES = 9;
const MINUTE = 60_000;

export const shortHash = async (code) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  const bytes = String.fromCharCode(...new Uint8Array(digest).slice(0, HASH_BYTES));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_");
};

const codeIn = (text) => {
  const plain = text.trim().toUpperCase().replace(/^BST1\./, "");
  return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(plain) ? plain : null;
};
const referenceIn = (text) => {
  const plain = text.replace(/[\s\-–.]/g, "").toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(plain) ? plain : null;
};

// The list says what time it was at the centre when it was made. Of a list that an earlier page kept, the device's clock
// says only how long ago that was.
let time = null;

export const takeList = (list) => {
  keepList({ ...list, kept: Date.now() });
  if (time) time.hear(list.now);
  else time = keepTime(list.now);
};

export const centreNow = () => {
  const list = keptList();
  if (!time && list?.now) time = keepTime(list.now + Math.max(0, Date.now() - list.kept));
  return time ? time.now() : Date.now();
};

export const hasList = () => {
  const list = keptList();
  const now = centreNow();
  return Boolean(list?.now) && list.begins <= now && now < list.ends;
};

// A visit has a fifth element: from when and until when its classes come in, and at which slots they are counted.
// [party, the tickets that the text is about], or null.
const find = async (list, text) => {
  const reference = referenceIn(text);
  if (reference) {
    const party = list.parties.find((one) => one[1] === reference);
    return party ? [party, party[3]] : null;
  }
  const hash = await shortHash(codeIn(text));
  for (const party of list.parties) {
    if (party[0] === hash) return [party, party[3]];
    const ticket = party[3].find((one) => one[0] === hash);
    if (ticket) return [party, [ticket]];
  }
  return null;
};

const left = (ticket) => ticket[3] - ticket[4];

const judge = (list, tickets, post, now, visit) => {
  const checked = tickets.filter(([, slot]) => (post ? list.slots[slot].space === post : list.slots[slot].entry));
  const waysIn = visit && !post ? checked.filter(([, slot]) => visit[2].includes(slot)) : [];
  const here = waysIn.length ? waysIn : checked;
  if (!here.length) return ["elsewhere", tickets];
  const open = here.filter(left);
  if (!open.length) return ["already_in", here];
  const due = open.filter(([, slot]) => {
    const [starts, ends] = waysIn.length ? visit : [list.slots[slot].starts, list.slots[slot].ends];
    return now >= Date.parse(starts) - list.early * MINUTE && now <= Date.parse(ends) + list.late * MINUTE;
  });
  if (due.length) return ["welcome", due];
  return [Date.parse(list.slots[open[0][1]].starts) > now ? "too_early" : "too_late", open];
};

// What this device says: {verdict, people, lines, reference, letIn(people), tooMany(people)}. letIn marks here and keeps
// it for the server. A group is counted before it goes in, as it is with the network: "ask". Of more than it has booked
// tooMany says {came, booked}, for the question that the server asks too (booking/door/more.py); how full the house is
// only the server knows.
export const checkAlone = async (text, post, mark, now = centreNow()) => {
  const list = keptList();
  if (!codeIn(text) && !referenceIn(text)) return { verdict: "foreign", people: 0, lines: [], reference: "" };
  const found = list && (await find(list, text));
  const keep = (people, more) => keepForLater({ mark, code: text.trim(), people, ...more, at: new Date(now).toISOString(), post });
  if (!found) return { verdict: "unknown", people: 1, lines: [], reference: "", letIn: (came) => keep(came) };
  const [party, tickets] = found;
  const [verdict, about] = judge(list, tickets, post, now, party[4]);
  const counts = new Map();
  for (const ticket of about) {
    const key = `${list.kinds[ticket[2]]} · ${list.slots[ticket[1]].title}`;
    counts.set(key, (counts.get(key) ?? 0) + left(ticket));
  }
  const people = about.reduce((sum, ticket) => sum + left(ticket), 0);
  const letIn = (came) => {
    let more = came;
    for (const ticket of about) {
      const here = Math.min(left(ticket), more);
      ticket[4] += here;
      more -= here;
    }
    keepList(list);
    keep(came, more > 0 && { more });
  };
  const lines = [...counts].filter(([, n]) => n).map(([words, n]) => `${n} ${words}`);
  const asked = verdict === "welcome" && party[2] && people > 1 ? "ask" : verdict;
  const tooMany = (came) => {
    if (came <= people) return null;
    const inBefore = about.reduce((sum, ticket) => sum + ticket[4], 0);
    return { came: inBefore + came, booked: inBefore + people };
  };
  return { verdict: asked, people, lines, reference: party[1], letIn: people ? letIn : undefined, tooMany };
};
