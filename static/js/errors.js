// A page that says what is missing is read from there, or from the one field that is wrong: who neither sees nor points would begin at the top again.
export const errors = (root) => {
  (root.querySelector("#errors") ?? root.querySelector("main [aria-invalid=true]"))?.focus();
};
