// Number fields get − and + buttons; a form with data-total shows its running sum.
const press = (input, by) => {
  const least = Number(input.min || 0);
  const most = Number(input.max || 999);
  const value = Math.min(most, Math.max(least, (parseInt(input.value, 10) || 0) + by));
  input.value = String(value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

const button = (words, sign, input, by) => {
  const made = document.createElement("button");
  made.type = "button";
  made.tabIndex = -1; // the field itself counts by arrow keys: one stop, not three
  made.textContent = sign;
  made.setAttribute("aria-label", words);
  made.addEventListener("click", () => press(input, by));
  return made;
};

const sum = (form) => {
  if (!form.querySelector("[data-sum]")) return;
  const format = new Intl.NumberFormat([document.documentElement.lang, "nb"], { // browsers without nynorsk write it as bokmål
    style: "currency", currency: form.dataset.total, minimumFractionDigits: 0, maximumFractionDigits: 2,
  });
  const show = () => {
    // With discounts the server writes the sum anew; where tickets do not add up, nobody else knows it.
    const output = form.querySelector("[data-sum]");
    if ("asksSum" in form.dataset) { output.textContent = "…"; return; }
    let minor = 0;
    for (const input of form.querySelectorAll("[data-price]")) {
      minor += Number(input.dataset.price) * (parseInt(input.value, 10) || 0);
    }
    output.textContent = format.format(minor / 100);
  };
  form.addEventListener("input", show);
  form.addEventListener("counted", show);
  if (!("lowers" in form.dataset)) show();
};

export const steppers = (root) => {
  for (const box of root.querySelectorAll("[data-stepper]")) {
    const input = box.querySelector("input");
    if (!input || box.querySelector("button")) continue;
    box.prepend(button(box.dataset.less, "−", input, -1));
    box.append(button(box.dataset.more, "+", input, 1));
  }
  for (const form of root.querySelectorAll("form[data-total]")) sum(form);
};
