// A page that says what is missing is read from there: who neither sees nor points would begin at the top again.
export const errors = (root) => {
  root.querySelector("#errors")?.focus();
};
