#!/usr/bin/env bash
# localstripe (PyPI) 1.15.10 is a stand-in for Stripe, for tests: a server that answers as Stripe does and remembers. What it does not remember is what a till must be tried against:
# - The header Idempotency-Key means nothing to it. The same POST with the same key twice is two charges and two refunds;
#   Stripe answers the second with the first one's answer for 24 hours (docs: "Idempotent requests").
# - A charge of 100.00 gives back 30.00, 30.00 and 90.00: amount_refunded is 15000 of 10000, and the charge is "refunded".
#   Stripe refuses what is more than is left (docs: "Create a refund").
# So a shop that asks twice after a lost answer, or that pays back twice, is green against this double; and a shop that
# leans on the key, rightly, sees two charges and is red. It has no Checkout sessions either (404).
# What follows from it for us: our double has its own memory of keys, refuses another body under a used key and a refund of
# more than was captured, and its ledger is compared with ours.
# Seen, on Python 3.11.
set -euo pipefail
work=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check localstripe==1.15.10
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/localstripe --port "$port" --from-scratch >server.log 2>&1 & server=$!
cat > ask.py <<'PY'
import base64, json, sys, time, urllib.error, urllib.parse, urllib.request

HOUSE = f"http://127.0.0.1:{sys.argv[1]}/v1"


def ask(path, key=None, **form):
    headers = {"Authorization": "Basic " + base64.b64encode(b"sk_test_any:").decode()}
    if key:
        headers["Idempotency-Key"] = key
    body = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(urllib.request.Request(HOUSE + path, body, headers)) as answer:
        return json.load(answer)


def refusal_of(path, **form):
    try:
        return ask(path, **form)
    except urllib.error.HTTPError as refusal:
        return refusal.code


for _ in range(100):
    try:
        ask("/customers")
        break
    except urllib.error.URLError:
        time.sleep(0.1)
card = {"card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2035", "card[cvc]": "123"}
customer = ask("/customers", source=ask("/tokens", **card)["id"])["id"]
charges = [ask("/charges", "key-1", customer=customer, amount="10000", currency="nok")["id"] for _ in range(2)]
print("one key, charges:", len(set(charges)))
refunds = [ask("/refunds", "key-2", charge=charges[0], amount="3000")["id"] for _ in range(2)]
print("one key, refunds:", len(set(refunds)))
ask("/refunds", "key-3", charge=charges[0], amount="9000")
charge = ask(f"/charges/{charges[0]}")
print("charged", charge["amount"], "given back", charge["amount_refunded"], "refunded", charge["refunded"])
print("a checkout session:", refusal_of("/checkout/sessions", mode="payment"))
PY
venv/bin/python ask.py "$port" | tee seen
diff seen - <<'SEEN'
one key, charges: 2
one key, refunds: 2
charged 10000 given back 15000 refunded True
a checkout session: 404
SEEN
echo "As written: a key twice is two charges, and a charge of 10000 gave back 15000."
