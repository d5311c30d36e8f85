// Makes what works without scripting smoother. Each part looks for its own data- attribute.
import { steppers } from "./stepper.js";
import { bestPrice } from "./best.js";
import { meanings } from "./meaning.js";
import { countdowns } from "./countdown.js";
import { busy } from "./busy.js";
import { errors } from "./errors.js";
import { swap } from "./swap.js";
import { codes } from "./school.js";
import { releaseDay } from "./release.js";
import { copying } from "./copy.js";

const begin = (root) => {
  steppers(root);
  countdowns(root);
};
begin(document);
busy(document);
bestPrice(document);
meanings(document);
swap(document, begin);
codes(document);
releaseDay(document);
copying(document);
errors(document);
