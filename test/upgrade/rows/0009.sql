INSERT INTO "disk_days" ("day_ms", "free_bytes", "total_bytes") VALUES (1760054400000, 123456789012, 500000000000);
INSERT INTO "storage_usage" ("of", "key", "bytes", "files", "counted_at_ms") VALUES ('library', 'Lib1Films00000', 361630, 1, 1760000000000);
UPDATE "users" SET "last_seen_at_ms" = 1760000000001 WHERE "username" = 'ada';
UPDATE "users" SET "disabled_at_ms" = 1760000000002 WHERE "username" = 'bob';
