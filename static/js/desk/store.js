// What this device keeps: its own name, the day's list, and admissions that wait to be sent.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LIST = "bestill.list";
const LATER = "bestill.later";
const DEVICE = "bestill.device";

const read = (key, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const write = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store: the page goes on with what it has in memory.
  }
};

export const newMark = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (byte) => ALPHABET[byte % 32]).join("");
};

export const device = () => {
  const known = read(DEVICE, null);
  if (known) return known;
  const made = newMark();
  write(DEVICE, made);
  return made;
};

export const keepList = (list) => write(LIST, list);
export const keptList = () => read(LIST, null);
export const waiting = () => read(LATER, []);
export const keepForLater = (admission) => write(LATER, [...waiting(), admission]);
export const letGo = (marks) =>
  write(
    LATER,
    waiting().filter((one) => !marks.includes(one.mark)),
  );
