CREATE TABLE `audit_acts` (
	`id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`act` text NOT NULL,
	`target_id` text,
	`target_name` text NOT NULL,
	`changes` text DEFAULT '{}' NOT NULL,
	`address` text
) STRICT;

CREATE INDEX `audit_acts_time` ON `audit_acts` (`at_ms`,`id`);

CREATE INDEX `audit_acts_act` ON `audit_acts` (`act`,`at_ms`,`id`);

CREATE INDEX `audit_acts_actor` ON `audit_acts` (`actor_name`,`at_ms`,`id`);

CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`changed_at_ms` integer NOT NULL
) STRICT;

CREATE TABLE `tasks` (
	`name` text PRIMARY KEY NOT NULL,
	`every_ms` integer,
	`started_at_ms` integer,
	`duration_ms` integer,
	`failure` text
) STRICT;

-- The audit log is added to, and swept when it is old; what it says is not changed.
CREATE TRIGGER `audit_acts_stay` BEFORE UPDATE ON `audit_acts` BEGIN
	SELECT RAISE(ABORT, 'The audit log is append-only.');
END;
