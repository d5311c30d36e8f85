// Codes from the camera: read by the browser where it can, else each picture is sent to the server as grey bytes. Of
// several in the picture the one nearest the middle is meant.
import { PARTS, greyOf, nearestTheMiddle, stretched } from "./picture.js";

const WIDTH = 480;
const HEIGHT = 360;
const PAUSE = 250; // milliseconds between two pictures

const sheet = () => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas.getContext("2d", { willReadFrequently: true });
};

// The middle of what the camera sees, filling the sheet; its greys.
const look = (picture, video) => {
  const scale = Math.max(WIDTH / video.videoWidth, HEIGHT / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  picture.drawImage(video, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  return greyOf(picture.getImageData(0, 0, WIDTH, HEIGHT).data);
};

const show = (picture, grey) => {
  const image = picture.createImageData(WIDTH, HEIGHT);
  grey.forEach((one, n) => image.data.set([one, one, one, 255], 4 * n));
  picture.putImageData(image, 0, 0);
  return picture.canvas;
};

const native = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const picture = sheet();
  return async (video) => {
    const found = await detector.detect(video);
    if (found.length) return nearestTheMiddle(found, video.videoWidth, video.videoHeight);
    // A screen that is hardly lit: once more with the greys spread.
    const grey = look(picture, video);
    for (const part of PARTS) {
      const clear = stretched(grey, WIDTH, part);
      const again = clear ? await detector.detect(show(picture, clear)) : [];
      if (again.length) return nearestTheMiddle(again, WIDTH, HEIGHT);
    }
    return null;
  };
};

const byServer = (address, token) => {
  const picture = sheet();
  return async (video) => {
    const answer = await fetch(`${address}?width=${WIDTH}`, {
      method: "POST",
      body: look(picture, video),
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": token() },
      credentials: "same-origin",
    });
    return answer.ok ? (await answer.json()).text : null;
  };
};

// Calls `found(text)` for each code; returns how to stop.
export const camera = async (video, address, token, found) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = stream;
  await video.play();
  const read = (await native()) ?? byServer(address, token);
  let running = true;
  const again = async () => {
    if (!running) return;
    try {
      const text = video.videoWidth ? await read(video) : null;
      if (text) await found(text);
    } catch {
      // One picture that cannot be read or sent: the next one may.
    }
    setTimeout(again, PAUSE);
  };
  again();
  return () => {
    running = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
};
