"""The addresses of the books and who may open them."""

OF_BOOKS = {
    "GET /staff/books": "finance admin",
    "POST /staff/books/post": "finance admin",
    "GET /staff/books/<month>": "finance admin",
    "GET /staff/books/<month>/as/<form>": "finance admin",
    "POST /staff/books/<month>/close": "finance admin",
    "GET /staff/books/payouts": "finance admin",
    "GET /staff/books/receipts": "finance admin",
    "POST /staff/books/receipts/export": "finance admin",
    "GET /staff/bookings/<int:booking_id>/receipts/<int:year>-<int:number>-<int:version>.pdf": "finance desk admin",
    "POST /staff/books/payouts": "finance admin",
    "POST /staff/books/payouts/file": "finance admin",
    "GET /staff/books/payouts/<int:payout_id>/take-back": "finance admin",
    "POST /staff/books/payouts/<int:payout_id>/take-back": "finance admin",
    "GET /staff/books/accounts": "finance admin",
    "POST /staff/books/accounts": "admin",
    "GET /staff/withdrawals": "finance desk admin",
}

# The receipts of a booking, by its secret.
OF_RECEIPTS = (
    "GET /<lang>/b/<secret>/receipt.pdf",
    "GET /<lang>/b/<secret>/receipts",
    "GET /<lang>/b/<secret>/receipts/<int:year>-<int:number>-<int:version>.pdf",
    "POST /<lang>/b/<secret>/receipts/<int:year>-<int:number>",
)
