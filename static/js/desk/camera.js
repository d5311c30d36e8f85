// Codes from the camera: read by the browser where it can, else each picture is sent to the server as grey bytes.
const WIDTH = 480;
const HEIGHT = 360;
const PAUSE = 250; // milliseconds between two pictures

const native = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
};

const byServer = (address, token) => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.max(WIDTH / video.videoWidth, HEIGHT / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    picture.drawImage(video, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
    const { data } = picture.getImageData(0, 0, WIDTH, HEIGHT);
    const grey = new Uint8Array(WIDTH * HEIGHT);
    for (let n = 0; n < grey.length; n++) grey[n] = (data[4 * n] * 77 + data[4 * n + 1] * 150 + data[4 * n + 2] * 29) >> 8;
    const answer = await fetch(`${address}?width=${WIDTH}`, {
      method: "POST",
      body: grey,
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
  const look = async () => {
    if (!running) return;
    try {
      const text = video.videoWidth ? await read(video) : null;
      if (text) await found(text);
    } catch {
      // One picture that cannot be read or sent: the next one may.
    }
    setTimeout(look, PAUSE);
  };
  look();
  return () => {
    running = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
};
