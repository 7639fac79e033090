INSERT INTO "notices" ("id", "kind", "subject", "state", "facts", "seen_at_ms", "gone_at_ms", "raised_at_ms", "told_at_ms", "cleared_at_ms") VALUES ('Notice00000001', 'disk', '', 'warning', '{"freeBytes":1,"totalBytes":2}', 1760000000000, NULL, 1760000000000, 1760000000000, NULL);
INSERT INTO "notice_preferences" ("user_id", "mail") SELECT "id", 0 FROM "users" WHERE "username" = 'ada';
INSERT INTO "push_keys" ("public_key", "private_key", "created_at_ms") VALUES ('a point', 'a scalar', 1760000000000);
INSERT INTO "push_subscriptions" ("id", "user_id", "endpoint", "p256dh", "auth", "site", "user_agent", "created_at_ms") SELECT 'Push0000000001', "id", 'https://push.example/a', 'a point', '16 bytes', 'https://video.example', NULL, 1760000000000 FROM "users" WHERE "username" = 'ada';
