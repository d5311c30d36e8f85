#!/usr/bin/env bash
# @vippsmobilepay/sdk 2.4.2 (npm, Node 20), Vipps MobilePay's own client: "retryRequests" is on by default, yet what has
# a body is never sent again. After a 5xx it gives the same Request object to fetch a second time, whose body is used
# up; the caller gets neither an answer nor the error it is promised as a value ({ ok: false }), but a thrown TypeError.
# What has no body is tried again. And the Idempotency-Key is a new one for each call: one's own, among the additional
# headers, is written over, so a try after a crash cannot carry the key of the first (captures and refunds by it are
# two).
# What follows from it: a provider's client of our own, where the key is stored before the first try (shared/MONEY.md).
# Seen: POST without body: 2 tries, ok. POST with body: 1 try, TypeError. The key that was given is not the one sent.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund @vippsmobilepay/sdk@2.4.2 >/dev/null
cat > seen.mjs <<'JS'
import assert from "node:assert";
import http from "node:http";
import { pathToFileURL } from "node:url";
const part = (name) => import(pathToFileURL(`node_modules/@vippsmobilepay/sdk/esm/${name}.js`));
const { fetchRetry } = await part("fetch");
const { buildHeaders } = await part("base_client_helper");

let tries = 0;
const failsOnce = http.createServer((request, response) => {
  tries += 1;
  const status = tries === 1 ? 503 : 200;
  request.resume().on("end", () => response.writeHead(status).end("{}"));
});
await new Promise((ready) => failsOnce.listen(0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${failsOnce.address().port}/`;
const post = async (body) => {
  tries = 0;
  const outcome = await fetchRetry(new Request(address, { method: "POST", body }), true, [1, 1]).then(
    (answer) => `ok ${answer.ok}`,
    (thrown) => thrown.name,
  );
  return `${outcome}, tries ${tries}`;
};
const [without, with_] = [await post(undefined), await post("{}")];
failsOnce.close();
const config = { subscriptionKey: "k", merchantSerialNumber: "1" };
const sent = buildHeaders(config, "token", "agent", { "Idempotency-Key": "ours" })["Idempotency-Key"];
console.log("without body:", without, "; with body:", with_, "; our key is sent:", sent === "ours");
assert.equal(without, "ok true, tries 2");
assert.equal(with_, "TypeError, tries 1", "a body is sent again now");
assert.notEqual(sent, "ours", "one's own key is kept now");
console.log("as found: @vippsmobilepay/sdk 2.4.2 throws where it should try again, and keeps no key of the caller");
JS
node seen.mjs
