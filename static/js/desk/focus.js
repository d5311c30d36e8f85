// Choosing the point of a picture that must stay in sight, by pressing on it. The fields for it work without this.
const SHAPE = 3 / 2;

export const focus = (form) => {
  const [stage, canvas] = [form.querySelector("[data-focus]"), form.querySelector("canvas")];
  const [frame, point] = [form.querySelector(".focus-frame"), form.querySelector(".focus-point")];
  const [file, across, down] = ["file", "across", "down"].map((name) => form.elements[name]);

  const place = () => {
    const [x, y] = [across, down].map((field) => Math.min(100, Math.max(0, Number(field.value) || 0)));
    const width = Math.min(canvas.width, canvas.height * SHAPE);
    const height = width / SHAPE;
    const begin = (whole, part, share) => Math.max(0, Math.min(whole - part, (whole * share) / 100 - part / 2));
    frame.style.left = `${(begin(canvas.width, width, x) / canvas.width) * 100}%`;
    frame.style.top = `${(begin(canvas.height, height, y) / canvas.height) * 100}%`;
    frame.style.width = `${(width / canvas.width) * 100}%`;
    frame.style.height = `${(height / canvas.height) * 100}%`;
    point.style.left = `${x}%`;
    point.style.top = `${y}%`;
  };

  const draw = (image) => {
    const share = Math.min(1, 1100 / Math.max(image.width, image.height));
    canvas.width = Math.round(image.width * share);
    canvas.height = Math.round(image.height * share);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    stage.hidden = false;
    place();
  };

  const show = async (blob) => {
    try {
      draw(await createImageBitmap(blob));
    } catch {
      stage.hidden = true; // what no browser can draw, the server says no to
    }
  };

  file.addEventListener("change", () => {
    const [chosen] = file.files;
    const tooLarge = chosen && chosen.size > Number(form.dataset.most) * 1e6;
    file.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
    if (tooLarge) file.reportValidity();
    else if (chosen) {
      across.value = down.value = "50";
      show(chosen);
    }
  });
  form.addEventListener("submit", (event) => {
    if (file.reportValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  canvas.addEventListener("click", (event) => {
    const seen = canvas.getBoundingClientRect();
    across.value = Math.round(((event.clientX - seen.left) / seen.width) * 100);
    down.value = Math.round(((event.clientY - seen.top) / seen.height) * 100);
    place();
  });
  across.addEventListener("input", place);
  down.addEventListener("input", place);
  if (canvas.dataset.whole) fetch(canvas.dataset.whole).then((answer) => answer.blob()).then(show);
};
