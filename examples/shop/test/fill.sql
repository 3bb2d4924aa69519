-- Run it above the policies. Enough rows of every table that a plan over them says something: 2,000 users, 20,000 posts, 30,000 comments, 10,000 orders,
-- 5,000 spent tokens; spread over a year before now.
INSERT INTO users (id, email, updated_at)
SELECT 'user-' || n, 'user-' || n || '@example.com', now() - n * 7919 % 2000 * interval '4 hours'
FROM generate_series(1, 2000) AS n;

INSERT INTO user_profiles (id, user_id) SELECT 'profile-' || n, 'user-' || n FROM generate_series(1, 2000) AS n;

INSERT INTO posts (id, title, content, published, created_at, updated_at, author_id)
SELECT 'post-' || n, 'Title ' || n, repeat('Text ', 50), n % 5 > 0, now() - n * interval '26 minutes', now(), 'user-' || 1 + n * 7919 % 2000
FROM generate_series(1, 20000) AS n;

INSERT INTO comments (id, content, created_at, updated_at, post_id, author_id)
SELECT 'comment-' || n, 'Text', now() - n * interval '17 minutes', now(), 'post-' || 1 + n * 7919 % 20000, 'user-' || 1 + n * 7907 % 2000
FROM generate_series(1, 30000) AS n;

INSERT INTO tags (id, name) SELECT 'tag-' || n, 'tag ' || n FROM generate_series(1, 2000) AS n;

INSERT INTO post_tags (post_id, tag_id)
SELECT 'post-' || n, 'tag-' || 1 + n * k * 7919 % 2000 FROM generate_series(1, 20000) AS n, generate_series(1, 2) AS k ON CONFLICT DO NOTHING;

INSERT INTO orders (id, order_number, status, total, created_at, updated_at, customer_id)
SELECT
  'order-' || n, 'number-' || n,
  -- Most orders are done with, as in life.
  CASE WHEN n > 1000 THEN 'DELIVERED' ELSE (ARRAY['PENDING', 'PROCESSING', 'SHIPPED', 'CANCELLED'])[1 + n % 4] END::order_status,
  n % 100, now() - n * interval '52 minutes', now(), 'user-' || 1 + n * 7919 % 2000
FROM generate_series(1, 10000) AS n;

INSERT INTO order_items (order_id, position, sku, product_name, quantity, unit_price)
SELECT 'order-' || n, k, 'SKU-' || k, 'A thing', 1, 1 FROM generate_series(1, 10000) AS n, generate_series(1, 2) AS k;

INSERT INTO spent_tokens SELECT 'token-' || n, now() + n * interval '1 second' FROM generate_series(1, 5000) AS n;

ANALYZE;
