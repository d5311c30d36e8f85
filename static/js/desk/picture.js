// What a camera sees, made readable: greys spread from black to white, and which of several codes is meant.
const CLIPPED = 50; // one pixel in so many may be darker or lighter than what becomes black and white
const LEAST_SPREAD = 3; // of 255: flatter than this there is nothing to see
const FULL_SPREAD = 200;
export const PARTS = [1, 2, 6]; // the greys are taken from the whole, or from the middle alone

export const greyOf = (data) => {
  const grey = new Uint8Array(data.length / 4);
  for (let n = 0; n < grey.length; n++) grey[n] = (data[4 * n] * 77 + data[4 * n + 1] * 150 + data[4 * n + 2] * 29) >> 8;
  return grey;
};

const edge = (counts) => {
  const least = Math.floor(counts.reduce((sum, one) => sum + one, 0) / CLIPPED);
  let seen = 0;
  return Math.max(0, counts.findIndex((count) => (seen += count) > least));
};

// The greys with those of the middle (one in `part` of width and height) spread out; null where that is of no use.
export const stretched = (grey, width, part) => {
  const height = grey.length / width;
  const [across, down] = [Math.floor(width / part), Math.floor(height / part)];
  const [left, top] = [Math.floor((width - across) / 2), Math.floor((height - down) / 2)];
  const counts = new Array(256).fill(0);
  for (let row = top; row < top + down; row++) for (let n = left; n < left + across; n += 3) counts[grey[row * width + n]]++;
  const low = edge(counts);
  const high = 255 - edge([...counts].reverse());
  if (high - low < LEAST_SPREAD || high - low > FULL_SPREAD) return null;
  return grey.map((one) => Math.min(255, Math.max(0, ((one - low) * 255) / (high - low))));
};

// Of codes that a BarcodeDetector found, what the one nearest the middle says; null without one.
export const nearestTheMiddle = (found, width, height) => {
  const away = ({ boundingBox: box }) => (box.x + box.width / 2 - width / 2) ** 2 + (box.y + box.height / 2 - height / 2) ** 2;
  const [nearest] = [...found].sort((one, other) => (one.boundingBox && other.boundingBox ? away(one) - away(other) : 0));
  return nearest?.rawValue ?? null;
};
