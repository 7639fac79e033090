CREATE TABLE `invites` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`note` text NOT NULL,
	`max_uses` integer,
	`uses` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer
) STRICT;

CREATE UNIQUE INDEX `invites_token` ON `invites` (`token_hash`);

CREATE INDEX `invites_created` ON `invites` (`created_at_ms`,`id`);

CREATE TABLE `password_resets` (
	`user_id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`used_at_ms` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE UNIQUE INDEX `password_resets_token` ON `password_resets` (`token_hash`);

CREATE TABLE `registrations` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`declined_at_ms` integer
) STRICT;

CREATE INDEX `registrations_username` ON `registrations` (lower("username"));

CREATE INDEX `registrations_email` ON `registrations` (lower("email"));

CREATE INDEX `registrations_waiting` ON `registrations` (`declined_at_ms`,`created_at_ms`,`id`);

ALTER TABLE `sessions` ADD `last_seen_at_ms` integer;
