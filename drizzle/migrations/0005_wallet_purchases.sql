-- What a wallet paid for from outside, for its own list of purchases.
CREATE INDEX attempts_by_wallet ON attempts (wallet_buyer_id) WHERE wallet_buyer_id IS NOT NULL;
