// Passkeys: asks our server what to ask, the browser for the key, and sends its answer with the form.
// A form with data-passkey stays hidden where the browser knows no passkeys.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const make = async (asked) => {
  const key = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: toBytes(asked.challenge),
      user: { ...asked.user, id: toBytes(asked.user.id) },
      excludeCredentials: withBytes(asked.excludeCredentials),
    },
  });
  return answer(key, {
    clientDataJSON: toText(key.response.clientDataJSON),
    attestationObject: toText(key.response.attestationObject),
  });
};

const use = async (asked) => {
  const key = await navigator.credentials.get({
    publicKey: {
      ...asked,
      challenge: toBytes(asked.challenge),
      allowCredentials: withBytes(asked.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return answer(key, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
};

const answer = (key, response) => ({
  id: key.id,
  rawId: toText(key.rawId),
  type: key.type,
  response,
  clientExtensionResults: key.getClientExtensionResults(),
});

const ask = async (form) => {
  const question = await fetch(form.dataset.passkey, { headers: { Accept: "application/json" } });
  if (!question.ok || question.redirected) throw new Error(`the question was answered ${question.status}`);
  const asked = await question.json();
  form.elements.credential.value = JSON.stringify(await (asked.user ? make(asked) : use(asked)));
  form.submit();
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const gaveUp = form.querySelector("[data-passkey-gave-up]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.hasAttribute("aria-busy")) return;
      form.setAttribute("aria-busy", "true");
      gaveUp.hidden = true;
      try {
        await ask(form);
      } catch {
        gaveUp.hidden = false;
      } finally {
        form.removeAttribute("aria-busy");
      }
    });
  }
  for (const words of document.querySelectorAll("[data-with-passkey]")) words.hidden = false;
}
