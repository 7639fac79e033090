CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`lane` text NOT NULL,
	`state` text NOT NULL,
	`payload` text NOT NULL,
	`video_id` text,
	`dedupe_key` text,
	`priority` integer NOT NULL,
	`attempts` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`run_after_ms` integer NOT NULL,
	`lease_owner` text,
	`lease_until_ms` integer,
	`percent` integer,
	`eta_ms` integer,
	`error` text,
	`log` text,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`finished_at_ms` integer
) STRICT;

CREATE INDEX `jobs_claim` ON `jobs` (`lane`,`state`,"priority" desc,`run_after_ms`);

CREATE UNIQUE INDEX `jobs_dedupe` ON `jobs` (`dedupe_key`) WHERE "jobs"."state" in ('queued', 'running');

CREATE INDEX `jobs_video` ON `jobs` (`video_id`);

CREATE INDEX `jobs_list` ON `jobs` (`state`,`created_at_ms`,`id`);

CREATE INDEX `jobs_lane` ON `jobs` (`lane`,`created_at_ms`,`id`);

CREATE INDEX `jobs_all` ON `jobs` (`created_at_ms`,`id`);

CREATE TABLE `libraries` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`from_config` integer NOT NULL,
	`scanned_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
) STRICT;

CREATE INDEX `libraries_live` ON `libraries` (`created_at_ms`,`id`) WHERE "libraries"."deleted_at_ms" is null;

CREATE TABLE `library_folders` (
	`id` text PRIMARY KEY NOT NULL,
	`library_id` text NOT NULL,
	`path` text NOT NULL,
	`online` integer NOT NULL,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE UNIQUE INDEX `library_folders_path` ON `library_folders` (`library_id`,`path`);

CREATE TABLE `renditions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`source_id` text NOT NULL,
	`position` integer NOT NULL,
	`spec` text NOT NULL,
	`policy` text NOT NULL,
	`watched_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE INDEX `renditions_video` ON `renditions` (`video_id`,`position`);

CREATE INDEX `renditions_source` ON `renditions` (`source_id`);

CREATE INDEX `renditions_cache` ON `renditions` (`policy`,`watched_at_ms`);

CREATE TABLE `sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`user_agent` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE INDEX `sessions_user` ON `sessions` (`user_id`);

CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_ms`);

CREATE TABLE `setup_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`used_at_ms` integer
) STRICT;

CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`kind` text NOT NULL,
	`location` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`modified_at_ms` integer NOT NULL,
	`missing` integer DEFAULT false NOT NULL,
	`info` text,
	`timeline` text,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE INDEX `sources_video` ON `sources` (`video_id`);

CREATE UNIQUE INDEX `sources_in_place` ON `sources` (`location`) WHERE "sources"."kind" = 'inPlace';

CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
) STRICT;

CREATE UNIQUE INDEX `users_username` ON `users` (lower("username"));

CREATE UNIQUE INDEX `users_email` ON `users` (lower("email"));

CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`origin` text NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`visibility` text NOT NULL,
	`owner_id` text,
	`library_id` text,
	`filename` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`received_bytes` integer,
	`duration_ms` integer,
	`width` integer,
	`height` integer,
	`has_picture` integer,
	`image_set` text,
	`storyboard_sheets` integer DEFAULT 0 NOT NULL,
	`encode_percent` integer,
	`playable_at_ms` integer,
	`ready_at_ms` integer,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`deleted_at_ms` integer,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`library_id`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE set null
) STRICT;

CREATE INDEX `videos_newest` ON `videos` (`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_visible` ON `videos` (`visibility`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_owner` ON `videos` (`owner_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_library` ON `videos` (`library_id`,`created_at_ms`,`id`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_state` ON `videos` (`state`,`created_at_ms`) WHERE "videos"."deleted_at_ms" is null;

CREATE INDEX `videos_deleted` ON `videos` (`deleted_at_ms`) WHERE "videos"."deleted_at_ms" is not null;

CREATE TABLE `watch_progress` (
	`user_id` text NOT NULL,
	`video_id` text NOT NULL,
	`position_ms` integer NOT NULL,
	`finished` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`user_id`, `video_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE INDEX `watch_progress_continue` ON `watch_progress` (`user_id`,`updated_at_ms`) WHERE "watch_progress"."finished" = 0;

CREATE INDEX `watch_progress_video` ON `watch_progress` (`video_id`);
