CREATE TABLE `captions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text,
	`origin` text NOT NULL,
	`stream_index` integer,
	`codec` text,
	`path` text,
	`size_bytes` integer,
	`modified_at_ms` integer,
	`format` text NOT NULL,
	`language` text,
	`title` text,
	`is_default` integer NOT NULL,
	`is_forced` integer NOT NULL,
	`is_sdh` integer NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`encoding` text,
	`fonts` text,
	`burnt_rendition_id` text,
	`position` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`burnt_rendition_id`) REFERENCES `renditions`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;

CREATE INDEX `captions_video` ON `captions` (`video_id`,`position`);

CREATE INDEX `captions_source` ON `captions` (`source_id`);

CREATE INDEX `captions_burnt` ON `captions` (`burnt_rendition_id`);

CREATE UNIQUE INDEX `captions_path` ON `captions` (`source_id`,`path`,`stream_index`) WHERE "captions"."path" is not null;

-- Films that were there before: their tracks are extracted as those of new ones are.
INSERT INTO `jobs` (`id`, `name`, `lane`, `state`, `payload`, `video_id`, `priority`, `attempts`, `max_attempts`, `run_after_ms`, `created_at_ms`)
SELECT 'caption' || lower(hex(randomblob(8))), 'captions.extract', 'caption', 'queued', json_object('videoId', `video_id`), `video_id`, 0, 0, 10, 0, `created_at_ms`
FROM `sources` WHERE `info` IS NOT NULL AND json_array_length(`info`, '$.subtitles') > 0;
