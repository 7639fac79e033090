CREATE TABLE `notice_preferences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`mail` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`state` text NOT NULL,
	`facts` text NOT NULL,
	`seen_at_ms` integer NOT NULL,
	`gone_at_ms` integer,
	`raised_at_ms` integer,
	`told_at_ms` integer,
	`cleared_at_ms` integer
) STRICT;

CREATE UNIQUE INDEX `notices_open` ON `notices` (`kind`,`subject`) WHERE "notices"."cleared_at_ms" is null;

CREATE INDEX `notices_cleared` ON `notices` (`cleared_at_ms`,`id`);

CREATE TABLE `push_keys` (
	`public_key` text PRIMARY KEY NOT NULL,
	`private_key` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;

CREATE TABLE `push_subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` text NOT NULL,
	`auth` text NOT NULL,
	`site` text NOT NULL,
	`user_agent` text,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE UNIQUE INDEX `push_subscriptions_endpoint` ON `push_subscriptions` (`endpoint`);

CREATE INDEX `push_subscriptions_user` ON `push_subscriptions` (`user_id`,`created_at_ms`,`id`);
