-- Stalls that their own wallets paid are few: found without reading all that was sold.
CREATE INDEX sales_own_wallet ON sales (site_id, settled_at) WHERE buyer_merchant_id = merchant_id AND state = 'paid';
