CREATE TABLE `disk_days` (
	`day_ms` integer PRIMARY KEY NOT NULL,
	`free_bytes` integer NOT NULL,
	`total_bytes` integer NOT NULL
) STRICT;

CREATE TABLE `storage_usage` (
	`of` text NOT NULL,
	`key` text NOT NULL,
	`bytes` integer NOT NULL,
	`files` integer NOT NULL,
	`counted_at_ms` integer NOT NULL,
	PRIMARY KEY(`of`, `key`)
) STRICT;

ALTER TABLE `users` ADD `last_seen_at_ms` integer;

ALTER TABLE `users` ADD `disabled_at_ms` integer;

CREATE INDEX `videos_owner_size` ON `videos` (`owner_id`,`size_bytes`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_library_size` ON `videos` (`library_id`,`size_bytes`) WHERE "videos"."deleted_at_ms" is null;
