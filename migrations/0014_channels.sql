CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`owner_id` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;

CREATE UNIQUE INDEX `channels_handle` ON `channels` (lower("handle"));

CREATE INDEX `channels_owner` ON `channels` (`owner_id`,`created_at_ms`,`id`);

ALTER TABLE `videos` ADD `channel_id` text REFERENCES channels(id) ON DELETE set null;

CREATE INDEX `videos_channel` ON `videos` (`channel_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_channel_size` ON `videos` (`channel_id`,`size_bytes`,`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is null;

-- Everybody has a channel, called as their account is, and what they have added is in it.
INSERT INTO `channels` (`id`, `handle`, `name`, `owner_id`, `created_at_ms`, `updated_at_ms`)
SELECT lower(hex(randomblob(10))), `username`, `username`, `id`, `created_at_ms`, `created_at_ms` FROM `users`;

UPDATE `videos` SET `channel_id` = (SELECT `channels`.`id` FROM `channels` WHERE `channels`.`owner_id` = `videos`.`owner_id`)
WHERE `owner_id` IS NOT NULL AND `origin` <> 'library';
