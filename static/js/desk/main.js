// The desk's pages work without this; with it they stay fresh, search while one types, and scan by camera.
import { steppers } from "../stepper.js";
import { busy } from "../busy.js";
import { errors } from "../errors.js";
import { meanings } from "../meaning.js";
import { live } from "./live.js";
import { search } from "./search.js";

steppers(document);
busy(document);
live(document, steppers);
search(document);
errors(document);
meanings(document);
const picture = document.querySelector("[data-picture]");
if (picture) {
  const { focus } = await import("./focus.js");
  focus(picture);
}
const page = document.querySelector("[data-scan]");
if (page) {
  const { scan } = await import("./scan.js");
  scan(page);
}
