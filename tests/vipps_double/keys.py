"""The keys of the one sales unit that there is here."""

from __future__ import annotations

CLIENT_ID = "client-x"
CLIENT_SECRET = "client-secret-x"
SUBSCRIPTION_KEY = "subscription-x"
MERCHANT = "123456"
WEBHOOK_SECRET = "A0+AeKBRG2KRGvnNwJpQlb6IJFk48CKXCIcrLoHncVJKDILsQSxS6NWCccwWm6r6FhGKhiHTBsG2wo/xU6FY/A=="
