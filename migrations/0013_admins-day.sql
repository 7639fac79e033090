DROP INDEX `videos_owner_size`;

DROP INDEX `videos_library_size`;

CREATE INDEX `videos_size` ON `videos` (`size_bytes`,`id`,`origin`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_owner_size` ON `videos` (`owner_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_library_size` ON `videos` (`library_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;

ALTER TABLE `tasks` ADD `daily_at` text;

CREATE INDEX `sources_missing` ON `sources` (`id`) WHERE "sources"."missing" = 1;
